//! The conversations in `tests/scripts/`, held with a server in memory and with one over TCP, and some of them through its
//! HTTP gateway.
//!
//! Each run has accounts of its own, so that all of them share two servers. Their names are like those in the scripts:
//! `alice@example.com` of `lists.txt` is `alice@msnp8.lists.example.com` when it is run for MSNP8.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, LazyLock, Weak};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::Request;
use hyper::body::Bytes;
use msnp::auth::tweener::{Answer, Authorization, login_url};
use msnp::flow::notification;
use msnp::types::OwnedSecret;
use msnp_script::gateway::ThroughGateway;
use msnp_script::{
    Account, Answered, Call, Cast, Destination, Login, Script, Target, Tcp, TicketError, Trust, Versions,
};
use msnpd::circle::ticket::CircleTickets;
use msnpd::connection::Ends;
use msnpd::federation::{self, Loopback};
use msnpd::http::{self, Front, Peer, Web};
use msnpd::passport::{self, Passport};
use msnpd::password::Hasher;
use msnpd::password::legacy::LegacyKey;
use msnpd::serve::{Options, SERVED, Service};
use msnpd::server::{Challenges, Server, Settings, WebServer};
use msnpd::session::{self, Role};
use msnpd::store::{MESSAGE_LIFETIME, NewAccount, Store};
use msnpd::ticket::{self, Mint};
use msnpd::{accept, tls};
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::io::DuplexStream;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};

