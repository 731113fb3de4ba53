//! Brings the service up and takes it down.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use msnp::dialect::Dialect;
use msnp::flow::notification::{self, Upgrades};
use msnp::types::Email;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::circle::ticket::CircleTickets;
use crate::clock::unix_now;
use crate::data_dir::{self, ServeLock};
use crate::demo;
use crate::federation::Network;
use crate::gateway::Gateway;
use crate::mail::{self, Mail};
use crate::metrics::{self, Collector};
use crate::pages::{Pages, WebAddress};
use crate::passport::Passport;
use crate::password::Hasher;
use crate::server::{Challenges, PublicHost, Server, Settings, WebServer};
use crate::session::Role;
use crate::shields::Shields;
use crate::store::Store;
use crate::text_ad::TextAd;
use crate::ticket::Mint;
use crate::watch::Watch;
use crate::{accept, http, passport, tls};

/// The dialects that are served, the oldest first.
pub const SERVED: &[&Dialect] = Dialect::ALL;

/// How long connections may take to end when the service goes down.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// How long those may take to hear of it who come by the gateway, and ask every few seconds.
const GATEWAY_LIMIT: Duration = Duration::from_secs(4);

/// How long mail that waits may take to be sent then.
const POST_LIMIT: Duration = Duration::from_secs(5);

/// How long the disk may then take for what was recorded.
const RECORDING_LIMIT: Duration = Duration::from_secs(5);

/// What the operator has chosen, ready for use.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Where notification server and switchboard listen.
    pub msnp: SocketAddr,
    /// Where the web services listen without TLS.
    pub http: SocketAddr,
    /// Where they listen with TLS.
    pub https: SocketAddr,
    /// Under which rules.
    pub tls: tls::Policy,
    /// Where the dispatch server listens, if there is one.
    pub dispatch: Option<SocketAddr>,
    /// How clients reach this server.
    pub public_host: Option<PublicHost>,
    /// Whether `VER` is answered with every dialect in common.
    pub names_all_dialects: bool,
    /// Whether clients are challenged.
    pub challenges: Challenges,
    /// How long what is said to people who are away is kept for them; `None`: it is not.
    pub offline_messages: Option<Duration>,
    /// Where the operator has pages that clients open.
    pub pages: Pages,
    /// The operator's line of text under contact lists.
    pub text_ad: Option<TextAd>,
    /// What clients ask for as `Shields.xml`.
    pub shields: Shields,
    /// Which clients are told to upgrade.
    pub upgrades: Upgrades,
    /// Where to; by default the front page.
    pub download_url: Option<WebAddress>,
    /// About signing in.
    pub passport: passport::Settings,
    /// How many connections the Messenger ports take, together.
    pub limits: accept::Limits,
    /// How many connections the web ports take, each.
    pub web_limits: http::Limits,
    /// How many passwords are checked at once.
    pub hash_threads: usize,
    /// Where what is counted can be read, and from what.
    pub metrics: Option<(SocketAddr, Collector)>,
    /// How mail is sent, if it is.
    pub mail: Option<mail::Settings>,
    /// Whether there are people and a bot to try the service with.
    pub demo: bool,
    /// The networks beside this one. Where two have an address it is the first one's.
    pub networks: Vec<Arc<dyn Network>>,
}

/// The service with its listeners bound, not accepting yet.
pub struct Service {
    server: Arc<Server>,
    messenger: Vec<(TcpListener, Role)>,
    door: Arc<accept::Door>,
    gateway: Gateway,
    web: Vec<http::Listener>,
    metrics: Option<metrics::Listener>,
    renewal: (tls::Acceptor, tls::Policy, PathBuf, tls::Names),
    watch: Watch,
    postman: Option<mail::Postman>,
    /// The bot to try the service with.
    echo: Option<Email>,
    /// The accounts to try the service with; none but in a demonstration.
    pub demo: Vec<demo::Credentials>,
    /// Where it listens.
    pub addresses: Addresses,
    /// The page that tells how to connect, as a browser on this machine could open it, or one that knows the public
    /// name.
    pub front_page: String,
    _lock: ServeLock,
}

/// Where a service listens.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// Notification server and switchboard.
    pub msnp: SocketAddr,
    /// Web services without TLS.
    pub http: SocketAddr,
    /// Web services with TLS.
    pub https: SocketAddr,
    /// The dispatch server.
    pub dispatch: Option<SocketAddr>,
    /// What is counted.
    pub metrics: Option<SocketAddr>,
}

