//! Packets that are lost, come twice, or come late. A switchboard does none of that; it ends well or plainly all the same.

use msnp::p2p::{Ending, Envelope, FileOffer, v1};
use msnp::types::{MsnObject, ObjectType};
use proptest::prelude::*;

use super::pair::{ALICE, Fate, Pair, Who, noise};

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        8 => Just(Fate::Arrives),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Twice),
        2 => Just(Fate::Late),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn objects_and_files_end_well_or_plainly(fates in proptest::collection::vec(fate(), 1..60)) {
        both(Pair::new(), fates.iter().copied().cycle())?;
        both(Pair::version_2(), fates.into_iter().cycle())?;
    }

    #[test]
    fn what_comes_late_or_twice_is_no_loss(
        fates in proptest::collection::vec(prop_oneof![Just(Fate::Arrives), Just(Fate::Twice), Just(Fate::Late)], 1..60),
    ) {
        let pair = both(Pair::new(), fates.iter().copied().cycle())?;
        both(Pair::version_2(), fates.into_iter().cycle())?;
        prop_assert_eq!(pair.bob.fetched().len(), 1);
        prop_assert_eq!(pair.alice.received, pair.bob.file);
    }

    #[test]
    fn lost_data_is_sent_again(lost in proptest::collection::btree_set(0_usize..40, 1..6)) {
      for mut pair in Pair::both() {
        let mut data = 0;
        pair.bob.file = noise(40 * 1202);
        let session = pair.bob.peer.offer_file(&FileOffer::new("a", 40 * 1202), pair.now).unwrap();
        pair.run(|_, payload| {
            let is_data = payload.len() > 1202 + 52;
            data += usize::from(is_data);
            // Not the first: without it the receiver knows of nothing that he could ask for.
            if is_data && data > 1 && lost.contains(&data) { Fate::Lost } else { Fate::Arrives }
        });
        prop_assert_eq!(pair.bob.ending(session), Some(Ending::Complete));
        prop_assert_eq!(pair.alice.received, pair.bob.file);
      }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// A peer who says, beside what he should, the same with a few bytes changed.
    #[test]
    fn a_peer_who_stammers_ends_plainly(
        seed in any::<u64>(), flips in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..12),
    ) {
        for mut pair in Pair::both() {
            let data = noise(9000);
            let object = MsnObject::new(ALICE, ObjectType::PICTURE, "a", "", &data);
            pair.alice.objects.push((object.clone(), data.clone().into()));
            let session = pair.bob.peer.request(&object, pair.now).unwrap();
            let mut state = seed;
            for _ in 0..200 {
                let now = pair.now;
                pair.alice.act(now);
                pair.bob.act(now);
                let mut moved = false;
                for who in [Who::Alice, Who::Bob] {
                    let Some(out) = pair.side(who).peer.poll_transmit(now) else { continue };
                    moved = true;
                    let other = if who == Who::Alice { Who::Bob } else { Who::Alice };
                    let mut changed = out.bytes.clone();
                    for (at, by) in &flips {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(u64::from(*at));
                        // Most of what matters is at the front of a packet.
                        let at = 80 + (state >> 33) as usize % 200;
                        if let Some(byte) = changed.get_mut(at) {
                            *byte ^= by;
                        }
                    }
                    pair.side(other).peer.receive(&changed, now);
                    pair.side(other).peer.receive(&out.bytes, now);
                }
                if !moved {
                    let due = [&pair.alice, &pair.bob].into_iter().filter_map(|side| side.peer.poll_timeout()).min();
                    let Some(due) = due else { break };
                    pair.now = pair.now.max(due);
                    let now = pair.now;
                    pair.alice.peer.handle_timeout(now);
                    pair.bob.peer.handle_timeout(now);
                }
            }
            pair.run(|_, _| Fate::Lost);
            prop_assert!(pair.alice.peer.is_idle() && pair.bob.peer.is_idle());
            prop_assert!(pair.bob.ending(session).is_some());
            prop_assert!(pair.bob.fetched().iter().all(|fetched| **fetched == *data));
        }
    }

    #[test]
    fn any_bytes_are_survived(
        packets in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..120), 1..40),
    ) {
        for mut pair in Pair::both() {
            let config = (pair.alice.peer.party().clone(), pair.bob.peer.party().clone());
            for packet in &packets {
                let mut payload = Vec::new();
                let src = Some(config.0.clone()).filter(|party| party.place.is_some());
                Envelope { dest: config.1.clone(), src }.write(&mut payload);
                payload.extend_from_slice(packet);
                prop_assert!(pair.alice.peer.receive(&payload, pair.now));
                while pair.alice.peer.poll_transmit(pair.now).is_some() {}
            }
            pair.run(|_, _| Fate::Lost);
            prop_assert!(pair.alice.peer.is_idle());
        }
    }
}

