//! What goes well.

use msnp::p2p::slp::euf;
use msnp::p2p::webcam::{self, Agreement, Description, Role};
use msnp::p2p::{Ending, Event, FileOffer, Invitation, P2pError, Peers, Progress, SessionId, limits};
use msnp::p2p::{read_text, write_text};
use msnp::types::{Email, MsnObject, ObjectType};

use super::pair::{ALICE, Fate, Pair, Who, noise, picture};

const WELL: fn(Who, &[u8]) -> Fate = |_, _| Fate::Arrives;

#[test]
fn a_picture() {
    // As many packets as in the MSNC reference, section 15; in version 2 one acknowledges several.
    for (mut pair, packets) in Pair::both().into_iter().zip([11, 9]) {
        let (object, data) = picture();
        pair.alice.objects.push((object.clone(), data.clone()));
        let session = pair.bob.peer.request(&object, pair.now).unwrap();
        pair.settle(WELL);
        a_picture_came(&pair, session, &object, &data, packets);
    }
}

fn a_picture_came(pair: &Pair, session: SessionId, object: &MsnObject, data: &[u8], packets: usize) {
    assert_eq!(
        pair.bob.events,
        [
            Event::Accepted { session },
            Event::Object { session, object: object.clone(), data: data.to_vec() },
            Event::Ended { session, how: Ending::Complete },
        ]
    );
    assert!(matches!(
        &pair.alice.events[..],
        [Event::Invited { invitation: Invitation::Object(asked), .. }, Event::Ended { how: Ending::Complete, .. }]
            if asked == object
    ));
    assert!(pair.alice.peer.is_idle() && pair.bob.peer.is_idle());
    assert_eq!(pair.log.len(), packets);
    assert!(pair.log.iter().all(|(_, payload)| payload.len() <= 1664));
}

#[test]
fn many_objects_at_once_and_both_ways() {
    for mut pair in Pair::both() {
        let mut asked = Vec::new();
        for i in 0..10_usize {
            let data = noise(i * 2500 + 1);
            let object = MsnObject::new(ALICE, ObjectType::EMOTICON, "TFR2.dat", "(hi)", &data);
            let both = [&mut pair.alice, &mut pair.bob];
            both.into_iter().for_each(|side| side.objects.push((object.clone(), data.clone().into())));
            asked.push((pair.bob.peer.request(&object, pair.now).unwrap(), data.clone()));
            pair.alice.peer.request(&object, pair.now).unwrap();
        }
        pair.run(WELL);
        assert_eq!((pair.alice.fetched().len(), pair.bob.fetched().len()), (10, 10));
        for (session, data) in asked {
            assert!(pair.bob.events.iter().any(|event| matches!(event,
            Event::Object { session: of, data: got, .. } if *of == session && *got == data)));
        }
    }
}

#[test]
fn a_file() {
    let lengths = [0, 1, 1202, 1203, 100_000].into_iter();
    for (mut pair, length) in lengths.flat_map(|length| Pair::both().map(|pair| (pair, length))) {
        pair.bob.file = noise(length);
        let offer = FileOffer { preview: noise(5000), ..FileOffer::new("notes.txt", length as u64) };
        let session = pair.bob.peer.offer_file(&offer, pair.now).unwrap();
        pair.settle(WELL);
        assert_eq!(pair.bob.ending(session), Some(Ending::Complete), "{length}");
        assert!(matches!(
            &pair.alice.events[..],
            [Event::Invited { invitation: Invitation::File(asked), .. }, Event::Ended { how: Ending::Complete, .. }]
                if *asked == offer
        ));
        assert!(pair.alice.received == pair.bob.file);
        assert!(pair.alice.peer.is_idle() && pair.bob.peer.is_idle());
    }
}

#[test]
fn what_is_not_wanted_or_not_there() {
    for mut pair in Pair::both() {
        let (object, data) = picture();
        pair.alice.takes_files = false;
        let (file, picture) = (
            pair.bob.peer.offer_file(&FileOffer::new("a", 1), pair.now).unwrap(),
            pair.bob.peer.request(&object, pair.now).unwrap(),
        );
        pair.settle(WELL);
        assert_eq!(pair.bob.ending(file), Some(Ending::Declined));
        assert_eq!(pair.bob.ending(picture), Some(Ending::Refused(500)));
        assert_eq!(pair.alice.peer.give(picture, data, pair.now), Err(P2pError::NoSession));
    }
}

