//! The front page.

use http_body_util::Full;
use hyper::Request;

use crate::support::{Server, ask, web};

#[tokio::test]
async fn says_what_to_change_in_each_client() {
    let request = Request::get("/").header("Host", "chat.example.com:8080").body(Full::default()).unwrap();
    let reply = ask(&web(), "198.51.100.1", false, request).await;
    let page = std::str::from_utf8(reply.body()).unwrap();
    for part in [
        "<code>chat.example.com</code>, port 1863",
        "<a href=\"/ca.crt\">ca.crt</a>",
        "HKEY_CURRENT_USER\\SOFTWARE\\Microsoft\\MessengerService",
        "chat.example.com:1863;",
        "192.0.2.80 nexus.passport.com",
        "http://chat.example.com:8080/rdr/pprdr.asp",
        "forward port 443",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[tokio::test]
async fn shows_no_name_that_could_be_markup() {
    let request = Request::get("/").header("Host", "<script>").body(Full::default()).unwrap();
    let reply = ask(&web(), "198.51.100.1", false, request).await;
    assert!(!std::str::from_utf8(reply.body()).unwrap().contains("<script>"));
}

#[tokio::test]
async fn a_head_has_the_length_and_no_body() {
    let server = Server::plain().await;
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    let mut bytes = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\n"), "{text}");
    assert!(!text.contains("Content-Length: 0"), "{text}");
}
