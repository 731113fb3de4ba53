//! `UUX`: what the user tells of himself beside his name and his status.

use msnp::command::{Command, uux};
use msnp::flow::End;
use msnp::types::PersonalData;

use super::Session;
use crate::directory::{Media, PrivateMedia, Publication};

impl Session {
    pub(super) fn uux(&mut self, request: &uux::Request<'_>) -> Result<(), End> {
        let uux::Request { trid, published } = *request;
        // What is told to others has to be XML for the strictest of them.
        let kept = |text: Option<&str>| text.map(|text| PersonalData::well_formed(text).into());
        let data = published.data;
        let publication = Publication {
            media: Media {
                psm: kept(data.psm),
                current_media: kept(data.current_media),
                machine_guid: kept(data.machine_guid),
                ddp: kept(data.ddp),
                signature_sound: kept(data.signature_sound),
                scene: kept(data.scene),
                color_scheme: kept(data.color_scheme),
            },
            capabilities: published.capabilities,
            private: published.place.map(|place| PrivateMedia {
                name: kept(place.name),
                idle: kept(place.idle),
                client_type: kept(place.client_type),
                state: kept(place.state),
            }),
        };
        self.say(|out, dialect| uux::Reply { trid }.write(out, dialect))?;
        let user = self.user()?;
        self.server.directory.publish(user.id, user.endpoint.id, publication);
        Ok(())
    }
}
