//! What the configuration of clients names is there, for every generation of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{Running, xml};
use msnpd::text_ad::TextAd;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Status and body of what is at a path.
async fn get(service: &Running, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(service.addresses.http).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: config.messenger.msn.com\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

async fn config(service: &Running, version: &str) -> (xml::Element, String) {
    let path = format!("/Config/MsgrConfig.asmx?op=GetClientConfig&Country=US&CLCID=0409{version}");
    let (status, body) = get(service, &path).await;
    assert_eq!(status, 200);
    (xml::parse(&body), body)
}

#[tokio::test]
async fn what_a_configuration_names_is_there() {
    let dir = TempDir::new().unwrap();
    let service = Running::start(dir.path()).await;
    for version in
        ["", "&ver=8.1.0178", "&ver=8.5.1302", "&ver=14.0.8117", "&ver=15.4.3502", "&ver=16.4.3528"]
    {
        let (_, body) = config(&service, version).await;
        let pages: Vec<_> = body.split("http://config.messenger.msn.com").skip(1).collect();
        assert!(pages.len() >= 8, "{body}");
        for rest in pages {
            let path = rest.split(['<', '"']).next().unwrap();
            let (status, _) = get(&service, path).await;
            // A list of activities that has no version is never newer than the one that a client has.
            let expected = if path.ends_with("GetAppdirVersion.aspx") || path.ends_with("AppDirectory.asmx") {
                404
            } else {
                200
            };
            assert_eq!(status, expected, "{version}: {path}");
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn each_generation_finds_its_tabs() {
    let dir = TempDir::new().unwrap();
    let service = Running::start(dir.path()).await;
    for version in ["", "&ver=8.1.0178"] {
        let (config, _) = config(&service, version).await;
        assert!(config.find(&["TabConfig", "msntabdata", "tab"]).is_some());
        assert!(config.find(&["LocalizedConfig", "TabConfig"]).is_none(), "{version}");
    }
    for version in ["&ver=14.0.8117.416", "&ver=16.4.3528", "&ver=99.0"] {
        let (config, _) = config(&service, version).await;
        let slot = config.find(&["LocalizedConfig", "TabConfig", "slots", "URL"]).unwrap().text();
        let (status, tab) =
            get(&service, slot.strip_prefix("http://config.messenger.msn.com").unwrap()).await;
        assert_eq!(status, 200, "{version}");
        let tab = xml::parse(tab);
        assert_eq!(
            tab.find(&["tabad", "contenturl"]).unwrap().text(),
            "http://config.messenger.msn.com/today"
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn the_line_of_text_is_the_operators() {
    let ad = |text: &str, url: Option<&str>| TextAd::new(text, url.map(|url| url.parse().unwrap())).unwrap();
    for (ad, text, url) in [
        (None, "", ""),
        (Some(ad("Party on <Friday> & Saturday", None)), "Party on <Friday> & Saturday", ""),
        (Some(ad("Party", Some("https://example.com/?a=1&b=2"))), "Party", "https://example.com/?a=1&b=2"),
    ] {
        let dir = TempDir::new().unwrap();
        let service = Running::start_with(dir.path(), |options| options.text_ad = ad).await;
        let (_, configuration) = config(&service, "&ver=8.1.0178").await;
        assert!(
            configuration
                .contains("<TextAdServer>http://config.messenger.msn.com/ads/text.xml</TextAdServer>")
        );
        let (status, line) = get(&service, "/ads/text.xml?market=en").await;
        assert_eq!(status, 200);
        let line = xml::parse(line);
        let said = |name: &str| line.child(name).unwrap().text();
        assert_eq!((said("adtext"), said("hiturl")), (text.to_owned(), url.to_owned()));
        service.stop().await;
    }
}
