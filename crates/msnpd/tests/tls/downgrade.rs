//! Today's clients are not talked down.

use msnpd::tls::{Era, Policy};
use openssl::ssl::{SslMode, SslVersion};

use crate::support::{Between, OLD, ask_nexus, client, connect, dir, era, serve};

/// Where the version of a hello is in its record.
const VERSION: std::ops::Range<usize> = 9..11;

#[tokio::test]
async fn a_client_that_takes_anything_gets_the_best() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for newest in [SslVersion::TLS1_3, SslVersion::TLS1_2] {
        let mut client = client();
        client.set_max_proto_version(Some(newest)).unwrap();
        let mut stream = connect(https, client).await.unwrap();
        assert_eq!(stream.ssl().version2(), Some(newest));
        assert_eq!(era(&stream), Era::Modern);
        ask_nexus(&mut stream).await;
    }
}

#[tokio::test]
async fn a_hello_changed_on_the_way_comes_to_nothing() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for newest in [SslVersion::TLS1_3, SslVersion::TLS1_2] {
        for minor in [0, 1, 2] {
            let between = Between::new(https, move |mut hello| {
                assert_eq!(hello[VERSION], [3, 3]);
                hello[VERSION][1] = minor;
                hello
            })
            .await;
            let mut client = client();
            client.set_max_proto_version(Some(newest)).unwrap();
            connect(between.address, client).await.expect_err("it is held to what it can't check");
        }
        // Nothing else is wrong with who is in between.
        let between = Between::new(https, |hello| hello).await;
        let mut client = client();
        client.set_max_proto_version(Some(newest)).unwrap();
        ask_nexus(&mut connect(between.address, client).await.unwrap()).await;
    }
}

/// It says that it has TLS 1.2, and then, where TLS 1.3 has its versions, only older ones.
#[tokio::test]
async fn who_has_tls_1_2_gets_nothing_less() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let between = Between::new(service.addresses.https, |mut hello| {
        // The extension supported_versions, with 1.3, 1.2, 1.1, 1.0 and 3.0.
        let versions = [3, 4, 3, 3, 3, 2, 3, 1, 3, 0];
        let extension = [&[0, 43, 0, 11, 10][..], &versions].concat();
        let at = hello.windows(extension.len()).position(|window| window == extension).unwrap();
        hello[at + 5..][..10].copy_from_slice(&[3, 2, 3, 1, 3, 2, 3, 1, 3, 0]);
        hello
    })
    .await;
    let error = connect(between.address, client()).await.expect_err("a stripped hello");
    assert!(error.to_string().contains("protocol version"), "{error}");
    // An alert, before the server has said anything that it would stand by.
    assert_eq!(between.heard.lock()[0], 21);
}

#[tokio::test]
async fn a_second_attempt_with_an_older_version_is_refused() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for newest in OLD {
        let mut client = client();
        client.set_max_proto_version(Some(newest)).unwrap();
        client.set_mode(SslMode::SEND_FALLBACK_SCSV);
        let error = connect(https, client).await.expect_err("a step down");
        assert!(error.to_string().contains("inappropriate fallback"), "{newest:?}: {error}");
    }
}

#[tokio::test]
async fn a_hello_in_pieces_is_read_as_one() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for newest in [SslVersion::TLS1_3, SslVersion::TLS1_2, SslVersion::TLS1, SslVersion::SSL3] {
        let between = Between::new(https, |hello| {
            let (head, body) = hello.split_at(5);
            // The first record ends before the version.
            let (first, rest) = body.split_at(5);
            let record = |body: &[u8]| {
                let length = u16::try_from(body.len()).unwrap().to_be_bytes();
                [&head[..3], &length, body].concat()
            };
            std::iter::once(first).chain(rest.chunks(20)).flat_map(record).collect()
        })
        .await;
        let mut client = client();
        client.set_max_proto_version(Some(newest)).unwrap();
        let mut stream = connect(between.address, client).await.unwrap();
        assert_eq!(stream.ssl().version2(), Some(newest));
        ask_nexus(&mut stream).await;
    }
}
