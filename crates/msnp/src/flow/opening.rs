//! The beginning that dispatch and notification servers share: `VER`, then `CVR`.

use super::End;
use super::upgrade::Upgrades;
use crate::command::{Command, cvr, error, ver};
use crate::dialect::{Dialect, Hints, Quirks};
use crate::types::{ErrorCode, TrId};
use crate::wire::{ArgError, Frame, Verb};

/// What a server is told by its operator and says at the beginning of every session.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The dialects that are served, the oldest first.
    pub served: Vec<&'static Dialect>,
    /// Who is told in `CVR` to upgrade.
    pub upgrades: Upgrades,
    /// Where a newer client can be downloaded; told in every `CVR`, whether it offers an upgrade or not.
    pub download_url: String,
    /// Where there is more to read.
    pub info_url: String,
}

/// Answers a `VER`: the dialect from here on.
///
/// # Errors
/// When nothing is in common; the client has been told.
pub(super) fn negotiate(
    frame: Frame<'_>,
    settings: &Settings,
    hints: &mut Hints,
    out: &mut Vec<u8>,
) -> Result<&'static Dialect, End> {
    // Every version writes VER alike, so it doesn't matter which one reads it.
    let plain = &crate::dialect::MSNP2;
    let request =
        ver::Request::read(frame, plain).map_err(|error| End::Malformed { verb: Verb::VER, error })?;
    hints.offered(request.dialects);
    let chosen = request.choose(&settings.served);
    let name = chosen.map(|dialect| dialect.version.to_string());
    ver::Reply { trid: request.trid, dialect: name.as_deref().unwrap_or("0") }.write(out, plain);
    chosen.ok_or(End::NoDialect)
}

/// Answers a `CVR`: with the client's own version, unless the operator wants a newer one.
pub(super) fn recommend(
    frame: Frame<'_>,
    dialect: &Dialect,
    settings: &Settings,
    hints: Hints,
    out: &mut Vec<u8>,
) -> Result<Quirks, End> {
    let request =
        cvr::Request::read(frame, dialect).map_err(|error| End::Malformed { verb: Verb::CVR, error })?;
    let (recommended, minimum) = settings.upgrades.for_client(&request);
    cvr::Reply {
        trid: request.trid,
        recommended: &recommended,
        minimum: &minimum,
        download_url: &settings.download_url,
        info_url: &settings.info_url,
    }
    .write(out, dialect);
    Ok(hints.quirks(request.os_type, request.os_version))
}

/// Says an error and ends the session.
pub(super) fn refuse(trid: TrId, code: ErrorCode, out: &mut Vec<u8>) -> End {
    error::Reply { trid: Some(trid), code }.write(out);
    End::Refused(code)
}

/// The transaction id of a command that will be refused.
pub(super) fn trid(frame: Frame<'_>) -> Result<TrId, End> {
    let mut args = frame.args;
    args.trid().map_err(|error: ArgError| End::Malformed { verb: frame.verb, error })
}
