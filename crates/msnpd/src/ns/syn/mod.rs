//! `SYN`: the user's lists, unless the client has them already. How lists travel is a matter of the form that the
//! dialect has, each in a file of its own.

pub(super) mod per_list;
mod per_person;

use msnp::command::{Command, syn};
use msnp::dialect::{Dialect, ListForm, ListVersion};
use msnp::flow::End;
use msnp::types::{List, Lists, Timestamp, TrId};

use super::Session;
use crate::store::{Roster, RosterContact};

/// The group that everybody is in who is in no other, where groups have numbers.
pub(super) const OTHER_CONTACTS: &str = "Other Contacts";

impl Session {
    /// Whoever asks again gets everything.
    pub(super) async fn syn(&mut self, request: syn::Request<'_>) -> Result<(), End> {
        let (again, mut told) = (self.has_lists, false);
        let endpoint = self.user()?.endpoint.clone();
        let behind = endpoint.catch_up();
        let done = self.tell_lists(request.trid, |roster, dialect, out| {
            told = true;
            answer(&request, roster, again, dialect, out);
        });
        done.await?;
        if !told {
            endpoint.stay_behind(behind);
        }
        self.has_lists |= told;
        Ok(())
    }

    /// Reads the user's lists and says something of them. The whole of it is one burst: what others cause meanwhile
    /// follows it. A client that lacks a change is told a revision that shows it, unless it is about to read everything.
    pub(super) async fn tell_lists(
        &mut self,
        trid: TrId,
        write: impl FnOnce(&Roster, &Dialect, &mut Vec<u8>),
    ) -> Result<(), End> {
        self.outbox.begin_burst();
        self.user()?.endpoint.hear_of_lists();
        // Looked at after that: whatever has not changed it yet will be told.
        let ahead = self.roster_read_ahead();
        let user = self.user()?;
        let roster = match ahead {
            Some(roster) => Ok(Some(roster)),
            None => self.server.store.roster(user.id).await.map(|read| read.map(Box::new)),
        };
        let told = match roster {
            Ok(Some(mut roster)) => {
                roster.revision = user.endpoint.told_revision(roster.revision);
                self.say(|out, dialect| write(&roster, dialect, out))
            }
            Ok(None) => Err(End::SignedOut),
            Err(error) => self.store_failed(trid, &error),
        };
        self.outbox.end_burst();
        told
    }
}

/// The versions of the lists that the server has, as a client is told them.
struct Versions {
    lists: String,
    settings: Option<String>,
}

impl Versions {
    fn of(roster: &Roster, dialect: &Dialect) -> Self {
        match dialect.list_version {
            ListVersion::Counter => Self { lists: (roster.revision as u32).to_string(), settings: None },
            ListVersion::Timestamps | ListVersion::AddressBook => {
                let at = |revision| Timestamp::of_revision(roster.created, revision).to_string();
                Self { lists: at(roster.lists_revision), settings: Some(at(roster.settings_revision)) }
            }
        }
    }

    /// Whether the client has just these.
    fn are(&self, request: &syn::Request<'_>) -> bool {
        request.lists == self.lists && request.settings == self.settings.as_deref()
    }

    fn reply(&self, request: &syn::Request<'_>, counts: Option<syn::Counts>) -> syn::Reply<'_> {
        syn::Reply { trid: request.trid, lists: &self.lists, settings: self.settings.as_deref(), counts }
    }
}

fn answer(request: &syn::Request<'_>, roster: &Roster, again: bool, dialect: &Dialect, out: &mut Vec<u8>) {
    let versions = Versions::of(roster, dialect);
    if !again && versions.are(request) {
        versions.reply(request, None).write(out, dialect);
        return;
    }
    match dialect.lists {
        ListForm::PerList => {
            versions.reply(request, None).write(out, dialect);
            per_list::write(request.trid, roster, dialect, out);
        }
        ListForm::PerPerson | ListForm::Named | ListForm::NamedWithNetwork | ListForm::AddressBook => {
            let counts = per_person::counts(roster, dialect);
            versions.reply(request, Some(counts)).write(out, dialect);
            per_person::write(roster, dialect, out);
        }
    }
}

/// The name of a contact: what the user has for him, or else what he calls himself. Whether he lets the user see him makes
/// no difference: if the name went with it, a blocked user could tell.
fn shown_name(contact: &RosterContact) -> &str {
    contact.stored_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&contact.name)
}

/// The lists of a contact as this dialect shows them. A pending contact stands on the pending list alone where there
/// is one; where there is none the client finds him on the reverse list.
fn shown_lists(lists: Lists, dialect: &Dialect) -> Lists {
    match (dialect.has_pending_list, lists.contains(List::Pending)) {
        (true, true) => lists.without(List::Reverse),
        (true, false) => lists,
        (false, _) => lists.without(List::Pending),
    }
}
