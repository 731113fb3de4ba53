//! What becomes of what a server tells: the lists are kept, events are told, and who waits for an answer gets it.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use msnp::chat::Content;
use msnp::dialect::{ListForm, Package};
use msnp::flow::client::MAX_OPEN;
use msnp::flow::client::notification::{Demand, Event as Heard};
use msnp::types::{GroupRef, List, OwnedSecret, PersonalData, TrId};
use msnp::wire::{Encoded, Mime, Verb};
use tokio::sync::watch;

use super::job;
use super::{Answer, Reply};
use crate::chat_task::Way;
use crate::error::Error;
use crate::event::{Event, OwnPlace, Teller};
use crate::roster::{Contact, Roster, kept_name};
use crate::shared::Shared;
use crate::text::unescape;

/// Something that has to be done about what a server said.
#[derive(Debug)]
pub(super) enum Signal {
    /// Prove who the user is.
    Demanded { package: Package, text: String },
    /// Go elsewhere.
    Referred(String),
    /// The user is in.
    SignedIn,
    /// The lists have come.
    ListsComplete,
    /// Read the lists again.
    ReadLists,
    /// Sign out.
    Leave,
}

/// What is kept beside the connection.
pub(crate) struct State {
    pub(super) shared: Arc<Shared>,
    pub(super) events: Teller,
    waiting: HashMap<u32, Reply>,
    /// Conversations go when the other end of it does.
    over: watch::Sender<()>,
    /// While lists come, nobody is told of each of them.
    lists_come: bool,
}

type Taken = Result<Option<Signal>, Error>;

impl State {
    pub(crate) fn new(shared: Arc<Shared>, events: Teller) -> Self {
        let (over, _) = watch::channel(());
        Self { shared, events, waiting: HashMap::new(), over, lists_come: false }
    }

    /// Notes who waits for an answer.
    pub(super) fn wait(&mut self, trid: TrId, answer: Reply) {
        if self.waiting.len() >= MAX_OPEN {
            self.waiting.retain(|_, answer| !answer.is_closed());
        }
        if self.waiting.len() < MAX_OPEN {
            self.waiting.insert(trid.value(), answer);
        }
    }

    fn answer(&mut self, trid: Option<TrId>, answer: Result<Answer, Error>) -> bool {
        let waiting = trid.and_then(|trid| self.waiting.remove(&trid.value()));
        // Whoever has given up does not mind.
        waiting.is_some_and(|waiting| waiting.send(answer).is_ok())
    }

    fn tell(&self, event: Event) {
        self.events.tell(event);
    }

    /// Where conversations tell their events, and what ends them with the session.
    pub(super) fn bonds(&self) -> (Teller, watch::Receiver<()>) {
        (self.events.clone(), self.over.subscribe())
    }

    pub(super) fn take(&mut self, heard: Heard<'_>) -> Taken {
        match heard {
            Heard::Demanded(demand) => {
                let (package, text) = match demand {
                    Demand::Md5 { challenge } => (Package::Md5, challenge),
                    Demand::Tweener { parameters } => (Package::Tweener, parameters),
                    Demand::SingleSignOn { policy, .. } => (Package::SingleSignOn, policy),
                };
                return Ok(Some(Signal::Demanded { package, text: text.to_owned() }));
            }
            Heard::Referred(address) => return Ok(Some(Signal::Referred(address.to_owned()))),
            Heard::SignedIn { name, .. } => {
                self.shared.own().name = name.decode().into_owned();
                return Ok(Some(Signal::SignedIn));
            }
            Heard::AskedToLeave { .. } => return Ok(Some(Signal::Leave)),
            Heard::ReadListsAgain => return Ok(Some(Signal::ReadLists)),
            Heard::ListsBegin(head) => {
                if head.is_up_to_date {
                    return Ok(Some(Signal::ListsComplete));
                }
                self.lists_come = true;
                self.shared.roster().clear();
            }
            Heard::ListsComplete => {
                self.lists_come = false;
                self.tell(Event::ListsChanged);
                return Ok(Some(Signal::ListsComplete));
            }
            Heard::Group { group, name } => self.shared.roster().put_group(group, &name.decode())?,
            Heard::Listed(listed) => self.shared.roster().listed(listed)?,
            Heard::Status { .. } | Heard::Offline { .. } | Heard::Personal(_) | Heard::OwnStatus { .. } => {
                self.take_presence(heard);
            }
            Heard::Added { .. }
            | Heard::Removed { .. }
            | Heard::Renamed { .. }
            | Heard::GroupAdded { .. }
            | Heard::GroupRenamed { .. }
            | Heard::GroupRemoved { .. }
            | Heard::KeptProperty { .. }
            | Heard::Property { .. }
            | Heard::AddedBy(_)
            | Heard::RemovedBy(_)
            | Heard::Privacy { .. } => self.take_edit(heard)?,
            Heard::Prompt { trid, .. } => {
                self.answer(trid, Ok(Answer::Done));
            }
            Heard::Rung(ring) => {
                let way = Way {
                    address: ring.address.to_owned(),
                    cookie: OwnedSecret::new(ring.cookie.as_str()),
                    session: Some(ring.session.to_owned()),
                    shared: self.shared.clone(),
                };
                let by = job::person(ring.handle, &ring.name.decode());
                job::follow_ring(self, way, by);
            }
            Heard::Switchboard { trid, address, cookie } => {
                let (address, cookie) = (address.to_owned(), OwnedSecret::new(cookie.as_str()));
                self.answer(trid, Ok(Answer::Switchboard { address, cookie }));
            }
            Heard::Networks { trid, .. } => {
                self.answer(trid, Ok(Answer::Done));
            }
            Heard::Alert(document) if job::tells_of_address_book(document) => {
                return Ok(Some(Signal::ReadLists));
            }
            Heard::Done { trid, .. } => {
                self.answer(Some(trid), Ok(Answer::Done));
            }
            Heard::Refused { trid, verb, code } => {
                let error = Error::Refused { verb: verb.unwrap_or(Verb::error(code)), code };
                if !self.answer(trid, Err(error)) {
                    self.tell(Event::Complaint(code));
                }
            }
            Heard::Data(data) => self.tell(Event::SmallData {
                from: data.source.to_owned(),
                kind: data.kind.to_owned(),
                payload: Bytes::copy_from_slice(data.payload),
            }),
            Heard::Message(message) => {
                if let Content::Text(text) = Content::read(message.payload) {
                    let (from, network) = (message.from.to_owned(), message.from_network);
                    self.tell(Event::Message { from, network, text: text.body.into_owned() });
                }
            }
            Heard::Published(publication) => {
                self.tell(Event::Circle(Bytes::copy_from_slice(publication.payload)))
            }
            Heard::SaidInCircle(said) => self.tell(Event::Circle(Bytes::copy_from_slice(said.payload))),
            Heard::Notice(mime) => self.take_notice(mime),
            Heard::NotUnderstood { verb, error } => {
                tracing::debug!(%verb, ?error, "the server said something that is passed over");
            }
            // Nothing that anybody would miss.
            _ => {}
        }
        Ok(None)
    }

