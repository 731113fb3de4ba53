//! What is no handshake does no harm.

use std::net::SocketAddr;
use std::time::Duration;

use msnpd::tls::Policy;
use openssl::ssl::{Ssl, SslVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::by_hand::sslv2_hello;
use crate::common::Running;
use crate::support::{ask_nexus, client_of, connect, dir, serve};

/// Sends bytes and reads to the end, whatever the end is.
async fn say(https: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(https).await.unwrap();
    // The server may have had enough before all is sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

async fn is_well(https: SocketAddr) {
    for version in [SslVersion::SSL3, SslVersion::TLS1_3] {
        ask_nexus(&mut connect(https, client_of(version)).await.unwrap()).await;
    }
}

/// A hello of TLS 1.0, as a library writes it.
fn hello() -> Vec<u8> {
    struct Nowhere(Vec<u8>);
    impl std::io::Write for Nowhere {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    impl std::io::Read for Nowhere {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::WouldBlock.into())
        }
    }
    let ssl = Ssl::new(&client_of(SslVersion::TLS1).build()).unwrap();
    let mut stream = openssl::ssl::SslStream::new(ssl, Nowhere(Vec::new())).unwrap();
    stream.connect().unwrap_err();
    stream.get_ref().0.clone()
}

#[tokio::test]
async fn garbage_is_refused() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    let rc4 = [[0, 0, 4]];
    let good = sslv2_hello(0, &rc4, &[7; 16]);
    let with = |at: usize, bytes: &[u8]| {
        let mut hello = good.clone();
        hello[at..at + bytes.len()].copy_from_slice(bytes);
        hello
    };
    for bad in [
        b"GET / HTTP/1.1\r\nHost: h\r\n\r\n".to_vec(),
        b"VER 1 MSNP8 CVR0\r\n".to_vec(),
        vec![0; 100],
        vec![0xff; 40_000],
        b"\x16\x03\x00\x00\x05hello".to_vec(),
        // Lengths in the SSLv2 hello that do not add up: ciphers, session, challenge.
        with(5, &[0xff, 0xff]),
        with(5, &[0, 4]),
        with(7, &[0, 16]),
        with(9, &[0, 0]),
        with(9, &[0xff, 0xff]),
        // No hello, and one of no version.
        with(2, &[4]),
        with(3, &[0xff, 0xff]),
        with(3, &[0, 0]),
        // Shorter than any hello.
        vec![0x80, 3, 1, 3, 0, 0, 0, 0, 0, 0, 0],
    ] {
        let answer = say(https, &bad).await;
        assert!(!answer.starts_with(&[22]), "{bad:?}");
    }
    is_well(https).await;
}

#[tokio::test]
async fn a_hello_of_64_kib_is_refused() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    let record = |body: &[u8]| {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[22, 3, 1][..], &length, body].concat()
    };
    for claimed in [0x00_ff_ff, 0xff_ff_ff_u32] {
        let head = [&[1], &claimed.to_be_bytes()[1..], &[3, 1]].concat();
        let rest = vec![0; 0xff_ff - 2];
        let records = [&head[..], &rest].concat();
        let records: Vec<u8> = records.chunks(16 * 1024).flat_map(record).collect();
        let answer = say(https, &records).await;
        assert!(!answer.starts_with(&[22]), "{claimed:x}");
    }
    is_well(https).await;
}

#[tokio::test]
async fn a_hello_may_come_byte_by_byte() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for hello in [hello(), sslv2_hello(1, &[[0, 0, 4]], &[7; 16])] {
        let mut stream = TcpStream::connect(https).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for byte in hello {
            stream.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        let mut answer = [0; 3];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, [22, 3, 1]);
    }
}

#[tokio::test]
async fn half_a_hello_has_its_time_and_no_more() {
    let dir = dir();
    let service = Running::start_with(dir.path(), |options| {
        options.tls = Policy::Legacy;
        options.web_limits.head_time = Duration::from_millis(300);
    })
    .await;
    let https = service.addresses.https;
    for hello in [hello(), sslv2_hello(0, &[[0, 0, 4]], &[7; 16])] {
        for length in [0, 1, 4, hello.len() - 1] {
            let answer = say(https, &hello[..length]).await;
            assert_eq!(answer, [0; 0], "{length}");
        }
    }
    // Neither has who stops in the middle of the handshake: this comes to an end.
    say(https, &hello()).await;
    service.stop().await;
}