#[test]
fn either_side_cancels_at_any_point() {
    for canceller in [Who::Alice, Who::Bob] {
        for (mut pair, packets) in (0..12).flat_map(|packets| Pair::both().map(|pair| (pair, packets))) {
            pair.bob.file = noise(10_000);
            let offer = FileOffer::new("notes.txt", 10_000);
            let session = pair.bob.peer.offer_file(&offer, pair.now).unwrap();
            let now = pair.now;
            for _ in 0..packets {
                for _ in 0..4 {
                    if let Some(transmit) = pair.bob.peer.poll_transmit(now) {
                        pair.alice.peer.receive(&transmit.bytes, now);
                        break;
                    }
                    pair.bob.act(now);
                    pair.alice.act(now);
                    while let Some(transmit) = pair.alice.peer.poll_transmit(now) {
                        pair.bob.peer.receive(&transmit.bytes, now);
                    }
                }
            }
            let cancelled = match canceller {
                Who::Bob => pair.bob.peer.cancel(session).is_ok(),
                Who::Alice => pair.alice.events.iter().any(|event| match event {
                    Event::Invited { session, .. } => pair.alice.peer.cancel(*session).is_ok(),
                    _ => false,
                }),
            };
            pair.run(WELL);
            let ends = (pair.alice.endings(), pair.bob.endings());
            if cancelled {
                let there = |ends: &[(_, Ending)], how| ends.iter().all(|(_, end)| *end == how);
                let (here, other) = match canceller {
                    Who::Bob => (&ends.1, &ends.0),
                    Who::Alice => (&ends.0, &ends.1),
                };
                assert!(there(here, Ending::CancelledHere), "{ends:?}");
                assert!(
                    other.iter().all(|(_, how)| matches!(how, Ending::Cancelled | Ending::Declined)),
                    "{ends:?}"
                );
            } else {
                assert!(pair.alice.received == pair.bob.file);
            }
            assert!(pair.alice.peer.is_idle() && pair.bob.peer.is_idle());
        }
    }
}

#[test]
fn who_leaves_leaves_nothing_behind() {
    let (object, _) = picture();
    let mut pair = Pair::new();
    let session = pair.bob.peer.request(&object, pair.now).unwrap();
    assert_eq!(pair.bob.peer.progress(session), None);
    pair.bob.peer.left();
    pair.run(WELL);
    assert_eq!(pair.bob.ending(session), Some(Ending::Left));
    assert!(pair.log.is_empty() && pair.bob.peer.is_idle());
}

#[test]
fn nobody_answers() {
    for mut pair in Pair::both() {
        let (object, _) = picture();
        let fetch = pair.bob.peer.request(&object, pair.now).unwrap();
        let offer = pair.bob.peer.offer_file(&FileOffer::new("a", 1), pair.now).unwrap();
        let begun = pair.now;
        pair.run(|_, _| Fate::Lost);
        assert_eq!(pair.bob.endings(), [(fetch, Ending::TimedOut), (offer, Ending::TimedOut)]);
        assert_eq!(pair.now, begun + limits::DECISION);
    }
}

#[test]
fn progress_is_told() {
    let mut pair = Pair::new();
    pair.bob.file = noise(5000);
    let session = pair.bob.peer.offer_file(&FileOffer::new("a", 5000), pair.now).unwrap();
    let mut seen = Vec::new();
    while let Some(transmit) = pair.bob.peer.poll_transmit(pair.now) {
        pair.alice.peer.receive(&transmit.bytes, pair.now);
        pair.alice.act(pair.now);
        while let Some(transmit) = pair.alice.peer.poll_transmit(pair.now) {
            pair.bob.peer.receive(&transmit.bytes, pair.now);
        }
        pair.bob.act(pair.now);
        seen.extend(pair.bob.peer.progress(session).map(|Progress { done, total }| (done, total)));
    }
    seen.dedup();
    assert_eq!(seen[..4], [(0, 5000), (1202, 5000), (2404, 5000), (3606, 5000)]);
}

