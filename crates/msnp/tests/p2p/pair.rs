//! Alice and Bob, what is between them, and their clock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::p2p::{Config, Decline, Ending, Event, Invitation, P2pError, Peer, SessionId};
use msnp::types::{MsnObject, ObjectType};

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Alice,
    Bob,
}

/// What becomes of a payload on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrives,
    Lost,
    Twice,
    /// After the next one.
    Late,
}

/// One side: its peer, and what a client would have of it.
pub(crate) struct Side {
    pub(crate) peer: Peer,
    pub(crate) events: Vec<Event>,
    /// What comes of a file, and what is sent of one.
    pub(crate) received: Vec<u8>,
    pub(crate) file: Vec<u8>,
    /// What is given away.
    pub(crate) objects: Vec<(MsnObject, Arc<[u8]>)>,
    pub(crate) takes_files: bool,
}

impl Side {
    fn new(config: Config, seed: u8) -> Self {
        Self {
            peer: Peer::new(config, [seed; 32]),
            events: Vec::new(),
            received: Vec::new(),
            file: Vec::new(),
            objects: Vec::new(),
            takes_files: true,
        }
    }

    /// Does what a client does.
    pub(crate) fn act(&mut self, now: Instant) {
        while let Some(event) = self.peer.poll_event() {
            match &event {
                Event::Invited { session, invitation } => {
                    let answered = match invitation {
                        Invitation::Object(object) => {
                            let found = self.objects.iter().find(|(ours, _)| ours.hash() == object.hash());
                            match found {
                                Some((_, data)) => self.peer.give(*session, data.clone(), now),
                                None => self.peer.decline(*session, Decline::Impossible),
                            }
                        }
                        _ if self.takes_files => self.peer.accept(*session, now),
                        _ => self.peer.decline(*session, Decline::Unwanted),
                    };
                    // It may be over already, which is told next.
                    assert!(matches!(answered, Ok(()) | Err(P2pError::NoSession)), "{answered:?}");
                }
                Event::Data { offset, bytes, .. } => {
                    assert_eq!(*offset, self.received.len() as u64, "pieces come in order");
                    self.received.extend_from_slice(bytes);
                }
                _ => {}
            }
            if !matches!(event, Event::Data { .. }) {
                self.events.push(event);
            }
        }
        while let Some(want) = self.peer.poll_want() {
            let from = want.offset as usize;
            let piece = self.file[from..from + want.length].to_vec();
            self.peer.supply(want.session, want.offset, piece).unwrap();
        }
    }

    pub(crate) fn endings(&self) -> Vec<(SessionId, Ending)> {
        let ended = |event: &Event| match event {
            Event::Ended { session, how } => Some((*session, *how)),
            _ => None,
        };
        self.events.iter().filter_map(ended).collect()
    }

    /// How a session ended.
    pub(crate) fn ending(&self, session: SessionId) -> Option<Ending> {
        let all: Vec<_> = self.endings().into_iter().filter(|(ended, _)| *ended == session).collect();
        assert!(all.len() <= 1, "a session ends once: {all:?}");
        all.first().map(|(_, how)| *how)
    }

    pub(crate) fn fetched<'a>(&'a self) -> Vec<&'a [u8]> {
        let object = |event: &'a Event| match event {
            Event::Object { data, .. } => Some(&**data),
            _ => None,
        };
        self.events.iter().filter_map(object).collect()
    }
}

pub(crate) struct Pair {
    pub(crate) alice: Side,
    pub(crate) bob: Side,
    pub(crate) now: Instant,
    /// Every payload that was sent.
    pub(crate) log: Vec<(Who, Vec<u8>)>,
    late: VecDeque<(Who, Vec<u8>)>,
}

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const BOB: &str = "bob@example.com";

impl Pair {
    pub(crate) fn new() -> Self {
        let (alice, bob) = (ALICE.parse().unwrap(), BOB.parse().unwrap());
        Self::of(Config::new(alice, bob))
    }

