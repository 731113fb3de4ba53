//! Clients that begin with an SSLv2 hello, as Windows 98 to XP do where SSL 2.0 is on.

use msnpd::tls::Policy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::by_hand::{ALERT, ByHand, DATA, HANDSHAKE, Rc4, sslv2_hello};
use crate::support::{REQUEST, dir, identities, is_nexus, serve};

#[tokio::test]
async fn a_whole_conversation() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for minor in [0, 1] {
        for suite in [Rc4::Md5, Rc4::Sha] {
            let (mut client, flight) = ByHand::begin(https, minor, suite).await;
            assert_eq!((flight.version, flight.cipher), ([3, minor], suite.number()));
            assert_eq!(flight.certificate, identities().legacy.as_ref().unwrap().certificate);
            // By this a client that has newer versions, and had them taken away on the way, would know (RFC 8446, 4.1.3).
            assert_eq!(&flight.random[24..], b"DOWNGRD\0");
            client.finish(&flight).await;
            client.send(DATA, &REQUEST.as_bytes()[..1]).await;
            client.send(DATA, &REQUEST.as_bytes()[1..]).await;
            let (mut reply, mut end) = (Vec::new(), None);
            while let Some((kind, body)) = client.record().await {
                match kind {
                    DATA => reply.extend(body),
                    _ => end = Some((kind, body)),
                }
            }
            assert!(is_nexus(&reply), "{}", String::from_utf8_lossy(&reply));
            // close_notify
            assert_eq!(end, Some((ALERT, vec![1, 0])));
        }
    }
}

#[tokio::test]
async fn nobody_has_the_server_shake_hands_over_and_over() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    // With all that RFC 5746 asks for: the number at the end here, the proof of the first handshake there.
    let ciphers = [[0, 0, 4], [0, 0, 0xff]];
    let (mut client, flight) = ByHand::begin_with(https, 1, Rc4::Md5, &ciphers).await;
    let proof = client.finish(&flight).await;
    let extension = [&[0, 17, 0xff, 1, 0, 13, 12][..], &proof].concat();
    let hello = [&[3, 1][..], &[7; 32], &[0, 0, 2, 0, 4, 1, 0], &extension].concat();
    client.say(1, &hello).await;
    let (kind, body) = client.record().await.unwrap();
    assert_eq!((kind, body[1]), (ALERT, 100), "no_renegotiation");
}

/// An SSLv2 hello that offers what the server must not take.
async fn answer_to(https: std::net::SocketAddr, hello: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(https).await.unwrap();
    stream.write_all(hello).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

#[tokio::test]
async fn is_read_but_sslv2_is_not_spoken() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let legacy = service.addresses.https;
    let other = crate::support::dir();
    let other_service = serve(other.path(), Policy::Modern).await;
    let modern = other_service.addresses.https;
    let challenge = [7; 16];
    let rc4 = [[0, 0, 4], [0, 0, 5], [0, 0, 10]];
    let mut only_sslv2 = sslv2_hello(0, &[[1, 0, 0x80], [7, 0, 0xc0]], &challenge);
    let no_common_cipher = answer_to(legacy, &only_sslv2).await;
    only_sslv2[3..5].copy_from_slice(&[0, 2]);
    let refused = [
        no_common_cipher,
        answer_to(legacy, &only_sslv2).await,
        // TLS 1.2 is not had by this form, since what it needs does not fit in.
        answer_to(legacy, &sslv2_hello(3, &rc4, &challenge)).await,
        // A second attempt.
        answer_to(legacy, &sslv2_hello(1, &[[0, 0, 4], [0, 0x56, 0]], &challenge)).await,
        // 40 and 56 bits.
        answer_to(
            legacy,
            &sslv2_hello(0, &[[0, 0, 3], [0, 0, 6], [0, 0, 9], [0, 0, 0x62], [0, 0, 0x64]], &challenge),
        )
        .await,
        answer_to(modern, &sslv2_hello(0, &rc4, &challenge)).await,
        answer_to(modern, &sslv2_hello(1, &rc4, &challenge)).await,
    ];
    for (at, answer) in refused.iter().enumerate() {
        assert!(matches!(answer[..], [] | [ALERT, 3, _, 0, 2, 2, _]), "{at}: {answer:?}");
    }
    let answer = answer_to_some(legacy, &sslv2_hello(1, &rc4, &challenge)).await;
    assert_eq!(answer, [HANDSHAKE, 3, 1]);
}

/// The beginning of the answer to a hello that the server takes, and then waits.
async fn answer_to_some(https: std::net::SocketAddr, hello: &[u8]) -> [u8; 3] {
    let mut stream = TcpStream::connect(https).await.unwrap();
    stream.write_all(hello).await.unwrap();
    let mut answer = [0; 3];
    stream.read_exact(&mut answer).await.unwrap();
    answer
}
