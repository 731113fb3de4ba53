//! Making keys and certificates that clients since Windows 98 can read (web-services.md 27.2): RSA 2048, times before
//! 2038, short serial numbers, no address of a revocation list (later Windows would try it, and wait), and no critical
//! extension but the CA's basic constraints.

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Name, X509Ref};

use super::era::Era;
use super::names::Names;

const DAY: i64 = 24 * 60 * 60;

/// 2037-12-31: some clients count seconds in 31 bits.
const LAST_TIME: i64 = 2_145_830_400;

/// 2000-01-01: machines as old as the clients come up with clocks that are years behind. Nobody minds an old
/// CA; of server certificates, today's systems refuse those that last longer than [`LEAF_DAYS`].
const CA_BEGIN: i64 = 946_684_800;

/// 1979-12-31: whatever an old machine without a battery takes for today, it is not before 1980, when its calendar
/// begins in its own time zone.
const LEGACY_BEGIN: i64 = 315_446_400;

const CA_DAYS: i64 = 20 * 365;

/// macOS takes no more than 825.
const LEAF_DAYS: i64 = 800;

/// A fresh key with the exponent that everyone can use, 65537.
pub(super) fn key() -> Result<PKey<Private>, ErrorStack> {
    PKey::from_rsa(Rsa::generate(2048)?)
}

impl Era {
    fn digest(self) -> MessageDigest {
        match self {
            Self::Modern => MessageDigest::sha256(),
            // Windows before XP SP3 knows nothing better.
            Self::Legacy => MessageDigest::sha1(),
        }
    }

    fn ca_begin(self) -> i64 {
        match self {
            Self::Modern => CA_BEGIN,
            Self::Legacy => LEGACY_BEGIN,
        }
    }

    fn leaf_begin(self, now: i64) -> i64 {
        match self {
            // Clocks differ by some hours even today.
            Self::Modern => now - DAY,
            Self::Legacy => LEGACY_BEGIN,
        }
    }

    fn ca_name(self) -> &'static str {
        match self {
            Self::Modern => "msnpd CA",
            Self::Legacy => "msnpd legacy CA",
        }
    }
}

/// A CA's certificate for its key. `now` in seconds since 1970.
pub(super) fn ca(era: Era, key: &PKey<Private>, now: i64) -> Result<X509, ErrorStack> {
    // Two servers' CAs in one store must differ in name.
    let mut tag = [0; 4];
    openssl::rand::rand_bytes(&mut tag)?;
    let subject = name(&format!("{} {:08x}", era.ca_name(), u32::from_be_bytes(tag)))?;
    let mut builder = builder(key, &subject, &subject, era.ca_begin(), (now + CA_DAYS * DAY).min(LAST_TIME))?;
    builder.append_extension(BasicConstraints::new().critical().ca().pathlen(0).build()?)?;
    builder.append_extension(KeyUsage::new().key_cert_sign().crl_sign().build()?)?;
    let identifier = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
    builder.append_extension(identifier)?;
    builder.sign(key, era.digest())?;
    Ok(builder.build())
}

/// A server's certificate for its key and names, signed by the CA.
pub(super) fn leaf(
    era: Era,
    key: &PKey<Private>,
    names: &Names,
    ca: &X509Ref,
    ca_key: &PKey<Private>,
    now: i64,
) -> Result<X509, ErrorStack> {
    let subject = name("login.live.com")?;
    let (begin, end) = (era.leaf_begin(now), (now + LEAF_DAYS * DAY).min(LAST_TIME));
    let mut builder = builder(key, &subject, ca.subject_name(), begin, end)?;
    let mut alternative = SubjectAlternativeName::new();
    for host in &names.hosts {
        alternative.dns(host);
    }
    for address in &names.addresses {
        alternative.ip(&address.to_string());
    }
    builder.append_extension(BasicConstraints::new().build()?)?;
    builder.append_extension(KeyUsage::new().digital_signature().key_encipherment().build()?)?;
    builder.append_extension(ExtendedKeyUsage::new().server_auth().build()?)?;
    let context = builder.x509v3_context(Some(ca), None);
    let extensions = [
        SubjectKeyIdentifier::new().build(&context)?,
        AuthorityKeyIdentifier::new().keyid(true).build(&context)?,
        alternative.build(&context)?,
    ];
    for extension in extensions {
        builder.append_extension(extension)?;
    }
    builder.sign(ca_key, era.digest())?;
    Ok(builder.build())
}

fn builder(
    key: &PKey<Private>,
    subject: &X509Name,
    issuer: &openssl::x509::X509NameRef,
    begin: i64,
    end: i64,
) -> Result<X509Builder, ErrorStack> {
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*serial()?)?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(key)?;
    builder.set_not_before(&*Asn1Time::from_unix(begin)?)?;
    builder.set_not_after(&*Asn1Time::from_unix(end)?)?;
    Ok(builder)
}

/// 16 bytes, positive: a renewed certificate must not repeat the number of the one before.
fn serial() -> Result<Asn1Integer, ErrorStack> {
    let mut bytes = [0; 16];
    openssl::rand::rand_bytes(&mut bytes)?;
    if let Some(first) = bytes.first_mut() {
        *first = *first & 0x7f | 0x40;
    }
    BigNum::from_slice(&bytes)?.to_asn1_integer()
}

fn name(common_name: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509Name::builder()?;
    name.append_entry_by_text("O", "msnpd")?;
    name.append_entry_by_text("CN", common_name)?;
    Ok(name.build())
}
