//! What is counted.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::common::add_accounts;
use super::common::raw::{Raw, ticket};
use super::program::{Serving, serve};

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_and_goes_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let ids = add_accounts(dir.path(), &["alice@example.com"]).await;
    let server = Serving::start(serve(dir.path(), &["--metrics", "127.0.0.1:0"]));
    let (msnp, metrics) = (server.at["msnp"], server.at["metrics"]);
    let before = get(metrics, "/metrics");
    assert!(before.starts_with("HTTP/1.1 200 OK\r\n"), "{before}");
    assert!(before.contains("\nmsnpd_signed_in 0\n"), "{before}");
    assert!(before.contains("\n# HELP msnpd_chats Open chats.\n"), "{before}");

    let ticket = ticket(dir.path(), ids[0]);
    assert!(Raw::try_sign_in(msnp, "alice@example.com", "t=nonsense").await.is_some());
    let mut alice = Raw::sign_in(msnp, "MSNP9", "alice@example.com", &ticket).await;
    alice.ask("CHG", "NLN 0").await;
    alice.ask("REA", "alice@example.com Alice").await;
    let after = get(metrics, "/metrics");
    for line in [
        "msnpd_signed_in 1",
        "msnpd_sign_ins_total 1",
        "msnpd_sign_ins_refused_total 1",
        "msnpd_edits_total 1",
        "msnpd_chats 0",
        "msnpd_messages_total 0",
        "msnpd_store_errors_total 0",
    ] {
        assert!(after.contains(&format!("\n{line}\n")), "{line}: {after}");
    }
    assert!(get(metrics, "/").starts_with("HTTP/1.1 404 "));
    server.stop();
}
