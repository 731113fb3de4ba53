//! A service with some accounts, and clients of it.

use std::path::Path;

use msnp::auth::tweener;
use msnp::types::OwnedSecret;
use msnp_client::web::{AddressBook, Error, Generation, Method, Services, Settings, Tickets, Trust, Web};
use tempfile::TempDir;

use crate::common::{PASSWORD, Running, add_accounts};

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const BOB: &str = "bob@example.com";
pub(crate) const CAROL: &str = "carol@example.com";

pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    pub(crate) running: Running,
    pub(crate) web: Web,
}

/// Trusts the CA of the service in this directory, and nobody else.
pub(crate) fn settings(dir: &Path) -> Settings {
    let trust = Trust::nobody().and_file(dir.join("ca.pem")).unwrap();
    Settings { trust, ..Settings::default() }
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        add_accounts(dir.path(), &[ALICE, BOB, CAROL]).await;
        let running = Running::start(dir.path()).await;
        let services =
            Services::at(&format!("https://localhost:{}", running.addresses.https.port())).unwrap();
        let web = Web::new(services, settings(dir.path())).unwrap();
        Self { dir, running, web }
    }

    /// The tickets of somebody, got by single sign-on.
    pub(crate) async fn tickets(&self, email: &str) -> Tickets {
        self.sign_in(email, PASSWORD, Method::single_sign_on("MBI_KEY_OLD")).await.unwrap()
    }

    pub(crate) async fn sign_in(
        &self,
        email: &str,
        password: &str,
        method: Method,
    ) -> Result<Tickets, Error> {
        Tickets::get(&self.web, email, OwnedSecret::new(password), method).await
    }

    pub(crate) async fn book(&self, email: &str, generation: Generation) -> AddressBook {
        AddressBook::new(&self.web, &self.tickets(email).await, generation)
    }
}

/// What a notification server says in `USR t TWN S`.
pub(crate) fn parameters() -> String {
    tweener::login_parameters(1_770_091_506, 7)
}