/// A test for each script, in memory and over TCP.
macro_rules! scripts {
    ($($name:ident: $file:literal,)*) => {
        const FILES: &[&str] = &[$($file),*];

        mod in_memory {
            $(#[test] fn $name() { super::hold::<super::Memory>($file); })*
        }

        mod over_tcp {
            $(#[test] fn $name() { super::hold::<super::Network>($file); })*
        }

    };
}

scripts! {
    address_book: "address-book.txt",
    adl: "adl.txt",
    behind: "behind.txt",
    between: "between.txt",
    block: "block.txt",
    chat_acks: "chat-acks.txt",
    chat_errors: "chat-errors.txt",
    chat_three: "chat-three.txt",
    chat_two: "chat-two.txt",
    circles: "circles.txt",
    contact_phone: "contact-phone.txt",
    cvq: "cvq.txt",
    elsewhere: "elsewhere.txt",
    federation: "federation.txt",
    fqy: "fqy.txt",
    gcf: "gcf.txt",
    groups_numbered: "groups-numbered.txt",
    groups: "groups.txt",
    history_3: "history-msnp3.txt",
    history_4: "history-msnp4.txt",
    history_5: "history-msnp5.txt",
    history_6: "history-msnp6.txt",
    history_7: "history-msnp7.txt",
    history_8: "history-msnp8.txt",
    history_9: "history-msnp9.txt",
    history_10: "history-msnp10.txt",
    history_11: "history-msnp11.txt",
    history_12: "history-msnp12.txt",
    history_13: "history-msnp13.txt",
    history_14: "history-msnp14.txt",
    history_15: "history-msnp15.txt",
    history_16: "history-msnp16.txt",
    history_18: "history-msnp18.txt",
    ims: "ims.txt",
    invite: "invite.txt",
    list_replies: "list-replies.txt",
    lists_adc: "lists-adc.txt",
    lists_add: "lists-add.txt",
    mixed: "mixed.txt",
    names: "names.txt",
    offline_message: "offline-message.txt",
    offline_message_blocked: "offline-message-blocked.txt",
    offline_message_web: "offline-message-web.txt",
    paging: "paging.txt",
    pairs: "pairs.txt",
    pages: "pages.txt",
    pending: "pending.txt",
    personal_message: "personal-message.txt",
    phones_hidden: "phones-hidden.txt",
    places: "places.txt",
    quirk_libpurple: "quirk-libpurple.txt",
    presence: "presence.txt",
    privacy: "privacy.txt",
    quirk_msn_pecan: "quirk-msn-pecan.txt",
    scenario_mac: "scenario-mac.txt",
    scenario_msn_tv: "scenario-msn-tv.txt",
    scenario_windows_messenger: "scenario-windows-messenger.txt",
    seed_msnp12: "seed-msnp12.txt",
    sign_in_refused: "sign-in-refused.txt",
    several_places: "several-places.txt",
    several_places_chat: "several-places-chat.txt",
    sign_in: "sign-in.txt",
    syn_per_list: "syn-per-list.txt",
    syn: "syn.txt",
    tel_contacts: "tel-contacts.txt",
    this_and_that: "this-and-that.txt",
    too_often: "too-often.txt",
    transcript_msnp2: "transcript-msnp2.txt",
    transcript_msnp7: "transcript-msnp7.txt",
    uum: "uum.txt",
    uun: "uun.txt",
}

/// What has to be the same by any way: a choice, since a session that is asked for takes more than a connection. All others went
/// as written too when they were tried, but for those that need a dispatch server.
mod through_the_gateway {
    macro_rules! scripts {
        ($($name:ident: $file:literal,)*) => {
            $(#[test] fn $name() { super::hold::<super::Gateway>($file); })*
        };
    }

    scripts! {
        address_book: "address-book.txt",
        chat_acks: "chat-acks.txt",
        chat_three: "chat-three.txt",
        chat_two: "chat-two.txt",
        elsewhere: "elsewhere.txt",
        lists_adc: "lists-adc.txt",
        lists_add: "lists-add.txt",
        mixed: "mixed.txt",
        offline_message: "offline-message.txt",
        presence: "presence.txt",
        sign_in: "sign-in.txt",
        several_places: "several-places.txt",
        several_places_chat: "several-places-chat.txt",
        uum: "uum.txt",
    }
}

#[test]
fn every_script_is_run() {
    let files =
        std::fs::read_dir(DIRECTORY).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let scripts: BTreeSet<_> = files.filter(|name| name.ends_with(".txt")).collect();
    assert_eq!(scripts, FILES.iter().map(|name| (*name).to_owned()).collect());
}

/// How many runs of a script are held at a time.
const RUNS_AT_ONCE: usize = 12;

/// Seen from where tests are run.
const DIRECTORY: &str = "../../tests/scripts";

/// Runs a script for each of its versions, many at once, and tells all that went wrong.
fn hold<P: Place>(file: &str) {
    let script = Arc::new(Script::load(&Path::new(DIRECTORY).join(file)).unwrap());
    // Wrong passwords make the next sign-in from the same address wait, and all tests have one address.
    let stage = if file == "sign-in-refused.txt" { Stage::<P>::alone() } else { Stage::<P>::shared() };
    let failures = stage.runtime.block_on(async {
        let mut runs = JoinSet::new();
        // Their passwords all come from one address, which is let in with so many at a time.
        let turns = Arc::new(Semaphore::new(RUNS_AT_ONCE));
        for versions in script.runs() {
            let (script, place, turns) = (script.clone(), stage.place.clone(), turns.clone());
            runs.spawn(async move {
                let _turn = turns.acquire().await.unwrap();
                let cast = Cast::of(&script, |part| player(part, &script, versions));
                for (login, account) in cast.players(&script) {
                    place.accounts().add(login, account).await;
                }
                msnp_script::run(&script, versions, &cast, &Remembering::new(place.target())).await
            });
        }
        runs.join_all().await.into_iter().filter_map(Result::err).collect::<Vec<_>>()
    });
    let told: Vec<String> = failures.iter().map(|failure| format!("{failure}\n")).collect();
    assert!(
        told.is_empty(),
        "{} of {} went another way\n\n{}",
        told.len(),
        script.runs().count(),
        told.join("\n")
    );
}

/// Who plays a part. Real addresses stay as they are: only one script has them.
fn player(part: Login, script: &Script, versions: Versions) -> Login {
    let (nick, domain) = part.address.split_once('@').unwrap();
    if !domain.starts_with("example.") {
        return part;
    }
    let name = Path::new(&*script.file).file_stem().unwrap().to_str().unwrap();
    let address = format!("{nick}@{}.{name}.{domain}", versions.slug());
    Login { address, ..part }
}

/// A server and the runtime it lives in, shared by the tests that run at the same time, and gone with the last of them.
struct Stage<P: Place> {
    place: Arc<P>,
    runtime: Runtime,
}

/// A server to hold conversations with.
trait Place: Send + Sync + Sized + 'static {
    type Target: Target + Send + 'static;

    fn set_up() -> impl Future<Output = Self>;
    fn accounts(&self) -> &Accounts;
    fn target(&self) -> &Self::Target;
    fn take_down(&self) -> impl Future<Output = ()>;
    fn shared() -> &'static Mutex<Weak<Stage<Self>>>;
}

impl<P: Place> Stage<P> {
    fn shared() -> Arc<Self> {
        let mut shared = P::shared().lock();
        if let Some(stage) = shared.upgrade() {
            return stage;
        }
        let stage = Self::alone();
        *shared = Arc::downgrade(&stage);
        stage
    }

    fn alone() -> Arc<Self> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let place = Arc::new(runtime.block_on(P::set_up()));
        Arc::new(Self { place, runtime })
    }
}

impl<P: Place> Drop for Stage<P> {
    fn drop(&mut self) {
        self.runtime.block_on(self.place.take_down());
    }
}

/// A target that signs in to Passport once for each account: a password costs more than all the rest of a script.
struct Remembering<'t, T> {
    target: &'t T,
    tickets: Mutex<HashMap<String, String>>,
}

