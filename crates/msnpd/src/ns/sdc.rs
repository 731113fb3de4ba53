//! `SDC`: the user invites somebody to the service by mail, with a text of his own.

use msnp::command::{Command, error, sdc};
use msnp::flow::End;
use msnp::types::ErrorCode;

use super::Session;
use super::snd::Refused;
use crate::mail::MAX_TEXT;

impl Session {
    pub(super) async fn sdc(&mut self, request: sdc::Request<'_>) -> Result<(), End> {
        let trid = request.trid;
        // A text that is too long or not quite text is worth sending as far as it goes.
        let text: String = String::from_utf8_lossy(request.text).chars().take(MAX_TEXT).collect();
        let code = match self.invite(request.to, &text).await {
            Ok(()) => return self.say(|out, dialect| sdc::Reply { trid }.write(out, dialect)),
            Err(Refused::Off) => ErrorCode::COMMAND_DISABLED,
            // Wrong parameters end the session (notification-server reference, 18.3).
            Err(Refused::Address) => {
                let code = ErrorCode::FAIL;
                self.say(|out, dialect| error::Reply { trid: Some(trid), code }.write(out, dialect))?;
                return Err(End::Refused(code));
            }
            Err(Refused::TooMuch) => ErrorCode::RATE_LIMIT_EXCEEDED,
            Err(Refused::Store(error)) => return self.store_failed(trid, &error),
            Err(Refused::Gone) => return Err(End::SignedOut),
        };
        self.deny(trid, code)
    }
}
