//! Servers that answer what they should not.

use std::sync::Mutex;
use std::time::Duration;

use msnp::auth::tweener::{Answer, MAX_REDIRECTS};
use msnp::soap::rst::{self, Form};
use msnp_client::web::{Error, Limits, Method, Services, Settings, Web};
use tokio::net::TcpListener;

use crate::scripted::{Said, Server, http, log_in, ok, sign_in};
use crate::support::{Bench, parameters, settings};

fn nexus(login: &str) -> Said {
    http("200 OK", &format!("PassportURLs: DALogin={login}\r\n"), "")
}

#[tokio::test]
async fn what_has_no_end_is_ended() {
    let endless = |head: &str, again: &str| {
        let (head, again) = (head.to_owned(), again.repeat(1000));
        move |_: &str| Said { bytes: format!("{head}{again}").into_bytes(), is_endless: true }
    };
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let head = "HTTP/1.1 200 OK\r\n";
    let without_length = Server::start(None, endless(&format!("{head}\r\n"), "x")).await;
    assert!(matches!(log_in(&without_length.web()).await, Err(Error::TooLong { limit: 65_536, .. })));
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n");
    // A body that begins anew is no chunk, which is as good an end.
    let chunked = Server::start(None, endless(&chunked, &chunk)).await;
    assert!(matches!(log_in(&chunked.web()).await, Err(Error::TooLong { .. })));
    let promised = Server::start(None, |_: &str| {
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_owned().into()
    });
    assert!(matches!(log_in(&promised.await.web()).await, Err(Error::TooLong { .. })));
    let headers = Server::start(None, endless(head, "X-More: and more\r\n")).await;
    assert!(matches!(log_in(&headers.web()).await, Err(Error::Http { .. })));
    let line = Server::start(None, endless("HTTP/1.1 200 O", "K")).await;
    assert!(matches!(log_in(&line.web()).await, Err(Error::Http { .. })));
    let page = format!("<a>{}</a>", "<b/>".repeat(10_000));
    let elements = Server::start(None, move |_: &str| ok(&page)).await;
    let error = sign_in(&elements.web(), Method::single_sign_on("MBI")).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let limits = Limits { connect: Duration::from_secs(10), answer: Duration::from_millis(200) };
    let services = Services::at_without_tls(&format!("http://127.0.0.1:{port}")).unwrap();
    let web = Web::new(services, Settings { limits, ..Settings::default() }).unwrap();
    let error = log_in(&web).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("http://127.0.0.1:{port}/rdr/pprdr.asp does not answer within 0.2 s")
    );
    // TLS counts to the connection.
    let limits = Limits { connect: Duration::from_millis(200), answer: Duration::from_secs(10) };
    let services = Services::at(&format!("https://127.0.0.1:{port}")).unwrap();
    let web = Web::new(services, Settings { limits, ..Settings::default() }).unwrap();
    assert!(matches!(log_in(&web).await, Err(Error::TimedOut { .. })));
}

