//! Somebody comes to places, shows himself at them and leaves them, in any order: what others see of him, and what his own
//! places are told, is always what a few lines of rules say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use msnp::dialect::{Dialect, MSNP8, MSNP12, MSNP16, MSNP18, Quirks};
use msnp::types::{Capabilities, Guid, List, Privacy, Status, TrId};
use msnpd::account::{Account, AccountId};
use msnpd::directory::{Directory, Endpoint, EndpointId, Shown};
use msnpd::outbox::Writer;
use msnpd::store::{Brief, BriefContact};
use proptest::prelude::*;
use tokio::io::AsyncWrite;

const BOB: AccountId = AccountId(1);
const WATCHERS: [(AccountId, &Dialect); 3] =
    [(AccountId(2), &MSNP8), (AccountId(3), &MSNP16), (AccountId(4), &MSNP18)];

/// What happens at one of the places.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// Bob signs in with a client that knows of places, or with one that does not.
    Comes(usize, bool),
    Shows(usize, Status),
    Leaves(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let place = 0_usize..4;
    let status =
        prop_oneof![Just(Status::Online), Just(Status::Busy), Just(Status::Idle), Just(Status::Hidden),];
    prop_oneof![
        2 => (place.clone(), prop::bool::weighted(0.8)).prop_map(|(place, knows)| Event::Comes(place, knows)),
        4 => (place.clone(), status).prop_map(|(place, status)| Event::Shows(place, status)),
        1 => place.prop_map(Event::Leaves),
    ]
}

/// The rules.
#[derive(Default)]
struct Model {
    /// The places: which one, whether it knows of others, and what was told there last.
    places: Vec<(usize, bool, Option<Status>)>,
    shown: Option<Status>,
}

impl Model {
    fn is_awake(&self, but: Option<usize>) -> bool {
        let awake = |status: &Option<Status>| status.is_some_and(|status| status != Status::Idle);
        self.places.iter().any(|(place, _, status)| Some(*place) != but && awake(status))
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Comes(place, knows) => {
                self.places.retain(|(other, others_know, _)| knows && *others_know && *other != place);
                self.settle();
                self.places.push((place, knows, None));
            }
            Event::Shows(place, status) => {
                let Some(at) = self.places.iter().position(|(other, ..)| *other == place) else { return };
                self.places[at].2 = Some(status);
                if status != Status::Idle || !self.is_awake(Some(place)) {
                    self.shown = Some(status);
                }
            }
            Event::Leaves(place) => {
                self.places.retain(|(other, ..)| *other != place);
                self.settle();
            }
        }
    }

    /// What is shown when a place has gone.
    fn settle(&mut self) {
        if self.places.iter().all(|(.., status)| status.is_none()) {
            self.shown = None;
        } else if !self.is_awake(None) && self.shown != Some(Status::Hidden) {
            self.shown = Some(Status::Idle);
        }
    }

    fn seen(&self) -> Option<Status> {
        self.shown.filter(|status| *status != Status::Hidden)
    }
}

/// Somebody who is told, and what he has been told last of Bob's status.
struct Listener {
    endpoint: Arc<Endpoint>,
    writer: Writer,
    knows: Option<Status>,
}

impl Listener {
    fn new(endpoint: Arc<Endpoint>) -> Self {
        Self { endpoint, writer: Writer::default(), knows: None }
    }

    fn hear(&mut self) {
        let mut said = Said::default();
        let mut cx = Context::from_waker(Waker::noop());
        let _ = self.writer.poll_write(&self.endpoint.outbox, &mut said, &mut cx);
        for line in String::from_utf8(said.0).unwrap().split("\r\n") {
            // Payloads have no line ends here, so that the next line follows one at once.
            let line = line.rsplit_once("</Data>").map_or(line, |(_, line)| line);
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["NLN", status, ..] | ["ILN", _, status, ..] => self.knows = Some(status.parse().unwrap()),
                ["FLN", ..] => self.knows = None,
                _ => {}
            }
        }
    }
}

