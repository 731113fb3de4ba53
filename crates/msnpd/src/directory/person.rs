//! What is known of somebody who is signed in.

use std::sync::Arc;

use msnp::command::{Command, fln, iln, nln, ubx};
use msnp::dialect::{Dialect, PersonalDataForm};
use msnp::types::{
    Capabilities, CircleId, Email, List, PASSPORT_NETWORK, PersonalData, Privacy, Status, TrId,
};
use msnp::wire::Encoded;

use super::contacts::Contacts;
use super::endpoint::EndpointId;
use super::place::PlaceState;
use super::{Turn, may_see};
use crate::account::{Account, AccountId};
use crate::store::Brief;

/// What a person shows: his last `CHG`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The status.
    pub status: Status,
    /// What his client can do.
    pub capabilities: Capabilities,
    /// His MSN object, in the client's own bytes.
    pub object: Option<Box<str>>,
}

/// What a person tells beside his name: his last `UUX`. XML-escaped, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// The personal message.
    pub psm: Option<Box<str>>,
    /// What is playing.
    pub current_media: Option<Box<str>>,
    /// His machine.
    pub machine_guid: Option<Box<str>>,
    /// A moving display picture.
    pub ddp: Option<Box<str>>,
    /// What is played when he comes.
    pub signature_sound: Option<Box<str>>,
    /// The picture behind his name.
    pub scene: Option<Box<str>>,
    /// The colour of his windows.
    pub color_scheme: Option<Box<str>>,
}

impl Media {
    /// Takes what `newer` has; what it lacks stays.
    fn update(&mut self, newer: Self) {
        let take = |known: &mut Option<Box<str>>, newer: Option<Box<str>>| {
            if newer.is_some() {
                *known = newer;
            }
        };
        take(&mut self.psm, newer.psm);
        take(&mut self.current_media, newer.current_media);
        take(&mut self.machine_guid, newer.machine_guid);
        take(&mut self.ddp, newer.ddp);
        take(&mut self.signature_sound, newer.signature_sound);
        take(&mut self.scene, newer.scene);
        take(&mut self.color_scheme, newer.color_scheme);
    }

    fn told(&self) -> PersonalData<'_> {
        PersonalData {
            psm: self.psm.as_deref(),
            current_media: self.current_media.as_deref(),
            machine_guid: self.machine_guid.as_deref(),
            ddp: self.ddp.as_deref(),
            signature_sound: self.signature_sound.as_deref(),
            scene: self.scene.as_deref(),
            color_scheme: self.color_scheme.as_deref(),
        }
    }
}

/// What a person tells his own places of one of them. XML-escaped, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateMedia {
    /// What the place is called.
    pub name: Option<Box<str>>,
    /// Whether nobody sits there.
    pub idle: Option<Box<str>>,
    /// What kind of machine it is.
    pub client_type: Option<Box<str>>,
    /// The status there.
    pub state: Option<Box<str>>,
}

/// All that one `UUX` tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// What everybody hears.
    pub media: Media,
    /// What the client there can do.
    pub capabilities: Option<Capabilities>,
    /// What the person's own places hear.
    pub private: Option<PrivateMedia>,
}

/// What a change of what a person tells means to others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    /// What everybody with personal messages hears.
    pub(super) message: bool,
    /// What those hear who are told of machines.
    pub(super) machine: bool,
    /// What those hear who are told of places.
    pub(super) places: bool,
    /// What only he himself hears.
    pub(super) private: bool,
}

impl Told {
    /// Whether anybody else hears of it.
    pub(super) fn to_others(self) -> bool {
        self.message || self.machine || self.places
    }

    /// Whether readers of a form hear of it.
    pub(super) fn concerns(self, form: PersonalDataForm) -> bool {
        form.is_told()
            && (self.message || (self.machine && form.has_machine()) || (self.places && form.has_places()))
    }
}

/// How somebody stands to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct View {
    /// He has him on his forward list.
    pub(super) watches: bool,
    /// He may see him.
    pub(super) sees: bool,
}

