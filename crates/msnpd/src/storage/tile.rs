//! Where pictures are to be had: `/storage/usertile/<key>/static`, and `small` for the thumbnail.
//!
//! The key is all that it takes: nobody can guess it, and there is a new one for each new picture. So the owner's client gets
//! his picture back, and whoever is told the address has it while its owner is away. Clients put a ticket behind it that is
//! not asked for.

use hyper::StatusCode;
use hyper::header::CACHE_CONTROL;

use crate::http::{Answer, HTML, answer};
use crate::picture::MIME_TYPE;
use crate::server::Server;
use crate::store::{Form, TileKey};

/// Where they are, in the form in which paths are looked at.
const PATH: &str = "/storage/usertile/";

/// The length of a key, in hexadecimal digits.
const KEY_DIGITS: usize = 32;

/// A picture that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    key: TileKey,
    form: Form,
}

impl Wanted {
    /// What stands at this path, in lower case; `None` for all others.
    pub(crate) fn at(path: &str) -> Option<Self> {
        let (key, form) = path.strip_prefix(PATH)?.split_once('/')?;
        let form = match form {
            "static" => Form::Full,
            "small" => Form::Small,
            _ => return None,
        };
        // Numbers may begin with a plus sign, and keys not.
        let is_key = key.len() == KEY_DIGITS && key.bytes().all(|b| b.is_ascii_hexdigit());
        let key = u128::from_str_radix(key, 16).ok().filter(|_| is_key)?;
        Some(Self { key: TileKey(key.to_be_bytes()), form })
    }

    /// The picture, if there is one.
    pub(crate) async fn answer(self, server: &Server) -> Answer {
        match server.store.picture(self.key, self.form).await {
            // At this address there is never another one.
            Ok(Some(picture)) => answer(StatusCode::OK, MIME_TYPE, picture)
                .with(CACHE_CONTROL.as_str(), "private, max-age=86400")
                .with("X-Content-Type-Options", "nosniff"),
            Ok(None) => answer(StatusCode::NOT_FOUND, HTML, ""),
            Err(error) => {
                server.note_failure(&error);
                answer(StatusCode::SERVICE_UNAVAILABLE, HTML, "")
            }
        }
    }
}

/// The address of a picture on a server at `base`.
pub(crate) fn address(base: &str, key: TileKey, form: Form) -> String {
    let form = match form {
        Form::Full => "static",
        Form::Small => "small",
    };
    format!("{base}{PATH}{:032x}/{form}", u128::from_be_bytes(key.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_back_to_its_picture() {
        for key in [TileKey([0; 16]), TileKey([0xab; 16])] {
            for form in [Form::Full, Form::Small] {
                let address = address("", key, form);
                assert_eq!(Wanted::at(&address), Some(Wanted { key, form }), "{address}");
            }
        }
    }

    #[test]
    fn nothing_else_is_a_picture() {
        let key = "0123456789abcdef0123456789abcdef";
        assert!(Wanted::at(&format!("/storage/usertile/{key}/static")).is_some());
        for path in [
            format!("/storage/usertile/{key}"),
            format!("/storage/usertile/{key}/"),
            format!("/storage/usertile/{key}/large"),
            format!("/storage/usertile/{key}/static/.."),
            format!("/storage/usertile/{}/static", &key[1..]),
            format!("/storage/usertile/+{}/static", &key[1..]),
            format!("/storage/usertile/{key}0/static"),
            format!("/usertile/{key}/static"),
            "/storage/usertile/../../etc/passwd".to_owned(),
            "/storage/usertile/%2e%2e/static".to_owned(),
        ] {
            assert_eq!(Wanted::at(&path), None, "{path}");
        }
    }
}