impl<'t, T> Remembering<'t, T> {
    fn new(target: &'t T) -> Self {
        Self { target, tickets: Mutex::default() }
    }
}

impl<T: Target> Target for Remembering<'_, T> {
    type Stream = T::Stream;

    async fn connect(&self, to: Destination<'_>) -> io::Result<T::Stream> {
        self.target.connect(to).await
    }

    async fn ticket(&self, address: &str, password: &str, parameters: &str) -> Result<String, TicketError> {
        if let Some(ticket) = self.tickets.lock().get(address) {
            return Ok(ticket.clone());
        }
        let ticket = self.target.ticket(address, password, parameters).await?;
        self.tickets.lock().insert(address.to_owned(), ticket.clone());
        Ok(ticket)
    }

    async fn post(&self, call: Call<'_>) -> io::Result<Answered> {
        self.target.post(call).await
    }
}

/// Makes accounts.
struct Accounts {
    store: Store,
}

impl Accounts {
    fn new(store: Store) -> Self {
        Self { store }
    }

    async fn add(&self, login: &Login, account: &Account) {
        let password_hash = cheap_hash(&login.password);
        let (email, name) = (login.address.parse().unwrap(), account.name.clone());
        let key = LegacyKey::load_or_create(self.store.dir()).unwrap();
        let sealed_password = account.md5.then(|| key.sealing(&login.password));
        let new = NewAccount { email, name, password_hash, sealed_password };
        self.store.add_account(new).await.unwrap();
    }
}

/// A hash of the least cost that there is. A server checks each with the costs that stand in it, and hundreds of people sign
/// in here at once.
fn cheap_hash(password: &str) -> String {
    use argon2::{Algorithm, Argon2, Params, Version};
    let (params, salt) = (Params::new(Params::MIN_M_COST, 1, 1, None).unwrap(), b"a salt for tests");
    let mut hash = [0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(password.as_bytes(), salt, &mut hash).unwrap();
    let [salt, hash] = [&salt[..], &hash].map(|bytes| STANDARD_NO_PAD.encode(bytes));
    format!("$argon2id$v=19$m={},t=1,p=1${salt}${hash}", Params::MIN_M_COST)
}

/// The network without a wire, of those domains that are on another network in `federation.txt`.
fn loopback() -> Arc<dyn federation::Network> {
    let domain = |version| format!("msnp{version}.federation.example.net");
    Arc::new(Loopback::new([14, 15, 16, 18].map(domain).into()))
}

/// A server without a socket.
struct Memory {
    inner: InMemory,
    accounts: Accounts,
    _networks: JoinSet<()>,
    _dir: TempDir,
}

struct InMemory {
    server: Arc<Server>,
    web: Web,
}

/// Where connections in memory seem to come from, and where they seem to arrive.
const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7)), 40_000);
const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)), 1863);

