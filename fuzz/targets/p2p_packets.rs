//! Packets of both versions, and what a peer makes of many of them: it stays within its limits, and every session ends.

#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use msnp::p2p::direct::{Frames, Opening};
use msnp::p2p::{Config, Envelope, Event, Invitation, Party, Peer, limits, v1, v2};
use msnp::types::{MsnObject, ObjectType};

fuzz_target!(|input: &[u8]| {
    let Some((choice, input)) = input.split_first() else { return };
    if let Some(packet) = v1::Packet::read(input) {
        let mut out = Vec::new();
        packet.write(&mut out);
        assert_eq!(v1::Packet::read(&out).expect("what was written reads").data, packet.data);
    }
    if let Some(packet) = v2::Packet::read(input) {
        let mut out = Vec::new();
        packet.write(&mut out);
        assert_eq!(v2::Packet::read(&out), Some(packet));
    }
    let mut rest = input;
    let _ = Opening::new().receive(&mut rest);
    let (mut frames, mut rest) = (Frames::new(), input);
    while let Ok(Some(_)) = frames.next(&mut rest) {}

    let party = |name: &str, place: &str| -> Party {
        let place = if choice & 1 == 0 { String::new() } else { format!(";{{{place}}}") };
        format!("{name}{place}").parse().expect("an address")
    };
    let me = party("alice@example.com", "3f1c0a52-9b7e-4d21-8a60-5e2d41c7b901");
    let other = party("bob@example.com", "c47e19d0-52a8-4b36-9f0e-2d8b6a51e377");
    let mut peer = Peer::new(Config::new(me.clone(), other.clone()), [7; 32]);
    let begun = Instant::now();
    let mut now = begun;
    if choice & 2 != 0 {
        let object = MsnObject::new("bob@example.com", ObjectType::PICTURE, "", "", &[1; 3000]);
        peer.request(&object, now).expect("room");
    }
    // Each packet is behind its length.
    let mut rest = input;
    while let Some((&[length, front], after)) = rest.split_first_chunk() {
        let (packet, after) = after.split_at_checked(usize::from(length)).unwrap_or((after, &[]));
        rest = after;
        now += Duration::from_secs(u64::from(front & 7));
        let mut payload = Vec::new();
        let src = Some(other.clone()).filter(|other| other.place.is_some());
        Envelope { dest: me.clone(), src }.write(&mut payload);
        payload.extend_from_slice(packet);
        peer.receive(&payload, now);
        if front & 8 != 0 {
            peer.handle_timeout(now);
        }
        if front & 16 != 0 {
            let mut sent = 0;
            while peer.poll_transmit(now).is_some() {
                sent += 1;
                assert!(
                    sent <= limits::WAITING + limits::SESSIONS + limits::WINDOW,
                    "what one packet causes has an end"
                );
            }
        }
        while let Some(event) = peer.poll_event() {
            if let Event::Invited { session, invitation } = event {
                match invitation {
                    Invitation::Object(_) => drop(peer.decline(session, msnp::p2p::Decline::Impossible)),
                    _ => drop(peer.accept(session, now)),
                }
            }
        }
    }
    for _ in 0..10_000 {
        let Some(due) = peer.poll_timeout() else { break };
        now = now.max(due);
        peer.handle_timeout(now);
        while peer.poll_transmit(now).is_some() {}
    }
    assert!(peer.poll_timeout().is_none() && now < begun + Duration::from_secs(7200), "everything ends");
});
