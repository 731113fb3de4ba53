//! `GetProfile`: what roams of whoever asks.

use msnp::soap::storage::{Fault, GetProfile, Photo, Profile, Reply, Stream, StreamType, Target};

use super::caller::Caller;
use super::refusal::Refusal;
use super::tile;
use crate::msgr_config::Here;
use crate::picture::MIME_TYPE;
use crate::store::{self, DocumentInfo, Form};

impl Caller<'_> {
    pub(super) async fn get_profile(&self, request: GetProfile) -> Result<Reply, Refusal> {
        match self.own(request.handle)? {
            Target::ExpressionProfile | Target::Profile => {}
            Target::Document(_) | Target::UserTiles => return Err(Fault::InvalidObjectHandle.into()),
        }
        // Removed since the ticket was looked at.
        let profile = self.store().profile(self.account.id).await?.ok_or(Fault::PassportAuthFail)?;
        Ok(Reply::GetProfile(Box::new(written(profile, self.here))))
    }
}

fn written(profile: store::Profile, here: &Here) -> Profile {
    Profile {
        cid: profile.account.cid(),
        modified: profile.modified,
        version: profile.version,
        name: profile.name,
        name_modified: profile.name_changed,
        message: Some(profile.message).filter(|message| !message.is_empty()),
        message_modified: profile.message_changed,
        photo: profile.photo.map(|photo| shown(photo, here)),
    }
}

fn shown(photo: DocumentInfo, here: &Here) -> Photo {
    let stream = |kind, form, size| Stream {
        kind,
        mime_type: MIME_TYPE.into(),
        size,
        url: tile::address(here.asked(), photo.key, form),
        version: photo.version,
    };
    Photo {
        item: photo.number,
        modified: photo.modified,
        streams: vec![
            stream(StreamType::Static, Form::Full, photo.picture_bytes),
            stream(StreamType::Small, Form::Small, photo.small_bytes),
        ],
        public_url: tile::address(&here.plain, photo.key, Form::Full),
        name: photo.name,
    }
}
