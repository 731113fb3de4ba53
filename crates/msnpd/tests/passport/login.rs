//! `login2.srf`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, Response};
use msnp::auth::tweener::{Answer, Authorization};
use msnp::types::OwnedSecret;
use msnpd::account::AccountId;
use msnpd::http::{Limits, Web};
use msnpd::passport::Settings;
use msnpd::ticket::{TicketError, Use};

use crate::support::*;

fn authorization(who: &str, password: &str) -> String {
    Authorization {
        sign_in: who.to_owned(),
        password: OwnedSecret::new(password),
        parameters: "lc=1033,id=507".to_owned(),
    }
    .to_header()
}

fn request(who: &str, password: &str) -> String {
    let authorization = authorization(who, password);
    format!("GET /login2.srf HTTP/1.1\r\nAuthorization: {authorization}\r\nHost: login.passport.com\r\n\r\n")
}

async fn log_in(web: &Web, from: &str, tls: bool, who: &str, password: &str) -> Response<Bytes> {
    let request = Request::get("/login2.srf")
        .header("Host", "login.passport.com")
        .header("Authorization", authorization(who, password))
        .body(Full::default());
    ask(web, from, tls, request.unwrap()).await
}

#[tokio::test]
async fn the_right_password_gets_a_ticket() {
    let server = Server::plain().await;
    for who in [ALICE, "Alice@Example.COM"] {
        let reply = server.exchange(request(who, PASSWORD)).await;
        assert_eq!(reply.status, "HTTP/1.1 200 OK");
        let names: Vec<&str> =
            reply.headers.iter().filter_map(|line| line.split_once(": ")).map(|(name, _)| name).collect();
        assert_eq!(
            names,
            ["Content-Type", "Cache-Control", "Authentication-Info", "Connection", "Content-Length"]
        );
        reply.must_have("Content-Type: text/html");
        let info = reply.header("Authentication-Info");
        assert!(info.starts_with(
            "Passport1.4 da-status=success,tname=MSPAuth,tname=MSPProf,tname=MSPSec,from-PP='t="
        ));
        assert!(info.ends_with("&p=',ru=http://messenger.msn.com"));
        let Ok(Answer::Success { ticket }) = Answer::parse(info) else { panic!("{info}") };
        let claims = mint().check(ticket.expose(), Use::Tweener, now()).unwrap();
        assert_eq!((claims.account, claims.generation), (AccountId(7), 3));
        assert!((now() + 86_300..=now() + 86_400).contains(&claims.expires));
        assert!(mint().check(ticket.expose(), Use::Web, now()).is_ok());
        assert_eq!(mint().check(ticket.expose(), Use::SingleSignOn, now()), Err(TicketError::Purpose));
    }
}

#[tokio::test]
async fn wrong_unknown_and_disabled_look_alike_and_cost_alike() {
    let fake = Arc::new(Fake::default());
    let server =
        Server::start(false, web_with(Arc::clone(&fake), Settings::default()), Limits::default()).await;
    let wrong = server.exchange(request(ALICE, "wrong")).await;
    assert_eq!(wrong.status, "HTTP/1.1 401 Unauthorized");
    assert_eq!(
        wrong.header("WWW-Authenticate"),
        "Passport1.4 da-status=failed,srealm=Passport.NET,ts=-3,prompt,\
         cburl=http://login.passport.com/logo.gif,\
         cbtxt=The%20e%2Dmail%20address%20or%20the%20password%20is%20wrong%2E%20Please%20try%20again%2E"
    );
    for (who, password) in [
        ("nobody@example.com", PASSWORD),
        (DISABLED, PASSWORD),
        ("no address", PASSWORD),
        (DISABLED, "wrong"),
    ] {
        let reply = server.exchange(request(who, password)).await;
        assert_eq!(
            (&reply.status, &reply.headers, &reply.body),
            (&wrong.status, &wrong.headers, &wrong.body)
        );
    }
    // Each was hashed, once.
    assert_eq!(*fake.compared.lock(), [Some(PASSWORD.to_owned()), None, None, None, None]);
    for no_credentials in
        ["", "Authorization: Basic x\r\n", "Authorization: Passport1.4 tname=,OrgVerb=GET\r\n"]
    {
        let reply = server
            .exchange(format!("GET /login2.srf HTTP/1.1\r\nHost: login.passport.com\r\n{no_credentials}\r\n"))
            .await;
        assert_eq!((&reply.status, &reply.headers), (&wrong.status, &wrong.headers));
    }
}

