//! The front page, the pages that clients open, and the way there.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, Response};
use msnp::auth::sso::Key;
use msnpd::account::AccountId;
use msnpd::pages::{Page, Pages, Target};
use msnpd::passport::{MAX_FORM_BYTES, Settings};
use msnpd::ticket::{LIFETIME, Purpose, Ticket};

use crate::support::{ALICE, BROKEN, DISABLED, Fake, Server, ask, mint, now, web, web_with, web_with_pages};

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

/// Where the operator has mail, and nothing else.
fn mail() -> Pages {
    let mut pages = Pages::default();
    pages.insert(Page::Inbox, "https://mail.example.com/").unwrap();
    pages.insert(Page::Compose, "https://mail.example.com/?to={address}").unwrap();
    pages
}

fn location(reply: &Response<Bytes>) -> &str {
    reply.headers().get("Location").map_or("", |location| location.to_str().unwrap())
}

#[tokio::test]
async fn every_page_says_what_there_is_instead() {
    for page in Page::ALL {
        let path = Target::new(page, None).path();
        let reply =
            ask(&web(), "198.51.100.1", false, Request::get(&path).body(Full::default()).unwrap()).await;
        assert_eq!(reply.status(), 200, "{path}");
        let text = std::str::from_utf8(reply.body()).unwrap();
        assert!(text.starts_with("<!DOCTYPE HTML PUBLIC") && text.contains("href=\"/\""), "{text}");
        for never in ["<script", "<form", "<input"] {
            assert!(!text.contains(never), "{path}: {text}");
        }
    }
    // The oldest clients post a form there.
    let post = Request::post("/page/inbox").body(Full::from("mode=ttl")).unwrap();
    assert_eq!(ask(&web(), "198.51.100.1", false, post).await.status(), 200);
    let get = |path: &str| Request::get(path).body(Full::default()).unwrap();
    assert_eq!(ask(&web(), "198.51.100.1", false, get("/PAGE//Compose?%3Cb%3E")).await.status(), 200);
    assert_eq!(ask(&web(), "198.51.100.1", false, get("/page/nonsense")).await.status(), 404);
}

#[tokio::test]
async fn the_operators_pages_are_led_to() {
    let web = web_with_pages(Arc::<Fake>::default(), Settings::default(), mail());
    for (path, place) in [
        ("/page/inbox", "https://mail.example.com/"),
        ("/page/compose?bob%40example.net", "https://mail.example.com/?to=bob%40example.net"),
        ("/page/compose?bob%40example.net%0d%0aX:%20y", "https://mail.example.com/?to="),
        ("/page/compose", "https://mail.example.com/?to="),
        ("/page/folders", ""),
    ] {
        let reply = ask(&web, "198.51.100.1", false, Request::get(path).body(Full::default()).unwrap()).await;
        assert_eq!(reply.status(), if place.is_empty() { 200 } else { 302 }, "{path}");
        assert_eq!(location(&reply), place);
    }
}

/// A form as clients write it, with some fields changed.
async fn post(web: &msnpd::http::Web, tls: bool, fields: &[(&str, &str)]) -> Response<Bytes> {
    let ticket = mint().issue(AccountId(7), 3, Purpose::Tweener, now(), LIFETIME).auth();
    let mut form = vec![
        ("mode", "ttl"),
        ("login", "alice"),
        ("username", ALICE),
        ("sid", "507"),
        ("kv", "11"),
        ("id", "2"),
        ("sl", "95"),
        ("rru", "/page/inbox"),
        ("auth", ticket.expose()),
        ("creds", "7eea24d927a7d7143cdb141ac0bfb191"),
        ("svc", "mail"),
        ("js", "yes"),
    ];
    for (name, value) in fields {
        form.retain(|(field, _)| field != name);
        form.push((name, value));
    }
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = Request::post("/ppsecure/MD5auth.srf?lc=1033").header("Host", "msn.example.com");
    ask(web, "198.51.100.1", tls, request.body(Full::from(form)).unwrap()).await
}

