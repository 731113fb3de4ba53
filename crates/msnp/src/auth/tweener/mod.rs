//! Passport 1.4, "Tweener": how MSNP8 to MSNP12 clients turn a password into a ticket over HTTP.
//!
//! ```text
//! C  USR 5 TWN I alice@example.com                        on the notification server
//! S  USR 5 TWN S lc=1033,id=507,…                         login parameters, pasted into Authorization
//! C  GET /rdr/pprdr.asp                                   the nexus
//! S  PassportURLs: DALogin=login.example.com/login2.srf
//! C  GET /login2.srf, Authorization: Passport1.4 …
//! S  200, Authentication-Info: Passport1.4 da-status=success,…,from-PP='t=…&p=…',…
//! C  USR 6 TWN S t=…&p=…
//! ```
//!
//! Grammar: MS-PASS, and what clients were seen to write where they differ from it.

mod answer;
mod authorization;
mod login;
mod percent;

pub use answer::{Answer, MalformedAnswer};
pub use authorization::{Authorization, MAX_VALUE, NotCredentials};
pub use login::{Login, LoginError, MAX_REDIRECTS, Next, Response};

/// The name of the header in which the nexus answers, as the official clients spell it.
pub const PASSPORT_URLS: &str = "PassportURLs";

/// The same header as executables patched for a later revival look for it.
pub const PASSPORT_URLS_PATCHED: &str = "Passporturls";

/// The value of [`PASSPORT_URLS`]: the login address, `host[:port]/path`, and nothing else.
///
/// Clients put `https://` before it. One takes the whole value without the text `DALogin=` for the address,
/// so the items that once stood around it (`DARealm`, `DAReg`…) are left out. That client also leaves a
/// value that begins with `http` as it is: the only way to name a plain-HTTP address.
pub fn passport_urls(login: &str) -> String {
    format!("DALogin={login}")
}

/// The login address out of a [`PASSPORT_URLS`] value, as a full URL; `None` when it names none.
///
/// ```
/// use msnp::auth::tweener::login_url;
///
/// let historic = "DARealm=Passport.Net,DALogin=login.example.com/login2.srf,ConfigVersion=15";
/// assert_eq!(login_url(historic).as_deref(), Some("https://login.example.com/login2.srf"));
/// assert_eq!(login_url("DALogin=http://10.0.0.1/l").as_deref(), Some("http://10.0.0.1/l"));
/// assert_eq!(login_url("DARealm=Passport.Net"), None);
/// ```
pub fn login_url(value: &str) -> Option<String> {
    let login = value.split(',').filter_map(|item| item.split_once('=')).find_map(|(name, url)| {
        name.trim().eq_ignore_ascii_case("DALogin").then(|| url.trim()).filter(|url| !url.is_empty())
    })?;
    let absolute = ["http://", "https://"].iter().any(|scheme| starts_with_ignore_case(login, scheme));
    Some(if absolute { login.to_owned() } else { format!("https://{login}") })
}

/// The parameters of `USR t TWN S <parameters>`: opaque to the client, which pastes them into its login
/// request, so any comma separated list without spaces does.
///
/// `unix` is now, in seconds; `tpf` any number. Neither is compared when it comes back: a client may sign in
/// with parameters of an earlier connection.
pub fn login_parameters(unix: u64, tpf: u128) -> String {
    format!(
        "lc=1033,id=507,tw=40,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,ct={unix},kpp=1,kv=7,ver=2.1.6000.1,\
         tpf={tpf:032x}"
    )
}

fn starts_with_ignore_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Splits the scheme word off a header value: what follows `Passport1.4` in any letter case.
fn after_scheme(value: &str) -> Option<&str> {
    let (scheme, rest) = value.trim_start().split_once(' ')?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| rest.trim())
}

/// The scheme word of all three headers.
const SCHEME: &str = "Passport1.4";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_parameters_have_the_shape_clients_expect() {
        let parameters = login_parameters(1_127_163_600, 0xabc);
        assert_eq!(
            parameters,
            "lc=1033,id=507,tw=40,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,ct=1127163600,kpp=1,kv=7,\
             ver=2.1.6000.1,tpf=00000000000000000000000000000abc"
        );
        assert!(!parameters.contains(' '));
    }

    #[test]
    fn the_nexus_value_is_read_as_it_was_written() {
        assert_eq!(passport_urls("h:8443/login2.srf"), "DALogin=h:8443/login2.srf");
        assert_eq!(
            login_url(&passport_urls("h:8443/login2.srf")).as_deref(),
            Some("https://h:8443/login2.srf")
        );
        assert_eq!(login_url("dalogin=HTTP://x/y").as_deref(), Some("HTTP://x/y"));
        assert_eq!(login_url("DALogin="), None);
    }
}
