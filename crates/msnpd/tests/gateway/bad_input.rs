//! Requests that make no sense.

use super::support::{Http, Stage, once};

#[tokio::test]
async fn what_asks_for_nothing_is_refused() {
    let stage = Stage::set().await;
    for query in [
        "",
        "Action=open",
        "Action=open&Server=FTP&IP=192.0.2.1",
        "Action=poll",
        "Action=poll&SessionID=",
        "Action=poll&SessionID=1.1",
        "Action=fly&SessionID=1.1",
        "SessionID=99999999999999999999.1",
        "%00%ff&&==",
    ] {
        let reply = once(stage.http(), query, "VER 1 MSNP9 CVR0\r\n").await;
        assert_eq!((reply.status(), reply.body.as_str()), (400, ""), "{query}");
        assert_eq!(reply.header("X-MSN-Messenger"), None);
        assert_eq!(reply.header("Connection"), Some("close"));
    }
}

#[tokio::test]
async fn what_is_no_messenger_ends_the_session() {
    let stage = Stage::set().await;
    for body in ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00", "VER x\r\n", &"x".repeat(100_000)] {
        let reply = once(stage.http(), "Action=open&Server=NS&IP=x", body).await;
        assert_eq!(reply.status(), 200);
        // A hello that never ends is heard to its end, or for as long as one may say nothing.
        assert!(reply.closes() || body.starts_with('\x16'), "{body:?} {reply:?}");
    }
}

#[tokio::test]
async fn only_post_leads_in() {
    let stage = Stage::set().await;
    let mut http = Http::connect(stage.http()).await;
    http.say("GET /gateway/gateway.dll?Action=open&Server=NS&IP=x HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(http.reply().await.status(), 404);
}
