//! `Authorization: Passport1.4 …`, the request.

use super::{SCHEME, percent};
use crate::types::OwnedSecret;
use crate::wire::Encoded;

/// The longest header value that is looked at, in bytes. Real ones have 200 to 600.
pub const MAX_VALUE: usize = 4096;

/// The credentials of a login request, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// The address, as the client wrote it.
    pub sign_in: String,
    /// The password.
    pub password: OwnedSecret,
    /// What the client pasted from `USR t TWN S`, unread: renewals come with an older one.
    pub parameters: String,
}

impl Authorization {
    /// Reads the value of the header.
    ///
    /// `sign-in` and `pwd` count where they first occur: the parameters follow and might hold such names.
    ///
    /// # Errors
    /// When it is no Passport header, or holds no credentials.
    pub fn parse(value: &[u8]) -> Result<Self, NotCredentials> {
        if value.len() > MAX_VALUE {
            return Err(NotCredentials::TooLong);
        }
        let value = value.trim_ascii();
        let (scheme, items) = value.split_at_checked(SCHEME.len()).ok_or(NotCredentials::Scheme)?;
        if !scheme.eq_ignore_ascii_case(SCHEME.as_bytes()) || !items.starts_with(b" ") {
            return Err(NotCredentials::Scheme);
        }
        let (mut sign_in, mut password, mut parameters) = (None, None, Vec::new());
        for item in items.split(|&byte| byte == b',') {
            let item = item.trim_ascii();
            let equals = item.iter().position(|&byte| byte == b'=').unwrap_or(item.len());
            let (name, text) = item.split_at_checked(equals).unwrap_or((item, b""));
            let text = text.strip_prefix(b"=").unwrap_or(text);
            let slot = match name.to_ascii_lowercase().as_slice() {
                b"sign-in" => &mut sign_in,
                b"pwd" => &mut password,
                b"orgverb" | b"orgurl" | b"elapsed-time" | b"" => continue,
                _ => {
                    parameters.push(String::from_utf8_lossy(item).into_owned());
                    continue;
                }
            };
            if slot.is_none() {
                let text = std::str::from_utf8(text).map_err(|_| NotCredentials::NotUtf8)?;
                let text =
                    Encoded::from_wire(text).try_decode().map_err(|_| NotCredentials::NotUtf8)?.into_owned();
                *slot = Some(text);
            }
        }
        Ok(Self {
            sign_in: sign_in.filter(|text| !text.is_empty()).ok_or(NotCredentials::NoSignIn)?,
            password: OwnedSecret::new(password.ok_or(NotCredentials::NoPassword)?),
            parameters: parameters.join(","),
        })
    }

    /// Writes the value of the header, as the official clients do. It holds the password.
    pub fn to_header(&self) -> String {
        let Self { sign_in, password, parameters } = self;
        let mut value = format!(
            "{SCHEME} OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,sign-in={},pwd={}",
            percent::encode(sign_in),
            percent::encode(password.expose())
        );
        if !parameters.is_empty() {
            value.push(',');
            value.push_str(parameters);
        }
        value
    }
}

/// Why a header holds no credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCredentials {
    /// No `pwd`.
    #[error("an Authorization header names a password in pwd=")]
    NoPassword,
    /// No `sign-in`.
    #[error("an Authorization header names an address in sign-in=")]
    NoSignIn,
    /// Something that is not UTF-8 once it is decoded.
    #[error("addresses and passwords are UTF-8")]
    NotUtf8,
    /// Another scheme than Passport.
    #[error("an Authorization header begins with Passport1.4")]
    Scheme,
    /// More than [`MAX_VALUE`] bytes.
    #[error("an Authorization header has at most {MAX_VALUE} bytes")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn credentials(sign_in: &str, password: &str, parameters: &str) -> Authorization {
        Authorization {
            sign_in: sign_in.to_owned(),
            password: OwnedSecret::new(password),
            parameters: parameters.to_owned(),
        }
    }

    #[test]
    fn known_answers_both_ways() {
        let written = "Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,\
                       sign-in=alice%40example%2Ecom,pwd=p%26ss%2C%20w0rd,ct=1,rver=1,lc=1,id=1";
        let read = credentials("alice@example.com", "p&ss, w0rd", "ct=1,rver=1,lc=1,id=1");
        assert_eq!(Authorization::parse(written.as_bytes()), Ok(read.clone()));
        assert_eq!(read.to_header(), written);
    }

    #[test]
    fn takes_what_clients_write() {
        for (written, read) in [
            // Nothing is encoded, and a plus is a plus.
            ("Passport1.4 sign-in=a@b.c,pwd=1+1%,lc=1", credentials("a@b.c", "1+1%", "lc=1")),
            // Names and the scheme in any letter case, with spaces.
            ("PASSPORT1.4  OrgUrl=x, Sign-In=a@b.c , Pwd=x=y", credentials("a@b.c", "x=y", "")),
            // What the client pasted comes later and does not count.
            ("Passport1.4 sign-in=a@b.c,pwd=x,pwd=y,sign-in=z", credentials("a@b.c", "x", "")),
            ("Passport1.4 sign-in=a@b.c,pwd=,elapsed-time=3", credentials("a@b.c", "", "")),
            ("Passport1.4 sign-in=a@b.c,pwd=%e4%bd%a0%", credentials("a@b.c", "你%", "")),
        ] {
            assert_eq!(Authorization::parse(written.as_bytes()), Ok(read), "{written}");
        }
    }

    #[test]
    fn refuses_what_names_nobody() {
        for (written, why) in [
            (&b""[..], NotCredentials::Scheme),
            (b"Basic abc", NotCredentials::Scheme),
            (b"Passport1.4", NotCredentials::Scheme),
            (b"Passport1.45 sign-in=a,pwd=b", NotCredentials::Scheme),
            (b"Passport1.4 tname=,OrgVerb=GET", NotCredentials::NoSignIn),
            (b"Passport1.4 sign-in=,pwd=x", NotCredentials::NoSignIn),
            (b"Passport1.4 sign-in=a@b.c", NotCredentials::NoPassword),
            (b"Passport1.4 sign-in=a@b.c,pwd=\xff", NotCredentials::NotUtf8),
            (b"Passport1.4 sign-in=a@b.c,pwd=%ff", NotCredentials::NotUtf8),
            (&[b'x'; MAX_VALUE + 1], NotCredentials::TooLong),
        ] {
            assert_eq!(Authorization::parse(written), Err(why));
        }
    }

    #[test]
    fn debug_shows_no_password() {
        assert!(!format!("{:?}", credentials("a@b.c", "hunter2", "")).contains("hunter2"));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Authorization::parse(&bytes);
            let mut passport = b"Passport1.4 sign-in=".to_vec();
            passport.extend(&bytes);
            let _ = Authorization::parse(&passport);
        }

        #[test]
        fn what_is_written_is_read(sign_in in ".+", password in ".*") {
            let written = credentials(&sign_in, &password, "lc=1033,id=507").to_header();
            prop_assume!(written.len() <= MAX_VALUE);
            let read = Authorization::parse(written.as_bytes()).unwrap();
            prop_assert_eq!(read, credentials(&sign_in, &password, "lc=1033,id=507"));
        }
    }
}
