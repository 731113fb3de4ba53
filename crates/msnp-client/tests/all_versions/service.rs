//! A service of one's own, in process, with accounts of every kind.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use msnp_client::web::{Services, Settings, Trust, Web};
use msnp_client::{Builder, Client};
use msnpd::password::Hasher;
use msnpd::password::legacy::LegacyKey;
use msnpd::serve::{Addresses, Options, Service};
use msnpd::store::{NewAccount, Store};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub const PASSWORD: &str = "wonderland";
pub const ALICE: &str = "alice@example.com";
pub const BOB: &str = "bob@example.net";
pub const CAROL: &str = "carol@example.org";

const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

pub struct Running {
    pub dir: TempDir,
    pub addresses: Addresses,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// With accounts for alice, bob and carol, which can be used from every version.
    pub async fn start() -> Self {
        let dir = TempDir::new().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let password_hash = Hasher::new(1).hash(PASSWORD).await.unwrap();
        let key = LegacyKey::load_or_create(dir.path()).unwrap();
        for email in [ALICE, BOB, CAROL] {
            let sealed_password = Some(key.sealing(PASSWORD));
            let password_hash = password_hash.clone();
            let account =
                NewAccount { email: email.parse().unwrap(), name: None, password_hash, sealed_password };
            store.add_account(account).await.unwrap();
        }
        store.close().await;
        Self::start_in(dir, |_| {}).await
    }

    /// On what is in a directory.
    pub async fn start_in(dir: TempDir, choose: impl FnOnce(&mut Options)) -> Self {
        let mut options = options(dir.path());
        choose(&mut options);
        let service = Service::bind(options).await.unwrap();
        let addresses = service.addresses;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(service.run(async move {
            let _ = stopped.await;
        }));
        Self { dir, addresses, stop, task }
    }

    pub async fn stop(self) -> (TempDir, Addresses) {
        let _ = self.stop.send(());
        self.task.await.unwrap();
        (self.dir, self.addresses)
    }

    /// Its web services, over TLS, with the service's own CA alone.
    pub fn web(&self) -> Web {
        let services = Services::at(&format!("https://127.0.0.1:{}", self.addresses.https.port())).unwrap();
        let trust = Trust::nobody().and_file(self.dir.path().join("ca.pem")).unwrap();
        Web::new(services, Settings { trust, ..Settings::default() }).unwrap()
    }

    /// Where clients of MSNP8 to 12 ask for the login server, in clear.
    #[allow(dead_code, reason = "only a client that is not ours asks there")]
    pub fn nexus(&self) -> String {
        format!("http://{}/rdr/pprdr.asp", self.addresses.http)
    }

    pub fn client(&self, email: &str) -> Builder {
        Client::builder(email, PASSWORD).server(self.addresses.msnp.to_string()).web(self.web())
    }
}

fn options(dir: &Path) -> Options {
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
