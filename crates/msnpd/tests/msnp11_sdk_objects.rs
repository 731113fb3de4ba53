//! Pictures and files between `msnp::p2p` and a client that we did not write, the crate `msnp11-sdk`, in a chat of the
//! running service.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;
#[path = "common/sdk.rs"]
mod sdk;

use std::time::Instant;

use common::Running;
use common::raw::{Raw, ticket};
use msnp::p2p::{Ending, Event as Heard, Invitation, Peers, Reach, Via};
use msnp::types::{Email, MsnObject, ObjectType};
use msnp11_sdk::{Event, MsnpStatus};
use sdk::{PATIENCE, User, done};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.net";

/// Alice, who is ours: her chat, and what she says in it beside text.
struct Alice {
    chat: Raw,
    peers: Peers,
    picture: (MsnObject, Vec<u8>),
    received: Vec<u8>,
    listener: Option<TcpListener>,
    direct: Option<TcpStream>,
    trid: u32,
}

impl Alice {
    /// Goes on until a session of hers has ended.
    async fn run(&mut self) -> Heard {
        let bob: Email = BOB.parse().unwrap();
        loop {
            let now = Instant::now();
            while let Some((party, event)) = self.peers.poll_event() {
                let peer = self.peers.peer(&party).unwrap();
                match event {
                    Heard::Invited { session, invitation: Invitation::Object(asked) } => {
                        assert_eq!(asked, self.picture.0);
                        peer.give(session, self.picture.1.clone().into(), now).unwrap();
                    }
                    Heard::Invited { session, .. } => peer.accept(session, now).unwrap(),
                    Heard::Data { bytes, .. } => self.received.extend(bytes),
                    Heard::Object { data, .. } => self.received = data,
                    Heard::Ended { .. } => {
                        // What is left to be said is said.
                        self.say(now).await;
                        return event;
                    }
                    _ => {}
                }
            }
            if self.say(now).await {
                continue;
            }
            let mut buffer = [0; 4096];
            let heard = async {
                tokio::select! {
                    line = self.chat.line() => Err(line),
                    socket = async { self.listener.as_ref().unwrap().accept().await }, if self.listener.is_some() => {
                        Ok((Some(socket.unwrap().0), 0))
                    }
                    read = async { self.direct.as_mut().unwrap().read(&mut buffer).await }, if self.direct.is_some() => {
                        Ok((None, read.unwrap_or(0)))
                    }
                }
            };
            match timeout(PATIENCE, heard).await.expect("something in time") {
                Err(line) => {
                    if line.expect("the chat goes on").starts_with("MSG ") {
                        self.peers.receive(&bob, &self.chat.payload, Instant::now());
                    }
                }
                Ok((Some(mut socket), _)) => {
                    self.listener = None;
                    let mut opening = msnp::p2p::direct::Opening::new();
                    loop {
                        let count = socket.read(&mut buffer).await.unwrap();
                        let mut input = &buffer[..count];
                        if let Some(nonce) = opening.receive(&mut input).unwrap() {
                            let peer = self.peers.expecting(nonce).expect("the nonce that was agreed on");
                            assert!(peer.connected_by(nonce));
                            peer.receive_direct(input, Instant::now()).unwrap();
                            break;
                        }
                    }
                    self.direct = Some(socket);
                }
                Ok((None, count)) => {
                    let peer = self.peers.peer(&BOB.parse().unwrap()).unwrap();
                    if count == 0 {
                        self.direct = None;
                        peer.direct_closed();
                    } else {
                        peer.receive_direct(&buffer[..count], Instant::now()).unwrap();
                    }
                }
            }
        }
    }

    async fn say(&mut self, now: Instant) -> bool {
        let mut said = false;
        while let Some(transmit) = self.peers.poll_transmit(now) {
            said = true;
            if transmit.via == Via::Direct {
                self.direct.as_mut().unwrap().write_all(&transmit.bytes).await.unwrap();
                continue;
            }
            self.trid += 1;
            let head = format!("MSG {} D {}\r\n", self.trid, transmit.bytes.len());
            self.chat.say([head.as_bytes(), &transmit.bytes].concat()).await;
            if self.peers.peer(&BOB.parse().unwrap()).unwrap().is_idle() {
                continue;
            }
            break;
        }
        said
    }
}

