//! Services under either policy, clients of any age, and somebody in between.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use msnpd::tls::{Era, Identities, Names, Policy};
use openssl::ssl::{SslContext, SslContextBuilder, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::store::X509StoreBuilder;
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_openssl::SslStream;

use crate::common::Running;

pub const HOST: &str = "nexus.passport.com";

pub const OLD: [SslVersion; 3] = [SslVersion::SSL3, SslVersion::TLS1, SslVersion::TLS1_1];
pub const NEW: [SslVersion; 2] = [SslVersion::TLS1_2, SslVersion::TLS1_3];

/// Keys and certificates, made once: they take their time.
fn keys() -> &'static (TempDir, Identities) {
    static KEYS: OnceLock<(TempDir, Identities)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let dir = TempDir::new().unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let identities = Policy::Legacy.identities(dir.path(), &Names::with_public_hosts(None), now).unwrap();
        (dir, identities)
    })
}

/// What the services of these tests show.
pub fn identities() -> &'static Identities {
    &keys().1
}

/// A fresh data directory with the common keys.
pub fn dir() -> TempDir {
    let dir = TempDir::new().unwrap();
    for era in [Era::Modern, Era::Legacy] {
        let files = era.files();
        for file in [files.ca_certificate, files.ca_key, files.certificate, files.key] {
            fs::copy(keys().0.path().join(file), dir.path().join(file)).unwrap();
        }
    }
    dir
}

pub async fn serve(dir: &Path, policy: Policy) -> Running {
    Running::start_with(dir, |options| options.tls = policy).await
}

/// A client that would take anything from SSL 3.0 on, and trusts both CAs: whatever it does not get, it is the server
/// that refuses it.
pub fn client() -> SslContextBuilder {
    let mut builder = SslContext::builder(SslMethod::tls_client()).unwrap();
    builder.set_security_level(0);
    builder.set_min_proto_version(Some(SslVersion::SSL3)).unwrap();
    builder.set_cipher_list("ALL:COMPLEMENTOFALL:!NULL:!aNULL").unwrap();
    let mut trusted = X509StoreBuilder::new().unwrap();
    trusted.add_cert(identities().modern.ca.clone()).unwrap();
    trusted.add_cert(identities().legacy.as_ref().unwrap().ca.clone()).unwrap();
    builder.set_cert_store(trusted.build());
    builder.set_verify(SslVerifyMode::PEER);
    builder
}

/// The same, with this version and no other.
pub fn client_of(version: SslVersion) -> SslContextBuilder {
    let mut builder = client();
    builder.set_min_proto_version(Some(version)).unwrap();
    builder.set_max_proto_version(Some(version)).unwrap();
    builder
}

pub async fn connect(
    address: SocketAddr,
    client: SslContextBuilder,
) -> Result<SslStream<TcpStream>, openssl::ssl::Error> {
    let mut ssl = openssl::ssl::Ssl::new(&client.build()).unwrap();
    ssl.param_mut().set_host(HOST).unwrap();
    let tcp = TcpStream::connect(address).await.unwrap();
    // A client of 1999 has its header in one packet, and its body in the next.
    tcp.set_nodelay(true).unwrap();
    let mut stream = SslStream::new(ssl, tcp).unwrap();
    Pin::new(&mut stream).connect().await?;
    Ok(stream)
}

/// For which age the certificate is that a client got. It has verified it before.
pub fn era(stream: &SslStream<TcpStream>) -> Era {
    let shown = stream.ssl().peer_certificate().unwrap();
    let of = |identity: &msnpd::tls::Identity| identity.certificate == shown;
    match (of(&identities().modern), of(identities().legacy.as_ref().unwrap())) {
        (true, false) => Era::Modern,
        (false, true) => Era::Legacy,
        _ => panic!("neither certificate"),
    }
}

pub const REQUEST: &str = "GET /rdr/pprdr.asp HTTP/1.1\r\nHost: nexus.passport.com\r\n\r\n";

/// Whether this is the answer to it.
pub fn is_nexus(reply: &[u8]) -> bool {
    let text = String::from_utf8_lossy(reply);
    text.starts_with("HTTP/1.1 200 OK\r\n")
        && text.contains("\r\nPassportURLs: DALogin=nexus.passport.com/login2.srf\r\n")
}

/// Asks the nexus, the first byte in a record of its own, and reads to the proper end.
pub async fn ask_nexus(stream: &mut SslStream<TcpStream>) {
    let (first, rest) = REQUEST.as_bytes().split_at(1);
    stream.write_all(first).await.unwrap();
    stream.write_all(rest).await.unwrap();
    let mut reply = Vec::new();
    // Without a close_notify this is an error.
    stream.read_to_end(&mut reply).await.unwrap();
    assert!(is_nexus(&reply), "{}", String::from_utf8_lossy(&reply));
}

/// Somebody between a client and a server, for one connection.
pub struct Between {
    pub address: SocketAddr,
    /// What the server has said.
    pub heard: Arc<Mutex<Vec<u8>>>,
}

impl Between {
    /// Changes the client's first record.
    pub async fn new(server: SocketAddr, change: impl FnOnce(Vec<u8>) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::<Mutex<Vec<u8>>>::default();
        let hears = Arc::clone(&heard);
        tokio::spawn(async move {
            let (mut client, _) = listener.accept().await.unwrap();
            let mut server = TcpStream::connect(server).await.unwrap();
            let mut record = vec![0; 5];
            client.read_exact(&mut record).await.unwrap();
            let length = u16::from_be_bytes([record[3], record[4]]);
            record.resize(5 + usize::from(length), 0);
            client.read_exact(&mut record[5..]).await.unwrap();
            server.write_all(&change(record)).await.unwrap();
            let (mut from_client, mut to_client) = client.split();
            let (mut from_server, mut to_server) = server.split();
            let up = async {
                let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
                let _ = to_server.shutdown().await;
            };
            let down = async {
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
                    hears.lock().extend(&buffer[..read]);
                    if to_client.write_all(&buffer[..read]).await.is_err() {
                        break;
                    }
                }
                let _ = to_client.shutdown().await;
            };
            tokio::join!(up, down);
        });
        Self { address, heard }
    }
}
