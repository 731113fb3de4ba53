//! `SBP`: a property of a contact (MSNP10-12). What the user has noted for himself is kept: a name, a mobile number.

use msnp::command::{Command, sbp};
use msnp::flow::{End, notification};
use msnp::types::{ErrorCode, Guid, Property};
use msnp::wire::{Encoded, Verb, limits};

use super::Session;
use crate::store::ContactKey;

impl Session {
    pub(super) async fn sbp(&mut self, request: sbp::Request<'_>) -> Result<(), End> {
        let sbp::Request { trid, guid: written, property, value, .. } = request;
        let Ok(guid) = written.parse::<Guid>() else {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        };
        match property.parse() {
            Ok(Property::FriendlyName) => {
                // Without a value there is no name to be kept any more.
                let name = value.clone().unwrap_or(Encoded::from_wire(""));
                notification::name_fits(Verb::SBP, &name)?;
                let (id, key) = (self.user()?.id, ContactKey::Guid(guid));
                if let Err(error) = self.server.store.rename_contact(id, key, &name.decode()).await {
                    return self.edit_refused(Verb::SBP, trid, &error);
                }
            }
            Ok(Property::MobilePhone) if self.dialect().sets_contact_phones => {
                let phone = value.as_ref().map(|value| value.decode().into_owned()).unwrap_or_default();
                if Encoded::new(&phone).len() > limits::PHONE {
                    return Err(End::BeyondLimits(Verb::SBP));
                }
                let (id, key) = (self.user()?.id, ContactKey::Guid(guid));
                if let Err(error) = self.server.store.set_contact_phone(id, key, &phone).await {
                    return self.edit_refused(Verb::SBP, trid, &error);
                }
            }
            // Mirrored by clients from what they see of the contact; nothing to keep.
            Ok(_) => {}
            Err(_) => return self.deny(trid, ErrorCode::INVALID_PARAMETER),
        }
        self.say(|out, dialect| sbp::Reply { trid, guid: written, property, value }.write(out, dialect))
    }
}