#[tokio::test]
async fn a_broken_store_is_not_a_wrong_password() {
    let reply = Server::plain().await.exchange(request(BROKEN, PASSWORD)).await;
    assert_eq!(reply.status, "HTTP/1.1 503 Service Unavailable");
}

#[tokio::test]
async fn to_be_short_of_something_is_not_a_wrong_password() {
    let web = web();
    for who in [CROWDED, STARVED] {
        let begun = Instant::now();
        for _ in 0..20 {
            assert_eq!(log_in(&web, "192.0.2.1", true, who, PASSWORD).await.status(), 503);
        }
        assert!(begun.elapsed() < Duration::from_millis(200), "nor does it count as one");
    }
}

#[tokio::test]
async fn plain_http_is_for_this_machine_unless_opened() {
    let fake = Arc::new(Fake::default());
    let closed = web_with(Arc::clone(&fake), Settings::default());
    let refused = log_in(&closed, "192.0.2.1", false, ALICE, PASSWORD).await;
    assert_eq!(refused.status(), 401);
    let header = refused.headers()["WWW-Authenticate"].to_str().unwrap();
    assert!(header.contains("da-status=failed-noretry"), "{header}");
    assert!(fake.compared.lock().is_empty(), "the password was not looked at");
    for (from, tls) in [("192.0.2.1", true), ("::ffff:127.0.0.1", false), ("::1", false)] {
        assert_eq!(log_in(&closed, from, tls, ALICE, PASSWORD).await.status(), 200, "{from}");
    }
    let open = web_with(fake, Settings { allow_plain_http_sign_in: true, ..Settings::default() });
    assert_eq!(log_in(&open, "192.0.2.1", false, ALICE, PASSWORD).await.status(), 200);
}

#[tokio::test]
async fn another_server_may_be_responsible() {
    let settings =
        Settings { login_redirect: Some("loginnet.example.com".to_owned()), ..Settings::default() };
    let server = Server::start(false, web_with(Arc::<Fake>::default(), settings), Limits::default()).await;
    let reply = server.exchange(request(ALICE, PASSWORD)).await;
    assert_eq!(reply.status, "HTTP/1.1 302 Found");
    assert_eq!(
        reply.headers,
        [
            "Content-Type: text/html",
            "Location: http://loginnet.example.com/login2.srf?lc=1033",
            "Cache-Control: no-cache",
            "Authentication-Info: Passport1.4 da-status=redir",
            "Connection: close",
            "Content-Length: 0",
        ]
    );
    // The client repeats it there, which may be here under another name.
    let there = request(ALICE, PASSWORD)
        .replace("login.passport.com", "loginnet.example.com")
        .replace("srf HTTP", "srf?lc=1033 HTTP");
    assert_eq!(server.exchange(there).await.status, "HTTP/1.1 200 OK");
}

#[tokio::test]
async fn guessing_gets_slow_and_the_owner_still_gets_in() {
    let web = web();
    for guess in 0..5 {
        assert_eq!(log_in(&web, "192.0.2.1", true, ALICE, &format!("guess {guess}")).await.status(), 401);
    }
    let begun = Instant::now();
    assert_eq!(log_in(&web, "192.0.2.2", true, ALICE, PASSWORD).await.status(), 200);
    assert!((Duration::from_millis(900)..Duration::from_secs(3)).contains(&begun.elapsed()));
    let begun = Instant::now();
    assert_eq!(log_in(&web, "192.0.2.2", true, ALICE, PASSWORD).await.status(), 200);
    assert!(begun.elapsed() < Duration::from_millis(200));
}

#[tokio::test]
async fn an_address_has_few_attempts_at_a_time() {
    let web = web();
    for user in 0..10 {
        log_in(&web, "192.0.2.1", true, &format!("user{user}@example.com"), "x").await;
    }
    let attempts = (0..88).map(|user| {
        let web = web.clone();
        async move {
            log_in(&web, "192.0.2.1", true, &format!("u{user}@example.com"), "x").await.status().as_u16()
        }
    });
    let attempts: Vec<_> = attempts.map(tokio::spawn).collect();
    let mut statuses = Vec::new();
    for attempt in attempts {
        statuses.push(attempt.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [[401; 64].as_slice(), &[503; 24]].concat());
    assert_eq!(log_in(&web, "192.0.2.2", true, ALICE, PASSWORD).await.status(), 200);
}
