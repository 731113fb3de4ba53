//! `LST`: one of the user's lists, for a client that asks for it (MSNP2-8).

use msnp::command::lst;
use msnp::flow::End;
use msnp::types::{ErrorCode, List};

use super::Session;
use super::syn::per_list;

impl Session {
    /// Answers in the form that MSNP2-7 have for all lists, in MSNP8 too.
    pub(super) async fn lst(&mut self, request: lst::Request) -> Result<(), End> {
        let lst::Request { trid, list } = request;
        // To this client there is no such list.
        if list == List::Pending {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        }
        self.tell_lists(trid, |roster, dialect, out| {
            per_list::write_list(trid, list, roster, false, dialect, out);
        })
        .await
    }
}