/// Somebody who is signed in.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: AccountId,
    pub(super) email: Email,
    pub(super) name: Arc<str>,
    /// The account's revision when the name was last changed, as far as is known.
    pub(super) name_revision: u64,
    pub(super) privacy: Privacy,
    /// The same of the privacy.
    pub(super) privacy_revision: u64,
    pub(super) contacts: Contacts,
    /// Nothing before the first `CHG`.
    pub(super) shown: Option<Shown>,
    pub(super) media: Media,
    /// Whether somebody of another network may be watching him.
    pub(super) is_watched_outside: bool,
    /// His places, oldest first.
    pub(super) places: Vec<PlaceState>,
    /// The circles in which any of them has a seat.
    #[expect(clippy::box_collection, reason = "everybody pays for its size, and few are in a circle")]
    circles: Option<Box<Vec<CircleId>>>,
}

impl Person {
    /// Somebody of whom nothing is loaded yet: nobody may see him.
    pub(super) fn new(account: &Account) -> Self {
        Self {
            id: account.id,
            email: account.email.clone(),
            name: account.name.as_str().into(),
            name_revision: 0,
            privacy: Privacy::BlockOthers,
            privacy_revision: 0,
            contacts: Contacts::default(),
            shown: None,
            media: Media::default(),
            is_watched_outside: false,
            places: Vec::new(),
            circles: None,
        }
    }

    /// The circles in which any of his places has a seat.
    pub(super) fn circles(&self) -> &[CircleId] {
        self.circles.as_deref().map_or(&[], Vec::as_slice)
    }

    /// Notes that one of his places has a seat in a circle.
    pub(super) fn add_circle(&mut self, circle: CircleId) {
        if !self.circles().contains(&circle) {
            self.circles.get_or_insert_default().push(circle);
        }
    }

    /// Forgets the circles that are not to be kept.
    pub(super) fn keep_circles(&mut self, mut is_kept: impl FnMut(&Self, CircleId) -> bool) {
        let Some(mut circles) = self.circles.take() else { return };
        circles.retain(|circle| is_kept(self, *circle));
        self.circles = Some(circles).filter(|circles| !circles.is_empty());
    }

    pub(super) fn load(&mut self, brief: &Brief) {
        let revision = brief.settings_revision;
        if self.privacy_revision <= revision {
            (self.privacy, self.privacy_revision) = (brief.privacy, revision);
        }
        if self.name_revision <= revision {
            (self.name, self.name_revision) = (brief.name.as_str().into(), revision);
        }
        self.contacts.load(brief.revision, &brief.contacts);
    }

