//! `LSG`: the user's groups, for a client that asks for them (MSNP7-8).

use msnp::command::lsg;
use msnp::flow::End;

use super::Session;
use super::syn::per_list;

impl Session {
    /// Answers in the form that MSNP7 has for its lists, in MSNP8 too.
    pub(super) async fn lsg(&mut self, request: lsg::Request) -> Result<(), End> {
        let lsg::Request { trid } = request;
        self.tell_lists(trid, |roster, dialect, out| per_list::write_groups(trid, roster, dialect, out)).await
    }
}
