//! What goes from client to client in a conversation: pictures, emoticons and files. [`msnp::p2p`] knows how; here are the
//! files, the clock, and what is told to whom.

mod events;
mod files;
mod link;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use msnp::command::msg::Ack;
use msnp::flow::client::switchboard::SwitchboardClient;
use msnp::p2p::{Ending, FileOffer, Party, Peer, Peers, SessionId};
use msnp::types::{Capabilities, Email, Guid, MsnObject, TrId};
use tokio::fs::File;
use tokio::sync::{oneshot, watch};

use self::files::{Source, Target};
pub use self::link::Direct;
pub(crate) use self::link::{Heard as LinkHeard, Links};
use crate::conversation::Conversation;
use crate::error::Error;
use crate::event::Teller;
use crate::shared::Shared;
use crate::transfer::{Outcome, State, Transfer};

/// Packets that may be on their way through the chat before one is confirmed. What is said meanwhile waits behind them.
const WINDOW: usize = 32;

/// How long one of them is waited for. Some servers confirm none.
const CONFIRM_LIMIT: Duration = Duration::from_secs(5);

/// How many files may be offered to the user in one conversation, and wait for him. More are declined unseen.
const MAX_OFFERS: usize = 32;

/// How many objects are given away at a time in one conversation. More are declined.
const MAX_GIVEN: usize = 16;

/// How many places of others are kept in mind.
const MAX_PLACES: usize = 64;

/// How often it is looked whether there is more to be done before the server is listened to again.
const ROUNDS: usize = 8;

/// The second set of capabilities of a client that speaks version 2 between clients (MSNC reference, section 2).
const HAS_VERSION_2: u32 = 0x20;

/// What a client can do that does what is done here: fetch and give pictures and emoticons, and files, in both versions.
pub(crate) const CAPABILITIES: Capabilities = Capabilities { base: 0x4000_0000, extended: HAS_VERSION_2 };

/// What somebody wants done.
pub(crate) enum Order {
    /// Fetch an object.
    Fetch { from: Email, object: MsnObject, answer: oneshot::Sender<Result<Bytes, Error>> },
    /// Offer a file.
    Offer {
        to: Email,
        offer: FileOffer,
        file: File,
        path: PathBuf,
        answer: oneshot::Sender<Result<Transfer, Error>>,
    },
    /// Take a file that was offered. Where it is too late there is no answer.
    Accept { number: u64, file: File, path: PathBuf, answer: oneshot::Sender<()> },
    /// End a transfer, or decline it.
    Cancel(u64),
}

/// One session with one peer.
struct Entry {
    party: Party,
    session: SessionId,
    what: What,
}

/// What a session is for.
enum What {
    Fetch(oneshot::Sender<Result<Bytes, Error>>),
    Give,
    File(Box<Carried>),
}

/// A file that goes or comes.
struct Carried {
    transfer: Transfer,
    state: watch::Sender<State>,
    way: Way,
    /// What went wrong with it here.
    broken: Option<Outcome>,
}

enum Way {
    /// Somebody offers it, and the user has not said anything to that.
    Offered,
    In(Target),
    Out(Source),
}

/// Everything that goes from client to client in one conversation.
pub(crate) struct Exchange {
    shared: Arc<Shared>,
    conversation: Conversation,
    events: Teller,
    peers: Peers,
    entries: Vec<Entry>,
    /// The packets that are on their way, and since when.
    in_flight: VecDeque<(u32, Instant)>,
    links: Links,
    /// People who have version 2, where they are.
    places: Vec<Party>,
}

