//! Whom of other networks our people want to see, and what these show.
//!
//! A place says with `ADL` whom it wants to see; the networks are asked once for all places of a person, while one of them
//! has told a status. What they answer is kept for as long as anybody wants it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use msnp::types::{Email, Lists, TrId};
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::Presence;
use super::named::Named;
use crate::account::AccountId;
use crate::directory::{Endpoint, EndpointId, Said};

/// How many people of other networks a place may name at most. Beyond it there is 210.
pub const MAX_NAMED: usize = 1000;

/// How many people the networks are asked for at most, one counted for each of ours who wants to see him. Whoever comes then
/// sees nobody.
pub const MAX_SEEN: usize = 200_000;

/// How many changes of one person are told at once.
const BURST: u32 = 20;

/// How long each further one takes. Of those that come faster the last one is told.
const INTERVAL: Duration = Duration::from_secs(1);

/// Everybody of ours who names people of other networks.
#[derive(Debug, Default)]
pub(super) struct Watching {
    all: Mutex<HashMap<Email, Ours>>,
    /// How many the networks were asked for. Counted while `all` is locked.
    seen: AtomicUsize,
    /// Those to whom something is to be told in a while.
    late: Mutex<HashSet<Email>>,
    is_late: Notify,
}

/// One of ours.
#[derive(Debug)]
struct Ours {
    id: AccountId,
    /// His places that name somebody.
    places: Vec<Place>,
    /// Those whom the networks were asked for.
    seen: BTreeMap<Email, Seen>,
}

/// What a place says.
#[derive(Debug)]
struct Place {
    endpoint: Arc<Endpoint>,
    named: BTreeMap<Email, Named>,
}

/// Somebody whom a network was asked for.
#[derive(Debug)]
struct Seen {
    /// The network.
    network: usize,
    state: Step,
    presence: Option<Presence>,
    /// When a burst of changes would be whole again if none came.
    whole_at: Instant,
    /// Whether a place was not told of the last change yet.
    is_late: bool,
}

/// Whether a network knows that it was asked for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// It is to be asked.
    ToAsk,
    /// It is being asked, or was and did not say that it heard.
    Asking,
    /// It knows.
    Asked,
    /// It is to be told that nobody wants to see him any more.
    ToLeave,
}

/// What a network is to be told about one of ours.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Turn {
    /// Whom he wants to see.
    pub(super) watch: Vec<Email>,
    /// Whom he does not want to see any more.
    pub(super) unwatch: Vec<Email>,
}

impl Watching {
    /// Whether a place may name all of these.
    pub(super) fn has_room(&self, ours: &Email, endpoint: EndpointId, said: &[(Email, Lists)]) -> bool {
        let all = self.all.lock();
        let named =
            all.get(ours).and_then(|ours| ours.places.iter().find(|place| place.endpoint.id == endpoint));
        let known = |theirs| named.is_some_and(|place| place.named.contains_key(theirs));
        let new: BTreeSet<_> =
            said.iter().map(|(theirs, _)| theirs).filter(|theirs| !known(theirs)).collect();
        named.map_or(0, |place| place.named.len()) + new.len() <= MAX_NAMED
    }

    /// Takes what a place says that it has, or has not any more. Whoever is known already of those whom it wants to see is
    /// shown to it, as an answer to `trid`.
    pub(super) fn take(
        &self,
        (ours, id): (&Email, AccountId),
        endpoint: &Arc<Endpoint>,
        said: &[(Email, Lists)],
        change: Said,
        trid: TrId,
        now: Instant,
    ) {
        let mut all = self.all.lock();
        let entry = all.entry(ours.clone()).or_insert_with(|| Ours::new(id));
        // The address may be another's since.
        entry.id = id;
        let Ours { places, seen, .. } = entry;
        let at = places.iter().position(|place| place.endpoint.id == endpoint.id);
        let mut place = match at {
            Some(at) => places.swap_remove(at),
            None => Place { endpoint: endpoint.clone(), named: BTreeMap::new() },
        };
        for (theirs, lists) in said {
            let named = place.named.entry(theirs.clone()).or_default();
            if named.take(*lists, change) {
                named.ask(endpoint, theirs, seen.get(theirs).and_then(Seen::shown), trid, now);
            }
        }
        place.named.retain(|_, named| !named.lists.is_empty());
        if !place.named.is_empty() {
            places.push(place);
        }
        if entry.is_over() {
            all.remove(ours);
        }
    }

    /// A place has told its first status: it is shown whoever is known already, as an answer to `trid`. Returns whether it
    /// wants to see anybody.
    pub(super) fn look(&self, ours: &Email, endpoint: EndpointId, trid: TrId, now: Instant) -> bool {
        let mut all = self.all.lock();
        let Some(Ours { places, seen, .. }) = all.get_mut(ours) else { return false };
        let Some(place) = places.iter_mut().find(|place| place.endpoint.id == endpoint) else { return false };
        for (theirs, named) in place.named.iter_mut().filter(|(_, named)| named.is_wanted()) {
            named.ask(&place.endpoint, theirs, seen.get(theirs).and_then(Seen::shown), trid, now);
        }
        true
    }

