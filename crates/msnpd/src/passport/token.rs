//! The proof in the form of `/ppsecure/sha1auth.srf` (web-services reference, 11.3):
//!
//! ```text
//! token=ct=…&bver=4&ru=…&id=…&da=<EncryptedData>…&nonce=…&hash=…
//! ```
//! with the values encoded as in a form, and the whole once more. `da` is the token broker's token as it was issued, the
//! hash an HMAC-SHA1 of everything before it, under a key that the token's secret and the nonce give.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use msnp::auth::sso::Key;
use msnp::soap::tree::{Element, Limits};
use subtle::ConstantTimeEq as _;

use super::web::Form;
use super::{Passport, Unavailable};
use crate::clock::unix_now;

/// The longest nonce in bytes. Real ones have 24.
const MAX_NONCE: usize = 128;

impl Passport {
    /// Whether somebody has signed this who may be let in to pages.
    pub(super) async fn has_signed(&self, token: &str) -> Result<bool, Unavailable> {
        let Some(proof) = Proof::read(token) else { return Ok(false) };
        let Ok((claims, ticket)) = self.mint.check_cipher_value(&proof.cipher_value, unix_now()) else {
            return Ok(false);
        };
        let right = Key::derive(&self.mint.secret(&ticket), &proof.nonce).mac(proof.signed.as_bytes());
        if !bool::from(right.ct_eq(&proof.hash)) {
            return Ok(false);
        }
        let account = self.accounts.by_id(claims.account).await?;
        Ok(account.is_some_and(|account| !account.disabled && account.generation == claims.generation))
    }
}

struct Proof<'t> {
    signed: &'t str,
    cipher_value: String,
    nonce: Vec<u8>,
    hash: Vec<u8>,
}

impl<'t> Proof<'t> {
    fn read(token: &'t str) -> Option<Self> {
        let (signed, hash) = token.rsplit_once("&hash=")?;
        // Of a value the base64 may be encoded once more, or not: then its plus signs have become blanks.
        let form = Form::read(token.as_bytes());
        let base64 = |text: &str| STANDARD.decode(text.trim().replace(' ', "+")).ok();
        let nonce = base64(form.get("nonce")?).filter(|nonce| (1..=MAX_NONCE).contains(&nonce.len()))?;
        let hash = base64(Form::read(format!("h={hash}").as_bytes()).get("h")?)?;
        let broker = Element::parse(form.get("da")?.as_bytes(), Limits::SMALL).ok()?;
        let cipher_value = broker.find(&["CipherData", "CipherValue"])?.text().to_owned();
        Some(Self { signed, cipher_value, nonce, hash })
    }
}
