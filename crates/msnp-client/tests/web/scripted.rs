//! A server that says what a test wants, and clients of it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use msnp::types::OwnedSecret;
use msnp_client::web::{Error, Limits, Method, Services, Settings, Tickets, Web};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::{ALICE, parameters};

/// What a server does about a request: the bytes that it answers, again and again if they have no end.
pub(crate) struct Said {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_endless: bool,
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self { bytes: text.into_bytes(), is_endless: false }
    }
}

/// A server that says what a test wants.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// What it was asked.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn start(
        tls: Option<&Path>,
        answer: impl Fn(&str) -> Said + Send + Sync + 'static,
    ) -> Self {
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

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn web(&self) -> Web {
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

pub(crate) fn http(status: &str, headers: &str, body: &str) -> Said {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}")
        .into()
}

pub(crate) fn ok(body: &str) -> Said {
    http("200 OK", "Content-Type: text/xml\r\n", body)
}

pub(crate) async fn log_in(web: &Web) -> Result<Tickets, Error> {
    sign_in(web, Method::Login { parameters: parameters() }).await
}

pub(crate) async fn sign_in(web: &Web, method: Method) -> Result<Tickets, Error> {
    Tickets::get(web, ALICE, OwnedSecret::new("wonderland"), method).await
}
