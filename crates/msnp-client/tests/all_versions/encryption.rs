//! TLS on Messenger ports: where it is offered, where it is broken, and where there is none.

use std::net::SocketAddr;

use msnp::dialect::{MSNP7, MSNP12, MSNP18};
use msnp_client::web::{Services, Settings, Trust, Web};
use msnp_client::{Client, Encryption, Error, Status};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::person::{PATIENCE, Person};
use crate::service::{ALICE, BOB, PASSWORD, Running};

/// What each connection began with, and who passes it on.
struct Way {
    at: SocketAddr,
    first: mpsc::UnboundedReceiver<u8>,
}

/// Stands in front of a server, and tells the first byte of each connection; with `breaks`, what begins TLS gets no answer
/// to it that makes sense.
async fn way_to(server: SocketAddr, breaks: bool) -> Way {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (tell, first) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let tell = tell.clone();
            tokio::spawn(async move {
                let byte = stream.read_u8().await.unwrap();
                tell.send(byte).unwrap();
                if breaks && byte == 0x16 {
                    let _ = stream.write_all(b"VER 1 MSNP18\r\n").await;
                    return;
                }
                let mut on = TcpStream::connect(server).await.unwrap();
                on.write_all(&[byte]).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut on).await;
            });
        }
    });
    Way { at, first }
}

const HELLO: u8 = 0x16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_it_is_offered_nothing_goes_in_clear() {
    let service = Running::start().await;
    let mut way = way_to(service.addresses.msnp, false).await;
    for dialect in [&MSNP7, &MSNP12, &MSNP18] {
        let by_way = |email| service.client(email).version(dialect.version).server(way.at.to_string());
        let mut alice = Person::sign_in(by_way(ALICE)).await;
        let mut bob = Person::sign_in(service.client(BOB).version(dialect.version)).await;
        assert_eq!(way.first.recv().await, Some(HELLO));
        if alice.client.contacts().is_empty() {
            alice.client.add_contact(BOB).await.unwrap();
            bob.is_added_by(ALICE).await;
            bob.client.add_contact(ALICE).await.unwrap();
        }
        alice.sees(BOB, Some(Status::Online)).await;
        let chat = alice.client.converse(BOB).await.unwrap();
        chat.say("unheard by others").await.unwrap();
        bob.reads("unheard by others").await;
        alice.leaves().await;
        bob.leaves().await;
    }
    // Who wants it gets it without having asked, and who doesn't gets none.
    let clear = Services::at_without_tls(&format!("http://{}", service.addresses.http)).unwrap();
    let trust = Trust::nobody().and_file(service.dir.path().join("ca.pem")).unwrap();
    let clear = Web::new(clear, Settings { trust, ..Settings::default() }).unwrap();
    for (encryption, web, first) in [
        (Encryption::Required, clear.clone(), HELLO),
        (Encryption::WhereOffered, clear, b'V'),
        (Encryption::Never, service.web(), b'V'),
    ] {
        let alice = service.client(ALICE).server(way.at.to_string()).web(web).tls(encryption);
        let alice = Person::sign_in(alice).await;
        assert_eq!(way.first.recv().await, Some(first), "{encryption:?}");
        alice.leaves().await;
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_offered_and_is_broken_is_no_reason_to_go_without() {
    let service = Running::start().await;
    let mut way = way_to(service.addresses.msnp, true).await;
    let web = service.web();
    let by_way = || service.client(ALICE).web(web.clone()).server(way.at.to_string()).reconnect(false);
    for _ in 0..2 {
        let told = timeout(PATIENCE, by_way().sign_in()).await.unwrap().map(drop).unwrap_err();
        assert!(matches!(told, Error::Tls { .. }) && !told.is_temporary(), "{told}");
        assert!(told.to_string().contains("nothing was said in clear"), "{told}");
        assert_eq!(way.first.recv().await, Some(HELLO));
    }
    assert!(way.first.try_recv().is_err());
    let alice = Person::sign_in(by_way().tls(Encryption::Never)).await;
    assert_eq!(way.first.recv().await, Some(b'V'));
    alice.leaves().await;

    // Nobody who is trusted vouches for it.
    let stranger = Client::builder(ALICE, PASSWORD).version(MSNP7.version).reconnect(false);
    let stranger = stranger.server(service.addresses.msnp.to_string()).tls(Encryption::Required);
    let told = timeout(PATIENCE, stranger.sign_in()).await.unwrap().map(drop).unwrap_err();
    assert!(told.to_string().contains("nobody who is trusted vouches"), "{told}");

    // Services that can't be asked are no reason either.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = Web::new(Services::at(&format!("https://{nobody}")).unwrap(), Settings::default()).unwrap();
    let told = timeout(PATIENCE, by_way().web(silent).version(MSNP7.version).sign_in()).await.unwrap();
    let told = told.map(drop).unwrap_err();
    assert!(matches!(told, Error::Web { .. }) && told.is_temporary(), "{told}");
    assert!(way.first.try_recv().is_err());
    service.stop().await;
}