#[tokio::test]
async fn what_is_no_service_is_told_apart() {
    for (said, expected) in [
        (http("404 Not Found", "", ""), "answers with status 404"),
        (http("503 Service Unavailable", "", ""), "too much to do"),
        (ok("<html/>"), "no SOAP envelope"),
        (ok("hello"), "can't be read"),
        (http("200 OK", "Content-Encoding: gzip\r\n", "x"), "\"gzip\""),
        (http("200 OK", "Content-Encoding: deflate, br\r\n", "x"), "\"deflate, br\""),
        ("SSH-2.0-OpenSSH\r\n".to_owned().into(), "no HTTP"),
        (String::new().into(), "breaks off"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort".to_owned().into(), "breaks off"),
    ] {
        let said = Mutex::new(Some(said));
        let server = Server::start(None, move |_: &str| said.lock().unwrap().take().unwrap()).await;
        let error = sign_in(&server.web(), Method::single_sign_on("MBI")).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(error.contains("/RST2.srf") && !error.contains("wonderland"), "{error}");
    }
    let server = Server::start(None, |_: &str| ok("")).await;
    assert!(matches!(log_in(&server.web()).await, Err(Error::NoLoginServer { .. })));
}

#[tokio::test]
async fn redirects_come_to_an_end() {
    let answer = |request: &str| {
        if request.starts_with("GET /rdr/") {
            let host = request.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap();
            return nexus(&format!("http://{host}/login2.srf"));
        }
        let headers =
            format!("Location: /login2.srf\r\nAuthentication-Info: {}\r\n", Answer::Redirected.to_header());
        http("302 Found", &headers, "")
    };
    let server = Server::start(None, answer).await;
    assert!(matches!(log_in(&server.web()).await, Err(Error::TooManyRedirects { .. })));
    assert_eq!(server.asked().len(), 2 + MAX_REDIRECTS as usize);
    for form in [Form::RST, Form::RST2] {
        let server =
            Server::start(None, move |_: &str| ok(&rst::Fault::Redirect { url: "/again" }.to_xml(&form, 0)))
                .await;
        let method = Method::SingleSignOn { form, policy: "MBI".to_owned() };
        assert!(matches!(sign_in(&server.web(), method).await, Err(Error::TooManyRedirects { .. })));
        assert_eq!(server.asked().len(), 1 + MAX_REDIRECTS as usize);
    }
}

#[tokio::test]
async fn passwords_go_to_nobody_else() {
    let stranger = Server::start(None, |_: &str| ok("")).await;
    let there = format!("http://localhost:{}/login2.srf", stranger.port);
    let location = there.clone();
    let server = Server::start(None, move |request: &str| {
        if request.starts_with("GET /rdr/") {
            let host = request.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap();
            nexus(&format!("http://{host}/login2.srf"))
        } else if request.starts_with("GET") {
            let info = Answer::Redirected.to_header();
            http("302 Found", &format!("Location: {location}\r\nAuthentication-Info: {info}\r\n"), "")
        } else {
            ok(&rst::Fault::Redirect { url: &location }.to_xml(&Form::RST2, 0))
        }
    })
    .await;
    for method in [Method::Login { parameters: parameters() }, Method::single_sign_on("MBI")] {
        let error = sign_in(&server.web(), method.clone()).await.unwrap_err();
        assert!(matches!(error, Error::Elsewhere { .. }), "{error:?}");
        assert!(error.to_string().contains("with_login_host"), "{error}");
        assert!(stranger.asked().is_empty());
        // Unless it is known.
        let services = server.web().services().clone().with_login_host("localhost");
        let web = Web::new(services, Settings::default()).unwrap();
        sign_in(&web, method).await.unwrap_err();
        assert_eq!(stranger.asked.lock().unwrap().drain(..).count(), 1);
    }
}

#[tokio::test]
async fn nothing_leads_from_tls_to_none() {
    let bench = Bench::new().await;
    let stranger = Server::start(None, |_: &str| ok("")).await;
    let there = format!("http://localhost:{}/login2.srf", stranger.port);
    let location = there.clone();
    let server = Server::start(Some(bench.dir.path()), move |request: &str| {
        if request.starts_with("GET /rdr/") && !request.contains("lc=1") {
            nexus(&location)
        } else {
            ok(&rst::Fault::Redirect { url: &location }.to_xml(&Form::RST2, 0))
        }
    })
    .await;
    let services = Services::at(&format!("https://localhost:{}", server.port)).unwrap();
    let web = Web::new(services, settings(bench.dir.path())).unwrap();
    for method in [Method::Login { parameters: parameters() }, Method::single_sign_on("MBI")] {
        let error = sign_in(&web, method).await.unwrap_err();
        assert!(matches!(error, Error::Downgrade { .. }), "{error:?}");
    }
    assert!(stranger.asked().is_empty());
    bench.running.stop().await;
}