#[derive(Default)]
struct Said(Vec<u8>);

impl AsyncWrite for Said {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

struct Stage {
    directory: Directory,
    next: u64,
    /// Bob's places that are there.
    places: Vec<(usize, Listener)>,
    watchers: Vec<Listener>,
}

impl Stage {
    fn set() -> Self {
        let mut stage =
            Self { directory: Directory::default(), next: 0, places: Vec::new(), watchers: Vec::new() };
        for (id, dialect) in WATCHERS {
            let endpoint = stage.sign_in(id, dialect, None);
            stage.directory.watch(id, &endpoint, &[(BOB, List::Forward.bit())]);
            stage.directory.look_at_all(id, &endpoint, TrId::new(1));
            stage.watchers.push(Listener::new(endpoint));
        }
        stage
    }

    fn sign_in(&mut self, id: AccountId, dialect: &'static Dialect, machine: Option<Guid>) -> Arc<Endpoint> {
        self.next += 1;
        let email = format!("user{}@example.com", id.0).parse().unwrap();
        let account = Account {
            id,
            email,
            name: "Bob".to_owned(),
            password_hash: String::new(),
            generation: 1,
            disabled: false,
        };
        let number = EndpointId(self.next);
        let endpoint = Endpoint::new(number, dialect, Arc::default(), None, None, machine, Quirks::default());
        let endpoint = Arc::new(endpoint);
        let gone = self.directory.sign_in(&account, &endpoint);
        self.places.retain(|(_, place)| gone.iter().all(|gone| gone.id != place.endpoint.id));
        let contact = |(watcher, _): (AccountId, _)| BriefContact {
            id: watcher,
            lists: List::Allow.bit() | List::Reverse.bit(),
            revision: 1,
        };
        let brief = Brief {
            privacy: Privacy::BlockOthers,
            revision: 1,
            lists_revision: 1,
            settings_revision: 1,
            name: "Bob".to_owned(),
            contacts: if id == BOB { WATCHERS.map(contact).to_vec() } else { Vec::new() },
        };
        self.directory.load(id, &brief);
        endpoint
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Comes(place, knows) => {
                let machine = knows.then_some(Guid([place as u8; 16]));
                // Who comes to a place of his again has left it without a word.
                let endpoint = self.sign_in(BOB, if knows { &MSNP18 } else { &MSNP12 }, machine);
                self.places.push((place, Listener::new(endpoint)));
            }
            Event::Shows(place, status) => {
                let Some((_, listener)) = self.places.iter().find(|(other, _)| *other == place) else {
                    return;
                };
                let shown = Shown { status, capabilities: Capabilities::default(), object: None };
                self.directory.show(BOB, listener.endpoint.id, shown);
                if !listener.endpoint.is_live() {
                    self.directory.look_at_all(BOB, &listener.endpoint, TrId::new(1));
                }
            }
            Event::Leaves(place) => {
                for (_, listener) in self.places.extract_if(.., |(other, _)| *other == place) {
                    self.directory.sign_out(BOB, listener.endpoint.id);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn one_status_comes_of_several_places(events in prop::collection::vec(event(), 1..40)) {
        let (mut stage, mut model) = (Stage::set(), Model::default());
        for event in events {
            stage.happens(event);
            model.happens(event);
            for watcher in &mut stage.watchers {
                watcher.hear();
                prop_assert_eq!(watcher.knows, model.seen(), "{:?} as {} sees it", event, watcher.endpoint.dialect.version);
            }
            let here: Vec<_> = stage.places.iter().map(|(place, _)| *place).collect();
            let expected: Vec<_> = model.places.iter().map(|(place, ..)| *place).collect();
            prop_assert_eq!(here, expected);
            for (place, listener) in &mut stage.places {
                listener.hear();
                if listener.endpoint.machine.is_some() && listener.endpoint.is_live() {
                    prop_assert_eq!(listener.knows, model.shown, "{:?} as his place {} hears it", event, place);
                }
            }
        }
    }
}
