//! The places of a person, and how one status comes of what is shown at all of them.
//!
//! The last status told at any place is that of the person, and his clients follow: each is told what the others have said.
//! But nobody is idle who sits before another machine (later-versions reference, section 7).

use msnp::types::{Capabilities, Guid, Place, PrivatePlace, Status};

use super::endpoint::{Endpoint, EndpointId};
use super::person::{Person, PrivateMedia, Shown, Told};
use super::session_lists::SessionPrivacy;
use crate::account::AccountId;

/// A place of a person, as others are told of it.
#[derive(Debug)]
pub(super) struct PlaceState {
    pub(super) id: EndpointId,
    /// What names it; made up where its client has none, since clients of MSNP18 exchange pictures and files only with
    /// those who have a place.
    guid: Guid,
    /// What its client can do, as it has said for the place.
    pub(super) capabilities: Option<Capabilities>,
    /// The same as it has said with its last status. `None`: it has told none yet, and nobody hears of the place.
    shown: Option<Capabilities>,
    /// Whether that status is that nobody sits there.
    is_idle: bool,
    pub(super) private: Option<PrivateMedia>,
    /// Whom its client lets see the person.
    pub(super) privacy: SessionPrivacy,
}

impl PlaceState {
    pub(super) fn new(endpoint: &Endpoint, account: AccountId) -> Self {
        let guid = endpoint.machine.unwrap_or_else(|| {
            let mut bytes = [0; 16];
            let (front, back) = bytes.split_at_mut(8);
            front.copy_from_slice(&account.cid().to_be_bytes());
            back.copy_from_slice(&account.puid().to_be_bytes());
            Guid(bytes)
        });
        Self {
            id: endpoint.id,
            guid,
            capabilities: None,
            shown: None,
            is_idle: false,
            private: None,
            privacy: SessionPrivacy::default(),
        }
    }

    /// Whether a status was told there.
    pub(super) fn has_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// What is told of it, with what is private or without. Nothing while nothing is shown there.
    pub(super) fn told(&self, private: bool) -> Option<Place<'_>> {
        let shown = self.shown?;
        let private = self.private.as_ref().filter(|_| private).map(|private| PrivatePlace {
            name: private.name.as_deref(),
            idle: private.idle.as_deref(),
            client_type: private.client_type.as_deref(),
            state: private.state.as_deref(),
        });
        Some(Place { guid: self.guid, capabilities: self.capabilities.unwrap_or(shown), private })
    }

    fn is_awake(&self) -> bool {
        self.has_shown() && !self.is_idle
    }

    /// That nobody sits there, for the person's other places. Only where its client has told of itself before.
    fn fall_asleep(&mut self) -> bool {
        let Some(private) = &mut self.private else { return false };
        let (idle, state) = (Some("true".into()), Some("IDL".into()));
        let is_news = (&private.idle, &private.state) != (&idle, &state);
        (private.idle, private.state) = (idle, state);
        is_news
    }
}

/// What a status that was told at one place comes to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct News {
    /// The person shows something else than before.
    pub(super) status: bool,
    /// And what else.
    pub(super) told: Told,
}

impl Person {
    /// Takes the status that was told at a place.
    pub(super) fn take_status(&mut self, endpoint: EndpointId, shown: Shown) -> News {
        let is_idle = shown.status == Status::Idle;
        let others_awake = self.places.iter().any(|place| place.id != endpoint && place.is_awake());
        let mut news = News::default();
        if let Some(place) = self.places.iter_mut().find(|place| place.id == endpoint) {
            news.told.places = place.shown != Some(shown.capabilities);
            (place.shown, place.is_idle) = (Some(shown.capabilities), is_idle);
            if is_idle && others_awake {
                news.told.private = place.fall_asleep();
            }
        }
        if !(is_idle && others_awake) && self.shown.as_ref() != Some(&shown) {
            self.shown = Some(shown);
            news.status = true;
        }
        news
    }

    /// Forgets places. What the person shows is what is shown at those that are left, and nothing where none shows anything.
    pub(super) fn leave(&mut self, is_left: impl Fn(EndpointId) -> bool) -> News {
        let is_news = self.places.iter().any(|place| is_left(place.id) && place.has_shown());
        self.places.retain(|place| !is_left(place.id));
        let mut news = News { status: false, told: Told { places: is_news, ..Told::default() } };
        if !self.has_shown() {
            self.shown = None;
        } else if !self.places.iter().any(PlaceState::is_awake)
            && let Some(shown) = &mut self.shown
            && !matches!(shown.status, Status::Hidden | Status::Idle)
        {
            shown.status = Status::Idle;
            news.status = true;
        }
        news
    }

    /// Whether a status was told at one of his places.
    pub(super) fn has_shown(&self) -> bool {
        self.places.iter().any(PlaceState::has_shown)
    }

    /// Whether it was at one of those that are not to be left.
    pub(super) fn stays_shown(&self, is_left: impl Fn(EndpointId) -> bool) -> bool {
        self.places.iter().any(|place| !is_left(place.id) && place.has_shown())
    }

    /// Whether the client at one of his places hides him from somebody. One that has told no status has not told everything
    /// yet that lets others see him, and has no say beside those that have.
    pub(super) fn a_place_hides_from(&self, other: AccountId) -> bool {
        self.places_with_a_say().any(|place| !place.privacy.allows(other))
    }

    /// The places whose clients say whom he is hidden from.
    pub(super) fn places_with_a_say(&self) -> impl Iterator<Item = &PlaceState> {
        let some_have_shown = self.has_shown();
        self.places.iter().filter(move |place| !some_have_shown || place.has_shown())
    }

    /// What the client at a place can do.
    pub(super) fn capabilities_at(&self, endpoint: EndpointId) -> Capabilities {
        let place = self.places.iter().find(|place| place.id == endpoint);
        let shown = || self.shown.as_ref().map(|shown| shown.capabilities);
        place.and_then(|place| place.shown).or_else(shown).unwrap_or_default()
    }
}
