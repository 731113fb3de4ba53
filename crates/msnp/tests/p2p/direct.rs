//! Connections of their own: how they come about, what goes over them, and what becomes of a transfer without one.

use std::net::SocketAddr;
use std::time::Duration;

use msnp::p2p::direct::{Nonce, Opening};
use msnp::p2p::slp::NonceForm;
use msnp::p2p::{DirectError, Ending, Event, FileOffer, Reach, SessionId, Via, limits};

use super::pair::{Pair, Who, noise};

/// What the network between the two does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Net {
    Open,
    /// Nobody can be connected to.
    Closed,
    /// It can be connected to, and nothing ever comes.
    Silent,
    /// Somebody else is at the other end.
    Stranger,
    /// The connection breaks after so many bytes.
    Breaks(usize),
}

fn listens() -> Reach {
    let place: SocketAddr = "192.0.2.1:6891".parse().unwrap();
    Reach::Listens { internal: vec![place], external: Vec::new() }
}

/// Joins the two until nothing more happens; how many bytes went through the chat and directly.
fn run(pair: &mut Pair, net: Net) -> (usize, usize) {
    let mut went = (0, 0);
    // Who has connected, and whether the other side knows who it is.
    let mut opening: Option<(Who, Opening)> = None;
    let mut connected = false;
    let begun = pair.now;
    loop {
        let mut moved = false;
        for (who, other) in [(Who::Alice, Who::Bob), (Who::Bob, Who::Alice)] {
            let now = pair.now;
            pair.side(who).act(now);
            let wants = pair.side(who).events.iter().position(|event| matches!(event, Event::Connect { .. }));
            if let Some(at) = wants {
                pair.side(who).events.remove(at);
                if net == Net::Closed {
                    pair.side(who).peer.connection_failed();
                } else {
                    pair.side(who).peer.connected(now);
                    opening = Some((who, Opening::new()));
                }
            }
            while let Some(bytes) = pair.side(who).peer.poll_transmit_via(Via::Direct, now) {
                moved = true;
                went.1 += bytes.len();
                if net == Net::Silent {
                    continue;
                }
                if matches!(net, Net::Breaks(most) if went.1 > most) {
                    pair.alice.peer.direct_closed();
                    pair.bob.peer.direct_closed();
                    continue;
                }
                if net == Net::Stranger {
                    let wrong = [&16_u32.to_le_bytes()[..], &[9; 16]].concat();
                    let heard = pair.side(who).peer.receive_direct(&wrong, now);
                    assert_eq!(heard, Err(DirectError::Stranger));
                    continue;
                }
                let mut input = &*bytes;
                if let Some((connector, opening)) = &mut opening
                    && *connector == who
                    && !connected
                {
                    match opening.receive(&mut input) {
                        Ok(Some(nonce)) => {
                            assert!(!pair.side(other).peer.expects(Nonce([1; 16])));
                            connected = pair.side(other).peer.connected_by(nonce);
                            assert!(connected, "the nonce is the one that was agreed on");
                        }
                        Ok(None) => continue,
                        Err(why) => panic!("{why}"),
                    }
                }
                for piece in input.chunks(1000) {
                    pair.side(other).peer.receive_direct(piece, now).unwrap();
                }
            }
            while let Some(bytes) = pair.side(who).peer.poll_transmit_via(Via::Switchboard, now) {
                moved = true;
                went.0 += bytes.len();
                pair.side(other).peer.receive(&bytes, now);
                pair.side(who).act(now);
            }
        }
        if moved {
            continue;
        }
        let due = [&pair.alice, &pair.bob].into_iter().filter_map(|side| side.peer.poll_timeout()).min();
        let Some(due) = due else { return went };
        pair.now = pair.now.max(due);
        assert!(pair.now < begun + Duration::from_secs(3600));
        let now = pair.now;
        pair.alice.peer.handle_timeout(now);
        pair.bob.peer.handle_timeout(now);
    }
}

fn offer(pair: &mut Pair, length: usize) -> SessionId {
    pair.bob.file = noise(length);
    pair.bob.peer.offer_file(&FileOffer::new("a", length as u64), pair.now).unwrap()
}

fn arrived(pair: &Pair, session: SessionId) {
    assert_eq!(pair.bob.ending(session), Some(Ending::Complete));
    assert!(pair.alice.received == pair.bob.file);
    assert!(pair.alice.peer.is_idle() && pair.bob.peer.is_idle());
}

#[test]
fn a_file_goes_directly_whoever_listens() {
    for plain in [false, true] {
        for (alice, bob) in
            [(listens(), Reach::Connects), (Reach::Connects, listens()), (listens(), listens())]
        {
            for mut pair in Pair::both() {
                let mut config = pair.bob.peer.config().clone();
                config.plain_nonce = plain;
                pair.bob.peer = msnp::p2p::Peer::new(config, [2; 32]);
                pair.alice.peer.set_reach(alice.clone());
                pair.bob.peer.set_reach(bob.clone());
                let begun = pair.now;
                let session = offer(&mut pair, 200_000);
                let (chat, direct) = run(&mut pair, Net::Open);
                arrived(&pair, session);
                assert!(direct > 200_000 && chat < 10_000, "{plain} {alice:?} {bob:?}: {chat} {direct}");
                assert!(pair.now <= begun + limits::GOODBYE);
                // The next one takes the same connection.
                pair.alice.received.clear();
                let session = offer(&mut pair, 50_000);
                let (chat, direct) = run(&mut pair, Net::Open);
                arrived(&pair, session);
                assert!(direct > 50_000 && chat < 10_000);
            }
        }
    }
}

