//! `ABContactUpdate`: what the book has of others, and of its owner.

use msnp::soap::abch::types::{Annotation, ContactInfo, ContactRef};
use msnp::soap::abch::{AbContactUpdate, ErrorCode, Operation, Reply};
use msnp::types::{Privacy, Prompt};

use super::Outcome;
use super::ab_contact_add::{invite, name, phone};
use super::caller::Caller;
use super::details;
use super::refusal::Refusal;
use crate::ns::pace::Few;
use crate::store::{EntryUpdate, MeUpdate};

impl Caller<'_> {
    pub(super) async fn ab_contact_update(
        &self,
        request: AbContactUpdate,
        renames: &mut Few,
    ) -> Result<Outcome, Refusal> {
        let (mut me, mut entries) = (None, Vec::new());
        for change in request.contacts {
            match change.contact {
                ContactRef::Id(guid) if guid != self.account.id.contact_id() => {
                    let info = &change.info;
                    entries.push(EntryUpdate {
                        guid,
                        is_buddy: info.is_messenger_user,
                        name: name(info)?,
                        phone: phone(info)?,
                        details: details::edits(info),
                        invite: invite(info),
                    });
                }
                // Of two the second counts: nobody sends two.
                ContactRef::Id(_) | ContactRef::Me => me = Some(self.me(change.info)?),
            }
        }
        let is_renamed =
            me.as_ref().and_then(|me| me.name.as_ref()).is_some_and(|name| *name != self.account.name);
        if is_renamed && renames.is_too_many(self.server.now()) {
            return Err(Refusal::Fault(ErrorCode::RequestLimitReached));
        }
        // A Messenger contact again gets onto the allow list only if the client says so: it does (web-services
        // reference, 16).
        let edited = self.store().update_entries(self.account.id, me, entries, Self::adding(false)).await?;
        Ok(Outcome::new(Reply::Done(Operation::AbContactUpdate), edited))
    }

    /// What is to become of the owner's own entry. Some of his annotations are settings that older clients make.
    fn me(&self, mut info: ContactInfo) -> Result<MeUpdate, Refusal> {
        let mut update = MeUpdate { name: name(&info)?, ..MeUpdate::default() };
        // Clients write the address where they have no name, which is none to keep.
        if let Some(name) = &mut update.name
            && self.account.email.is(name)
        {
            name.clear();
        }
        info.annotations.retain(|Annotation { name, value }| {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is(Annotation::MOBILE) {
                update.is_mobile = Some(value == "1");
            } else if is(Annotation::PROMPT) {
                update.prompt = Some(if value == "1" { Prompt::Ask } else { Prompt::Allow });
            } else if is(Annotation::PRIVACY) {
                let blocks = value == "2";
                update.privacy = Some(if blocks { Privacy::BlockOthers } else { Privacy::AllowOthers });
            } else {
                return true;
            }
            false
        });
        update.details = details::edits(&info);
        // His own number is nobody's note.
        if let Some(number) = phone(&info)? {
            update.details.push((details::MOBILE.to_owned(), Some(number).filter(|n| !n.is_empty())));
        }
        Ok(update)
    }
}