    /// A place is gone. Returns whether it had named anybody.
    pub(super) fn leave(&self, ours: &Email, endpoint: EndpointId) -> bool {
        let mut all = self.all.lock();
        let Some(entry) = all.get_mut(ours) else { return false };
        let before = entry.places.len();
        entry.places.retain(|place| place.endpoint.id != endpoint);
        let had = entry.places.len() < before;
        if entry.is_over() {
            all.remove(ours);
        }
        had
    }

    /// Everybody of ours who is known.
    pub(super) fn everybody(&self) -> Vec<Email> {
        self.all.lock().keys().cloned().collect()
    }

    /// Whom one of ours wants to see at any place of his that has told a status; `None`: nobody was ever asked for.
    pub(super) fn wanted(&self, ours: &Email) -> Option<(AccountId, BTreeSet<Email>)> {
        let all = self.all.lock();
        let ours = all.get(ours)?;
        let live = ours.places.iter().filter(|place| place.endpoint.is_live());
        let wanted = live.flat_map(|place| &place.named).filter(|(_, named)| named.is_wanted());
        Some((ours.id, wanted.map(|(theirs, _)| theirs.clone()).collect()))
    }

    /// What a network is to be told, where one of ours may see these people of it and nobody else.
    pub(super) fn turn(&self, ours: &Email, network: usize, may: &BTreeSet<Email>, now: Instant) -> Turn {
        let mut all = self.all.lock();
        let Some(entry) = all.get_mut(ours) else { return Turn::default() };
        // Whoever was never asked for need not be left.
        let before = entry.seen.len();
        entry.seen.retain(|theirs, seen| {
            seen.network != network || seen.state != Step::ToAsk || may.contains(theirs)
        });
        let total = self.seen.load(Ordering::Relaxed) - (before - entry.seen.len());
        let mut new = 0;
        for theirs in may {
            match entry.seen.get_mut(theirs) {
                // The network may not have heard that he was left, and is to hear it where he is not wanted in the end.
                Some(seen) if seen.state == Step::ToLeave => {
                    *seen = Seen { state: Step::Asking, ..Seen::new(network, now) };
                }
                Some(_) => {}
                None if total + new >= MAX_SEEN => break,
                None => {
                    entry.seen.insert(theirs.clone(), Seen::new(network, now));
                    new += 1;
                }
            }
        }
        self.seen.store(total + new, Ordering::Relaxed);
        let mut turn = Turn::default();
        for (theirs, seen) in entry.seen.iter_mut().filter(|(_, seen)| seen.network == network) {
            if !may.contains(theirs) {
                (seen.state, seen.presence) = (Step::ToLeave, None);
                turn.unwatch.push(theirs.clone());
            } else if matches!(seen.state, Step::ToAsk | Step::Asking) {
                turn.watch.push(theirs.clone());
            }
        }
        if entry.is_over() {
            all.remove(ours);
        }
        turn
    }

    /// A network is being told that one of ours wants to see somebody: from here on it may say what he shows.
    pub(super) fn asking(&self, ours: &Email, theirs: &Email) {
        self.turns(ours, theirs, Step::ToAsk, Step::Asking);
    }

    /// A network has taken that one of ours wants to see somebody.
    pub(super) fn asked(&self, ours: &Email, theirs: &Email) {
        self.turns(ours, theirs, Step::Asking, Step::Asked);
    }

    fn turns(&self, ours: &Email, theirs: &Email, from: Step, to: Step) {
        let mut all = self.all.lock();
        let seen = all.get_mut(ours).and_then(|entry| entry.seen.get_mut(theirs));
        if let Some(seen) = seen.filter(|seen| seen.state == from) {
            seen.state = to;
        }
    }

    /// A network has taken that one of ours does not want to see somebody any more.
    pub(super) fn left(&self, ours: &Email, theirs: &Email) {
        let mut all = self.all.lock();
        let Some(entry) = all.get_mut(ours) else { return };
        if entry.seen.get(theirs).is_some_and(|seen| seen.state == Step::ToLeave) {
            entry.seen.remove(theirs);
            self.seen.fetch_sub(1, Ordering::Relaxed);
        }
        if entry.is_over() {
            all.remove(ours);
        }
    }