impl Service {
    /// Opens or makes everything in the data directory, and binds the listeners.
    ///
    /// # Errors
    /// For the operator: what can't be had, and what to do about it.
    pub async fn bind(options: Options) -> anyhow::Result<Self> {
        let dir = options.data_dir.clone();
        data_dir::create(&dir).with_context(|| format!("can't make the data directory {}", dir.display()))?;
        let lock = data_dir::lock_for_serving(&dir)?;
        let store = Store::open(&dir).await?;
        let watch = Watch::begin(&store).await?;

        if let Some(lifetime) = options.offline_messages {
            store.expire_messages(lifetime).await?;
        }

        let messenger = bind("msnp", options.msnp).await?;
        let http = bind("http", options.http).await?;
        let https = bind("https", options.https).await?;
        let dispatch = match options.dispatch {
            Some(address) => Some(bind("dispatch", address).await?),
            None => None,
        };
        let metrics = match options.metrics {
            Some((address, collector)) => {
                Some(metrics::Listener { socket: bind("metrics", address).await?, collector })
            }
            None => None,
        };
        let addresses = Addresses {
            msnp: messenger.local_addr()?,
            http: http.local_addr()?,
            https: https.local_addr()?,
            dispatch: dispatch.as_ref().map(TcpListener::local_addr).transpose()?,
            metrics: metrics.as_ref().map(|listener| listener.socket.local_addr()).transpose()?,
        };

        let public_host = options.public_host.as_ref().map(|host| host.name.clone());
        let names = tls::Names::with_public_hosts(public_host.as_deref());
        let (mint, circles, identities) = open_keys(&dir, options.tls, &names).await?;
        let acceptor = tls::Acceptor::new(&identities)?;
        if options.tls == tls::Policy::Legacy {
            warn!(
                "legacy TLS is on: what clients before Windows 8 send over HTTPS, passwords too, can be read by \
                 whoever is on the way and takes the trouble"
            );
        }
        let hasher = Hasher::new(options.hash_threads);
        let (demo, echo) = match options.demo {
            false => (Vec::new(), None),
            true => demo::prepare(&dir, &store, &hasher).await.map(|(people, echo)| (people, Some(echo)))?,
        };
        let pages = Arc::new(options.pages);
        let page = front_page(public_host.as_deref(), addresses.http);
        let settings = Settings {
            opening: Arc::new(notification::Settings {
                served: SERVED.to_vec(),
                names_all_dialects: options.names_all_dialects,
                upgrades: options.upgrades,
                download_url: options
                    .download_url
                    .map_or_else(|| page.clone(), |address| address.to_string()),
                info_url: page.clone(),
            }),
            public_host: options.public_host,
            msnp_port: addresses.msnp.port(),
            challenges: options.challenges,
            web: WebServer {
                http: addresses.http.port(),
                https: addresses.https.port(),
                plain_sign_in: options.passport.allow_plain_http_sign_in,
            },
            pages: pages.clone(),
            shields: options.shields,
            ticket_lifetime: options.passport.ticket_lifetime,
            offline_messages: options.offline_messages,
        };
        let (mail, postman) = match options.mail {
            Some(settings) => {
                let mail = Mail::new(settings, std::time::Instant::now());
                let (mail, postman) = mail.context("smtp: can't be connected to in this way")?;
                (Some(mail), Some(postman))
            }
            None => (None, None),
        };
        let server = Arc::new(
            Server::new(settings, store.clone(), mint.clone())
                .with_mail(mail)
                .with_circle_tickets(circles)
                .with_networks(options.networks),
        );
        let passport = Passport::new(Arc::new((store, hasher)), mint, options.passport)
            .with_throttle(server.throttle.clone());
        let ports = (addresses.msnp.port(), addresses.http.port(), addresses.https.port());
        let front = http::Front::new(&identities, public_host.clone(), ports.0, ports.1, ports.2)?
            .with_text_ad(options.text_ad);
        let door = accept::Door::new(options.limits, server.clone(), acceptor.clone());
        let gateway = Gateway::new(server.clone(), door.clone());
        let web = http::Web::with_server(passport, front, pages, server.clone(), Some(gateway.clone()));
        let spelling = http::Spelling::learn().await?;
        let listener = |socket, tls| http::Listener {
            socket,
            tls,
            web: web.clone(),
            spelling: spelling.clone(),
            limits: options.web_limits,
        };
        let web = vec![listener(http, None), listener(https, Some(acceptor.clone()))];

        let listeners = std::iter::once((messenger, Role::Messenger))
            .chain(dispatch.map(|listener| (listener, Role::Dispatch)));
        server.recorder.follow(&server.store.recordings().await?);
        Ok(Self {
            server,
            messenger: listeners.collect(),
            door,
            gateway,
            web,
            metrics,
            renewal: (acceptor, options.tls, dir, names),
            watch,
            postman,
            echo,
            demo,
            addresses,
            front_page: page,
            _lock: lock,
        })
    }

