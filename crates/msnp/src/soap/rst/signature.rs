//! The signature of a request that shows a token in place of a password (web-services reference, 9.3): whoever has the
//! token and not its secret can't make one.
//!
//! What is asked for has to be under it. Nothing is looked up by an id that stands in the document twice, and what the
//! signature does not cover is not asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

use crate::auth::sso::{Key, MAC_LEN, SECRET_LEN};
use crate::soap::canonical::{Element, TooLong, Unreadable};
use crate::soap::tree::Limits;

/// The most parts that a signature covers one by one. Real ones cover three.
const MAX_REFERENCES: usize = 8;

/// The longest nonce of a key in bytes. Real ones have 24 or 32.
const MAX_NONCE: usize = 128;

/// The most bytes of a part in canonical form: four times the longest request.
const MAX_CANONICAL: usize = 64 * 1024;

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const HMAC_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";

/// A signature whose digests are right. Whether it is right itself, the secret tells.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature {
    nonce: Vec<u8>,
    signed: String,
    value: [u8; MAC_LEN],
}

/// Why nothing is signed. To the client it is all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// The document has no canonical form here.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Its canonical form is longer than any real one.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// Something is missing, or is there in several ways.
    #[error("{0} is missing or malformed")]
    Missing(&'static str),
    /// Something is computed in a way that is not known here.
    #[error("{0} is computed in an unknown way")]
    Method(&'static str),
    /// A part is not what was signed.
    #[error("a digest is wrong")]
    Digest,
    /// What is asked for is not signed.
    #[error("what is asked for is not signed")]
    Elsewhere,
}

impl Signature {
    /// Reads the signature of a request and checks that it covers what is asked for.
    pub(super) fn read(document: &[u8]) -> Result<Self, Unsigned> {
        let envelope = Element::parse(document, Limits::SMALL)?;
        let security = envelope.find(&["Header", "Security"]).ok_or(Unsigned::Missing("Security"))?;
        let nonce = Self::nonce(security)?;
        let signature = only(security, "Signature")?;
        let info = only(signature, "SignedInfo")?;
        has_method(info, "CanonicalizationMethod", EXCLUSIVE)?;
        has_method(info, "SignatureMethod", HMAC_SHA1)?;
        let covered = Self::covered(&envelope, info)?;
        let body = envelope.child("Body").ok_or(Unsigned::Missing("Body"))?;
        let list = body.child("RequestMultipleSecurityTokens");
        let asked = list.unwrap_or(body).children().filter(|child| child.is("RequestSecurityToken"));
        let is_covered = |element: &Element| covered.iter().any(|covered| std::ptr::eq(*covered, element));
        if !list.is_some_and(is_covered) && !asked.into_iter().all(is_covered) {
            return Err(Unsigned::Elsewhere);
        }
        let value = decoded(&only(signature, "SignatureValue")?.text())
            .and_then(|value| value.try_into().ok())
            .ok_or(Unsigned::Missing("SignatureValue"))?;
        Ok(Self { nonce, signed: info.canonical(MAX_CANONICAL)?, value })
    }

    /// The nonce of the key. There is one key, so it need not be looked for by its name.
    fn nonce(security: &Element) -> Result<Vec<u8>, Unsigned> {
        let key = only(security, "DerivedKeyToken")?;
        if key.attribute("Algorithm").is_some() {
            return Err(Unsigned::Method("DerivedKeyToken"));
        }
        decoded(&only(key, "Nonce")?.text())
            .filter(|nonce| (1..=MAX_NONCE).contains(&nonce.len()))
            .ok_or(Unsigned::Missing("Nonce"))
    }

    /// The parts that are covered, each of which is what was signed.
    fn covered<'e>(envelope: &'e Element, info: &Element) -> Result<Vec<&'e Element>, Unsigned> {
        let references: Vec<&Element> = info.children().filter(|child| child.is("Reference")).collect();
        if references.is_empty() || references.len() > MAX_REFERENCES {
            return Err(Unsigned::Missing("Reference"));
        }
        let mut covered = Vec::with_capacity(references.len());
        for reference in references {
            let id = reference.attribute("URI").and_then(|uri| uri.strip_prefix('#'));
            let part = id.and_then(|id| with_id(envelope, id)).ok_or(Unsigned::Missing("Reference"))?;
            has_method(only(reference, "Transforms")?, "Transform", EXCLUSIVE)?;
            has_method(reference, "DigestMethod", SHA1)?;
            let digest: [u8; 20] = Sha1::digest(part.canonical(MAX_CANONICAL)?).into();
            if decoded(&only(reference, "DigestValue")?.text()).as_deref() != Some(&digest) {
                return Err(Unsigned::Digest);
            }
            covered.push(part);
        }
        Ok(covered)
    }

    /// Whether it was made with this secret.
    pub fn is_by(&self, secret: &[u8; SECRET_LEN]) -> bool {
        Key::derive(secret, &self.nonce).mac(self.signed.as_bytes()).ct_eq(&self.value).into()
    }
}

/// What was signed says nothing about the secret, and is long.
impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signature(…)")
    }
}

/// The element with this name, of which there may be but one.
fn only<'e>(parent: &'e Element, name: &'static str) -> Result<&'e Element, Unsigned> {
    let mut found = parent.children().filter(|child| child.is(name));
    match (found.next(), found.next()) {
        (Some(element), None) => Ok(element),
        _ => Err(Unsigned::Missing(name)),
    }
}

/// Whether something is computed in the known way and no other. Parameters, which stand inside, would change the way:
/// a length, to which the signature is cut, or prefixes, which are to be declared.
fn has_method(parent: &Element, name: &'static str, algorithm: &str) -> Result<(), Unsigned> {
    let method = only(parent, name)?;
    let is_plain = method.children().next().is_none() && method.text().trim().is_empty();
    if is_plain && method.attribute("Algorithm") == Some(algorithm) {
        Ok(())
    } else {
        Err(Unsigned::Method(name))
    }
}

/// The element with this id, if there is but one.
fn with_id<'e>(envelope: &'e Element, id: &str) -> Option<&'e Element> {
    let mut found = Vec::new();
    envelope.descend(&mut |element| {
        let is_named = |(name, value): (&crate::soap::canonical::Name, &str)| {
            name.local().eq_ignore_ascii_case("Id") && value == id
        };
        if element.attributes().any(is_named) {
            found.push(element);
        }
    });
    match found.as_slice() {
        [element] => Some(element),
        _ => None,
    }
}

/// Base64, which may be broken into lines.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(text).ok()
}