    /// Whether there is anything to be seen.
    pub(super) fn is_visible(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.status != Status::Hidden)
    }

    /// Whether `other` may see and contact him.
    pub(super) fn allows(&self, other: AccountId) -> bool {
        may_see(self.privacy, self.contacts.lists(other)) && !self.a_place_hides_from(other)
    }

    /// How `other` stands to him.
    pub(super) fn view(&self, other: AccountId) -> View {
        let watches = self.contacts.lists(other).contains(List::Reverse);
        View { watches, sees: self.allows(other) }
    }

    /// Takes what a client at one of his places tells, and says what of it is news.
    pub(super) fn publish(&mut self, endpoint: EndpointId, publication: Publication) -> Told {
        let before = self.media.clone();
        self.media.update(publication.media);
        let (old, new) = (before.told(), self.media.told());
        let message = (old.psm, old.current_media) != (new.psm, new.current_media);
        let machine = old.machine_guid != new.machine_guid;
        let places = (old.ddp, old.signature_sound, old.scene, old.color_scheme)
            != (new.ddp, new.signature_sound, new.scene, new.color_scheme);
        let mut told = Told { message, machine, places, private: false };
        if let Some(place) = self.places.iter_mut().find(|place| place.id == endpoint) {
            if publication.capabilities.is_some() && place.capabilities != publication.capabilities {
                place.capabilities = publication.capabilities;
                told.places = place.has_shown();
            }
            if publication.private.is_some() && place.private != publication.private {
                place.private = publication.private;
                told.private = place.has_shown();
            }
        }
        told
    }

    fn presence<'a>(&'a self, shown: &'a Shown, circle: Option<CircleId>) -> nln::Presence<'a> {
        nln::Presence {
            status: shown.status,
            network: PASSPORT_NETWORK,
            handle: self.email.as_str(),
            circle,
            name: Encoded::new(&self.name),
            capabilities: shown.capabilities,
            object: shown.object.as_deref().map(Encoded::from_wire),
        }
    }

    /// His status, to somebody who has asked with `trid`.
    pub(super) fn write_first_look(&self, dialect: &'static Dialect, trid: TrId, out: &mut Vec<u8>) {
        let Some(shown) = &self.shown else { return };
        if dialect.from_server.contains(<iln::Push<'_> as Command<'_>>::VERB) {
            iln::Push { trid, presence: self.presence(shown, None) }.write(out, dialect);
        } else {
            nln::Push(self.presence(shown, None)).write(out, dialect);
        }
        self.write_media(dialect, out);
    }

    /// That he has appeared to somebody, or vanished from him.
    pub(super) fn write_turn(&self, turn: Turn, dialect: &'static Dialect, out: &mut Vec<u8>) {
        match turn {
            Turn::Appears => self.write_arrival(dialect, out),
            Turn::Vanishes => self.write_gone(dialect, out),
        }
    }

    /// That he has come.
    pub(super) fn write_arrival(&self, dialect: &'static Dialect, out: &mut Vec<u8>) {
        self.write_status(dialect, out);
        if !dialect.repeats_personal_data {
            self.write_media(dialect, out);
        }
    }

    /// His status; and what he tells beside it, to those who hear it every time.
    pub(super) fn write_status(&self, dialect: &'static Dialect, out: &mut Vec<u8>) {
        if let Some(shown) = &self.shown {
            nln::Push(self.presence(shown, None)).write(out, dialect);
        }
        if dialect.repeats_personal_data {
            self.write_media(dialect, out);
        }
    }

    /// What one of his own places is told of him.
    pub(super) fn write_self(&self, dialect: &'static Dialect, out: &mut Vec<u8>) {
        if let Some(shown) = &self.shown {
            nln::Push(self.presence(shown, None)).write(out, dialect);
            self.write_data(None, true, dialect, out);
        }
    }

    /// What he tells beside his status, to those who can show it: also when it is empty, as the official clients expect.
    pub(super) fn write_media(&self, dialect: &'static Dialect, out: &mut Vec<u8>) {
        self.write_data(None, false, dialect, out);
    }

    /// What is private among it goes to himself.
    fn write_data(
        &self,
        circle: Option<CircleId>,
        private: bool,
        dialect: &'static Dialect,
        out: &mut Vec<u8>,
    ) {
        if !dialect.personal_data.is_told() {
            return;
        }
        let places = self.places.iter().filter_map(|place| place.told(private)).collect();
        let handle = self.email.as_str();
        ubx::Push { handle, circle, data: Some(self.media.told()), places }.write(out, dialect);
    }

    /// That he is gone.
    pub(super) fn write_gone(&self, dialect: &'static Dialect, out: &mut Vec<u8>) {
        fln::Push { network: PASSPORT_NETWORK, handle: self.email.as_str(), circle: None }
            .write(out, dialect);
    }

    /// His status in a circle, and what he tells beside it.
    pub(super) fn write_in_circle(&self, circle: CircleId, dialect: &'static Dialect, out: &mut Vec<u8>) {
        if let Some(shown) = &self.shown {
            nln::Push(self.presence(shown, Some(circle))).write(out, dialect);
            self.write_data(Some(circle), false, dialect, out);
        }
    }

    /// That he is gone from a circle.
    pub(super) fn write_gone_from_circle(
        &self,
        circle: CircleId,
        dialect: &'static Dialect,
        out: &mut Vec<u8>,
    ) {
        fln::Push { network: PASSPORT_NETWORK, handle: self.email.as_str(), circle: Some(circle) }
            .write(out, dialect);
    }

    /// That a circle is there, in which he is, to one of his own places: as his own presence in it, whatever he shows to
    /// others (later-versions reference, 8.3).
    pub(super) fn write_own_in_circle(&self, circle: CircleId, dialect: &'static Dialect, out: &mut Vec<u8>) {
        let there = Shown { status: Status::Online, capabilities: Capabilities::default(), object: None };
        nln::Push(self.presence(&there, Some(circle))).write(out, dialect);
        self.write_data(Some(circle), false, dialect, out);
    }
}
