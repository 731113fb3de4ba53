//! Who signs in where, from the environment: what the examples have in common.

use std::env::var;
use std::error::Error;

use msnp_client::web::{Services, Settings, Trust, Web};
use msnp_client::{Builder, Client};

/// `MSN_EMAIL` and `MSN_PASSWORD` sign in at `MSN_SERVER`, with the web services at `MSN_WEB` (`https://…`), which have a
/// certificate of the CA in the file `MSN_CA`, or of one that everybody trusts.
pub(crate) fn builder() -> Result<Builder, Box<dyn Error + Send + Sync>> {
    let needed = |name: &str| var(name).map_err(|_| format!("{name} is not set"));
    let bot = Client::builder(&needed("MSN_EMAIL")?, &needed("MSN_PASSWORD")?).server(needed("MSN_SERVER")?);
    let Ok(web) = var("MSN_WEB") else { return Ok(bot) };
    let trust = match var("MSN_CA") {
        Ok(file) => Trust::web().and_file(file)?,
        Err(_) => Trust::web(),
    };
    Ok(bot.web(Web::new(Services::at(&web)?, Settings { trust, ..Settings::default() })?))
}
