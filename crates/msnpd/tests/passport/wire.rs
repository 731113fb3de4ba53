//! HTTP as such: spelling, versions, paths, limits.

use std::time::{Duration, Instant};

use msnpd::http::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Server, exchange, web};

#[tokio::test]
async fn the_nexus_spells_its_headers_exactly() {
    let server = Server::plain().await;
    let host = server.address;
    let reply = server
        .exchange(format!(
            "GET /rdr/pprdr.asp HTTP/1.1\r\nUser-Agent: MSMSGS\r\nHost: {host}\r\nConnection: Keep-Alive\r\n\
             Cache-Control: no-cache\r\n\r\n"
        ))
        .await;
    assert_eq!(reply.status, "HTTP/1.1 200 OK");
    assert_eq!(
        reply.headers,
        [
            "Content-Type: text/html",
            &format!("PassportURLs: DALogin=http://{host}/login2.srf"),
            &format!("Passporturls: DALogin=http://{host}/login2.srf"),
            "Cache-Control: private",
            "Connection: close",
            "Content-Length: 0",
        ]
    );
    assert_eq!(reply.body, "");
}

#[tokio::test]
async fn the_nexus_goes_by_the_name_it_is_asked_by() {
    let server = Server::plain().await;
    for (line, host, login) in [
        (
            "GET /rdr/pprdr.asp HTTP/1.1",
            "Host: nexus.passport.com\r\n",
            "http://nexus.passport.com/login2.srf",
        ),
        ("GET //RDR//pprdr.ASP?x HTTP/1.1", "Host: h:81\r\n", "http://h:81/login2.srf"),
        ("GET http://proxied:82/rdr/pprdr.asp HTTP/1.1", "", "http://proxied:82/login2.srf"),
        (
            "GET /rdr/pprdr.asp HTTP/1.0",
            "Connection: Keep-Alive\r\n",
            &format!("http://{}/login2.srf", server.address),
        ),
        ("GET /rdr/pprdr.asp HTTP/1.1", "Host: a',b\r\n", &format!("http://{}/login2.srf", server.address)),
    ] {
        let reply = server.exchange(format!("{line}\r\n{host}\r\n")).await;
        assert_eq!(reply.header("PassportURLs"), format!("DALogin={login}"), "{line}");
        assert_eq!(reply.header("Passporturls"), format!("DALogin={login}"), "{line}");
    }
}

#[tokio::test]
async fn the_port_test_and_what_is_not_here() {
    let server = Server::plain().await;
    for (request, status) in [
        ("POST / HTTP/1.1\r\nHost: login.live.com\r\nContent-Length: 0\r\n\r\n", "200 OK"),
        ("POST / HTTP/1.1\r\nHost: login.live.com\r\n\r\n", "200 OK"),
        ("POST / HTTP/1.0\r\nProxy-Connection: Keep-Alive\r\n\r\n", "200 OK"),
        ("GET /ppcrlconfig.srf HTTP/1.1\r\nHost: login.live.com\r\n\r\n", "404 Not Found"),
        ("POST /ppcrlconfig.srf HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxx", "404 Not Found"),
        ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "404 Not Found"),
        ("GET /RST.srf HTTP/1.1\r\nHost: h\r\n\r\n", "404 Not Found"),
    ] {
        let reply = server.exchange(request).await;
        assert_eq!(
            (reply.status.as_str(), reply.body.as_str()),
            (&*format!("HTTP/1.1 {status}"), ""),
            "{request}"
        );
        reply.must_have("Content-Type: text/html");
    }
    for header in ["SOAPAction: \"x\"", "Content-Type: application/soap+xml"] {
        let reply = server
            .exchange(format!(
                "POST /x/y.asmx HTTP/1.1\r\nHost: h\r\n{header}\r\nContent-Length: 4\r\n\r\n<a/>"
            ))
            .await;
        assert_eq!(reply.status, "HTTP/1.1 500 Internal Server Error");
        reply.must_have("Content-Type: text/xml; charset=utf-8");
        assert!(reply.body.contains("<soap:Fault><faultcode>soap:Client</faultcode>"), "{reply:?}");
    }
}