    /// A network says what somebody shows to one of ours. Returns whether he had asked for him.
    pub(super) fn show(
        &self,
        network: usize,
        theirs: &Email,
        ours: &Email,
        presence: Option<Presence>,
        now: Instant,
    ) -> bool {
        let mut all = self.all.lock();
        let Some(entry) = all.get_mut(ours) else { return false };
        let Some(seen) = entry.seen.get_mut(theirs).filter(|seen| seen.is_of(network)) else { return false };
        let has_changed = seen.presence != presence;
        seen.presence = presence;
        // That he is not there is said once more to those who have just asked, and is no news to the others.
        let is_answer = !has_changed && seen.presence.is_none();
        if has_changed && !seen.pace(now) {
            seen.is_late = true;
        } else if (has_changed || is_answer) && !seen.is_late {
            entry.tell(theirs, now);
        }
        if entry.seen.get(theirs).is_some_and(|seen| seen.is_late) {
            self.late.lock().insert(ours.clone());
            self.is_late.notify_one();
        }
        true
    }

    /// A network knows nothing any more: none of its people is there, and it is to be asked for all of them again.
    pub(super) fn reset(&self, network: usize, now: Instant) {
        let mut all = self.all.lock();
        let mut left = 0;
        for entry in all.values_mut() {
            let before = entry.seen.len();
            entry.seen.retain(|_, seen| seen.network != network || seen.state != Step::ToLeave);
            left += before - entry.seen.len();
            let of_it = entry.seen.iter_mut().filter(|(_, seen)| seen.network == network);
            let known: Vec<_> = of_it
                .filter_map(|(theirs, seen)| {
                    seen.state = Step::ToAsk;
                    seen.presence.take().map(|_| theirs.clone())
                })
                .collect();
            for theirs in known {
                entry.tell(&theirs, now);
            }
        }
        all.retain(|_, entry| !entry.is_over());
        self.seen.fetch_sub(left, Ordering::Relaxed);
    }

    /// Tells what could not be told at once, a while after it came up. Never ends.
    pub(super) async fn tell_late(&self, now: impl Fn() -> Instant) {
        loop {
            self.is_late.notified().await;
            tokio::time::sleep(INTERVAL).await;
            let late = std::mem::take(&mut *self.late.lock());
            for ours in late {
                if self.tell_late_to(&ours, now()) {
                    self.late.lock().insert(ours);
                    self.is_late.notify_one();
                }
            }
        }
    }

    /// Returns whether there is still something that one of ours was not told.
    fn tell_late_to(&self, ours: &Email, now: Instant) -> bool {
        let mut all = self.all.lock();
        let Some(entry) = all.get_mut(ours) else { return false };
        let late = entry.seen.iter_mut().filter(|(_, seen)| seen.is_late);
        let (due, later): (Vec<_>, Vec<_>) =
            late.map(|(theirs, seen)| (theirs.clone(), seen.pace(now))).partition(|(_, is_due)| *is_due);
        let mut is_late = !later.is_empty();
        for (theirs, _) in due {
            entry.tell(&theirs, now);
            is_late |= entry.seen.get(&theirs).is_some_and(|seen| seen.is_late);
        }
        is_late
    }

    /// What the places of one of ours say of these people: for each the places that have him on a list.
    pub(super) fn said_of(&self, ours: &Email, theirs: &[Email]) -> Vec<Vec<(EndpointId, Lists)>> {
        let all = self.all.lock();
        let places = all.get(ours).map_or(&[][..], |ours| &ours.places);
        let said = |theirs: &Email| {
            let lists = |place: &Place| Some((place.endpoint.id, place.named.get(theirs)?.lists));
            places.iter().filter_map(lists).collect()
        };
        theirs.iter().map(said).collect()
    }
}

impl Ours {
    const fn new(id: AccountId) -> Self {
        Self { id, places: Vec::new(), seen: BTreeMap::new() }
    }

    /// Whether nothing is known of him any more that anybody needs.
    fn is_over(&self) -> bool {
        self.places.is_empty() && self.seen.is_empty()
    }

    /// Tells his places what somebody shows, where it is news to them.
    fn tell(&mut self, theirs: &Email, now: Instant) {
        let Some(seen) = self.seen.get_mut(theirs) else { return };
        seen.is_late = false;
        for place in &mut self.places {
            let Some(named) = place.named.get_mut(theirs) else { continue };
            // His connection is worth more to him than this.
            if place.endpoint.outbox.is_over_mark() {
                seen.is_late = true;
            } else {
                named.tell(&place.endpoint, theirs, seen.presence.as_ref(), now);
            }
        }
    }
}

impl Seen {
    const fn new(network: usize, now: Instant) -> Self {
        Self { network, state: Step::ToAsk, presence: None, whole_at: now, is_late: false }
    }

    /// What is known of him that may be told.
    const fn shown(&self) -> Option<&Presence> {
        self.presence.as_ref()
    }

    /// Whether this network was asked for him.
    fn is_of(&self, network: usize) -> bool {
        self.network == network && matches!(self.state, Step::Asking | Step::Asked)
    }

    /// Whether one more change may be told now.
    fn pace(&mut self, now: Instant) -> bool {
        let whole_at = self.whole_at.max(now) + INTERVAL;
        let may = whole_at.saturating_duration_since(now) <= INTERVAL * BURST;
        if may {
            self.whole_at = whole_at;
        }
        may
    }
}