impl Exchange {
    /// With nobody yet. `links` says about direct connections what may be.
    pub(crate) fn new(
        shared: Arc<Shared>,
        conversation: Conversation,
        events: Teller,
        links: Links,
    ) -> Result<Self, Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| Error::NoRandomness)?;
        let place = conversation.shared.dialect.has_places.then_some(shared.place);
        let me = Party { email: shared.email.clone(), place };
        let peers = Peers::new(me, seed);
        let (entries, in_flight, places) = (Vec::new(), VecDeque::new(), Vec::new());
        Ok(Self { shared, conversation, events, peers, entries, in_flight, links, places })
    }

    /// Somebody is there, at one of his places.
    pub(crate) fn place(&mut self, handle: &str, place: Guid, capabilities: Capabilities) {
        let Ok(email) = handle.parse::<Email>() else { return };
        let party = Party { email, place: Some(place) };
        let has_version_2 = capabilities.extended & HAS_VERSION_2 != 0;
        let is_me = party.email == self.shared.email;
        if has_version_2 && !is_me && self.places.len() < MAX_PLACES && !self.places.contains(&party) {
            self.places.push(party);
        }
    }

    /// Somebody has left, or one of his places.
    pub(crate) fn left(&mut self, handle: &str, place: Option<Guid>) {
        let Ok(email) = handle.parse::<Email>() else { return };
        self.places.retain(|party| party.email != email || (place.is_some() && party.place != place));
        if place.is_none() {
            self.peers.left(&email);
        }
    }

    /// Whom to ask or offer something.
    fn party(&self, email: Email) -> Party {
        let has_version_2 = self.shared.own().capabilities.extended & HAS_VERSION_2 != 0;
        let known = self.places.iter().find(|party| party.email == email).filter(|_| has_version_2);
        known.cloned().unwrap_or(Party::of(email))
    }

    /// What somebody's client can do, if he is on the lists.
    fn capabilities(&self, email: &Email) -> Capabilities {
        self.shared.roster().get(email.as_str()).map(|contact| contact.capabilities).unwrap_or_default()
    }

    /// Does what is wanted.
    pub(crate) async fn order(&mut self, order: Order, now: Instant) {
        match order {
            Order::Fetch { from, object, answer } => self.fetch(from, &object, answer, now),
            Order::Offer { to, offer, file, path, answer } => {
                let offered = self.offer(to, &offer, Source::new(file, path), now).await;
                if let Err(Ok(transfer)) = answer.send(offered) {
                    // Nobody knows of it.
                    self.cancel(transfer.number);
                }
            }
            Order::Accept { number, file, path, answer } => {
                self.accept(number, Target::new(file, path), answer, now).await;
            }
            Order::Cancel(number) => self.cancel(number),
        }
    }

    fn fetch(
        &mut self,
        from: Email,
        object: &MsnObject,
        answer: oneshot::Sender<Result<Bytes, Error>>,
        now: Instant,
    ) {
        let party = self.party(from);
        let asked = match self.peers.peer(&party) {
            Some(peer) => peer.request(object, now).map_err(Error::from),
            None => Err(Error::TooMuch("people in one conversation")),
        };
        match asked {
            Ok(session) => self.entries.push(Entry { party, session, what: What::Fetch(answer) }),
            // Whoever has given up does not mind.
            Err(error) => drop(answer.send(Err(error))),
        }
    }

    async fn offer(
        &mut self,
        to: Email,
        offer: &FileOffer,
        source: Source,
        now: Instant,
    ) -> Result<Transfer, Error> {
        let capabilities = self.capabilities(&to);
        let party = self.party(to);
        let reach = self.links.reach().await;
        let peer = self.peers.peer(&party).ok_or(Error::TooMuch("people in one conversation"))?;
        peer.set_reach(reach);
        peer.set_capabilities(capabilities);
        let session = peer.offer_file(offer, now)?;
        let (transfer, state) = Transfer::new(self.conversation.clone(), offer.size);
        let (way, broken) = (Way::Out(source), None);
        let carried = Carried { transfer: transfer.clone(), state, way, broken };
        self.entries.push(Entry { party, session, what: What::File(Box::new(carried)) });
        Ok(transfer)
    }

    /// Takes an offer. Where it is over, the target is still with whoever wanted to.
    async fn accept(&mut self, number: u64, target: Target, answer: oneshot::Sender<()>, now: Instant) {
        let reach = self.links.reach().await;
        let Self { entries, peers, .. } = self;
        let found = entries.iter_mut().find_map(|entry| match &mut entry.what {
            What::File(carried) if carried.transfer.number == number => {
                Some((&entry.party, entry.session, carried))
            }
            _ => None,
        });
        let Some((party, session, carried)) = found else { return };
        let Some(peer) = peers.get(party) else { return };
        peer.set_reach(reach);
        // Whoever has given up takes his file away.
        if !matches!(carried.way, Way::Offered) || answer.is_closed() || peer.accept(session, now).is_err() {
            return;
        }
        if answer.send(()).is_err() {
            // The end of it is told as of any other.
            let _ = peer.cancel(session);
        }
        carried.way = Way::In(target);
    }

    fn cancel(&mut self, number: u64) {
        let is_it =
            |entry: &&Entry| matches!(&entry.what, What::File(carried) if carried.transfer.number == number);
        let Some(entry) = self.entries.iter().find(is_it) else { return };
        if let Some(peer) = self.peers.get(&entry.party) {
            // One that is over stays so.
            let _ = peer.cancel(entry.session);
        }
    }

    /// Takes a message that somebody has sent. `false`: it is nothing that is understood here.
    pub(crate) fn receive(&mut self, from: &str, payload: &[u8], now: Instant) -> bool {
        // Where there is no way to answer, there is nothing to be heard.
        let has_data = self.conversation.shared.dialect.has_data_messages;
        has_data && from.parse().is_ok_and(|from| self.peers.receive(&from, payload, now))
    }

    /// Takes what comes by direct connections.
    pub(crate) fn take_link(&mut self, heard: LinkHeard, now: Instant) {
        self.links.take(heard, &mut self.peers, now);
    }

    /// A packet was confirmed, or refused. `false`: it is none from here.
    pub(crate) fn confirmed(&mut self, trid: TrId) -> bool {
        let at = self.in_flight.iter().position(|(number, _)| *number == trid.value());
        at.is_some_and(|at| self.in_flight.remove(at).is_some())
    }

    /// What comes by direct connections, and that there is room in them again.
    pub(crate) fn link_events(&mut self) -> &mut link::Inbox {
        self.links.inbox()
    }

    /// Does all that can be done, and says what is to be said in the chat. `true`: there is more, as soon as the server was
    /// listened to.
    pub(crate) async fn work(
        &mut self,
        machine: &mut SwitchboardClient,
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        let now = Instant::now();
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.peers.handle_timeout(now);
            while self.in_flight.front().is_some_and(|(_, since)| *since + CONFIRM_LIMIT <= now) {
                self.in_flight.pop_front();
            }
            self.links.close_idle(&mut self.peers, now);
        }
        for _ in 0..ROUNDS {
            let mut is_done = !self.tell(now).await;
            is_done &= !self.supply().await;
            while self.in_flight.len() < WINDOW
                && let Some(bytes) = self.peers.poll_transmit_via_chat(now)
            {
                let trid = machine.say(Ack::Data, &bytes, out)?;
                self.in_flight.push_back((trid.value(), now));
                is_done = false;
            }
            is_done &= !self.links.write(&mut self.peers, now);
            if is_done {
                self.show_progress();
                self.links.rest(&self.entries, now);
                return Ok(false);
            }
        }
        self.show_progress();
        Ok(true)
    }

    /// When there is something to be done if nothing happens.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let confirmed = self.in_flight.front().map(|(_, since)| *since + CONFIRM_LIMIT);
        [self.peers.poll_timeout(), confirmed, self.links.deadline()].into_iter().flatten().min()
    }

    /// Tells everybody that the conversation is over.
    pub(crate) async fn end(mut self) {
        for entry in std::mem::take(&mut self.entries) {
            self.conclude(entry, Ending::Left).await;
        }
    }

    fn show_progress(&mut self) {
        for Entry { party, session, what } in &self.entries {
            let What::File(carried) = what else { continue };
            let progress = self.peers.get(party).and_then(|peer: &mut Peer| peer.progress(*session));
            if let Some(progress) = progress {
                let is_direct = self.links.has(party);
                carried.state.send_if_modified(|state| {
                    let is_further = state.done < progress.done || state.is_direct != is_direct;
                    (state.done, state.is_direct) = (state.done.max(progress.done), is_direct);
                    is_further
                });
            }
        }
    }
}
