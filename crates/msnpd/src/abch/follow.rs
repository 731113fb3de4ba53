//! What follows from an edit, once the client has its answer.

use std::sync::Arc;

use msnp::types::Privacy;

use crate::account::Account;
use crate::follow::{Editor, OwnNews, address_book_changed};
use crate::server::Server;
use crate::store::BookEdited;

/// Tells whoever it concerns, in either world. The ticket of the one who has edited expires at `ticket_expires`.
pub(super) fn follow(
    server: &Arc<Server>,
    account: &Account,
    ticket_expires: u64,
    edited: &BookEdited,
    news: &[OwnNews],
) {
    let email = &account.email;
    // Of names, groups and settings his own places are not told: one that counts versions must not take the next one that
    // it is told for all there is.
    if edited.revision > edited.before {
        server.directory.keep_changes_after(account.id, edited.before);
        server.directory.tell_elsewhere(account.id, edited.revision, ticket_expires, |dialect, out| {
            address_book_changed(account.id, email, dialect, out);
        });
    }
    if let Some(me) = &edited.me {
        if let Some((name, revision)) = &me.name {
            let name = if name.is_empty() { email.as_str() } else { name };
            server.directory.rename(account.id, name, *revision);
        }
        if let Some((privacy, revision)) = me.privacy {
            server.directory.set_privacy(account.id, privacy, revision);
            if privacy == Privacy::AllowOthers {
                server.offer_messages(account.id);
            }
        }
        me.sights.iter().for_each(|sight| server.show_properties(email, sight));
    }
    if edited.edits.is_empty() {
        return;
    }
    let name = server.directory.name(account.id);
    let editor = Editor { id: account.id, email, name: name.as_deref().unwrap_or(&account.name) };
    for edit in &edited.edits {
        server.follow_edit(&editor, edit, None);
        server.show_properties(email, &edit.sight);
    }
    server.tell_own(account.id, news);
}
