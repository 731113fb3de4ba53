//! Servers that answer what they should not, and some that answer what other servers than msnpd do.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use msnp::auth::tweener::{Answer, MAX_REDIRECTS};
use msnp::soap::abch::{self, ErrorCode, Operation, Reply, ServiceHeader};
use msnp::soap::oim::{Acknowledged, Fault as OimFault};
use msnp::soap::rst::{self, BROKER, Credentials, Form, Issued, Request, Seal, Token};
use msnp::types::{Guid, OwnedSecret};
use msnp_client::web::{
    AddressBook, Error, Generation, Letter, Limits, Method, OfflineMessages, Services, Settings, Tickets, Web,
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::{ALICE, BOB, Bench, parameters, settings};

/// What a server does about a request: the bytes that it answers, again and again if they have no end.
struct Said {
    bytes: Vec<u8>,
    is_endless: bool,
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self { bytes: text.into_bytes(), is_endless: false }
    }
}

/// A server that says what a test wants.
struct Server {
    port: u16,
    /// What it was asked.
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    async fn start(tls: Option<&Path>, answer: impl Fn(&str) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (kept, tls) = (asked.clone(), tls.map(acceptor));
        let answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (answer, kept, tls) = (answer.clone(), kept.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => serve(tls.accept(stream).await?, &*answer, &kept).await,
                        None => serve(stream, &*answer, &kept).await,
                    }
                });
            }
        });
        Self { port, asked, task }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn web(&self) -> Web {
        let services = Services::at_without_tls(&format!("http://127.0.0.1:{}", self.port)).unwrap();
        let limits = Limits { connect: Duration::from_secs(10), answer: Duration::from_secs(10) };
        Web::new(services, Settings { limits, ..Settings::default() }).unwrap()
    }
}

fn acceptor(dir: &Path) -> TlsAcceptor {
    let chain = CertificateDer::pem_file_iter(dir.join("server.pem")).unwrap();
    let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(dir.join("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: impl Fn(&str) -> Said,
    kept: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                break;
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    }
    let request = String::from_utf8(bytes).unwrap();
    let said = answer(&request);
    kept.lock().unwrap().push(request);
    stream.write_all(&said.bytes).await?;
    if said.is_endless {
        loop {
            stream.write_all(&said.bytes).await?;
        }
    }
    stream.shutdown().await
}

fn http(status: &str, headers: &str, body: &str) -> Said {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}")
        .into()
}

fn ok(body: &str) -> Said {
    http("200 OK", "Content-Type: text/xml\r\n", body)
}

async fn log_in(web: &Web) -> Result<Tickets, Error> {
    sign_in(web, Method::Login { parameters: parameters() }).await
}

async fn sign_in(web: &Web, method: Method) -> Result<Tickets, Error> {
    Tickets::get(web, ALICE, OwnedSecret::new("wonderland"), method).await
}

fn nexus(login: &str) -> Said {
    http("200 OK", &format!("PassportURLs: DALogin={login}\r\n"), "")
}

#[tokio::test]
async fn what_has_no_end_is_ended() {
    let endless = |head: &str, again: &str| {
        let (head, again) = (head.to_owned(), again.repeat(1000));
        move |_: &str| Said { bytes: format!("{head}{again}").into_bytes(), is_endless: true }
    };
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let head = "HTTP/1.1 200 OK\r\n";
    let without_length = Server::start(None, endless(&format!("{head}\r\n"), "x")).await;
    assert!(matches!(log_in(&without_length.web()).await, Err(Error::TooLong { limit: 65_536, .. })));
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n");
    // A body that begins anew is no chunk, which is as good an end.
    let chunked = Server::start(None, endless(&chunked, &chunk)).await;
    assert!(matches!(log_in(&chunked.web()).await, Err(Error::TooLong { .. })));
    let promised = Server::start(None, |_: &str| {
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_owned().into()
    });
    assert!(matches!(log_in(&promised.await.web()).await, Err(Error::TooLong { .. })));
    let headers = Server::start(None, endless(head, "X-More: and more\r\n")).await;
    assert!(matches!(log_in(&headers.web()).await, Err(Error::Http { .. })));
    let line = Server::start(None, endless("HTTP/1.1 200 O", "K")).await;
    assert!(matches!(log_in(&line.web()).await, Err(Error::Http { .. })));
    let page = format!("<a>{}</a>", "<b/>".repeat(10_000));
    let elements = Server::start(None, move |_: &str| ok(&page)).await;
    let error = sign_in(&elements.web(), Method::single_sign_on("MBI")).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let limits = Limits { connect: Duration::from_secs(10), answer: Duration::from_millis(200) };
    let services = Services::at_without_tls(&format!("http://127.0.0.1:{port}")).unwrap();
    let web = Web::new(services, Settings { limits, ..Settings::default() }).unwrap();
    let error = log_in(&web).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("http://127.0.0.1:{port}/rdr/pprdr.asp does not answer within 0.2 s")
    );
    // TLS counts to the connection.
    let limits = Limits { connect: Duration::from_millis(200), answer: Duration::from_secs(10) };
    let services = Services::at(&format!("https://127.0.0.1:{port}")).unwrap();
    let web = Web::new(services, Settings { limits, ..Settings::default() }).unwrap();
    assert!(matches!(log_in(&web).await, Err(Error::TimedOut { .. })));
}