#[test]
fn without_one_it_goes_through_the_chat() {
    for (alice, bob, net) in [
        (Reach::Chat, Reach::Chat, Net::Open),
        (Reach::Chat, listens(), Net::Open),
        (listens(), Reach::Chat, Net::Open),
        (Reach::Connects, Reach::Connects, Net::Open),
        (listens(), listens(), Net::Closed),
        (listens(), listens(), Net::Silent),
        (Reach::Connects, listens(), Net::Silent),
    ] {
        for mut pair in Pair::both() {
            pair.alice.peer.set_reach(alice.clone());
            pair.bob.peer.set_reach(bob.clone());
            let begun = pair.now;
            let session = offer(&mut pair, 50_000);
            let (chat, _) = run(&mut pair, net);
            arrived(&pair, session);
            assert!(chat > 50_000, "{alice:?} {bob:?} {net:?}");
            assert!(pair.now <= begun + limits::CONNECT + limits::GOODBYE);
        }
    }
}

#[test]
fn a_stranger_gets_nothing() {
    for mut pair in Pair::both() {
        pair.alice.peer.set_reach(listens());
        pair.bob.peer.set_reach(Reach::Connects);
        let session = offer(&mut pair, 50_000);
        let (chat, direct) = run(&mut pair, Net::Stranger);
        assert!(direct < 200 && chat > 50_000, "{chat} {direct}");
        arrived(&pair, session);
    }
}

#[test]
fn what_breaks_is_finished_or_ended() {
    for most in [0, 5, 40, 100, 1000, 20_000, 60_000] {
        for mut pair in Pair::both() {
            pair.alice.peer.set_reach(listens());
            pair.bob.peer.set_reach(Reach::Connects);
            let session = offer(&mut pair, 50_000);
            run(&mut pair, Net::Breaks(most));
            let how = pair.bob.ending(session);
            assert!(pair.alice.peer.is_idle() && pair.bob.peer.is_idle());
            assert!(pair.bob.file.starts_with(&pair.alice.received));
            match how {
                Some(Ending::Complete) => assert!(pair.alice.received == pair.bob.file),
                Some(Ending::Broken | Ending::Cancelled) if pair.bob.peer.config().is_version_2() => {}
                how => panic!("{most}: {how:?}"),
            }
        }
    }
}

#[test]
fn nobody_is_expected_who_was_not_spoken_of() {
    let mut pair = Pair::new();
    pair.alice.peer.set_reach(listens());
    let nonce = Nonce([0; 16]);
    assert!(nonce.is(NonceForm::Plain(nonce.to_guid())));
    assert!(!pair.alice.peer.expects(nonce) && !pair.alice.peer.connected_by(nonce));
    assert_eq!(pair.alice.peer.receive_direct(b"\x04\0\0\0foo\0", pair.now), Err(DirectError::Stranger));
    assert_eq!(pair.alice.peer.receive_direct(&[0xff; 4], pair.now), Err(DirectError::TooLong));
    assert!(pair.alice.peer.poll_transmit(pair.now).is_none());
}

#[test]
fn a_peer_has_us_connect_a_few_times_at_most() {
    let (mut pair, mut asked) = (Pair::new(), 0);
    pair.alice.peer.set_reach(Reach::Connects);
    pair.bob.peer.set_reach(listens());
    for _ in 0..20 {
        let session = offer(&mut pair, 10);
        let now = pair.now;
        while let Some(out) = pair.bob.peer.poll_transmit(now) {
            pair.alice.peer.receive(&out.bytes, now);
        }
        let said = pair.alice.peer.poll_event().unwrap();
        let Event::Invited { session: theirs, .. } = said else { panic!("{said:?}") };
        pair.alice.peer.accept(theirs, now).unwrap();
        // He offers, is told that she can't listen, and says where he does.
        for _ in 0..6 {
            for (who, other) in [(Who::Alice, Who::Bob), (Who::Bob, Who::Alice)] {
                while let Some(out) = pair.side(who).peer.poll_transmit_via(Via::Switchboard, now) {
                    pair.side(other).peer.receive(&out, now);
                }
            }
        }
        while let Some(event) = pair.alice.peer.poll_event() {
            asked += u32::from(matches!(event, Event::Connect { .. }));
            pair.alice.peer.connection_failed();
        }
        let _ = pair.bob.peer.cancel(session);
        let peer = pair.bob.peer.config().clone();
        // A new one of him, who has forgotten how often he tried.
        pair.bob.peer = msnp::p2p::Peer::new(peer, [asked as u8 + 9; 32]);
        pair.bob.peer.set_reach(listens());
        pair.alice.peer.left();
        while pair.alice.peer.poll_event().is_some() {}
    }
    assert_eq!(asked, limits::CONNECT_ATTEMPTS);
}
