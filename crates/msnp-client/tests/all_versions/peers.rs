//! People whom nobody would want in a conversation: what they send is written by hand.

use std::time::{Duration, Instant};

use msnp::command::msg::Ack;
use msnp::dialect::MSNP12;
use msnp::p2p::slp::{Method, SessionRequest, Slp, Start, content, euf};
use msnp::p2p::v1::{Flags, Header, Packet};
use msnp::p2p::{Config, Envelope, FileOffer, Party, Peer, limits};
use msnp::types::{MsnObject, ObjectType};
use msnp_client::{Conversation, Direct, Ending, Error, Event};

use crate::person::Person;
use crate::service::{ALICE, BOB};
use crate::transfers::{Two, noise, two};

/// A `MSG … D` to Alice.
fn packet(header: Header, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Envelope { dest: ALICE.parse().unwrap(), src: None }.write(&mut out);
    Packet { header, data, footer: Some(2) }.write(&mut out);
    out
}

/// An invitation to Alice, with the number `number`, in as many packets as it takes.
fn invitation(number: u32, application: msnp::types::Guid, context: String) -> Vec<Vec<u8>> {
    let request = SessionRequest { application, session: number, app_id: 2, flags: None, context };
    let invite = Slp {
        start: Start::Request(Method::Invite),
        to: ALICE.parse().unwrap(),
        from: BOB.parse().unwrap(),
        branch: format!("{{6E2F4A10-93C5-4D7B-8E11-{number:012X}}}"),
        cseq: 0,
        call_id: format!("{{B1D7E3A9-0C48-4F62-9A3D-{number:012X}}}"),
        content_type: content::SESSION.into(),
        body: request.to_fields(),
    };
    let bytes = invite.to_bytes();
    let header = Header { identifier: number, total: bytes.len() as u64, ..Header::default() };
    let pieces = bytes.chunks(limits::CHUNK).enumerate();
    pieces
        .map(|(at, piece)| packet(Header { offset: (at * limits::CHUNK) as u64, ..header }, piece))
        .collect()
}

async fn send(chat: &Conversation, packets: Vec<Vec<u8>>) {
    for packet in packets {
        chat.send(packet, Ack::Data).await.unwrap();
    }
}

/// Alice, and Bob's end of the conversation, of which the library does nothing that is not said here.
async fn with_bob() -> (Two, Conversation) {
    let mut both = two([&MSNP12; 2], [Direct::Off; 2], b"x").await;
    both.chat.say("hello").await.unwrap();
    let end = both.bob.reads("hello").await;
    (both, end)
}

impl Person {
    /// Still talks, whatever has come before.
    async fn still_hears(&mut self, from: &Conversation) {
        from.say("still there?").await.unwrap();
        self.reads("still there?").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invitations_by_the_thousand_and_garbage() {
    let (Two { service, mut alice, chat, bob: _there }, bob) = with_bob().await;
    for number in 1000..2000 {
        let context = FileOffer::new(format!("../{number}"), 1 << 60).to_context();
        send(&bob, invitation(number, euf::FILE, context)).await;
    }
    let unknown = MsnObject::new(ALICE, ObjectType::PICTURE, "a", "", b"not hers");
    for number in 3000..3100 {
        send(&bob, invitation(number, euf::OBJECT, unknown.to_context())).await;
    }
    let header = Header { session: 1, identifier: 9, total: u64::MAX, ..Header::default() };
    for garbage in [
        packet(header, b"x"),
        packet(Header { offset: u64::MAX, flags: Flags::FILE, ..header }, &[0; 1200]),
        packet(Header { session: 0, ..header }, &[b'x'; 1200]),
        packet(Header { session: 0, total: 4, ..header }, b"\r\n\r\n"),
        packet(Header { flags: Flags(u32::MAX), ..header }, b""),
        packet(header, b"")[..90].to_vec(),
    ] {
        send(&bob, vec![garbage]).await;
    }
    alice.still_hears(&bob).await;
    let mut offers = 0;
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_millis(1), alice.events.next()).await {
        offers += usize::from(matches!(event, Event::FileOffered(_)));
    }
    offers += alice.heard(|event| matches!(event, Event::FileOffered(_)));
    assert_eq!(offers, limits::INVITATIONS, "the others were declined unseen");
    chat.say("and says so").await.unwrap();
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_that_is_not_what_was_said() {
    let (Two { service, mut alice, bob: _there, .. }, bob) = with_bob().await;
    let to = service.dir.path().join("taken.bin");
    let header = Header { total: 5000, flags: Flags::FILE, ack_session: 5, ..Header::default() };
    // Another length, data beyond the end, and a sender who leaves the rest out.
    for (number, total) in [(10, 6000), (11, u64::MAX), (12, 5000)] {
        send(&bob, invitation(number, euf::FILE, FileOffer::new("a", 5000).to_context())).await;
        let offered = alice
            .until("an offer", |event| match event {
                Event::FileOffered(offered) => Some(offered.clone()),
                _ => None,
            })
            .await;
        let taken = offered.accept(&to).await.unwrap();
        let header = Header { session: number, identifier: 100 + number, total, ..header };
        send(&bob, vec![packet(header, &noise(1000)), packet(Header { offset: 4999, ..header }, &[7; 1000])])
            .await;
        if total == 5000 {
            // What is beyond the end is nowhere, and the rest is waited for until it is not wanted any more.
            alice.still_hears(&bob).await;
            assert_eq!(taken.progress().done, 1000);
            taken.cancel().await;
            assert!(matches!(taken.finished().await, Err(Error::Transfer(Ending::CancelledHere))));
        } else {
            assert!(matches!(taken.finished().await, Err(Error::Transfer(Ending::WrongData))), "{total}");
        }
        assert!(!to.exists());
    }
    alice.still_hears(&bob).await;
    service.stop().await;
}

/// A picture whose bytes are others than its hash says: Bob's machine gives what he was not asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_that_are_others() {
    let (Two { service, mut alice, mut bob, chat, .. }, end) = with_bob().await;
    let object = MsnObject::new(BOB, ObjectType::PICTURE, "a", "", &noise(3000));
    let huge = object.to_string().replace("\"3000\"", "\"99999999999\"").parse().unwrap();
    assert!(matches!(chat.fetch(BOB, &huge).await, Err(Error::CantExchange(_))));
    // He has none like it.
    assert!(matches!(chat.fetch(BOB, &object).await, Err(Error::Transfer(Ending::Refused(_)))));
    assert!(matches!(chat.fetch("eve@example.com", &object).await, Err(Error::NotThere(_))));
    // A machine of the protocol by itself, to see that the one in the library is what refuses.
    let mut liar =
        Peer::new(Config::new(Party::of(BOB.parse().unwrap()), Party::of(ALICE.parse().unwrap())), [3; 32]);
    let session = liar.offer_file(&FileOffer::new("a", 10), Instant::now()).unwrap();
    liar.cancel(session).unwrap();
    while let Some(transmit) = liar.poll_transmit(Instant::now()) {
        end.send(transmit.bytes, Ack::Data).await.unwrap();
    }
    let offered = alice
        .until("an offer", |event| match event {
            Event::FileOffered(offered) => Some(offered.clone()),
            _ => None,
        })
        .await;
    assert!(offered.transfer.finished().await.is_err());
    chat.say("done").await.unwrap();
    bob.reads("done").await;
    service.stop().await;
}
