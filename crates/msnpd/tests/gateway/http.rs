//! The gateway's HTTP, as clients and proxies speak and read it.

use super::support::{Http, Stage};

/// The requests of the reference, as MSN Messenger sends them through a proxy, all on one connection.
#[tokio::test]
async fn requests_as_clients_write_them() {
    let stage = Stage::set().await;
    let mut http = Http::connect(stage.http()).await;
    http.say(
        "POST http://gateway.messenger.hotmail.com/gateway/gateway.dll?Action=open&Server=NS&IP=messenger.hotmail.com \
         HTTP/1.1\r\nAccept: */*\r\nAccept-Language: en-us\r\nAccept-Encoding: gzip, deflate\r\nUser-Agent: \
         MSMSGS\r\nHost: gateway.messenger.hotmail.com\r\nProxy-Connection: Keep-Alive\r\nConnection: \
         Keep-Alive\r\nPragma: no-cache\r\nContent-Type: application/x-msn-messenger\r\nContent-Length: 18\r\n\r\nVER 1 \
         MSNP8 CVR0\r\n",
    )
    .await;
    let reply = http.reply().await;
    let id = reply.id();
    let (head, tail) = id.split_once('.').unwrap();
    assert!(head.parse::<u32>().unwrap() < 1 << 31 && tail.parse::<u32>().unwrap() < 1 << 31);
    assert_eq!(reply.head.lines().next(), Some("HTTP/1.1 200 OK"));
    assert_eq!(reply.header("Content-Type"), Some("application/x-msn-messenger"));
    let messenger = format!("SessionID={id}; GW-IP=gateway.messenger.hotmail.com");
    assert_eq!(reply.header("X-MSN-Messenger"), Some(messenger.as_str()));
    assert_eq!(reply.header("X-MSN-Host"), Some("gateway.messenger.hotmail.com"));
    assert_eq!(reply.header("Connection"), Some("Keep-Alive"));
    assert_eq!(reply.body, "VER 1 MSNP8\r\n");

    http.say(&format!(
        "POST http://192.0.2.10/gateway/gateway.dll?SessionID={id} HTTP/1.1\r\nAccept: */*\r\nUser-Agent: MSMSGS\r\nHost: \
         192.0.2.10\r\nConnection: Keep-Alive\r\nPragma: no-cache\r\nContent-Type: \
         application/x-msn-messenger\r\nContent-Length: 31\r\n\r\nUSR 3 TWN I alice@example.com\r\n"
    ))
    .await;
    let reply = http.reply().await;
    assert_eq!(reply.header("X-MSN-Host"), Some("192.0.2.10"));
    assert!(reply.body.starts_with("USR 3 TWN S "), "{reply:?}");

    // In another case, with doubled slashes, and with a page's type, as those who hide from filters send it.
    http.say(&format!(
        "POST //Gateway/Gateway.DLL?action=poll&lifespan=0&sessionid={} HTTP/1.1\r\nHost: \
         gateway.messenger.hotmail.com:80\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 0\r\nConnection: \
         Keep-Alive\r\n\r\n",
        reply.id()
    ))
    .await;
    let reply = http.reply().await;
    assert_eq!((reply.status(), reply.body.as_str()), (200, ""));
    assert_eq!(reply.header("X-MSN-Host"), Some("gateway.messenger.hotmail.com:80"));
}

/// Proxies of the time speak HTTP/1.0; they are answered as everybody is, and not promised another answer.
#[tokio::test]
async fn who_does_not_go_on_is_not_waited_for() {
    let stage = Stage::set().await;
    for (version, connection) in
        [("1.0", ""), ("1.0", "Connection: Keep-Alive\r\n"), ("1.1", "Connection: close\r\n")]
    {
        let mut http = Http::connect(stage.http()).await;
        http.say(&format!(
            "POST /gateway/gateway.dll?Action=open&Server=NS&IP=x HTTP/{version}\r\nHost: h\r\n{connection}Content-Length: \
             18\r\n\r\nVER 1 MSNP8 CVR0\r\n"
        ))
        .await;
        let reply = http.reply().await;
        assert_eq!(reply.head.lines().next(), Some("HTTP/1.1 200 OK"));
        assert_eq!((reply.header("Connection"), reply.body.as_str()), (Some("close"), "VER 1 MSNP8\r\n"));
        http.ended().await;
    }
}

/// Clients have room for names of a certain length.
#[tokio::test]
async fn a_name_that_is_too_long_is_not_repeated() {
    let stage = Stage::set().await;
    for (host, is) in [
        (format!("{}.example.com", "x".repeat(67)), None),
        (format!("{}.example.com", "x".repeat(68)), Some(stage.http().to_string())),
        ("a; Session=close".to_owned(), Some(stage.http().to_string())),
    ] {
        let mut http = Http::connect(stage.http()).await;
        http.say(&format!(
            "POST /gateway/gateway.dll?Action=open&Server=NS&IP=x HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"
        ))
        .await;
        let reply = http.reply().await;
        let is = is.as_deref().unwrap_or(&host);
        assert_eq!(reply.header("X-MSN-Host"), Some(is));
        assert!(reply.header("X-MSN-Messenger").unwrap().ends_with(&format!("; GW-IP={is}")));
    }
}

/// Other services go on as ever on a connection that the gateway holds: theirs is the last answer on it.
#[tokio::test]
async fn a_connection_is_kept_for_the_gateway_alone() {
    let stage = Stage::set().await;
    let mut http = Http::connect(stage.http()).await;
    assert_eq!(http.asked("Action=open&Server=NS&IP=x", "").await.header("Connection"), Some("Keep-Alive"));
    http.say("GET /health HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive\r\n\r\n").await;
    assert_eq!(http.reply().await.header("Connection"), Some("close"));
    http.ended().await;
}
