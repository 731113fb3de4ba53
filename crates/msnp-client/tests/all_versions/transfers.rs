//! Pictures, emoticons and files, from client to client.

use std::path::Path;
use std::sync::Arc;

use msnp::dialect::Dialect;
use msnp_client::{
    Conversation, Direct, Emoticon, Ending, Error, Event, FileOffer, NamedEmoticon, OfferedFile, Status,
    Transfer,
};

use crate::person::Person;
use crate::service::{ALICE, BOB, Running};

/// Bytes that are not all alike.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

impl Person {
    async fn is_offered(&mut self) -> OfferedFile {
        self.until("an offer", |event| match event {
            Event::FileOffered(offered) => Some(offered.clone()),
            _ => None,
        })
        .await
    }

    async fn hears_the_end_of(&mut self, transfer: &Transfer) {
        self.until("the end of a transfer", |event| match event {
            Event::TransferEnded(ended) => (ended == transfer).then_some(()),
            _ => None,
        })
        .await;
    }
}

pub struct Two {
    pub service: Running,
    pub alice: Person,
    pub bob: Person,
    pub chat: Conversation,
}

/// Alice and Bob of these versions, in a conversation that Alice has begun, and Bob shows a picture.
pub async fn two(versions: [&'static Dialect; 2], direct: [Direct; 2], picture: &[u8]) -> Two {
    let service = Running::start().await;
    let [hers, his] = versions;
    let alice = service.client(ALICE).version(hers.version).direct(direct[0]);
    let bob = service.client(BOB).version(his.version).direct(direct[1]).picture(picture);
    let mut alice = Person::sign_in(alice).await;
    let mut bob = Person::sign_in(bob).await;
    alice.client.add_contact(BOB).await.unwrap();
    bob.is_added_by(ALICE).await;
    bob.client.add_contact(ALICE).await.unwrap();
    alice.sees(BOB, Some(Status::Online)).await;
    let chat = alice.client.converse(BOB).await.unwrap();
    bob.is_invited(ALICE).await;
    Two { service, alice, bob, chat }
}

async fn read(path: impl AsRef<Path>) -> Vec<u8> {
    tokio::fs::read(path).await.unwrap()
}

async fn everything(versions: [&'static Dialect; 2], direct: [Direct; 2], length: usize) {
    let picture = noise(20_000);
    let Two { service, mut alice, mut bob, chat } = two(versions, direct, &picture).await;
    assert!(alice.client.picture_of(BOB).await.unwrap() == picture);
    assert!(chat.fetch_picture(BOB).await.unwrap() == picture);
    assert!(matches!(bob.client.picture_of(ALICE).await, Err(Error::NoPicture(_))));
    // Another one, while he is there.
    let other: Arc<[u8]> = noise(7).into();
    bob.client.set_picture(Some(other.clone())).await.unwrap();
    alice
        .until("another picture", |event| match event {
            Event::Presence(contact) => (contact.picture()?.size() == 7).then_some(()),
            _ => None,
        })
        .await;
    assert!(alice.client.picture_of(BOB).await.unwrap() == *other);

    let smile: Arc<[u8]> = noise(3000).into();
    let emoticon = Emoticon { word: "(smile)".to_owned(), data: smile.clone() };
    chat.say_with_emoticons("hi (smile)", &[emoticon]).await.unwrap();
    let named: NamedEmoticon = bob
        .until("an emoticon", |event| match event {
            Event::Emoticons { emoticons, .. } => emoticons.first().cloned(),
            _ => None,
        })
        .await;
    let other_end = bob.reads("hi (smile)").await;
    assert_eq!(named.word, "(smile)");
    assert!(other_end.fetch_emoticon(ALICE, &named).await.unwrap() == *smile);

    let (from, to) = (service.dir.path().join("gift.bin"), service.dir.path().join("taken.bin"));
    let file = noise(length);
    tokio::fs::write(&from, &file).await.unwrap();
    let offer = FileOffer { preview: noise(900), ..FileOffer::new("../../etc/gift.bin", 0) };
    let sent = chat.offer_file(BOB, &from, offer).await.unwrap();
    let offered = bob.is_offered().await;
    assert_eq!((offered.from.email.as_str(), offered.safe_name()), (ALICE, "gift.bin".to_owned()));
    assert_eq!((offered.offer.size, &offered.offer.preview), (length as u64, &noise(900)));
    let taken = offered.accept(&to).await.unwrap();
    sent.finished().await.unwrap();
    taken.finished().await.unwrap();
    assert!(read(&to).await == file);
    assert_eq!((sent.progress().done, taken.progress().done), (length as u64, length as u64));
    let is_direct = length > 0 && direct[0] != Direct::Off && direct[1] != Direct::Off;
    assert_eq!((sent.progress().is_direct, taken.progress().is_direct), (is_direct, is_direct));
    alice.hears_the_end_of(&sent).await;
    bob.hears_the_end_of(&taken).await;
    assert!(matches!(offered.accept(&service.dir.path().join("again")).await, Err(Error::OfferOver)));
    assert!(!service.dir.path().join("again").exists());
    // The conversation is what it was.
    chat.say("there it is").await.unwrap();
    assert_eq!(bob.reads("there it is").await, other_end);
    alice.leaves().await;
    bob.leaves().await;
    service.stop().await;
}

const LISTENS: Direct = Direct::Listens {
    at: std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0),
    external: None,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_every_version_that_has_it() {
    for (at, dialect) in Dialect::ALL.iter().copied().enumerate() {
        if dialect.has_data_messages {
            // Directly, by either side, and in the chat.
            let direct =
                [[LISTENS, Direct::Connects], [Direct::Off, Direct::Off], [Direct::Connects, LISTENS]];
            everything([dialect, dialect], direct[at % 3], 200_000).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_the_first_and_the_last_version() {
    let mut has = Dialect::ALL.iter().copied().filter(|dialect| dialect.has_data_messages);
    let (first, last) = (has.next().unwrap(), has.next_back().unwrap());
    everything([first, last], [LISTENS, LISTENS], 100_000).await;
    everything([last, first], [Direct::Off, LISTENS], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transfers_that_come_to_nothing_leave_nothing() {
    use msnp::dialect::{MSNP8, MSNP12};
    let Two { service, alice, mut bob, chat } = two([&MSNP12; 2], [Direct::Off; 2], b"x").await;
    let dir = service.dir.path();
    let (from, to) = (dir.join("gift.bin"), dir.join("taken.bin"));
    tokio::fs::write(&from, noise(30_000_000)).await.unwrap();
    let ended = |how: Result<(), Error>, expected: Ending| match how {
        Err(Error::Transfer(how)) => assert_eq!(how, expected),
        other => panic!("{other:?} and not {expected:?}"),
    };
    // Declined.
    let sent = chat.send_file(BOB, &from).await.unwrap();
    bob.is_offered().await.decline().await;
    ended(sent.finished().await, Ending::Declined);
    // Withdrawn.
    let sent = chat.send_file(BOB, &from).await.unwrap();
    let offered = bob.is_offered().await;
    sent.cancel().await;
    ended(sent.finished().await, Ending::CancelledHere);
    bob.hears_the_end_of(&offered.transfer).await;
    assert!(matches!(offered.accept(&to).await, Err(Error::OfferOver)) && !to.exists());
    // Cancelled midway, by the one and by the other.
    for by_sender in [true, false] {
        let sent = chat.send_file(BOB, &from).await.unwrap();
        let mut taken = bob.is_offered().await.accept(&to).await.unwrap();
        while taken.progressed().await.expect("it goes on").done == 0 {}
        let (hers, his) = if by_sender {
            sent.cancel().await;
            (Ending::CancelledHere, Ending::Cancelled)
        } else {
            taken.cancel().await;
            (Ending::Cancelled, Ending::CancelledHere)
        };
        ended(sent.finished().await, hers);
        ended(taken.finished().await, his);
        assert!(taken.is_over() && !to.exists());
    }
    // A file that becomes shorter.
    let sent = chat.send_file(BOB, &from).await.unwrap();
    let offered = bob.is_offered().await;
    tokio::fs::write(&from, b"short").await.unwrap();
    let taken = offered.accept(&to).await.unwrap();
    assert!(matches!(sent.finished().await, Err(Error::File { path, .. }) if path == from));
    ended(taken.finished().await, Ending::Cancelled);
    assert!(!to.exists());
    // What is there is not written over, and the offer stands.
    let sent = chat.send_file(BOB, &from).await.unwrap();
    let offered = bob.is_offered().await;
    assert!(matches!(offered.accept(&from).await, Err(Error::File { .. })));
    // Whom the sender leaves.
    let taken = offered.accept(&to).await.unwrap();
    let _ = taken.finished().await;
    sent.finished().await.unwrap();
    assert_eq!(read(&to).await, b"short");
    tokio::fs::write(&from, noise(30_000_000)).await.unwrap();
    let sent = chat.send_file(BOB, &from).await.unwrap();
    let third = dir.join("third.bin");
    let mut taken = bob.is_offered().await.accept(&third).await.unwrap();
    while taken.progressed().await.expect("it goes on").done == 0 {}
    chat.leave().await;
    ended(sent.finished().await, Ending::Left);
    ended(taken.finished().await, Ending::Left);
    assert!(!third.exists());
    assert!(matches!(chat.send_file(BOB, &from).await, Err(Error::ConversationOver)));
    // What is no file, and who is not there.
    let chat = alice.client.converse(BOB).await.unwrap();
    for bad in [dir, &dir.join("nothing")] {
        assert!(matches!(chat.send_file(BOB, bad).await, Err(Error::File { .. })));
    }
    assert!(matches!(chat.send_file("eve@example.com", &from).await, Err(Error::NotThere(_))));
    alice.leaves().await;
    bob.leaves().await;

    let mut alice = Person::sign_in(service.client(ALICE).version(MSNP8.version)).await;
    let bob = Person::sign_in(service.client(BOB).version(MSNP8.version)).await;
    alice.sees(BOB, Some(Status::Online)).await;
    let chat = alice.client.converse(BOB).await.unwrap();
    assert!(matches!(chat.send_file(BOB, &from).await, Err(Error::NotInVersion(_))));
    bob.leaves().await;
    service.stop().await;
}
