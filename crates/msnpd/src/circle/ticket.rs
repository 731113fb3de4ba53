//! The tickets by which a client proves to the notification server which circles its user is in: `CircleTicket` of the
//! address book, which comes back in `USR t SHA A` (web-services reference, 15.2; later-versions reference, 8.2).
//!
//! Who is in a circle is in the store, and it is for the caller to look there as well: a ticket says who was when it was
//! issued.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use msnp::soap::abch::Timestamp;
use msnp::soap::tree::{Element, Limits};
use msnp::types::CircleId;
use msnp::wire::limits;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};

use crate::account::AccountId;
use crate::data_dir::{self, Readers};
use crate::store::MAX_CIRCLES;

/// The name of the key file in the data directory: an RSA key in PEM form.
pub const KEY_FILE: &str = "circle.key";

/// How long a ticket is good. Clients get a new one whenever they read the address book.
pub const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Bits of the key.
const KEY_BITS: u32 = 2048;

/// The longest ticket, in bytes of base64: it comes on a line.
const MAX_TICKET: usize = limits::LINE;

/// What both documents begin with. They are UTF-8 all the same.
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-16\"?>";

/// The attribute that both roots have.
const XSI: &str = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

/// Why there are no tickets.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or made.
    #[error("the key for tickets of circles {path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        error: io::Error,
    },
    /// The file holds something else.
    #[error(
        "the key for tickets of circles {path}: not an RSA key in PEM form; remove it to have another one made, which \
         costs nobody more than signing in again"
    )]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// OpenSSL failed.
    #[error("OpenSSL: {0}")]
    OpenSsl(#[from] ErrorStack),
}

/// What a ticket says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleClaims {
    /// The number of whose it is.
    pub cid: i64,
    /// The circles he was in.
    pub circles: Vec<CircleId>,
    /// When it was issued, in seconds since 1970.
    pub issued: u64,
}

/// Issues tickets and checks them. Holds the key.
#[derive(Clone)]
pub struct CircleTickets {
    key: PKey<Private>,
}

impl fmt::Debug for CircleTickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CircleTickets(…)")
    }
}

impl CircleTickets {
    /// With the key that lies in `data_dir`, which is made on the first start.
    ///
    /// # Errors
    /// When it can't be read, made, or understood.
    pub fn open(data_dir: &Path) -> Result<Self, KeyError> {
        let path = data_dir.join(KEY_FILE);
        let failed = |error| KeyError::File { path: path.clone(), error };
        if let Some(pem) = data_dir::read(&path).map_err(failed)? {
            let key = PKey::private_key_from_pem(&pem).ok().filter(|key| key.rsa().is_ok());
            return key.map(|key| Self { key }).ok_or(KeyError::Malformed { path });
        }
        let made = Self::with_new_key()?;
        let pem = made.key.private_key_to_pem_pkcs8()?;
        data_dir::replace(&path, &pem, Readers::Owner).map_err(failed)?;
        Ok(made)
    }

    /// With a key that nothing else has.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn with_new_key() -> Result<Self, ErrorStack> {
        Ok(Self { key: PKey::from_rsa(Rsa::generate(KEY_BITS)?)? })
    }

    /// A new ticket for somebody who is in these circles, as text; `now` in seconds since 1970.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn issue(&self, account: AccountId, circles: &[CircleId], now: u64) -> Result<String, ErrorStack> {
        let data = claims(account.cid().cast_signed(), circles, now);
        let mut signer = Signer::new(MessageDigest::sha1(), &self.key)?;
        let signature = signer.sign_oneshot_to_vec(data.as_bytes())?;
        let (data, signature) = (STANDARD.encode(data), STANDARD.encode(signature));
        Ok(format!(
            "{DECLARATION}<SignedTicket {XSI} ver=\"1\" keyVer=\"1\"><Data>{data}</Data><Sig>{signature}</Sig></SignedTicket>"
        ))
    }

    /// What a ticket says that came back in base64, if it is one of ours, this account's, and still good at `now` (seconds
    /// since 1970).
    pub fn check(&self, written: &str, account: AccountId, now: u64) -> Option<CircleClaims> {
        if written.len() > MAX_TICKET {
            return None;
        }
        let text = STANDARD.decode(written).ok()?;
        let ticket = Element::parse(&text, Limits::SMALL).ok().filter(|root| root.is("SignedTicket"))?;
        let part = |name| STANDARD.decode(ticket.child(name)?.text()).ok();
        let (data, signature) = (part("Data")?, part("Sig")?);
        let mut verifier = Verifier::new(MessageDigest::sha1(), &self.key).ok()?;
        if !verifier.verify_oneshot(&signature, &data).ok()? {
            return None;
        }
        let claims = read_claims(&data)?;
        let is_good = claims.cid == account.cid().cast_signed()
            && now < claims.issued.saturating_add(LIFETIME.as_secs());
        is_good.then_some(claims)
    }
}