/// How much a connection in memory holds before a writer waits.
const PIPE: usize = 64 << 10;

impl Place for Memory {
    type Target = InMemory;

    async fn set_up() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let mint = Mint::with_keys([9; 32], None);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let names = tls::Names::with_public_hosts(None);
        let identities = tls::Policy::Modern.identities(dir.path(), &names, now).unwrap();
        let hasher = Hasher::new(1);
        let passport =
            Passport::new(Arc::new((store.clone(), hasher)), mint.clone(), passport::Settings::default());
        let settings = Settings {
            opening: Arc::new(notification::Settings {
                served: SERVED.to_vec(),
                names_all_dialects: false,
                upgrades: notification::Upgrades::default(),
                download_url: "http://192.0.2.1/".to_owned(),
                info_url: "http://192.0.2.1/".to_owned(),
            }),
            public_host: None,
            msnp_port: LOCAL.port(),
            challenges: Challenges::Off,
            ticket_lifetime: ticket::LIFETIME,
            offline_messages: Some(MESSAGE_LIFETIME),
            web: WebServer { http: 80, https: 443, plain_sign_in: false },
            pages: Arc::default(),
            shields: msnpd::shields::Shields::default(),
        };
        let tickets = CircleTickets::with_new_key().unwrap();
        let server = Arc::new(
            Server::new(settings, store.clone(), mint)
                .with_circle_tickets(tickets)
                .with_networks(vec![loopback()]),
        );
        let networks = server.federate();
        let front = Front::new(&identities, None, LOCAL.port(), 80, 443).unwrap();
        let web = Web::with_server(passport, front, Arc::default(), server.clone(), None);
        let accounts = Accounts::new(store);
        Self { inner: InMemory { server, web }, accounts, _networks: networks, _dir: dir }
    }

    fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    fn target(&self) -> &InMemory {
        &self.inner
    }

    async fn take_down(&self) {
        self.accounts.store.close().await;
    }

    fn shared() -> &'static Mutex<Weak<Stage<Self>>> {
        static SHARED: LazyLock<Mutex<Weak<Stage<Memory>>>> = LazyLock::new(Mutex::default);
        &SHARED
    }
}

impl Target for InMemory {
    type Stream = DuplexStream;

    async fn connect(&self, to: Destination<'_>) -> io::Result<DuplexStream> {
        let role = match to {
            Destination::Notification => Role::Messenger,
            Destination::Dispatch => Role::Dispatch,
            Destination::Address(address) if address == LOCAL.to_string() => Role::Messenger,
            Destination::Address(address) => return Err(io::Error::other(format!("nobody is at {address}"))),
        };
        let (ours, theirs) = tokio::io::duplex(PIPE);
        tokio::spawn(session::serve(
            theirs,
            Ends { peer: PEER, local: LOCAL },
            role,
            None,
            self.server.clone(),
        ));
        Ok(ours)
    }

    async fn ticket(&self, address: &str, password: &str, parameters: &str) -> Result<String, TicketError> {
        let ask = async |path: &str, authorization: Option<String>| {
            let mut request = Request::get(path).header("Host", "192.0.2.1");
            if let Some(authorization) = authorization {
                request = request.header("Authorization", authorization);
            }
            let peer = Peer { address: PEER, local: LOCAL, tls: true };
            let request = request.body(Empty::<Bytes>::new()).map_err(TicketError::new)?;
            Ok::<_, TicketError>(self.web.answer(peer, request).await.into_response())
        };
        let nexus = ask("/rdr/pprdr.asp", None).await?;
        let urls = nexus.headers().get("PassportURLs").and_then(|urls| login_url(urls.to_str().ok()?));
        let login = urls.ok_or_else(|| TicketError::new("the nexus names no address"))?;
        let path = login.strip_prefix("https://192.0.2.1").ok_or_else(|| TicketError::new(&login))?;
        let (sign_in, password) = (address.to_owned(), OwnedSecret::new(password));
        let authorization =
            Authorization { sign_in, password, parameters: parameters.to_owned() }.to_header();
        let answer = ask(path, Some(authorization)).await?;
        let info = answer.headers().get("Authentication-Info").and_then(|info| info.to_str().ok());
        match info.map(Answer::parse) {
            Some(Ok(Answer::Success { ticket })) => Ok(ticket.expose().to_owned()),
            _ => Err(TicketError::new(answer.status())),
        }
    }