/// Bob fetches a picture from Alice and sends her a file.
fn both(mut pair: Pair, mut fates: impl Iterator<Item = Fate>) -> Result<Pair, TestCaseError> {
    let data = noise(9000);
    let object = MsnObject::new("alice@example.com", ObjectType::PICTURE, "a", "", &data);
    pair.alice.objects.push((object.clone(), data.clone().into()));
    pair.bob.file = noise(20_000);
    let sessions = [
        pair.bob.peer.request(&object, pair.now).unwrap(),
        pair.bob.peer.offer_file(&FileOffer::new("a", 20_000), pair.now).unwrap(),
    ];
    pair.run(|_, _| fates.next().unwrap());
    prop_assert!(pair.alice.peer.is_idle() && pair.bob.peer.is_idle());
    for session in sessions {
        prop_assert!(pair.bob.ending(session).is_some());
    }
    prop_assert!(pair.bob.fetched().iter().all(|fetched| **fetched == *data));
    prop_assert!(pair.bob.file.starts_with(&pair.alice.received));
    if pair.alice.endings().iter().all(|(_, how)| *how == Ending::Complete) && pair.alice.endings().len() == 2
    {
        prop_assert_eq!(&pair.alice.received, &pair.bob.file);
    }
    Ok(pair)
}

/// What libpurple makes of a packet (its length is one packet late): the first of a message says that it is empty, is said
/// again, and the last claims to be as long as the one before it. Of files the offset is late as well, and what is said again
/// is the next piece.
fn as_libpurple(payload: &[u8]) -> Vec<Vec<u8>> {
    let (envelope, packet) = Envelope::read(payload).unwrap();
    let packet = v1::Packet::read(packet).unwrap();
    let mut front = Vec::new();
    envelope.write(&mut front);
    let front = front.len();
    let with = |length: u32| {
        let mut payload = payload.to_vec();
        payload[front + 24..front + 28].copy_from_slice(&length.to_le_bytes());
        payload
    };
    match packet.header {
        header if header.flags.has(v1::Flags::ACK) => vec![payload.to_vec()],
        header if header.flags.is_file() && header.offset == 0 => vec![with(0)],
        header if header.flags.is_file() => {
            let mut payload = with(1202);
            let behind = header.offset - msnp::p2p::limits::CHUNK as u64;
            payload[front + 8..front + 16].copy_from_slice(&behind.to_le_bytes());
            vec![payload]
        }
        header if header.offset == 0 => vec![with(0), with(packet.data.len() as u32)],
        _ => vec![with(1202)],
    }
}

#[test]
fn lengths_as_libpurple_has_them() {
    let mut pair = Pair::new();
    let data = noise(9000);
    let object = MsnObject::new(ALICE, ObjectType::PICTURE, "a", "", &data);
    pair.alice.objects.push((object.clone(), data.clone().into()));
    pair.bob.objects.push((object.clone(), data.clone().into()));
    pair.bob.file = noise(20_000);
    let sessions = [
        pair.bob.peer.request(&object, pair.now).unwrap(),
        pair.bob.peer.offer_file(&FileOffer::new("a", 20_000), pair.now).unwrap(),
    ];
    pair.alice.peer.request(&object, pair.now).unwrap();
    for _ in 0..200 {
        for (who, other) in [(Who::Alice, Who::Bob), (Who::Bob, Who::Alice)] {
            let now = pair.now;
            pair.side(who).act(now);
            let Some(out) = pair.side(who).peer.poll_transmit(now) else { continue };
            for payload in as_libpurple(&out.bytes) {
                pair.side(other).peer.receive(&payload, now);
                pair.side(other).act(now);
            }
        }
    }
    assert!(sessions.iter().all(|session| pair.bob.ending(*session) == Some(Ending::Complete)));
    assert_eq!((pair.alice.fetched(), pair.bob.fetched()), (vec![&*data], vec![&*data]));
    assert!(pair.alice.received == pair.bob.file);
}
