//! Where the lists end that `SYN` gets: in no version does a line say so (notification-server reference, section 7).

use crate::command::syn;
use crate::types::{List, Lists};

/// The lists of one `SYN` while they come.
#[derive(Debug)]
pub(super) struct Burst(Expected);

#[derive(Debug)]
enum Expected {
    /// These lists, whole one after another.
    Lists(Lists),
    /// So many lines.
    Lines { contacts: usize, groups: usize },
    /// Nobody knows: the answer to a `PNG` comes behind them.
    Pong,
}

impl Burst {
    /// Lists that come one after another.
    pub(super) fn per_list() -> Self {
        let all = [List::Forward, List::Allow, List::Block, List::Reverse];
        Self(Expected::Lists(all.into_iter().fold(Lists::NONE, Lists::with)))
    }

    /// Lists that come a person at a time.
    pub(super) fn per_person(counts: Option<syn::Counts>) -> Self {
        Self(match counts {
            Some(syn::Counts { contacts, groups }) => Expected::Lines { contacts, groups },
            None => Expected::Pong,
        })
    }

    /// Whether a `PNG` has to be said for its end to be known.
    pub(super) const fn needs_ping(&self) -> bool {
        matches!(self.0, Expected::Pong)
    }

    /// A person came; in a version that has lists one by one, as the last one of this list or not.
    pub(super) fn listed(&mut self, last_of: Option<List>) {
        match &mut self.0 {
            Expected::Lists(lists) => *lists = last_of.map_or(*lists, |list| lists.without(list)),
            Expected::Lines { contacts, .. } => *contacts = contacts.saturating_sub(1),
            Expected::Pong => {}
        }
    }

    /// A group came.
    pub(super) fn group(&mut self) {
        if let Expected::Lines { groups, .. } = &mut self.0 {
            *groups = groups.saturating_sub(1);
        }
    }

    /// A `QNG` came.
    pub(super) fn pong(&mut self) {
        if self.needs_ping() {
            self.0 = Expected::Lists(Lists::NONE);
        }
    }

    /// Whether all of it has come.
    pub(super) const fn is_complete(&self) -> bool {
        match self.0 {
            Expected::Lists(lists) => lists.is_empty(),
            Expected::Lines { contacts, groups } => contacts == 0 && groups == 0,
            Expected::Pong => false,
        }
    }
}
