//! The beginning that dispatch and notification servers share: `VER`, then `INF` or `CVR`; or `CVQ` and nothing else.

use super::End;
use super::upgrade::Upgrades;
use crate::command::{Command, cvq, cvr, error, inf, out as sign_out, ver};
use crate::dialect::{Dialect, Hints, Quirks};
use crate::types::{ErrorCode, TrId};
use crate::wire::{ArgError, Frame, Verb};

/// What a server is told by its operator and says at the beginning of every session.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The dialects that are served, the oldest first.
    pub served: Vec<&'static Dialect>,
    /// Whether `VER` is answered with every dialect in common, best first, and `CVR0` behind them, as the service did in
    /// its first years; else with the chosen one alone.
    pub names_all_dialects: bool,
    /// Who is told in `CVR` to upgrade.
    pub upgrades: Upgrades,
    /// Where a newer client can be downloaded; told in every `CVR`, whether it offers an upgrade or not.
    pub download_url: String,
    /// Where there is more to read.
    pub info_url: String,
}

/// What a `VER` has settled.
#[derive(Clone, Copy, Debug)]
pub(super) enum Settled {
    /// The dialect from here on.
    Dialect(&'static Dialect),
    /// No dialect is in common, but the client may ask which version is recommended.
    RecommendationOnly,
}

/// Answers a `VER`.
///
/// # Errors
/// When nothing is in common; the client has been told.
pub(super) fn negotiate(
    frame: Frame<'_>,
    settings: &Settings,
    hints: &mut Hints,
    out: &mut Vec<u8>,
) -> Result<Settled, End> {
    // Every version writes VER alike, so it doesn't matter which one reads it.
    let plain = &crate::dialect::MSNP2;
    let request =
        ver::Request::read(frame, plain).map_err(|error| End::Malformed { verb: Verb::VER, error })?;
    hints.offered(request.dialects);
    let name;
    let (settled, told) = match request.choose(&settings.served) {
        Some(dialect) => {
            name = match settings.names_all_dialects {
                true => request.in_common(&settings.served),
                false => dialect.version.to_string(),
            };
            (Ok(Settled::Dialect(dialect)), name.as_str())
        }
        None if request.takes_recommendation_only() => {
            (Ok(Settled::RecommendationOnly), ver::RECOMMENDATION_ONLY)
        }
        None => (Err(End::NoDialect), "0"),
    };
    ver::Reply { trid: request.trid, dialect: told }.write(out, plain);
    settled
}

/// Answers an `INF`: the first way to sign in that the dialect has.
pub(super) fn inform(frame: Frame<'_>, dialect: &Dialect, out: &mut Vec<u8>) -> Result<(), End> {
    let request =
        inf::Request::read(frame, dialect).map_err(|error| End::Malformed { verb: Verb::INF, error })?;
    let Some(package) = dialect.sign_in.first().copied() else { return Err(End::NotForClients(Verb::INF)) };
    inf::Reply { trid: request.trid, package }.write(out, dialect);
    Ok(())
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
    let versions = settings.upgrades.for_client(&request);
    recommendation(request.trid, &versions, settings).write(out, dialect);
    let id = request.client_id.unwrap_or_default();
    Ok(hints.quirks((request.os_type, request.os_version), (request.version, id)))
}

/// Hears a client that asks which version is recommended and can't sign in: answers a `CVQ`, and ends the session.
pub(super) fn only_recommend(frame: Frame<'_>, settings: &Settings, out: &mut Vec<u8>) -> End {
    // There is no dialect; every version writes it alike.
    let plain = &crate::dialect::MSNP2;
    match frame.verb {
        Verb::CVQ => match cvq::Request::read(frame, plain) {
            Ok(cvq::Request(request)) => {
                let versions = settings.upgrades.for_client(&request);
                cvq::Reply(recommendation(request.trid, &versions, settings)).write(out, plain);
                End::Recommended
            }
            Err(error) => End::Malformed { verb: Verb::CVQ, error },
        },
        Verb::OUT => {
            sign_out::Push { reason: None }.write(out, plain);
            End::SignedOut
        }
        verb => trid(frame).map_or(End::NotNow(verb), |trid| refuse(trid, ErrorCode::NOT_EXPECTED, out)),
    }
}

fn recommendation<'a>(trid: TrId, versions: &'a (String, String), settings: &'a Settings) -> cvr::Reply<'a> {
    let (recommended, minimum) = versions;
    cvr::Reply {
        trid,
        recommended,
        minimum,
        download_url: &settings.download_url,
        info_url: &settings.info_url,
    }
}

/// Says an error and ends the session.
pub(super) fn refuse(trid: TrId, code: ErrorCode, out: &mut Vec<u8>) -> End {
    // None of the numbers that end a session has more to tell, in any dialect.
    error::Reply { trid: Some(trid), code }.write(out, &crate::dialect::MSNP2);
    End::Refused(code)
}

/// The transaction id of a command that will be refused.
pub(super) fn trid(frame: Frame<'_>) -> Result<TrId, End> {
    let mut args = frame.args;
    args.trid().map_err(|error: ArgError| End::Malformed { verb: frame.verb, error })
}