    fn take_notice(&mut self, mime: Mime<'_>) {
        if job::tells_of_offline_messages(mime) {
            job::fetch_messages(self);
        }
        self.tell(Event::Notice(Bytes::copy_from_slice(mime.payload())));
    }

    fn take_presence(&mut self, heard: Heard<'_>) {
        match heard {
            Heard::OwnStatus { trid, status } => {
                if let Some(status) = status {
                    self.shared.own().status = status;
                }
                if !self.answer(trid, Ok(Answer::Done)) || status.is_none() {
                    self.tell(Event::OwnStatus(status));
                }
            }
            Heard::Status { presence, .. } if presence.circle.is_none() => {
                if self.shared.email.is(presence.handle) {
                    self.shared.own().status = presence.status;
                    return self.tell(Event::OwnStatus(Some(presence.status)));
                }
                let mut roster = self.shared.roster();
                // Another place may have added him, and the book is only about to be read.
                let is_awaited = self.shared.dialect().lists == ListForm::AddressBook;
                let contact = match is_awaited {
                    true => roster.entry(presence.handle).ok(),
                    false => roster.get_mut(presence.handle),
                };
                let Some(contact) = contact else { return };
                contact.show(&presence);
                let contact = contact.clone();
                drop(roster);
                // Of others than those on a list there is nothing to be told yet.
                if !contact.lists.is_empty() {
                    self.tell(Event::Presence(contact));
                }
            }
            Heard::Offline { handle, circle: None, .. } => {
                let gone = self.shared.roster().offline(handle);
                if let Some(contact) = gone.filter(|contact| !contact.lists.is_empty()) {
                    self.tell(Event::Presence(contact));
                }
            }
            Heard::Personal(told) if told.circle.is_none() => {
                if self.shared.email.is(told.handle) {
                    let places = told.places.iter().map(|place| {
                        let private = place.private.unwrap_or_default();
                        let text = |text: Option<&str>| unescape(text.unwrap_or_default());
                        OwnPlace { id: place.guid, name: text(private.name), status: text(private.state) }
                    });
                    let places: Vec<_> = places.collect();
                    if !places.is_empty() {
                        self.tell(Event::Places(places));
                    }
                    return;
                }
                let mut roster = self.shared.roster();
                let Some(contact) = roster.get_mut(told.handle) else { return };
                let PersonalData { psm, current_media, .. } = told.data.unwrap_or(PersonalData::EMPTY);
                if let Some(psm) = psm {
                    contact.message = unescape(psm);
                }
                if let Some(media) = current_media {
                    contact.current_media = unescape(media);
                }
                contact.places = told.places.iter().map(|place| place.guid).collect();
                let contact = contact.clone();
                drop(roster);
                self.tell(Event::PersonalMessage(contact));
            }
            _ => {}
        }
    }

