//! Answers to renewals, which only the one can read who has the secret of the token that was shown (web-services
//! reference, 9.3).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::form::{Form, element};
use super::reply::{Reply, namespaces};
use crate::auth::sso::{Key, Padding, SECRET_LEN};

/// The length of the nonce that an answer is sealed with, in bytes.
pub const NONCE_LEN: usize = 32;

/// What an answer is sealed with. It opens the answer, so there is no `Debug`.
#[derive(Clone)]
pub struct Seal {
    /// The secret of the token that was shown.
    pub secret: [u8; SECRET_LEN],
    /// Random bytes: the key is derived from them and used for nothing else.
    pub nonce: [u8; NONCE_LEN],
}

/// Clients begin with eight zero bytes and look for none in front of the sealed text.
const IV: [u8; 8] = [0; 8];

impl Reply<'_> {
    /// The document that answers a renewal, to be sent with status 200. `in_list`: several tokens were asked for, in a
    /// list; else the answer is one that stands alone.
    ///
    /// The text is padded with NUL bytes, up to which one client reads it.
    pub fn to_sealed_xml(&self, form: &Form, in_list: bool, seal: &Seal) -> String {
        let mut text = String::with_capacity(1536 * self.tokens.len());
        match self.tokens.as_slice() {
            [token] if !in_list => token.write(form, self.now, &namespaces(form), &mut text),
            _ => self.write_collection(form, &mut text),
        }
        let sealed = Key::derive(&seal.secret, &seal.nonce).seal(IV, text.as_bytes(), Padding::Nul);
        let mut xml = String::with_capacity(2048 + sealed.len() * 4 / 3);
        form.open(&mut xml);
        let key = format!(
            "<wssc:DerivedKeyToken xmlns:wssc=\"{wssc}\" Id=\"EncKey\"><wssc:Nonce>{nonce}</wssc:Nonce></wssc:DerivedKeyToken>",
            wssc = form.wssc,
            nonce = STANDARD.encode(seal.nonce),
        );
        form.addressing(self.now, &key, &mut xml);
        // Writing to a String can't fail.
        let _ = write!(
            xml,
            "</S:Header><S:Body>\
             <EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\" Id=\"RSTR\" \
             Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><EncryptionMethod \
             Algorithm=\"http://www.w3.org/2001/04/xmlenc#tripledes-cbc\"/>\
             <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><wsse:SecurityTokenReference>\
             <wsse:Reference URI=\"#EncKey\"/></wsse:SecurityTokenReference></ds:KeyInfo><CipherData>{value}</CipherData>\
             </EncryptedData></S:Body></S:Envelope>",
            value = element("CipherValue", &STANDARD.encode(sealed)),
        );
        xml
    }
}

/// What a client reads: the text that was sealed, without its padding. `None` if it is not sealed with this.
pub fn open(seal: &Seal, cipher_value: &str) -> Option<String> {
    let sealed = STANDARD.decode(cipher_value).ok()?;
    let mut text = Key::derive(&seal.secret, &seal.nonce).open(IV, &sealed)?;
    let end = text.iter().position(|byte| *byte == 0)?;
    text.truncate(end);
    String::from_utf8(text).ok()
}