#[tokio::test]
async fn a_ticket_leads_to_the_page() {
    let (ours, operators) = (web(), web_with_pages(Arc::<Fake>::default(), Settings::default(), mail()));
    for (web, rru, place) in [
        (&ours, "/page/inbox", "https://msn.example.com/page/inbox"),
        (&ours, "/page/compose?bob%40example.net", "https://msn.example.com/page/compose?bob%40example.net"),
        (&operators, "/page/inbox", "https://mail.example.com/"),
        (&operators, "/page/compose?bob%40example.net", "https://mail.example.com/?to=bob%40example.net"),
        (&operators, "/page/mobile", "https://msn.example.com/page/mobile"),
    ] {
        let reply = post(web, true, &[("rru", rru)]).await;
        assert_eq!((reply.status().as_u16(), location(&reply)), (302, place));
        assert!(reply.headers().get("Set-Cookie").is_none());
    }
}

#[tokio::test]
async fn nobody_is_led_anywhere_else() {
    let web = web();
    for elsewhere in [
        "http://evil.example/",
        "//evil.example/page/inbox",
        "/\\evil.example",
        "/page/../../evil",
        "javascript:alert(1)",
        "/page/inbox\r\nX: y",
        "",
    ] {
        for name in ["ru", "rru", "sru"] {
            let reply = post(&web, true, &[("rru", ""), (name, elsewhere)]).await;
            let place = "https://msn.example.com/page/inbox";
            assert_eq!((reply.status().as_u16(), location(&reply)), (302, place), "{elsewhere}");
            assert!(reply.headers().get("X").is_none());
        }
    }
}

#[tokio::test]
async fn a_bad_ticket_leads_nowhere_and_says_what_to_do() {
    let web = web();
    let issue = |account, generation, purpose, at| {
        mint().issue(AccountId(account), generation, purpose, at, LIFETIME).auth().expose().to_owned()
    };
    let good = issue(7, 3, Purpose::Tweener, now());
    for fields in [
        [("auth", "x".to_owned()), ("username", ALICE.to_owned())],
        [("auth", String::new()), ("username", ALICE.to_owned())],
        [
            ("auth", issue(7, 3, Purpose::Tweener, now() - LIFETIME.as_secs() - 1)),
            ("username", ALICE.to_owned()),
        ],
        [("auth", issue(7, 2, Purpose::Tweener, now())), ("username", ALICE.to_owned())],
        [("auth", issue(7, 3, Purpose::SingleSignOn, now())), ("username", ALICE.to_owned())],
        [("auth", issue(8, 3, Purpose::Tweener, now())), ("username", DISABLED.to_owned())],
        [("auth", good.clone()), ("username", DISABLED.to_owned())],
        [("auth", good.clone()), ("username", "nobody@example.com".to_owned())],
        [("auth", good.clone()), ("username", "alice".to_owned())],
    ] {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = post(&web, true, &fields).await;
        assert_eq!((reply.status().as_u16(), location(&reply)), (403, ""), "{fields:?}");
        assert!(std::str::from_utf8(reply.body()).unwrap().contains("Sign out of Messenger"));
    }
    let trouble = post(&web, true, &[("username", BROKEN)]).await;
    assert_eq!((trouble.status().as_u16(), location(&trouble)), (503, ""));
}

#[tokio::test]
async fn a_ticket_is_taken_over_https_or_as_the_operator_likes() {
    let open = Settings { allow_plain_http_sign_in: true, ..Settings::default() };
    assert_eq!(post(&web(), false, &[]).await.status(), 403);
    let reply = post(&web_with(Arc::<Fake>::default(), open), false, &[]).await;
    assert_eq!((reply.status().as_u16(), location(&reply)), (302, "http://msn.example.com/page/inbox"));
}

#[tokio::test]
async fn a_form_has_its_limits() {
    let long = "x".repeat(MAX_FORM_BYTES);
    assert_eq!(post(&web(), true, &[("creds", &long)]).await.status(), 413);
    let get = Request::get("/ppsecure/md5auth.srf").body(Full::default()).unwrap();
    assert_eq!(ask(&web(), "198.51.100.1", true, get).await.status(), 404);
}

