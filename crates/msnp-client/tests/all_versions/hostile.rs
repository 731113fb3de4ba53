//! Servers that nobody would want.

use std::time::Duration;

use msnp::dialect::MSNP7;
use msnp_client::{Client, Error, Event};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::person::PATIENCE;

const OPENING: &str = "VER 1 MSNP7\r\nINF 2 MD5\r\nUSR 3 MD5 S 1.2\r\n";
const IN: &str = "USR 4 OK alice@example.com Alice 1\r\n";
const LISTS: &str = "SYN 5 1\r\nLST 5 FL 1 0 0\r\nLST 5 AL 1 0 0\r\nLST 5 BL 1 0 0\r\nLST 5 RL 1 0 0\r\n";
const SHOWN: &str = "CHG 6 NLN\r\n";

/// A server that says this to everybody, whatever he says; `forever` again and again.
async fn server(said: String, forever: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let said = said.replace("ITSELF", &address);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, said.clone(), forever.clone()));
        }
    });
    address
}

/// Says each line when the client has said one.
async fn talk(mut stream: TcpStream, said: String, forever: Vec<u8>) {
    let mut heard = [0; 1024];
    for line in said.split_inclusive("\r\n") {
        if line.starts_with(['V', 'I', 'U', 'S', 'C', 'X']) && stream.read(&mut heard).await.is_err() {
            return;
        }
        if stream.write_all(line.as_bytes()).await.is_err() {
            return;
        }
    }
    if forever.is_empty() {
        return;
    }
    let (mut reads, mut writes) = stream.split();
    let writing = async { while writes.write_all(&forever).await.is_ok() {} };
    let reading = async { while matches!(reads.read(&mut heard).await, Ok(1..)) {} };
    tokio::select! {
        () = writing => {}
        () = reading => {}
    }
}

fn builder(address: String) -> msnp_client::Builder {
    Client::builder("alice@example.com", "x").server(address).version(MSNP7.version).reconnect(false)
}

async fn kept_out(said: &str, forever: &[u8]) -> String {
    let address = server(said.to_owned(), forever.to_owned()).await;
    let tried = timeout(PATIENCE, builder(address).sign_in()).await.expect("an end in time");
    tried.map(drop).expect_err("kept out").to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_left_with_a_word_about_what_it_did() {
    for (said, forever, expected) in [
        ("", &b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"[..], "a line has more than 8192 bytes"),
        ("", b"HTTP/1.1 400 Bad Request\r\n", "a line without a command word"),
        ("", b"\xFF\xFE\r\n", "not UTF-8"),
        ("VER 1 MSNP7\r\n", b"MSG Hotmail Hotmail 4294967295\r\n", "MSG with a payload of 4294967295 bytes"),
        ("VER 1 MSNP7\r\n", b"241 1 4294967295\r\n", "241 with a payload of 4294967295 bytes"),
        ("VER 1 MSNP18\r\n", b"", "chooses a version that was not offered"),
        ("VER 1 0\r\n", b"", "none of the versions offered"),
        ("VER 1 MSNP7\r\nINF 2 MD5\r\nUSR 3 TWN S ct=1\r\n", b"", "another way to sign in"),
        ("VER 1 MSNP7\r\nINF 2 MD5\r\n911 3\r\n", b"", "wrong address or password"),
        ("VER 1 MSNP7\r\nINF 2 MD5\r\nXFR 3 NS ITSELF 0 ITSELF\r\n", b"", "sent the client on 5 times"),
        (
            "VER 1 MSNP7\r\nINF 2 MD5\r\nXFR 3 NS 127.0.0.1:1 0 ITSELF\r\n",
            b"",
            "can't connect to 127.0.0.1:1",
        ),
        ("VER 1 MSNP7\r\n", b"", "closed"),
    ] {
        let told = kept_out(said, forever).await;
        assert!(
            told.contains(expected) || (expected == "closed" && told.contains("broke")),
            "{said:?}: {told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_without_an_end_are_not_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = [0; 1024];
        for line in format!("{OPENING}{IN}SYN 5 1\r\n").split_inclusive("\r\n") {
            let _ = stream.read(&mut heard).await;
            stream.write_all(line.as_bytes()).await.unwrap();
        }
        for number in 1_u64.. {
            let line = format!("LST 5 FL 1 {number} 4000000000 user{number}@example.com User\r\n");
            if stream.write_all(line.as_bytes()).await.is_err() {
                break;
            }
        }
    });
    let tried = timeout(PATIENCE, builder(address).sign_in()).await.expect("an end in time");
    assert!(matches!(tried.map(drop), Err(Error::TooMuch("people"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_in_hears_complaints_and_can_still_leave() {
    let noise = b"715 0\r\n500\r\n911 99\r\nNLN NLN eve@example.com Eve\r\nXYZ 1 2 3\r\nNLN\r\nRNG 1 127.0.0.1:1 CKI 1.2 eve@example.com Eve\r\n";
    let address = server(format!("{OPENING}{IN}{LISTS}{SHOWN}"), noise.to_vec()).await;
    let (client, mut events) = builder(address).event_capacity(50).sign_in().await.unwrap();
    let (mut complaints, mut missed) = (0, 0);
    timeout(PATIENCE, async {
        while complaints < 200 || missed == 0 {
            match events.next().await.expect("still there") {
                Event::Complaint(_) => complaints += 1,
                Event::Missed(more) => missed += more,
                Event::Presence(contact) => panic!("{contact:?} is on no list"),
                _ => {}
            }
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("complaints in time");
    assert!(client.contacts().is_empty());
    timeout(PATIENCE, client.sign_out()).await.expect("signed out in time");
    timeout(PATIENCE, async { while events.next().await.is_some() {} }).await.expect("an end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_of_a_session_that_dies_are_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = [0; 1024];
        for line in format!("{OPENING}{IN}").split_inclusive("\r\n") {
            let _ = stream.read(&mut heard).await;
            stream.write_all(line.as_bytes()).await.unwrap();
        }
        let _ = stream.read(&mut heard).await;
        stream.write_all(LISTS.as_bytes()).await.unwrap();
        let _ = stream.read(&mut heard).await;
        stream.write_all(SHOWN.as_bytes()).await.unwrap();
        // Hears the question, and goes without an answer.
        let _ = stream.read(&mut heard).await;
    });
    let (client, mut events) = builder(address).sign_in().await.unwrap();
    let answered =
        timeout(Duration::from_secs(10), client.converse("bob@example.net")).await.expect("at once");
    assert!(matches!(answered, Err(Error::NotConnected)), "{answered:?}");
    let mut last = None;
    while let Some(event) = events.next().await {
        last = Some(event);
    }
    assert!(matches!(last, Some(Event::SignedOut { reason: Some(_) })), "{last:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_in_and_sent_elsewhere_goes_there() {
    let whole = format!("{OPENING}{IN}{LISTS}{SHOWN}");
    let second = server(whole.clone(), b"QNG\r\n".to_vec()).await;
    let first = server(whole, format!("XFR 0 NS {second} 0 127.0.0.1:1\r\n").into_bytes()).await;
    let (client, mut events) = builder(first).reconnect(true).sign_in().await.unwrap();
    let mut reason = None;
    timeout(PATIENCE, async {
        loop {
            match events.next().await.expect("still there") {
                Event::Disconnected { reason: why, .. } => reason = Some(why.to_string()),
                Event::Reconnected => break,
                Event::SignedOut { reason } => panic!("{reason:?}"),
                _ => {}
            }
        }
    })
    .await
    .expect("there in time");
    assert_eq!(reason, Some(format!("the server sends the client on to {second}")));
    client.sign_out().await;
}
