//! Who signs in where, from the environment: what the examples have in common.

use std::env::var;
use std::error::Error;

use msnp_client::web::{Services, Settings, Trust, Web};
use msnp_client::{Builder, Client, Version};

/// `MSN_EMAIL` and `MSN_PASSWORD` sign in at `MSN_SERVER`, with the web services at `MSN_WEB` (`https://…`), which have a
/// certificate of the CA in the file `MSN_CA`, or of one that everybody trusts. With `http://…` there is no TLS, and everybody
/// on the way can read the password. `MSN_VERSION`, if it is set, is the version to speak: `12`.
pub(crate) fn builder() -> Result<Builder, Box<dyn Error + Send + Sync>> {
    let needed = |name: &str| var(name).map_err(|_| format!("{name} is not set"));
    let mut bot =
        Client::builder(&needed("MSN_EMAIL")?, &needed("MSN_PASSWORD")?).server(needed("MSN_SERVER")?);
    if let Ok(version) = var("MSN_VERSION") {
        bot = bot.version(Version(version.parse()?));
    }
    let Ok(web) = var("MSN_WEB") else { return Ok(bot) };
    let trust = match var("MSN_CA") {
        Ok(file) => Trust::web().and_file(file)?,
        Err(_) => Trust::web(),
    };
    let services =
        if web.starts_with("http://") { Services::at_without_tls(&web)? } else { Services::at(&web)? };
    Ok(bot.web(Web::new(services, Settings { trust, ..Settings::default() })?))
}