    /// The service without its listeners, for tests that bring their own connections.
    pub fn server(&self) -> &Arc<Server> {
        &self.server
    }

    /// Serves until `shutdown` resolves or the time that an operator has announced is up, then tells everybody, and
    /// waits for a while until they are gone.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let (acceptor, policy, dir, names) = self.renewal;
        let mut helpers = JoinSet::new();
        let recording = tokio::spawn({
            let (recorder, dir) = (self.server.recorder.clone(), dir.clone());
            async move { recorder.run(&dir).await }
        });
        helpers.spawn(acceptor.keep_renewed(policy, dir, names));
        helpers.spawn(self.watch.run(self.server.clone()));
        if let Some(echo) = self.echo {
            helpers.spawn(demo::run(self.server.clone(), echo));
        }
        let mut networks = self.server.federate();

        let mut post = JoinSet::new();
        if let Some(postman) = self.postman {
            let server = self.server.clone();
            post.spawn(async move { postman.run(&server.metrics).await });
        }

        let mut accepting = JoinSet::new();
        for (listener, role) in self.messenger {
            accepting.spawn(accept::accept(listener, role, self.door.clone()));
        }
        if let Some(metrics) = self.metrics {
            helpers.spawn(metrics.serve(self.server.clone()));
        }
        let (stop, stopped) = tokio::sync::watch::channel(());
        let mut web = JoinSet::new();
        for listener in self.web {
            let mut stopped = stopped.clone();
            web.spawn(listener.serve(async move {
                let _ = stopped.changed().await;
            }));
        }

        tokio::select! {
            () = shutdown => info!("going down"),
            () = self.server.time_is_up() => info!("going down, as announced"),
        }
        accepting.shutdown().await;
        self.server.shut_down();
        let drained = async {
            // Those who ask now and then have to find somebody who answers.
            let _ = tokio::time::timeout(GATEWAY_LIMIT, self.gateway.all_told()).await;
            drop(stop);
            self.server.sessions.all_gone().await;
            while web.join_next().await.is_some() {}
        };
        // Mail servers may take longer than anybody wants to wait.
        let posted = tokio::time::timeout(POST_LIMIT, async { while post.join_next().await.is_some() {} });
        let _ = tokio::join!(tokio::time::timeout(DRAIN_LIMIT, drained), posted);
        post.shutdown().await;
        networks.shutdown().await;
        helpers.shutdown().await;
        self.server.recorder.finish();
        let _ = tokio::time::timeout(RECORDING_LIMIT, recording).await;
        self.server.store.close().await;
    }
}

async fn bind(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{key} = \"{address}\": can't listen there; is another program using the port, or is it below 1024?")
    })
}

/// Keys and certificates. Making them takes a good part of a second, once.
async fn open_keys(
    dir: &Path,
    policy: tls::Policy,
    names: &tls::Names,
) -> anyhow::Result<(Mint, CircleTickets, tls::Identities)> {
    let (dir, names) = (dir.to_owned(), names.clone());
    tokio::task::spawn_blocking(move || {
        let _setup = data_dir::lock_for_setup(&dir)?;
        let circles = CircleTickets::open(&dir)?;
        anyhow::Ok((Mint::open(&dir)?, circles, policy.identities(&dir, &names, unix_now())?))
    })
    .await?
}

/// The address of the front page as a client could open it.
fn front_page(public_host: Option<&str>, http: SocketAddr) -> String {
    match public_host {
        Some(host) => format!("http://{host}:{}/", http.port()),
        None if http.ip().is_unspecified() => format!("http://localhost:{}/", http.port()),
        None => format!("http://{http}/"),
    }
}
