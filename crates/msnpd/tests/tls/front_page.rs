//! The front page offers what the policy makes use of.

use std::net::SocketAddr;

use msnpd::tls::Policy;
use openssl::hash::MessageDigest;
use openssl::x509::X509;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{dir, identities, serve};

/// The status line and the body.
async fn get(http: SocketAddr, path: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(http).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n").as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let body = reply.split_off(end);
    (String::from_utf8(reply).unwrap().lines().next().unwrap().to_owned(), body)
}

#[tokio::test]
async fn the_legacy_ca_is_there_where_it_is_used() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let http = service.addresses.http;
    let legacy = identities().legacy.as_ref().unwrap();
    assert_eq!(X509::from_der(&get(http, "/legacy-ca.crt").await.1).unwrap(), legacy.ca);
    assert_eq!(X509::from_pem(&get(http, "/Legacy-CA.pem").await.1).unwrap(), legacy.ca);
    assert_eq!(X509::from_der(&get(http, "/ca.crt").await.1).unwrap(), identities().modern.ca);
    let page = String::from_utf8(get(http, "/").await.1).unwrap();
    for identity in [legacy, &identities().modern] {
        assert!(page.contains(&identity.ca_fingerprint(MessageDigest::sha256()).unwrap()));
    }
    assert!(page.contains(&legacy.ca_fingerprint(MessageDigest::sha1()).unwrap()));
    assert!(page.contains("speaks SSL 3.0 to TLS 1.3") && !page.contains("speaks TLS 1.2 and 1.3"));
}

#[tokio::test]
async fn and_nowhere_else() {
    // Its files may be left from a time when it was used.
    let dir = dir();
    let service = serve(dir.path(), Policy::Modern).await;
    let http = service.addresses.http;
    for path in ["/legacy-ca.crt", "/legacy-ca.pem"] {
        assert_eq!(get(http, path).await.0, "HTTP/1.1 404 Not Found");
    }
    let page = String::from_utf8(get(http, "/").await.1).unwrap();
    assert!(page.contains("speaks TLS 1.2 and 1.3") && !page.contains("legacy-ca"));
}