fn is_complete(heard: &Heard) -> bool {
    matches!(heard, Heard::Ended { how: Ending::Complete, .. })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_and_files_both_ways() {
    let dir = common::with_accounts(&[BOB]).await;
    let account = common::add_accounts(dir.path(), &[ALICE]).await[0];
    let service = Running::start(dir.path()).await;
    let mut bob = User::sign_in(&service, BOB).await;
    let ticket = ticket(dir.path(), account);
    let mut alice = Raw::sign_in(service.addresses.msnp, "MSNP11", ALICE, &ticket).await;
    alice.ask("SYN", "0 0").await;
    alice.ask("CHG", "NLN 1342558252").await;
    alice.ask("ADC", &format!("FL N={BOB} F=Bob")).await;
    let bobs_picture: Vec<u8> = (0..5000_u32).map(|i| (i * 7 / 3) as u8).collect();
    done(bob.client.set_display_picture(bobs_picture.clone())).await;
    done(bob.client.set_presence(MsnpStatus::Online)).await;
    let presence = alice.until(|line| line.contains(" NLN bob@") && line.contains("msnobj")).await;
    let bobs_object = MsnObject::read_encoded(presence.rsplit(' ').next().unwrap()).unwrap();

    let chat = alice.call(ALICE, BOB).await;
    let bobs_chat = bob
        .hear("the invitation", |event| match event {
            Event::SessionAnswered(switchboard) => Some(switchboard),
            _ => None,
        })
        .await;
    let (heard, mut events) = tokio::sync::mpsc::unbounded_channel();
    bobs_chat.add_event_handler_closure(move |event| {
        let _ = heard.send(event);
        async {}
    });
    let data: Vec<u8> = (0..4000_u32).map(|i| (i * i) as u8).collect();
    let object = MsnObject::new(ALICE, ObjectType::PICTURE, "TFR1.dat", "", &data);
    let mut alice = Alice {
        chat,
        peers: Peers::new(ALICE.parse().unwrap(), [7; 32]),
        picture: (object.clone(), data.clone()),
        received: Vec::new(),
        listener: None,
        direct: None,
        trid: 1000,
    };
    alice.chat.until(|line| line.starts_with("JOI ")).await;

    // He fetches hers.
    let (ended, fetched) = tokio::join!(
        alice.run(),
        timeout(PATIENCE, bobs_chat.request_contact_display_picture(ALICE, object.as_str())),
    );
    assert!(is_complete(&ended), "{ended:?}");
    fetched.expect("the picture in time").unwrap();
    let picture = sdk::hear(&mut events, "the picture", |event| match event {
        Event::DisplayPicture { data, .. } => Some(data),
        _ => None,
    });
    assert_eq!(picture.await, data);

    // She fetches his.
    alice.peers.peer(&BOB.parse().unwrap()).unwrap().request(&bobs_object, Instant::now()).unwrap();
    let ended = alice.run().await;
    assert!(is_complete(&ended), "{ended:?}");
    assert!(alice.received == bobs_picture);

    // She can't send him a file: the crate reads no message of SLP that takes two packets, and every client's offer of a
    // file does. He sends her one, through the chat, and then one directly.
    let file: Vec<u8> = (0..25_000_u32).map(|i| (i * 13 / 7) as u8).collect();
    for directly in [false, true] {
        alice.received.clear();
        if directly {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let internal = vec![listener.local_addr().unwrap()];
            alice.listener = Some(listener);
            let reach = Reach::Listens { internal, external: Vec::new() };
            alice.peers.peer(&BOB.parse().unwrap()).unwrap().set_reach(reach);
        }
        let (ended, sent) =
            tokio::join!(alice.run(), timeout(PATIENCE, bobs_chat.send_file(ALICE, "b.bin", &file)));
        assert!(is_complete(&ended), "{directly}: {ended:?}");
        sent.expect("the file in time").unwrap();
        assert!(alice.received == file, "{directly}");
        assert_eq!(alice.direct.is_some(), directly);
    }
    service.stop().await;
}
