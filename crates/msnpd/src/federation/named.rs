//! What a place says of somebody of another network, and what it is told of him.

use std::time::{Duration, Instant};

use msnp::command::{Command, fln, iln, nln};
use msnp::dialect::Dialect;
use msnp::types::{Capabilities, Email, List, Lists, Status, TrId, YAHOO_NETWORK};
use msnp::wire::{Encoded, limits};

use super::Presence;
use crate::directory::{Endpoint, Said};

/// For how long what a network says of somebody is an answer to the place that has asked for him, and not that he has just
/// come.
const FIRST_LOOK: Duration = Duration::from_secs(10);

/// What a place says of somebody, and was told of him.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// The lists that it has him on.
    pub(super) lists: Lists,
    /// What it has asked with and when, as long as it has heard nothing of him.
    asked: Option<(TrId, Instant)>,
    /// Whether it was told that he is there.
    is_shown: bool,
}

impl Named {
    /// Whether the place wants to see him.
    pub(super) const fn is_wanted(&self) -> bool {
        self.lists.contains(List::Forward)
    }

    /// Takes what the place says of him. Returns whether it wants to see him, and did not before.
    pub(super) fn take(&mut self, lists: Lists, change: Said) -> bool {
        let was_wanted = self.is_wanted();
        self.lists = match change {
            Said::Has => self.lists | lists,
            Said::HasNot => Lists::from_bits(self.lists.bits() & !lists.bits()),
        };
        if !self.is_wanted() {
            (self.asked, self.is_shown) = (None, false);
        }
        self.is_wanted() && !was_wanted
    }

    /// The place has asked for him with `trid`. What is known of him is the answer.
    pub(super) fn ask(
        &mut self,
        endpoint: &Endpoint,
        theirs: &Email,
        known: Option<&Presence>,
        trid: TrId,
        now: Instant,
    ) {
        self.asked = Some((trid, now));
        if known.is_some() {
            self.tell(endpoint, theirs, known, now);
        }
    }

    /// Tells the place what he shows.
    pub(super) fn tell(
        &mut self,
        endpoint: &Endpoint,
        theirs: &Email,
        presence: Option<&Presence>,
        now: Instant,
    ) {
        if !endpoint.is_live() || !self.is_wanted() {
            return;
        }
        let asked = self.asked.take().filter(|(_, at)| now.saturating_duration_since(*at) < FIRST_LOOK);
        let (trid, dialect) = (asked.map(|(trid, _)| trid), endpoint.dialect);
        let mut line = Vec::new();
        match presence {
            Some(presence) => presence.write(theirs, trid, dialect, &mut line),
            None if self.is_shown => write_gone(theirs, dialect, &mut line),
            None => {}
        }
        self.is_shown = presence.is_some();
        if !line.is_empty() {
            endpoint.outbox.push(None, line.into());
        }
    }
}

impl Presence {
    /// That somebody shows this; `trid`: what a client has asked with, if it has.
    fn write(&self, theirs: &Email, trid: Option<TrId>, dialect: &'static Dialect, out: &mut Vec<u8>) {
        let handle = theirs.as_str();
        let name = if self.name.is_empty() { handle } else { &self.name };
        let presence = nln::Presence {
            status: self.status,
            network: YAHOO_NETWORK,
            handle,
            circle: None,
            name: Encoded::new(name),
            capabilities: Capabilities::default(),
            object: None,
        };
        let has_answers = dialect.from_server.contains(<iln::Push<'_> as Command<'_>>::VERB);
        match trid.filter(|_| has_answers) {
            Some(trid) => iln::Push { trid, presence }.write(out, dialect),
            None => nln::Push(presence).write(out, dialect),
        }
    }

    /// What a network says, as far as anybody may be told it: who is hidden is offline, and a name that is too long for a
    /// line is none.
    pub(super) fn told(self) -> Option<Self> {
        let Self { status, name } = self;
        let name = if Encoded::new(&name).len() > limits::NAME { String::new() } else { name };
        (status != Status::Hidden).then_some(Self { status, name })
    }
}

fn write_gone(theirs: &Email, dialect: &'static Dialect, out: &mut Vec<u8>) {
    fln::Push { network: YAHOO_NETWORK, handle: theirs.as_str(), circle: None }.write(out, dialect);
}
