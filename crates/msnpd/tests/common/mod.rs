//! A service of one's own for each test: on free ports, in its own directory, gone afterwards.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses what it needs of it")]

pub mod raw;
pub mod xml;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use msnp::types::Email;
use msnpd::account::AccountId;
use msnpd::demo::Credentials;
use msnpd::password::Hasher;
use msnpd::serve::{Addresses, Options, Service};
use msnpd::server::Server;
use msnpd::store::{NewAccount, Store};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Everybody's password.
pub const PASSWORD: &str = "wonderland";

/// Any free port on loopback.
pub const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// A running service.
pub struct Running {
    pub addresses: Addresses,
    pub server: Arc<Server>,
    /// The accounts to try it with, in a demonstration.
    pub demo: Vec<Credentials>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Starts a service on what is in `dir`.
    pub async fn start(dir: &Path) -> Self {
        Self::start_with(dir, |_| {}).await
    }

    /// The same, with other options than the usual ones.
    pub async fn start_with(dir: &Path, choose: impl FnOnce(&mut Options)) -> Self {
        let mut options = options(dir);
        choose(&mut options);
        let service = Service::bind(options).await.unwrap();
        let (addresses, server, demo) = (service.addresses, service.server().clone(), service.demo.clone());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(service.run(async move {
            let _ = stopped.await;
        }));
        Self { addresses, server, demo, stop, task }
    }

    /// Stops it as `SIGTERM` does, and waits until it is gone.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap();
    }

    /// Waits until it is gone by itself.
    pub async fn ended(self) {
        let Self { stop, task, .. } = self;
        tokio::time::timeout(raw::PATIENCE, task).await.expect("it ends in time").unwrap();
        drop(stop);
    }

    /// Where the nexus is.
    pub fn nexus(&self) -> String {
        format!("http://{}/rdr/pprdr.asp", self.addresses.http)
    }
}

/// The usual options: free ports on loopback.
pub fn options(dir: &Path) -> Options {
    Options {
        data_dir: dir.to_owned(),
        msnp: ANY_PORT,
        http: ANY_PORT,
        https: ANY_PORT,
        tls: msnpd::tls::Policy::Modern,
        dispatch: None,
        public_host: None,
        names_all_dialects: false,
        challenges: msnpd::server::Challenges::Off,
        offline_messages: Some(msnpd::store::MESSAGE_LIFETIME),
        pages: msnpd::pages::Pages::default(),
        text_ad: None,
        shields: msnpd::shields::Shields::default(),
        upgrades: msnp::flow::notification::Upgrades::default(),
        download_url: None,
        passport: msnpd::passport::Settings::default(),
        limits: msnpd::accept::Limits::default(),
        web_limits: msnpd::http::Limits::default(),
        hash_threads: 2,
        metrics: None,
        mail: None,
        demo: false,
        networks: Vec::new(),
    }
}

/// A fresh directory with these accounts, all with [`PASSWORD`].
pub async fn with_accounts(emails: &[&str]) -> TempDir {
    let dir = TempDir::new().unwrap();
    add_accounts(dir.path(), emails).await;
    dir
}

/// Adds accounts as `msnpd user add` does.
pub async fn add_accounts(dir: &Path, emails: &[&str]) -> Vec<AccountId> {
    let store = Store::open(dir).await.unwrap();
    let password_hash = Hasher::new(1).hash(PASSWORD).await.unwrap();
    let mut ids = Vec::new();
    for email in emails {
        let email: Email = email.parse().unwrap();
        let account =
            NewAccount { email, name: None, password_hash: password_hash.clone(), sealed_password: None };
        ids.push(store.add_account(account).await.unwrap());
    }
    store.close().await;
    ids
}
