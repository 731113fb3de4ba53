//! How requests come: under which names, over what.

use std::pin::Pin;

use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use crate::support::{Bench, Reply};

#[tokio::test]
async fn both_paths_take_all_operations_however_they_are_spelt() {
    let b = Bench::new().await;
    for path in [
        "/abservice/abservice.asmx",
        "/abservice/SharingService.asmx",
        "//abservice//SHARINGSERVICE.ASMX",
        "/ABService/abservice.asmx?x=y",
        "http://contacts.msn.com:80/abservice/abservice.asmx",
    ] {
        for fixture in ["FindMembership", "ABFindAll"] {
            b.alice.post(path, "", &b.alice.envelope(fixture, &[])).await.ok();
        }
    }
    // The action in the header is of no matter, nor is it missed.
    let action = "SOAPAction: \"http://www.msn.com/webservices/AddressBook/ABAdd\"\r\n";
    b.alice.post("/abservice/abservice.asmx", action, &b.alice.envelope("ABFindAll", &[])).await.ok();
    let mut stream = TcpStream::connect(b.running.addresses.http).await.unwrap();
    stream.write_all(b"GET /abservice/abservice.asmx HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 404 "), "{text}");
}

#[tokio::test]
async fn the_same_over_https() {
    let b = Bench::new().await;
    let mut connector = SslConnector::builder(SslMethod::tls_client()).unwrap();
    connector.set_verify(SslVerifyMode::NONE);
    let ssl = connector.build().configure().unwrap().into_ssl("contacts.msn.com").unwrap();
    let stream = TcpStream::connect(b.running.addresses.https).await.unwrap();
    let mut stream = SslStream::new(ssl, stream).unwrap();
    Pin::new(&mut stream).connect().await.unwrap();
    let envelope = b.alice.envelope("ABContactAdd", &[]);
    // As one client posts: HTTP 1.0, in two parts.
    let head = format!(
        "POST /abservice/abservice.asmx HTTP/1.0\r\nHost: contacts.msn.com\r\nContent-Length: {}\r\n\r\n",
        envelope.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(envelope.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let reply = Reply::new(&bytes).ok();
    assert!(reply.head.starts_with("HTTP/1.1 200 ") && reply.head.contains("\r\nConnection: close"));
    assert_eq!(b.alice.contacts().await.len(), 1);
}