    /// Somebody has put the user on his list, who may have to make up his mind about him.
    fn added_by<'r>(&self, roster: &'r mut Roster, email: &str) -> Result<&'r mut Contact, Error> {
        let contact = roster.add_to(email, List::Reverse)?;
        let is_judged = contact.is_on(List::Allow) || contact.is_on(List::Block);
        if self.shared.dialect().has_pending_list && !is_judged {
            contact.lists = contact.lists.with(List::Pending);
        }
        Ok(contact)
    }

    fn take_edit(&mut self, heard: Heard<'_>) -> Result<(), Error> {
        let mut roster = self.shared.roster();
        let mut answered = None;
        match heard {
            Heard::Added { trid: None, list: List::Reverse, handle: Some(handle), name, .. } => {
                let contact = self.added_by(&mut roster, handle)?;
                let name = name.map_or_else(|| contact.name.clone(), |name| name.decode().into_owned());
                drop(roster);
                self.tell(Event::AddedBy { email: handle.to_owned(), name });
                return Ok(());
            }
            Heard::Removed { trid: None, list: List::Reverse, who, .. } => {
                roster.remove_from(who, List::Reverse);
                drop(roster);
                self.tell(Event::RemovedBy { email: who.to_owned() });
                return Ok(());
            }
            Heard::Added { trid, list, handle, name, guid, group } => {
                let contact = match (handle, guid) {
                    (Some(handle), _) => Some(roster.add_to(handle, list)?),
                    (None, Some(guid)) => roster.by_guid(guid),
                    (None, None) => None,
                };
                if let Some(contact) = contact {
                    contact.guid = guid.or(contact.guid);
                    if let Some(name) = name.filter(|_| contact.status.is_none()) {
                        contact.name = kept_name(&name);
                    }
                    let group = group.and_then(|group| group.parse::<GroupRef>().ok());
                    contact.groups.extend(group.filter(|group| !contact.groups.contains(group)));
                }
                answered = Some((trid, Answer::Done));
            }
            Heard::Removed { trid, list, who, group } => {
                let handle = match who.parse() {
                    Ok(guid) => roster.by_guid(guid).map(|contact| contact.email.clone()),
                    Err(_) => Some(who.to_owned()),
                };
                let group = group.map(str::parse::<GroupRef>);
                match (handle, group) {
                    (Some(handle), None) => roster.remove_from(&handle, list),
                    (Some(handle), Some(Ok(group))) => {
                        if let Some(contact) = roster.get_mut(&handle) {
                            contact.groups.retain(|known| *known != group);
                        }
                    }
                    _ => {}
                }
                answered = Some((trid, Answer::Done));
            }
            Heard::Renamed { trid, handle, name } => {
                let name = name.decode();
                if self.shared.email.is(handle) {
                    name.as_ref().clone_into(&mut self.shared.own().name);
                } else if let Some(contact) = roster.get_mut(handle) {
                    contact.name = kept_name(&Encoded::new(&name));
                }
                answered = Some((trid, Answer::Done));
            }
            Heard::KeptProperty { trid, guid, property: "MFN", value } => {
                if let (Ok(guid), Some(name)) = (guid.parse(), value)
                    && let Some(contact) = roster.by_guid(guid)
                {
                    contact.name = kept_name(&name);
                }
                answered = Some((trid, Answer::Done));
            }
            Heard::KeptProperty { trid, .. } => answered = Some((trid, Answer::Done)),
            Heard::Property { trid, property, value } => {
                if let ("MFN", Some(name)) = (property, value) {
                    self.shared.own().name = name.decode().into_owned();
                }
                answered = Some((trid, Answer::Done));
            }
            Heard::GroupAdded { trid, group, name } => {
                roster.put_group(group, &name.decode())?;
                answered = Some((trid, Answer::Group(group)));
            }
            Heard::GroupRenamed { trid, group, name } => {
                if let Ok(group) = group.parse() {
                    roster.put_group(group, &name.decode())?;
                }
                answered = Some((trid, Answer::Done));
            }
            Heard::GroupRemoved { trid, group } => {
                if let Ok(group) = group.parse() {
                    roster.remove_group(group);
                }
                answered = Some((trid, Answer::Done));
            }
            Heard::Privacy { trid, privacy } => {
                roster.privacy = privacy;
                answered = Some((trid, Answer::Done));
            }
            Heard::AddedBy(members) => {
                for member in members.members {
                    let contact = self.added_by(&mut roster, &member.address)?;
                    let name = member.name.as_deref().map(msnp::wire::Encoded::from_wire);
                    if let Some(name) = name.filter(|_| contact.status.is_none()) {
                        contact.name = kept_name(&name);
                    }
                    let (email, name) = (contact.email.clone(), contact.name.clone());
                    self.tell(Event::AddedBy { email, name });
                }
            }
            Heard::RemovedBy(members) => {
                for member in members.members {
                    roster.remove_from(&member.address, List::Reverse);
                    self.tell(Event::RemovedBy { email: member.address });
                }
            }
            _ => {}
        }
        drop(roster);
        let Some((trid, answer)) = answered else { return Ok(()) };
        self.answer(trid, Ok(answer));
        // Lists that come whole are told of when they are complete.
        if !self.lists_come {
            self.tell(Event::ListsChanged);
        }
        Ok(())
    }
}