#[tokio::test]
async fn what_is_no_service_is_told_apart() {
    for (said, expected) in [
        (http("404 Not Found", "", ""), "answers with status 404"),
        (http("503 Service Unavailable", "", ""), "too much to do"),
        (ok("<html/>"), "no SOAP envelope"),
        (ok("hello"), "can't be read"),
        (http("200 OK", "Content-Encoding: gzip\r\n", "x"), "\"gzip\""),
        (http("200 OK", "Content-Encoding: deflate, br\r\n", "x"), "\"deflate, br\""),
        ("SSH-2.0-OpenSSH\r\n".to_owned().into(), "no HTTP"),
        (String::new().into(), "breaks off"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort".to_owned().into(), "breaks off"),
    ] {
        let said = Mutex::new(Some(said));
        let server = Server::start(None, move |_: &str| said.lock().unwrap().take().unwrap()).await;
        let error = sign_in(&server.web(), Method::single_sign_on("MBI")).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(error.contains("/RST2.srf") && !error.contains("wonderland"), "{error}");
    }
    let server = Server::start(None, |_: &str| ok("")).await;
    assert!(matches!(log_in(&server.web()).await, Err(Error::NoLoginServer { .. })));
}

#[tokio::test]
async fn redirects_come_to_an_end() {
    let answer = |request: &str| {
        if request.starts_with("GET /rdr/") {
            let host = request.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap();
            return nexus(&format!("http://{host}/login2.srf"));
        }
        let headers =
            format!("Location: /login2.srf\r\nAuthentication-Info: {}\r\n", Answer::Redirected.to_header());
        http("302 Found", &headers, "")
    };
    let server = Server::start(None, answer).await;
    assert!(matches!(log_in(&server.web()).await, Err(Error::TooManyRedirects { .. })));
    assert_eq!(server.asked().len(), 2 + MAX_REDIRECTS as usize);
    for form in [Form::RST, Form::RST2] {
        let server =
            Server::start(None, move |_: &str| ok(&rst::Fault::Redirect { url: "/again" }.to_xml(&form, 0)))
                .await;
        let method = Method::SingleSignOn { form, policy: "MBI".to_owned() };
        assert!(matches!(sign_in(&server.web(), method).await, Err(Error::TooManyRedirects { .. })));
        assert_eq!(server.asked().len(), 1 + MAX_REDIRECTS as usize);
    }
}

#[tokio::test]
async fn passwords_go_to_nobody_else() {
    let stranger = Server::start(None, |_: &str| ok("")).await;
    let there = format!("http://localhost:{}/login2.srf", stranger.port);
    let location = there.clone();
    let server = Server::start(None, move |request: &str| {
        if request.starts_with("GET /rdr/") {
            let host = request.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap();
            nexus(&format!("http://{host}/login2.srf"))
        } else if request.starts_with("GET") {
            let info = Answer::Redirected.to_header();
            http("302 Found", &format!("Location: {location}\r\nAuthentication-Info: {info}\r\n"), "")
        } else {
            ok(&rst::Fault::Redirect { url: &location }.to_xml(&Form::RST2, 0))
        }
    })
    .await;
    for method in [Method::Login { parameters: parameters() }, Method::single_sign_on("MBI")] {
        let error = sign_in(&server.web(), method.clone()).await.unwrap_err();
        assert!(matches!(error, Error::Elsewhere { .. }), "{error:?}");
        assert!(error.to_string().contains("with_login_host"), "{error}");
        assert!(stranger.asked().is_empty());
        // Unless it is known.
        let services = server.web().services().clone().with_login_host("localhost");
        let web = Web::new(services, Settings::default()).unwrap();
        sign_in(&web, method).await.unwrap_err();
        assert_eq!(stranger.asked.lock().unwrap().drain(..).count(), 1);
    }
}

#[tokio::test]
async fn nothing_leads_from_tls_to_none() {
    let bench = Bench::new().await;
    let stranger = Server::start(None, |_: &str| ok("")).await;
    let there = format!("http://localhost:{}/login2.srf", stranger.port);
    let location = there.clone();
    let server = Server::start(Some(bench.dir.path()), move |request: &str| {
        if request.starts_with("GET /rdr/") && !request.contains("lc=1") {
            nexus(&location)
        } else {
            ok(&rst::Fault::Redirect { url: &location }.to_xml(&Form::RST2, 0))
        }
    })
    .await;
    let services = Services::at(&format!("https://localhost:{}", server.port)).unwrap();
    let web = Web::new(services, settings(bench.dir.path())).unwrap();
    for method in [Method::Login { parameters: parameters() }, Method::single_sign_on("MBI")] {
        let error = sign_in(&web, method).await.unwrap_err();
        assert!(matches!(error, Error::Downgrade { .. }), "{error:?}");
    }
    assert!(stranger.asked().is_empty());
    bench.running.stop().await;
}

/// Issues what is asked for, good for `lifetime` seconds; `number` makes tickets differ.
fn issue(request: &Request, lifetime: u64, number: usize) -> Vec<Issued> {
    let issue = |wanted: &rst::Wanted| Issued {
        number: wanted.number,
        address: wanted.address.clone(),
        expires: 1000 + lifetime,
        secret: [7; 24],
        token: match wanted.address.as_str() {
            BROKER => Token::Broker(OwnedSecret::new("QUJD")),
            address => Token::Compact(OwnedSecret::new(format!("t={address}{number}&p="))),
        },
    };
    request.tokens.iter().map(issue).collect()
}

fn service_header(host: &str) -> ServiceHeader {
    ServiceHeader {
        cache_key: "12r1:key".to_owned(),
        cache_key_changed: true,
        preferred_host_name: host.to_owned(),
        session_id: Guid([1; 16]),
    }
}

/// A token service whose tickets run out at once but for the broker's, and an address book.
fn service(knows_renewals: bool) -> impl Fn(&str) -> Said + Send + Sync {
    let asked = Mutex::new(0);
    move |request: &str| {
        let body = request.split_once("\r\n\r\n").unwrap().1;
        if request.contains("asmx") {
            return ok(&Reply::Done(Operation::AddMember).to_xml(&service_header("127.0.0.1:1")));
        }
        let request = Request::parse(body.as_bytes()).unwrap();
        *asked.lock().unwrap() += 1;
        let number = *asked.lock().unwrap();
        let reply = |tokens| rst::Reply { now: 1000, puid: 1, cid: 2, member_name: ALICE, tokens };
        match &request.credentials {
            Credentials::Password { .. } => {
                let mut tokens = issue(&request, if number == 1 { 0 } else { 3600 }, number);
                tokens[0].expires = 1000 + 3600;
                ok(&reply(tokens).to_xml(&Form::RST2))
            }
            Credentials::Token { signature, .. } if knows_renewals => {
                assert!(signature.as_ref().is_ok_and(|signature| signature.is_by(&[7; 24])));
                let seal = Seal { secret: [7; 24], nonce: [9; 32] };
                ok(&reply(issue(&request, 3600, number)).to_sealed_xml(&Form::RST2, request.in_list, &seal))
            }
            Credentials::Token { .. } => ok(&rst::Fault::BadContextToken.to_xml(&Form::RST2, 1000)),
        }
    }
}

#[tokio::test]
async fn tickets_are_renewed_without_the_password_where_that_is_known() {
    for (knows_renewals, requests) in [(true, 2), (false, 3)] {
        let server = Server::start(None, service(knows_renewals)).await;
        let tickets = sign_in(&server.web(), Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
        for _ in 0..2 {
            // Once renewed, it is good for an hour.
            let ticket = tickets.for_sign_in().await.unwrap();
            assert_eq!(ticket.ticket.expose(), format!("t=messengerclear.live.com{requests}&p="));
            assert_eq!(ticket.secret.unwrap().expose(), &[7; 24]);
        }
        let asked = server.asked();
        assert_eq!(asked.len(), requests);
        assert!(!asked[1].contains("wonderland"));
        assert_eq!(tickets.cid().await, Some(2));
    }
}

#[tokio::test]
async fn a_preferred_host_that_is_not_there_is_preferred_no_more() {
    let server = Server::start(None, service(true)).await;
    let web = server.web();
    let tickets = sign_in(&web, Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
    let book = AddressBook::new(&web, &tickets, Generation::From2009);
    let role = || abch::types::Role::Allow;
    let bob = || abch::types::Whom::Passport(BOB.to_owned());
    // At port 1 nobody listens.
    book.add_member(role(), bob()).await.unwrap();
    book.add_member(role(), bob()).await.unwrap();
    let asked = server.asked();
    let calls: Vec<_> = asked.iter().filter(|request| request.contains("AddMember")).collect();
    assert_eq!(calls.len(), 2);
    assert!(!calls[0].contains("CacheKey") && calls[1].contains("<CacheKey>12r1:key</CacheKey>"));
    assert!(calls[0].contains("Soapaction: \"http://www.msn.com/webservices/AddressBook/AddMember\""));
}

#[tokio::test]
async fn an_address_book_that_is_not_there_is_made() {
    let is_there = Mutex::new(false);
    let tokens = service(true);
    let server = Server::start(None, move |request: &str| {
        if !request.contains("asmx") {
            return tokens(request);
        }
        let mut is_there = is_there.lock().unwrap();
        if request.contains("<ABAdd ") {
            *is_there = true;
            ok(&Reply::AbAdd(Guid([2; 16])).to_xml(&service_header("")))
        } else if *is_there {
            ok(&Reply::AbGroupAdd(Guid([3; 16])).to_xml(&service_header("")))
        } else {
            let fault = abch::Fault::new(ErrorCode::AbDoesNotExist, Operation::AbGroupAdd).to_xml("host");
            http("500 Internal Server Error", "", &fault)
        }
    })
    .await;
    let web = server.web();
    let tickets = sign_in(&web, Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
    let book = AddressBook::new(&web, &tickets, Generation::Before2009);
    assert_eq!(book.add_group("Friends").await.unwrap(), Guid([3; 16]));
}

#[tokio::test]
async fn a_lock_is_opened_where_there_is_one() {
    let tokens = service(true);
    let server = Server::start(None, move |request: &str| {
        if !request.contains("asmx") {
            tokens(request)
        } else if request.contains("lockkey=\"\"") {
            let fault = OimFault::AuthenticationFailed { challenge: "31415926535897932384" }.to_xml();
            http("500 Internal Server Error", "", &fault.replace("TweenerChallenge", "LockKeyChallenge"))
        } else {
            ok(&Acknowledged { message_number: 1 }.to_xml())
        }
    })
    .await;
    let web = server.web();
    let tickets = sign_in(&web, Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
    let messages = OfflineMessages::new(&web, &tickets);
    let letter = Letter { to: BOB, my_name: "Alice", text: "hi", run: Guid([7; 16]), number: 1 };
    messages.send(&letter).await.unwrap();
    messages.send(&letter).await.unwrap();
    let asked = server.asked();
    let stored: Vec<_> = asked.iter().filter(|request| request.contains("oim.asmx")).collect();
    assert_eq!(stored.len(), 3, "what opens it is kept");
    let right = msnp::auth::challenge::respond(
        msnp::dialect::Challenge::LockAndKey,
        "31415926535897932384",
        "PROD0114ES4Z%Q5W",
        "PK}_A_0N_K%O?A9S",
    );
    assert!(stored[1].contains(&format!("lockkey=\"{right}\"")), "{}", stored[1]);
}