/// What is signed.
fn claims(cid: i64, circles: &[CircleId], now: u64) -> String {
    let mut data = format!("{DECLARATION}<Ticket {XSI}>");
    for circle in circles.iter().take(MAX_CIRCLES) {
        data.push_str(&format!("<Circle Id=\"{circle}\" HostedDomain=\"live.com\"/>"));
    }
    let issued = Timestamp::from_unix_millis(now.saturating_mul(1000));
    data.push_str(&format!("<TS>{issued}</TS><CID>{cid}</CID></Ticket>"));
    data
}

fn read_claims(data: &[u8]) -> Option<CircleClaims> {
    let ticket = Element::parse(data, Limits::SMALL).ok().filter(|root| root.is("Ticket"))?;
    let named = ticket.children().iter().filter(|child| child.is("Circle"));
    let circles = named.map(|circle| circle.attribute("Id")?.parse().ok()).collect::<Option<_>>()?;
    let issued = Timestamp::read(ticket.child("TS")?.text())?.unix_millis();
    Some(CircleClaims { cid: ticket.child("CID")?.text().parse().ok()?, circles, issued: issued / 1000 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_770_091_506;
    const ALICE: AccountId = AccountId(1);

    fn circles() -> Vec<CircleId> {
        (0..MAX_CIRCLES as u64).map(|n| CircleId::new(0x0a1b_2c3d_4e5f + n).unwrap()).collect()
    }

    #[test]
    fn a_ticket_says_what_it_was_issued_for() {
        let tickets = CircleTickets::with_new_key().unwrap();
        for circles in [circles(), circles()[..1].to_vec(), Vec::new()] {
            let text = tickets.issue(ALICE, &circles, NOW).unwrap();
            let root = Element::parse(text.as_bytes(), Limits::SMALL).unwrap();
            assert_eq!((root.attribute("ver"), root.attribute("keyVer")), (Some("1"), Some("1")));
            let back = STANDARD.encode(&text);
            // With its verb, on a line.
            assert!(back.len() + 32 < limits::LINE, "{}", back.len());
            let claims = tickets.check(&back, ALICE, NOW).unwrap();
            assert_eq!(claims, CircleClaims { cid: ALICE.cid().cast_signed(), circles, issued: NOW });
        }
        let text = tickets.issue(ALICE, &circles()[..1], NOW).unwrap();
        let root = Element::parse(text.as_bytes(), Limits::SMALL).unwrap();
        let data = STANDARD.decode(root.child("Data").unwrap().text()).unwrap();
        assert_eq!(
            String::from_utf8(data).unwrap(),
            format!(
                "{DECLARATION}<Ticket {XSI}><Circle Id=\"00000000-0000-0000-0009-0a1b2c3d4e5f\" \
                 HostedDomain=\"live.com\"/><TS>2026-02-03T04:05:06.0000000Z</TS><CID>{}</CID></Ticket>",
                ALICE.cid().cast_signed()
            )
        );
    }

    #[test]
    fn no_other_is_taken() {
        let tickets = CircleTickets::with_new_key().unwrap();
        let text = tickets.issue(ALICE, &circles()[..2], NOW).unwrap();
        let good = STANDARD.encode(&text);
        let last = NOW + LIFETIME.as_secs() - 1;
        assert!(tickets.check(&good, ALICE, last).is_some());
        assert!(tickets.check(&good, ALICE, last + 1).is_none(), "expired");
        assert!(tickets.check(&good, AccountId(2), NOW).is_none(), "somebody else's");
        let others = CircleTickets::with_new_key().unwrap();
        assert!(others.check(&good, ALICE, NOW).is_none(), "of another server");
        // The claims of one with the signature of another.
        let more = tickets.issue(ALICE, &circles()[..3], NOW).unwrap();
        let (_, signature) = text.split_once("<Sig>").unwrap();
        let (data, _) = more.split_once("<Sig>").unwrap();
        assert!(tickets.check(&STANDARD.encode(format!("{data}<Sig>{signature}")), ALICE, NOW).is_none());
        for bad in [
            String::new(),
            text.clone(),
            "A".repeat(MAX_TICKET + 4),
            STANDARD.encode("<SignedTicket/>"),
            STANDARD.encode("<SignedTicket><Data>AA==</Data><Sig></Sig></SignedTicket>"),
            STANDARD.encode(text.replace("SignedTicket", "Ticket")),
            STANDARD.encode(&text[..text.len() - 3]),
        ] {
            assert!(tickets.check(&bad, ALICE, NOW).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_key_outlives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let ticket = CircleTickets::open(dir.path()).unwrap().issue(ALICE, &circles(), NOW).unwrap();
        let again = CircleTickets::open(dir.path()).unwrap();
        assert!(again.check(&STANDARD.encode(ticket), ALICE, NOW).is_some());
        assert_eq!(format!("{again:?}"), "CircleTickets(…)");
        std::fs::write(dir.path().join(KEY_FILE), "no key").unwrap();
        let error = CircleTickets::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains(KEY_FILE) && error.contains("remove it"), "{error}");
    }
}