#[test]
fn several_people_in_one_chat() {
    let (object, data) = picture();
    let now = std::time::Instant::now();
    let names = ["alice@example.com", "bob@example.com", "carol@example.com"];
    let mut all: Vec<_> = names
        .iter()
        .zip(1..)
        .map(|(name, seed)| (name.parse::<Email>().unwrap(), Peers::new(name.parse().unwrap(), [seed; 32])))
        .collect();
    for (_, peers) in &mut all[1..] {
        peers.peer(&ALICE.parse().unwrap()).unwrap().request(&object, now).unwrap();
    }
    let mut fetched = Vec::new();
    loop {
        let said: Vec<_> = all
            .iter_mut()
            .flat_map(|(name, peers)| Some((name.clone(), peers.poll_transmit(now)?)))
            .collect();
        if said.is_empty() {
            break;
        }
        for (from, transmit) in said {
            // Everybody gets it, and one takes it.
            let taken = all.iter_mut().filter(|(name, _)| *name != from);
            let taken: usize =
                taken.map(|(_, peers)| usize::from(peers.receive(&from, &transmit.bytes, now))).sum();
            assert_eq!(taken, 1);
        }
        for (name, peers) in &mut all {
            while let Some((party, event)) = peers.poll_event() {
                match event {
                    Event::Invited { session, .. } => {
                        peers.peer(&party).unwrap().give(session, data.clone(), now).unwrap();
                    }
                    Event::Object { data, .. } => fetched.push((name.as_str().to_owned(), data)),
                    _ => {}
                }
            }
        }
    }
    fetched.sort();
    let fetched: Vec<_> = fetched.iter().map(|(name, got)| (&**name, **got == *data)).collect();
    assert_eq!(fetched, [("bob@example.com", true), ("carol@example.com", true)]);
    all[0].1.left(&names[1].parse().unwrap());
}

#[test]
fn a_webcam_is_agreed_on() {
    for mut pair in Pair::both() {
        let (show, context) = (euf::WEBCAM_SHOW, webcam::context());
        let ours = pair.bob.peer.invite_to(show, webcam::APP_ID, context.clone(), pair.now).unwrap();
        pair.settle(WELL);
        let theirs = pair.alice.events.iter().find_map(|event| match event {
            Event::Invited {
                session,
                invitation: Invitation::Other { application, app_id: 4, context: said },
            } => {
                assert_eq!((application, said), (&show, &context));
                Some(*session)
            }
            _ => None,
        });
        let theirs = theirs.unwrap();
        let side = |recipient, session| Description {
            recipient,
            session,
            ports: [6891; 3],
            addresses: vec!["192.0.2.1".parse().unwrap(); 5],
        };
        let mut producer = Agreement::new(Role::Producer, side(142, 9311));
        let mut viewer = Agreement::new(Role::Viewer, side(160, 0));
        while producer.agreed().is_none() || viewer.agreed().is_none() {
            for (side, session, agreement) in
                [(&mut pair.bob, ours, &mut producer), (&mut pair.alice, theirs, &mut viewer)]
            {
                while let Some(text) = agreement.poll_text() {
                    side.peer.say(session, write_text(&text, [1, 2, 3])).unwrap();
                }
                for event in std::mem::take(&mut side.events) {
                    if let Event::Text { bytes, .. } = event {
                        agreement.hear(&read_text(&bytes).unwrap());
                    }
                }
            }
            pair.settle(WELL);
            assert!(pair.log.len() < 100);
        }
        // It may go on for as long as it likes, without a word in the chat.
        assert_eq!((pair.bob.peer.poll_timeout(), pair.alice.peer.poll_timeout()), (None, None));
        pair.alice.peer.cancel(theirs).unwrap();
        pair.run(WELL);
        assert_eq!(pair.bob.ending(ours), Some(Ending::Cancelled));
    }
}
