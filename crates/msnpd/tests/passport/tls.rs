//! HTTPS with the server's own CA.

use std::pin::Pin;

use msnpd::http::Limits;
use openssl::ssl::{SslConnector, SslMethod, SslVersion};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use crate::support::{Reply, Server, exchange, identity, web};

/// A client that trusts the CA and nothing else, and looks for `host` in the certificate.
async fn connect(
    server: &Server,
    host: &str,
    newest: Option<SslVersion>,
) -> Result<SslStream<TcpStream>, openssl::ssl::Error> {
    let mut trusted = X509StoreBuilder::new().unwrap();
    trusted.add_cert(identity().ca.clone()).unwrap();
    let mut connector = SslConnector::builder(SslMethod::tls_client()).unwrap();
    connector.set_cert_store(trusted.build());
    connector.set_min_proto_version(None).unwrap();
    connector.set_max_proto_version(newest).unwrap();
    let ssl = connector.build().configure().unwrap().into_ssl(host).unwrap();
    let mut stream = SslStream::new(ssl, TcpStream::connect(server.address).await.unwrap()).unwrap();
    Pin::new(&mut stream).connect().await?;
    Ok(stream)
}

async fn get(server: &Server, host: &str, path: &str) -> Reply {
    let stream = connect(server, host, None).await.unwrap();
    exchange(stream, format!("GET {path} HTTP/1.1\r\nHost: {host}:8443\r\n\r\n")).await
}

#[tokio::test]
async fn the_certificate_is_good_for_all_names() {
    let server = Server::start(true, web(), Limits::default()).await;
    for host in
        ["nexus.passport.com", "login.live.com", "loginnet.passport.com", "chat.example.com", "localhost"]
    {
        let reply = get(&server, host, "/rdr/pprdr.asp").await;
        assert_eq!(reply.header("PassportURLs"), format!("DALogin={host}:8443/login2.srf"));
        assert_eq!(reply.header("Passporturls"), format!("DALogin={host}:8443/login2.srf"));
        assert_eq!(reply.header("Msnp-Tls"), "1");
    }
    connect(&server, "127.0.0.1", None).await.unwrap();
    connect(&server, "nexus.passport.com", Some(SslVersion::TLS1_2)).await.unwrap();
    connect(&server, "www.example.org", None).await.expect_err("a name of somebody else");
    connect(&server, "nexus.passport.com", Some(SslVersion::TLS1_1)).await.expect_err("too old");
}

#[tokio::test]
async fn a_redirect_and_a_refusal_stay_on_https() {
    let server = Server::start(true, web(), Limits::default()).await;
    let reply = get(&server, "login.live.com", "/login2.srf").await;
    assert!(reply.header("WWW-Authenticate").contains(",cburl=https://login.live.com:8443/logo.gif,"));
}

#[tokio::test]
async fn the_ca_can_be_fetched() {
    let server = Server::plain().await;
    for (path, kind) in [("/ca.crt", "application/x-x509-ca-cert"), ("/CA.pem", "application/x-pem-file")] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n");
        tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut bytes).await.unwrap();
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
        let (head, body) = bytes.split_at(end);
        assert!(String::from_utf8_lossy(head).contains(&format!("Content-Type: {kind}\r\n")));
        let ca = if path == "/ca.crt" { X509::from_der(body) } else { X509::from_pem(body) };
        assert_eq!(ca.unwrap(), identity().ca);
    }
}

#[tokio::test]
async fn what_is_no_tls_does_no_harm() {
    let server = Server::start(true, web(), Limits::default()).await;
    for garbage in ["GET / HTTP/1.1\r\n\r\n", "VER 1 MSNP8 CVR0\r\n", "\x16\x03\x01\x00\x05hello"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, garbage.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await;
    }
    assert_eq!(get(&server, "localhost", "/health").await.body, "ok\n");
}
