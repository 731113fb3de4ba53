//! A server with two accounts, and a client that shows every byte.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Request, Response};
use msnp::types::Email;
use msnpd::account::{Account, AccountId};
use msnpd::http::{Front, Limits, Listener, Peer, Spelling, Web};
use msnpd::pages::Pages;
use msnpd::passport::{Accounts, Later, Passport, Settings, Unavailable};
use msnpd::password::HashError;
use msnpd::ticket::Mint;
use msnpd::tls::{Acceptor, Identities, Identity, Names, Policy};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub const ALICE: &str = "alice@example.com";
pub const DISABLED: &str = "disabled@example.com";
pub const CROWDED: &str = "crowded@example.com";
pub const STARVED: &str = "starved@example.com";
pub const BROKEN: &str = "broken@example.com";
pub const PASSWORD: &str = "p&ss, w0rd";

/// Some accounts; hashes are the passwords themselves, or why there is no time for them.
#[derive(Default)]
pub struct Fake {
    /// The hash that each password was compared with.
    pub compared: Mutex<Vec<Option<String>>>,
}

impl Accounts for Fake {
    fn by_email<'a>(&'a self, email: &'a Email) -> Later<'a, Result<Option<Account>, Unavailable>> {
        let account = |id, hash: &str, disabled| Account {
            id: AccountId(id),
            email: email.clone(),
            name: "Somebody".to_owned(),
            password_hash: hash.to_owned(),
            generation: 3,
            disabled,
        };
        Box::pin(std::future::ready(match email.as_str() {
            ALICE => Ok(Some(account(7, PASSWORD, false))),
            DISABLED => Ok(Some(account(8, PASSWORD, true))),
            CROWDED => Ok(Some(account(9, CROWDED, false))),
            STARVED => Ok(Some(account(10, STARVED, false))),
            BROKEN => Err(Unavailable),
            _ => Ok(None),
        }))
    }

    fn by_id<'a>(&'a self, id: AccountId) -> Later<'a, Result<Option<Account>, Unavailable>> {
        let email = match id {
            AccountId(7) => ALICE,
            AccountId(8) => DISABLED,
            AccountId(11) => BROKEN,
            _ => "nobody@example.com",
        };
        let email = email.parse().unwrap();
        Box::pin(async move { self.by_email(&email).await })
    }

    fn verify<'a>(&'a self, password: &'a str, hash: Option<&'a str>) -> Later<'a, Result<bool, HashError>> {
        self.compared.lock().push(hash.map(str::to_owned));
        Box::pin(std::future::ready(match hash {
            Some(CROWDED) => Err(HashError::Busy),
            Some(STARVED) => Err(HashError::Failed),
            hash => Ok(hash == Some(password)),
        }))
    }
}

/// Made once: keys take their time.
pub fn identities() -> &'static Identities {
    static IDENTITIES: OnceLock<(tempfile::TempDir, Identities)> = OnceLock::new();
    let (_, identities) = IDENTITIES.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let names = Names::with_public_hosts(["chat.example.com:1863"]);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let identities = Policy::Modern.identities(dir.path(), &names, now).unwrap();
        (dir, identities)
    });
    identities
}

/// Of clients that have TLS 1.2.
pub fn identity() -> &'static Identity {
    &identities().modern
}

pub fn mint() -> Mint {
    Mint::with_keys([9; 32], None)
}

pub fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

pub fn web_with(accounts: Arc<impl Accounts>, settings: Settings) -> Web {
    web_with_pages(accounts, settings, Pages::default())
}

pub fn web_with_pages(accounts: Arc<impl Accounts>, settings: Settings, pages: Pages) -> Web {
    let front = Front::new(identities(), None, 1863, 8080, 8443).unwrap();
    Web::new(Passport::new(accounts, mint(), settings), front, Arc::new(pages))
}

pub fn web() -> Web {
    web_with(Arc::<Fake>::default(), Settings::default())
}

/// A request without a socket.
pub async fn ask(web: &Web, from: &str, tls: bool, request: Request<Full<Bytes>>) -> Response<Bytes> {
    let peer = Peer {
        address: SocketAddr::new(from.parse::<IpAddr>().unwrap(), 40_000),
        local: "192.0.2.80:80".parse().unwrap(),
        tls,
    };
    let (parts, body) = web.answer(peer, request).await.into_response().into_parts();
    Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
}

/// A listening server. Stops when dropped.
pub struct Server {
    pub address: SocketAddr,
    pub stop: Option<oneshot::Sender<()>>,
    pub done: JoinHandle<()>,
}

impl Server {
    pub async fn start(tls: bool, web: Web, limits: Limits) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let tls = tls.then(|| Acceptor::new(identities()).unwrap());
        let listener = Listener { socket, tls, web, spelling: Spelling::learn().await.unwrap(), limits };
        let (stop, stopped) = oneshot::channel::<()>();
        let done = tokio::spawn(listener.serve(async {
            let _ = stopped.await;
        }));
        Self { address, stop: Some(stop), done }
    }

    pub async fn plain() -> Self {
        Self::start(false, web(), Limits::default()).await
    }

    /// Sends bytes and reads to the end.
    pub async fn exchange(&self, request: impl AsRef<[u8]>) -> Reply {
        exchange(TcpStream::connect(self.address).await.unwrap(), request).await
    }
}

pub async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, request: impl AsRef<[u8]>) -> Reply {
    stream.write_all(request.as_ref()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    Reply::new(&bytes)
}

/// An answer, split but not interpreted.
#[derive(Debug)]
pub struct Reply {
    pub status: String,
    pub headers: Vec<String>,
    pub body: String,
}

impl Reply {
    /// Everything that holds for all answers is checked here.
    pub fn new(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.split("\r\n").map(str::to_owned);
        let reply = Self {
            status: lines.next().unwrap(),
            headers: lines.filter(|line| !line.starts_with("Date: ")).collect(),
            body: body.to_owned(),
        };
        assert!(reply.status.starts_with("HTTP/1.1 "), "{reply:?}");
        reply.must_have(&format!("Content-Length: {}", body.len()));
        reply.must_have("Connection: close");
        for never in ["Transfer-Encoding", "Content-Encoding"] {
            assert!(!reply.headers.iter().any(|line| line.starts_with(never)), "{reply:?}");
        }
        reply
    }

    pub fn must_have(&self, line: &str) {
        assert!(self.headers.iter().any(|header| header == line), "no {line:?} in {self:?}");
    }

    /// The value of a header, by its exact name.
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        values.next().unwrap_or_else(|| panic!("no {name:?} in {self:?}"))
    }
}
