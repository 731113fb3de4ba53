//! How a session begins: `VER`, then `INF` or `CVR`.

use super::{End, Misbehaviour};
use crate::auth::challenge::Product;
use crate::command::{Command, cvr, ver};
use crate::dialect::{Challenge, Dialect};
use crate::types::{Email, Guid, TrId};
use crate::wire::{Args, Frame, Verb};

/// Who signs in, with what.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The dialects that are offered, the best first. A server chooses one of them.
    pub offered: Vec<&'static Dialect>,
    /// Whose account it is.
    pub email: Email,
    /// What the client says of itself.
    pub program: Program,
    /// What proves that the client is a known one; by default a product that goes with the dialect.
    pub product: Option<Product>,
    /// What names the place that the user signs in at, in dialects that have places: the same each time he comes from
    /// there, so that who was left behind by a broken connection is not a second one.
    pub place: Option<Guid>,
}

impl Settings {
    /// Offers every dialect, the newest first.
    pub fn new(email: Email) -> Self {
        Self {
            offered: Dialect::ALL.iter().rev().copied().collect(),
            email,
            program: Program::default(),
            product: None,
            place: None,
        }
    }

    /// The product that answers challenges of this kind. Those that are chosen here belong to the last clients that were
    /// challenged so.
    pub(super) fn product(&self, kind: Challenge) -> Option<Product> {
        let usual = match kind {
            Challenge::None => return None,
            Challenge::Md5 => "PROD0038W!61ZTF9",
            Challenge::LockAndKey => "PROD0120PW!CCV9@",
        };
        self.product.or_else(|| Product::named(usual).copied())
    }
}

/// What a client says of itself in `CVR`. No argument of it may have a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The language, `0x0409`.
    pub locale: String,
    /// The operating system.
    pub os_type: String,
    /// Its version.
    pub os_version: String,
    /// The processor.
    pub arch: String,
    /// The program.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The code base.
    pub client_id: String,
}

impl Default for Program {
    /// A client that says it is this library. Servers advise upgrades to those alone that say they are Microsoft's.
    fn default() -> Self {
        Self {
            locale: "0x0409".to_owned(),
            os_type: std::env::consts::OS.to_owned(),
            os_version: "1.0".to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            name: "msnp".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            client_id: "msnp".to_owned(),
        }
    }
}

/// Offers the dialects.
pub(super) fn offer(settings: &Settings, trid: TrId, out: &mut Vec<u8>) {
    let mut names = String::new();
    for dialect in &settings.offered {
        names.push_str(&dialect.version.to_string());
        names.push(' ');
    }
    // Nearly every client says so; it means that the client could also ask for the recommended version.
    names.push_str(ver::RECOMMENDATION_ONLY);
    // Every version writes it alike.
    ver::Request { trid, dialects: Args::new(&names) }.write(out, &crate::dialect::MSNP2);
}

/// What the server has chosen.
pub(super) fn chosen(frame: Frame<'_>, settings: &Settings) -> Result<&'static Dialect, End> {
    let reply =
        ver::Reply::read(frame, &crate::dialect::MSNP2).map_err(|error| End::malformed(Verb::VER, error))?;
    if matches!(reply.dialect, "0" | ver::RECOMMENDATION_ONLY) {
        return Err(End::NoDialect);
    }
    let chosen = Dialect::named(reply.dialect).filter(|dialect| settings.offered.contains(dialect));
    chosen.ok_or(End::Misbehaved { verb: Verb::VER, what: Misbehaviour::NotOffered })
}

/// Says what the client is, as those do whose `CVR` names the account.
pub(super) fn introduce(settings: &Settings, trid: TrId, dialect: &Dialect, out: &mut Vec<u8>) {
    let Program { locale, os_type, os_version, arch, name, version, client_id } = &settings.program;
    cvr::Request {
        trid,
        locale,
        os_type,
        os_version,
        arch,
        library: name,
        version,
        client_id: Some(client_id),
        handle: Some(settings.email.as_str()),
    }
    .write(out, dialect);
}