/// What a client of Windows Live shows with this token, changed by `change` after it was signed.
fn token(ticket: &Ticket, secret: [u8; 24], fields: &str, change: impl Fn(String) -> String) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let da = format!(
        "<EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\" Id=\"BinaryDAToken0\"><CipherData><CipherValue>{}\
         </CipherValue></CipherData></EncryptedData>",
        mint().cipher_value(ticket).expose()
    );
    let nonce = [0xfb; 24];
    let signed = format!(
        "ct=1770091506&bver=4&{fields}&js=yes&pl=%3Fid%3D507&da={}&nonce={}",
        encoded(&da),
        encoded(&STANDARD.encode(nonce))
    );
    let hash = Key::derive(&secret, &nonce).mac(signed.as_bytes());
    change(format!("{signed}&hash={}", encoded(&STANDARD.encode(hash))))
}

async fn post_token(web: &msnpd::http::Web, tls: bool, token: &str) -> Response<Bytes> {
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish();
    let request = Request::post("/ppsecure/SHA1Auth.srf?lc=1033").header("Host", "msn.example.com");
    ask(web, "198.51.100.1", tls, request.body(Full::from(form)).unwrap()).await
}

#[tokio::test]
async fn a_brokers_token_leads_to_the_page() {
    let web = web();
    let ticket = mint().issue(AccountId(7), 3, Purpose::Broker, now(), LIFETIME);
    for (fields, page) in [
        ("rru=%2Fpage%2Fcompose%3Fbob%2540example.net", "compose?bob%40example.net"),
        ("ru=https%3A%2F%2Fmsn.example.com%2Fpage%2Fprofile", "profile"),
        ("ru=http%3A%2F%2Fspaces.example.com%2F&id=73625", "profile"),
        ("ru=http%3A%2F%2Fmsn.example.com.evil.example%2Fpage%2Fprofile&id=2", "inbox"),
        ("id=24000", "addrbook"),
    ] {
        let token = token(&ticket, mint().secret(&ticket), fields, |token| token);
        let reply = post_token(&web, true, &token).await;
        assert_eq!(
            (reply.status().as_u16(), location(&reply)),
            (302, &*format!("https://msn.example.com/page/{page}")),
            "{fields}"
        );
        assert!(reply.headers().get("Set-Cookie").is_none());
    }
}

#[tokio::test]
async fn a_bad_brokers_token_leads_nowhere() {
    let web = web();
    let issue = |account, generation, purpose, at| {
        mint().issue(AccountId(account), generation, purpose, at, LIFETIME)
    };
    let same = |token: String| token;
    let good = issue(7, 3, Purpose::Broker, now());
    let secret = |ticket: &Ticket| mint().secret(ticket);
    let fields = "id=2";
    let mut bad = vec![
        token(&good, [0; 24], fields, same),
        token(&good, secret(&good), fields, |token| token.replace("id=2", "id=4263")),
        token(&good, secret(&good), fields, |token| token.split_once("&hash").unwrap().0.to_owned()),
        token(&good, secret(&good), fields, |token| token.replace("EncryptedData", "Data")),
        String::new(),
        "hash=&hash=".to_owned(),
    ];
    for ticket in [
        issue(7, 2, Purpose::Broker, now()),
        issue(8, 3, Purpose::Broker, now()),
        issue(7, 3, Purpose::Web, now()),
        issue(7, 3, Purpose::Broker, now() - LIFETIME.as_secs() - 1),
    ] {
        bad.push(token(&ticket, secret(&ticket), fields, same));
    }
    for token in bad {
        let reply = post_token(&web, true, &token).await;
        assert_eq!((reply.status().as_u16(), location(&reply)), (403, ""), "{token}");
    }
    let trouble = issue(11, 3, Purpose::Broker, now());
    let reply = post_token(&web, true, &token(&trouble, secret(&trouble), fields, same)).await;
    assert_eq!(reply.status(), 503);
    let plain = token(&good, secret(&good), fields, same);
    assert_eq!(post_token(&web, false, &plain).await.status(), 403);
}