#[tokio::test]
async fn garbage_and_oversize_end_in_an_answer() {
    let server = Server::plain().await;
    let long_header = format!("GET / HTTP/1.1\r\nHost: h\r\nX: {}\r\n\r\n", "x".repeat(20_000));
    let many_headers = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(500));
    let long_body =
        format!("POST /RST.srf HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n{}", "x".repeat(900_000));
    let huge_body = "POST /RST.srf HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n";
    let chunked = format!(
        "POST /RST.srf HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        "1000\r\n".to_owned() + &"x".repeat(4096) + "\r\n"
    ) + &("1000\r\n".to_owned() + &"x".repeat(4096) + "\r\n").repeat(20);
    for (request, status) in [
        ("\r\n\r\nGARBAGE\r\n\r\n", "400 Bad Request"),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", "400 Bad Request"),
        ("VER 1 MSNP8 CVR0\r\n", "400 Bad Request"),
        (&long_header, "431 Request Header Fields Too Large"),
        (&many_headers, "431 Request Header Fields Too Large"),
        (&long_body, "413 Payload Too Large"),
        (huge_body, "413 Payload Too Large"),
        (&chunked, "413 Payload Too Large"),
    ] {
        let reply = server.exchange(request).await;
        assert_eq!(reply.status, format!("HTTP/1.1 {status}"), "{:?}", &request[..request.len().min(60)]);
    }
    // And it is still there.
    assert_eq!(server.exchange("GET /health HTTP/1.1\r\nHost: h\r\n\r\n").await.body, "ok\n");
}

#[tokio::test]
async fn a_client_may_wait_to_be_told_to_continue() {
    let server = Server::plain().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = "POST //RST.srf HTTP/1.1\r\nHost: h\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\
                Expect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    let reply = exchange(stream, "<a/>").await;
    assert_eq!(reply.status, "HTTP/1.1 200 OK");
    assert!(reply.body.contains("<faultcode>S:Client</faultcode>"), "{reply:?}");
}

#[tokio::test]
async fn a_slow_head_is_not_waited_for() {
    let limits = Limits { head_time: Duration::from_millis(200), ..Limits::default() };
    for (tls, begin) in [(false, ""), (false, "GET / HTTP/1.1\r\nHos"), (true, ""), (true, "\x16\x03\x01")] {
        let server = Server::start(tls, web(), limits).await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(begin.as_bytes()).await.unwrap();
        let begun = Instant::now();
        let mut rest = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest))
            .await
            .expect("closed");
        assert!(begun.elapsed() >= Duration::from_millis(150), "{begin:?}");
    }
}

#[tokio::test]
async fn connections_are_limited_per_address() {
    let limits = Limits { connections_per_address: Some(2), ..Limits::default() };
    let server = Server::start(false, web(), limits).await;
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /he").await.unwrap();
        waiting.push(stream);
    }
    let mut third = TcpStream::connect(server.address).await.unwrap();
    let mut nothing = Vec::new();
    assert!(matches!(third.read_to_end(&mut nothing).await, Ok(0) | Err(_)));
    for stream in waiting {
        assert_eq!(exchange(stream, "alth HTTP/1.1\r\nHost: h\r\n\r\n").await.body, "ok\n");
    }
    // Their places are free again, as soon as the server has noticed that they are gone.
    for attempt in 0.. {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let mut reply = Vec::new();
        let asked = stream.write_all(b"GET /health HTTP/1.1\r\nHost: h\r\n\r\n").await;
        if asked.is_ok() && stream.read_to_end(&mut reply).await.is_ok() && reply.ends_with(b"ok\n") {
            break;
        }
        assert!(attempt < 100);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn connections_are_limited_in_all() {
    for tls in [false, true] {
        let limits = Limits { connections: 2, ..Limits::default() };
        let server = Server::start(tls, web(), limits).await;
        let mut idle = Vec::new();
        for _ in 0..2 {
            idle.push(TcpStream::connect(server.address).await.unwrap());
        }
        // Whoever is first gets a place, and the third waits until one of them goes, silent as they are.
        let mut third = TcpStream::connect(server.address).await.unwrap();
        third.write_all(b"GET /health HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
        let waits = tokio::time::timeout(Duration::from_millis(200), third.readable()).await;
        assert!(waits.is_err(), "tls: {tls}");
        drop(idle.pop());
        let mut rest = Vec::new();
        // What is no TLS is only closed.
        let _ = tokio::time::timeout(Duration::from_secs(10), third.read_to_end(&mut rest))
            .await
            .expect("served");
        assert_eq!(rest.ends_with(b"ok\n"), !tls);
    }
}

#[tokio::test]
async fn a_shutdown_lets_answers_out_and_drops_the_idle() {
    let mut server = Server::plain().await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    let mut busy = TcpStream::connect(server.address).await.unwrap();
    busy.write_all(b"POST /RST.srf HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n<a").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(server.stop.take());
    let mut nothing = Vec::new();
    assert_eq!(idle.read_to_end(&mut nothing).await.unwrap(), 0);
    assert_eq!(exchange(busy, "/>").await.status, "HTTP/1.1 200 OK");
    tokio::time::timeout(Duration::from_secs(5), server.done).await.expect("ends").unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}