    /// A pair in version 2: with the places of the MSNC reference, section 16.
    pub(crate) fn version_2() -> Self {
        let alice = format!("{ALICE};{{3f1c0a52-9b7e-4d21-8a60-5e2d41c7b901}}").parse().unwrap();
        let bob = format!("{BOB};{{c47e19d0-52a8-4b36-9f0e-2d8b6a51e377}}").parse().unwrap();
        Self::of(Config::new(alice, bob))
    }

    /// One in each version.
    pub(crate) fn both() -> [Self; 2] {
        [Self::new(), Self::version_2()]
    }

    /// A pair of which Alice has this configuration, and Bob the one that fits.
    pub(crate) fn of(config: Config) -> Self {
        let other = Config { me: config.peer.clone(), peer: config.me.clone(), ..config.clone() };
        Self {
            alice: Side::new(config, 1),
            bob: Side::new(other, 2),
            now: Instant::now(),
            log: Vec::new(),
            late: VecDeque::new(),
        }
    }

    pub(crate) fn side(&mut self, who: Who) -> &mut Side {
        match who {
            Who::Alice => &mut self.alice,
            Who::Bob => &mut self.bob,
        }
    }

    /// Sends until nobody has anything to say. `fate` decides about each payload.
    pub(crate) fn settle(&mut self, mut fate: impl FnMut(Who, &[u8]) -> Fate) {
        loop {
            let mut moved = false;
            for (who, other) in [(Who::Alice, Who::Bob), (Who::Bob, Who::Alice)] {
                let now = self.now;
                self.side(who).act(now);
                // As many as a slow connection might take at a time.
                for _ in 0..7 {
                    let Some(transmit) = self.side(who).peer.poll_transmit(now) else { break };
                    moved = true;
                    self.side(who).act(now);
                    let fate = fate(who, &transmit.bytes);
                    let held = std::mem::take(&mut self.late);
                    match fate {
                        Fate::Lost => {}
                        Fate::Late => self.late.push_back((other, transmit.bytes.clone())),
                        Fate::Arrives => drop(self.side(other).peer.receive(&transmit.bytes, now)),
                        Fate::Twice => {
                            self.side(other).peer.receive(&transmit.bytes, now);
                            self.side(other).peer.receive(&transmit.bytes, now);
                        }
                    }
                    for (to, payload) in held {
                        self.side(to).peer.receive(&payload, now);
                    }
                    self.log.push((who, transmit.bytes));
                    self.side(other).act(now);
                }
            }
            if !moved {
                for (to, payload) in std::mem::take(&mut self.late) {
                    let now = self.now;
                    moved = true;
                    self.side(to).peer.receive(&payload, now);
                }
            }
            if !moved {
                return;
            }
        }
    }

    /// Lets time pass until nobody waits for anything.
    pub(crate) fn run(&mut self, mut fate: impl FnMut(Who, &[u8]) -> Fate) {
        let begun = self.now;
        loop {
            self.settle(&mut fate);
            let due = [&self.alice, &self.bob].into_iter().filter_map(|side| side.peer.poll_timeout()).min();
            let Some(due) = due else { return };
            self.now = self.now.max(due);
            assert!(self.now < begun + Duration::from_secs(3600), "an hour is too long for anything");
            let now = self.now;
            for side in [&mut self.alice, &mut self.bob] {
                if side.peer.poll_timeout().is_some_and(|due| due <= now) {
                    side.peer.handle_timeout(now);
                }
                side.act(now);
            }
        }
    }
}

/// The picture of the MSNC reference, section 3.
pub(crate) fn picture() -> (MsnObject, Arc<[u8]>) {
    let data: Vec<u8> = (0..1400_u32).map(|i| (13 * i + 7) as u8).collect();
    (MsnObject::new(ALICE, ObjectType::PICTURE, "TFR1A.dat", "", &data), data.into())
}

/// Bytes that are nowhere the same.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    (0..length as u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 37) as u8).collect()
}
