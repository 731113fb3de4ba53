//! What becomes of what the protocol between clients tells.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use msnp::p2p::{Decline, Ending, Event as Heard, FileOffer, Invitation, Party, SessionId};

use super::{Carried, Entry, Exchange, MAX_GIVEN, MAX_OFFERS, Way, What};
use crate::error::Error;
use crate::event::{Event, Person};
use crate::transfer::{OfferedFile, Outcome, Transfer};

impl Exchange {
    /// Takes what has happened. `false`: nothing has.
    pub(super) async fn tell(&mut self, now: Instant) -> bool {
        let mut is_any = false;
        while let Some((party, heard)) = self.peers.poll_event() {
            is_any = true;
            match heard {
                Heard::Invited { session, invitation } => self.invited(party, session, invitation, now),
                Heard::Object { session, data, .. } => {
                    // What ended well is told of by this; the end of it finds nobody waiting.
                    if let Some(Entry { what: What::Fetch(answer), .. }) = self.remove(&party, session) {
                        let _ = answer.send(Ok(Bytes::from(data)));
                    }
                }
                Heard::Data { session, bytes, .. } => self.write(&party, session, &bytes).await,
                Heard::Connect { places } => self.links.connect(&party, places, &mut self.peers),
                Heard::Ended { session, how } => {
                    if let Some(entry) = self.remove(&party, session) {
                        self.conclude(entry, how).await;
                    }
                }
                _ => {}
            }
        }
        is_any
    }

    fn remove(&mut self, party: &Party, session: SessionId) -> Option<Entry> {
        let is_it = |entry: &Entry| entry.session == session && entry.party == *party;
        let at = self.entries.iter().position(is_it)?;
        Some(self.entries.swap_remove(at))
    }

    fn invited(&mut self, party: Party, session: SessionId, invitation: Invitation, now: Instant) {
        let why = match invitation {
            Invitation::Object(object) => {
                let given = self.entries.iter().filter(|entry| matches!(entry.what, What::Give)).count();
                match self.shared.objects().get(object.hash()) {
                    None => Decline::Impossible,
                    Some(_) if given >= MAX_GIVEN => Decline::Unwanted,
                    Some(data) => {
                        let given = self.peers.get(&party).map(|peer| peer.give(session, data, now));
                        if given.is_some_and(|given| given.is_ok()) {
                            self.entries.push(Entry { party, session, what: What::Give });
                            return;
                        }
                        Decline::Impossible
                    }
                }
            }
            Invitation::File(offer) => {
                let offers = self.entries.iter().filter(|entry| entry.is_offer()).count();
                if offers < MAX_OFFERS {
                    return self.offered(party, session, offer);
                }
                Decline::Unwanted
            }
            _ => Decline::Impossible,
        };
        if let Some(peer) = self.peers.get(&party) {
            // It was there just now.
            let _ = peer.decline(session, why);
        }
    }

    fn offered(&mut self, party: Party, session: SessionId, offer: FileOffer) {
        let (transfer, state) = Transfer::new(self.conversation.clone(), offer.size);
        let email = party.email.to_string();
        let known = self.conversation.members().into_iter().find(|person| party.email.is(&person.email));
        let from = known.unwrap_or_else(|| Person { name: email.clone(), email });
        let carried = Carried { transfer: transfer.clone(), state, way: Way::Offered, broken: None };
        self.entries.push(Entry { party, session, what: What::File(Box::new(carried)) });
        let conversation = self.conversation.clone();
        let offered = OfferedFile { conversation, from, offer: Arc::new(offer), transfer };
        self.events.tell(Event::FileOffered(offered));
    }

    /// Writes a piece of a file.
    async fn write(&mut self, party: &Party, session: SessionId, bytes: &[u8]) {
        let is_it = |entry: &&mut Entry| entry.session == session && entry.party == *party;
        let Some(entry) = self.entries.iter_mut().find(is_it) else { return };
        let What::File(carried) = &mut entry.what else { return };
        let Way::In(target) = &mut carried.way else { return };
        if carried.broken.is_none()
            && let Err(broken) = target.write(bytes).await
        {
            carried.broken = Some(broken);
            if let Some(peer) = self.peers.get(party) {
                let _ = peer.cancel(session);
            }
        }
    }

    /// Reads what is to be sent of files. `false`: nothing is.
    pub(super) async fn supply(&mut self) -> bool {
        let mut is_any = false;
        while let Some((party, want)) = self.peers.poll_want() {
            is_any = true;
            let is_it = |entry: &&mut Entry| entry.session == want.session && entry.party == party;
            let entry = self.entries.iter_mut().find(is_it);
            let Some(peer) = self.peers.get(&party) else { continue };
            let Some(Entry { what: What::File(carried), .. }) = entry else {
                let _ = peer.cancel(want.session);
                continue;
            };
            let Way::Out(source) = &mut carried.way else { continue };
            match source.read(want.offset, want.length).await {
                Ok(piece) => drop(peer.supply(want.session, want.offset, piece)),
                Err(broken) => {
                    carried.broken = Some(broken);
                    let _ = peer.cancel(want.session);
                }
            }
        }
        is_any
    }

    /// A session is over: whoever waits for it is told, and nothing is left of a file that is not whole.
    pub(super) async fn conclude(&self, entry: Entry, how: Ending) {
        match entry.what {
            // Whoever has given up does not mind.
            What::Fetch(answer) => drop(answer.send(Err(Error::Transfer(how)))),
            What::Give => {}
            What::File(carried) => {
                let Carried { transfer, state, way, broken } = *carried;
                let mut outcome = broken.unwrap_or(Outcome::Over(how));
                match way {
                    Way::In(target) => outcome = target.close(outcome).await,
                    // libpurple leaves when it has a file, without a word: what was confirmed as delivered has arrived.
                    Way::Out(_) if self.in_flight.is_empty() && transfer.is_all_there() => {
                        if matches!(outcome, Outcome::Over(Ending::Left)) {
                            outcome = Outcome::Over(Ending::Complete);
                        }
                    }
                    Way::Out(_) | Way::Offered => {}
                }
                state.send_modify(|state| {
                    if matches!(outcome, Outcome::Over(Ending::Complete)) {
                        state.done = transfer.size;
                    }
                    state.outcome = Some(outcome);
                });
                self.events.tell(Event::TransferEnded(transfer));
            }
        }
    }
}

impl Entry {
    fn is_offer(&self) -> bool {
        matches!(&self.what, What::File(carried) if matches!(carried.way, Way::Offered))
    }

    /// Whether it is about a file that goes or comes.
    pub(super) fn is_carried(&self) -> bool {
        matches!(&self.what, What::File(carried) if !matches!(carried.way, Way::Offered))
    }
}