    async fn post(&self, call: Call<'_>) -> io::Result<Answered> {
        let mut request = Request::post(call.path)
            .header("Host", "192.0.2.1")
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("User-Agent", "MSMSGS");
        if let Some(action) = call.action {
            request = request.header("SOAPAction", format!("\"{action}\""));
        }
        let peer = Peer { address: PEER, local: LOCAL, tls: true };
        let request = request
            .body(Full::new(Bytes::copy_from_slice(call.body.as_bytes())))
            .map_err(io::Error::other)?;
        let answer = self.web.answer(peer, request).await.into_response();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(Answered { status, body: body.to_vec() })
    }
}

/// The whole service on ports of its own.
struct Network {
    target: Tcp,
    accounts: Accounts,
    running: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
    _dir: TempDir,
}

impl Place for Network {
    type Target = Tcp;

    async fn set_up() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let somewhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let service = Service::bind(Options {
            data_dir: dir.path().to_owned(),
            msnp: somewhere,
            http: somewhere,
            https: somewhere,
            tls: tls::Policy::Modern,
            dispatch: Some(somewhere),
            public_host: None,
            names_all_dialects: false,
            challenges: Challenges::Off,
            offline_messages: Some(MESSAGE_LIFETIME),
            pages: msnpd::pages::Pages::default(),
            text_ad: None,
            shields: msnpd::shields::Shields::default(),
            upgrades: msnp::flow::notification::Upgrades::default(),
            download_url: None,
            passport: passport::Settings::default(),
            limits: accept::Limits::default(),
            web_limits: http::Limits::default(),
            hash_threads: 1,
            metrics: None,
            mail: None,
            demo: false,
            networks: vec![loopback()],
        })
        .await
        .unwrap();
        let at = service.addresses;
        let trust = Trust::new(None).unwrap();
        let mut target = Tcp::new(at.msnp.to_string(), &format!("http://{}", at.http), trust).unwrap();
        target.dispatch = at.dispatch.map(|address| address.to_string());
        let accounts = Accounts::new(service.server().store.clone());
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(service.run(async {
            let _ = stopped.await;
        }));
        Self { target, accounts, running: Mutex::new(Some((stop, running))), _dir: dir }
    }

    fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    fn target(&self) -> &Tcp {
        &self.target
    }

    async fn take_down(&self) {
        let running = self.running.lock().take();
        if let Some((stop, running)) = running {
            drop(stop);
            tokio::time::timeout(Duration::from_secs(20), running).await.expect("it ends").unwrap();
        }
    }

    fn shared() -> &'static Mutex<Weak<Stage<Self>>> {
        static SHARED: LazyLock<Mutex<Weak<Stage<Network>>>> = LazyLock::new(Mutex::default);
        &SHARED
    }
}

/// The same, whose Messenger ports are reached by HTTP alone.
struct Gateway {
    target: ThroughGateway,
    network: Network,
}

impl Place for Gateway {
    type Target = ThroughGateway;

    async fn set_up() -> Self {
        let network = Network::set_up().await;
        let server = network.target.clone();
        let gateway = server.web_server().unwrap();
        Self { target: ThroughGateway { server, gateway }, network }
    }

    fn accounts(&self) -> &Accounts {
        &self.network.accounts
    }

    fn target(&self) -> &ThroughGateway {
        &self.target
    }

    async fn take_down(&self) {
        self.network.take_down().await;
    }

    fn shared() -> &'static Mutex<Weak<Stage<Self>>> {
        static SHARED: LazyLock<Mutex<Weak<Stage<Gateway>>>> = LazyLock::new(Mutex::default);
        &SHARED
    }
}
