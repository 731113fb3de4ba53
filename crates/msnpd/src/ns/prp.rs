//! `PRP`: one of the user's own properties; from MSNP10 on his name is one of them.

use msnp::command::{Command, prp};
use msnp::dialect::Properties;
use msnp::flow::{End, notification};
use msnp::types::{ErrorCode, Property};
use msnp::wire::{Encoded, Verb, limits};

use super::Session;
use crate::store::Sight;

impl Session {
    pub(super) async fn prp(&mut self, request: prp::Request<'_>) -> Result<(), End> {
        if request.property.len() > 3 {
            return Err(End::BeyondLimits(Verb::PRP));
        }
        match request.property.parse() {
            Ok(Property::FriendlyName)
                if matches!(
                    self.dialect().properties,
                    Properties::SetOnesAndName | Properties::AddressBook
                ) =>
            {
                self.set_name(request).await
            }
            // The others are the server's own to set.
            Ok(
                property @ (Property::HomePhone
                | Property::WorkPhone
                | Property::MobilePhone
                | Property::Pageable
                | Property::MobileEnabled),
            ) => self.set_property(property, request).await,
            _ => self.deny(request.trid, ErrorCode::NOT_EXPECTED),
        }
    }

    async fn set_name(&mut self, request: prp::Request<'_>) -> Result<(), End> {
        let Some(name) = &request.value else { return self.deny(request.trid, ErrorCode::INVALID_PARAMETER) };
        notification::name_fits(Verb::PRP, name)?;
        if self.renames.is_too_many(self.server.now()) {
            return self.deny(request.trid, ErrorCode::RATE_LIMIT_EXCEEDED);
        }
        let (name, id) = (name.decode().into_owned(), self.user()?.id);
        match self.server.store.set_name(id, &name).await {
            Ok(revision) => {
                self.echo(request, revision)?;
                self.show_name(&name, revision)
            }
            Err(error) => self.edit_refused(Verb::PRP, request.trid, &error),
        }
    }

    /// Shows others a new name of the user's. Where he has none, his address stands in.
    pub(super) fn show_name(&self, name: &str, revision: u64) -> Result<(), End> {
        let user = self.user()?;
        let name = if name.is_empty() { user.email.as_str() } else { name };
        self.server.directory.rename(user.id, name, revision);
        Ok(())
    }

    async fn set_property(&self, property: Property, request: prp::Request<'_>) -> Result<(), End> {
        let (id, trid) = (self.user()?.id, request.trid);
        let plain = request.value.as_ref().map(|value| value.decode().into_owned());
        if plain.as_deref().is_some_and(|plain| Encoded::new(plain).len() > limits::PHONE) {
            return Err(End::BeyondLimits(Verb::PRP));
        }
        let edited = match self.server.store.set_property(id, property, plain.as_deref()).await {
            Ok(edited) => edited,
            Err(error) => return self.edit_refused(Verb::PRP, trid, &error),
        };
        self.echo(request, edited.revision)?;
        self.show_properties(&edited.sight)
    }

    /// Tells others what they see of the user's properties from here on.
    pub(super) fn show_properties(&self, sight: &Sight) -> Result<(), End> {
        self.server.show_properties(&self.user()?.email, sight);
        Ok(())
    }

    fn echo(&self, request: prp::Request<'_>, revision: u64) -> Result<(), End> {
        let prp::Request { trid, property, value } = request;
        let version = self.list_version(revision);
        self.say(|out, dialect| prp::Reply { trid: Some(trid), version, property, value }.write(out, dialect))
    }
}
