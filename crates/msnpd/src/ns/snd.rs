//! `SND` and `SDC`: the user invites somebody to the service by mail.
//!
//! Whoever has an account needs no invitation, and whether an address has one is nobody's business: both are answered
//! alike, and nothing is sent.

use msnp::command::{Command, snd};
use msnp::flow::End;
use msnp::types::{Email, ErrorCode};

use super::Session;
use crate::mail::{Invitation, TooMuch};
use crate::store::StoreError;

/// Why an invitation is not made.
pub(super) enum Refused {
    /// There is no mail here.
    Off,
    /// The address is none.
    Address,
    TooMuch,
    Store(StoreError),
    Gone,
}

impl From<TooMuch> for Refused {
    fn from(_: TooMuch) -> Self {
        Self::TooMuch
    }
}

impl Session {
    pub(super) async fn snd(&mut self, request: snd::Request<'_>) -> Result<(), End> {
        let snd::Request { trid, to, .. } = request;
        let code = match self.invite(to, "").await {
            Ok(()) => return self.say(|out, dialect| snd::Reply { trid }.write(out, dialect)),
            Err(Refused::Off) => ErrorCode::COMMAND_DISABLED,
            Err(Refused::Address) => ErrorCode::INVALID_PARAMETER,
            Err(Refused::TooMuch) => ErrorCode::RATE_LIMIT_EXCEEDED,
            Err(Refused::Store(error)) => return self.store_failed(trid, &error),
            Err(Refused::Gone) => return Err(End::SignedOut),
        };
        self.deny(trid, code)
    }

    /// Invites whoever is at `to`, an address or a position in what the member directory has found.
    pub(super) async fn invite(&self, to: &str, text: &str) -> Result<(), Refused> {
        let Some(mail) = &self.server.mail else { return Err(Refused::Off) };
        // Everybody in the member directory has an account.
        if !to.is_empty() && to.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(());
        }
        let to: Email = to.parse().map_err(|_| Refused::Address)?;
        // Before anybody looks who has an account.
        if !mail.reaches(&to) {
            return Err(Refused::Address);
        }
        let user = self.user().map_err(|_| Refused::Gone)?;
        let place = mail.place_for_invitation(user.id, &to, self.server.now())?;
        if self.server.store.account_by_email(&to).await.map_err(Refused::Store)?.is_some() {
            return Ok(());
        }
        let name = self.server.directory.name(user.id);
        let invitation = Invitation {
            name: name.as_deref().unwrap_or(user.email.as_str()),
            address: &user.email,
            text,
            front_page: &self.server.settings.opening.info_url,
        };
        mail.invite(place, &to, &invitation).map_err(|_| Refused::Address)
    }
}
