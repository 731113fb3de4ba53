//! What follows from an edit of somebody's lists, for everybody but its maker: whoever made it, with a command or over a
//! web service.

use std::sync::Arc;

use msnp::command::{Command, adc, add, adl, bpr, not, rem, rfs, rml};
use msnp::dialect::{Dialect, ListEdits, Properties};
use msnp::soap::timestamp;
use msnp::types::{Email, List, Listed, MemberList, PASSPORT_NETWORK, TrId};
use msnp::wire::Encoded;

use crate::account::AccountId;
use crate::clock::unix_now;
use crate::directory::Endpoint;
use crate::ns::{list_version, unset};
use crate::server::Server;
use crate::store::{Change, Edited, Sight};

/// Whose lists were edited.
#[derive(Clone, Copy, Debug)]
pub struct Editor<'a> {
    /// His number.
    pub id: AccountId,
    /// His address.
    pub email: &'a Email,
    /// What he calls himself.
    pub name: &'a str,
}

impl Server {
    /// Shows and hides people as an edit demands, and tells the others that it concerns. To be called once the maker of
    /// the edit has his answer.
    ///
    /// A place of the editor's looks at a new contact, where it wants to be told of him: those of MSNP13 and later say so
    /// themselves, before the edit or after it. `by` made the edit, and has looked already.
    pub fn follow_edit(self: &Arc<Self>, editor: &Editor<'_>, edited: &Edited, by: Option<&Endpoint>) {
        self.directory.apply(&edited.changes);
        self.tell_other_side(editor, &edited.changes);
        if let Some(contact) = edited.contact.filter(|_| edited.is_new_contact() && by.is_none()) {
            self.directory.look_from_everywhere(editor.id, contact);
        }
        self.offer_after(editor.id, &edited.changes);
    }

    /// Tells contacts that they were put on the editor's forward list, or taken off it, if they were. Whoever has blocked
    /// the editor hears nothing of being added.
    pub(crate) fn tell_other_side(&self, editor: &Editor<'_>, changes: &[Change]) {
        for change in changes.iter().filter(|change| change.owner != editor.id) {
            let (before, after) =
                (change.before.contains(List::Reverse), change.after.contains(List::Reverse));
            if before == after {
                continue;
            }
            if after && change.after.contains(List::Block) {
                self.directory.keep_change(change.owner, change.revision);
                continue;
            }
            let owner = self.directory.email(change.owner);
            self.directory.tell_change(change.owner, change.revision, |dialect, revision, out| {
                if after {
                    added_by(editor.email, editor.name, revision, dialect, out);
                } else {
                    removed_by(editor.email, revision, dialect, out);
                }
                if let Some(owner) = owner.as_ref().filter(|_| reads_address_book(dialect)) {
                    address_book_changed(change.owner, owner, dialect, out);
                }
            });
        }
    }

    /// Tells others what they see of somebody's properties from here on.
    pub(crate) fn show_properties(&self, email: &Email, sight: &Sight) {
        let handle = Some(email.as_str());
        for (watcher, revision) in &sight.watchers {
            self.directory.tell_change(*watcher, *revision, |dialect, revision, out| {
                if matches!(dialect.properties, Properties::None | Properties::AddressBook) {
                    return;
                }
                let version = list_version(dialect, revision);
                for (property, value) in &sight.properties {
                    let unset = unset(*property).filter(|_| dialect.properties == Properties::All);
                    let value = value.as_deref().or(unset).map(Encoded::new);
                    bpr::Push { version, handle, property: *property, value }.write(out, dialect);
                }
            });
        }
    }

    /// Has everybody who reads the address book of `owner` read all of it again.
    pub(crate) fn have_lists_read(&self, owner: AccountId) {
        self.directory.tell(owner, |dialect, out| {
            if reads_address_book(dialect) {
                rfs::Push.write(out, dialect);
            }
        });
    }
}

fn reads_address_book(dialect: &Dialect) -> bool {
    dialect.list_edits == ListEdits::AddressBook
}

/// That somebody has put the reader on his forward list.
pub(crate) fn added_by(email: &Email, name: &str, revision: u64, dialect: &Dialect, out: &mut Vec<u8>) {
    let (trid, handle, name) = (TrId::UNSOLICITED, email.as_str(), Encoded::new(name));
    match dialect.list_edits {
        ListEdits::Add => {
            let version = list_version(dialect, revision).unwrap_or_default();
            add::Push { trid, list: List::Reverse, version, handle, name, group: None }.write(out, dialect);
        }
        ListEdits::Adc => {
            let who = adc::Who::Handle { handle, name: Some(name) };
            let request = adc::Request { trid, list: List::Reverse, who };
            adc::Push { request, guid: None }.write(out, dialect);
        }
        ListEdits::AddressBook => {
            let payload = reverse(email, Some(&name));
            adl::Push { payload: payload.as_bytes() }.write(out, dialect);
        }
    }
}

/// That somebody has taken the reader off his forward list.
fn removed_by(email: &Email, revision: u64, dialect: &Dialect, out: &mut Vec<u8>) {
    match dialect.list_edits {
        ListEdits::Add | ListEdits::Adc => {
            let version = list_version(dialect, revision);
            let (trid, who) = (TrId::UNSOLICITED, email.as_str());
            rem::Push { trid, list: List::Reverse, version, who, group: None }.write(out, dialect);
        }
        ListEdits::AddressBook => {
            let payload = reverse(email, None);
            rml::Push { payload: payload.as_bytes() }.write(out, dialect);
        }
    }
}

/// One contact to a command is what all clients understand (later-versions reference, 4.8).
fn reverse(email: &Email, name: Option<&Encoded<'_>>) -> String {
    let listed = Listed {
        lists: Some(List::Reverse.bit().bits()),
        name: name.map(|name| name.as_str().to_owned()),
        ..Listed::on(PASSPORT_NETWORK, email.as_str())
    };
    MemberList { is_initial: false, members: vec![listed] }.write()
}

/// That the address book is another than the client knows, by somebody else's doing (later-versions reference, 10.2).
pub(crate) fn address_book_changed(owner: AccountId, email: &Email, dialect: &Dialect, out: &mut Vec<u8>) {
    let (puid, cid) = (owner.puid(), owner.cid().cast_signed());
    let (low, high) = (puid as u32, puid >> 32);
    let when = timestamp(unix_now());
    let when = when.trim_end_matches('Z');
    let payload = format!(
        "<NOTIFICATION id=\"0\" siteid=\"45705\" siteurl=\"http://contacts.msn.com\">\
         <TO pid=\"0x{low:08X}:0x{high:08X}\" name=\"{email}\"><VIA agent=\"messenger\"/></TO>\
         <MSG id=\"0\"><SUBSCR url=\"s.htm\"/><ACTION url=\"a.htm\"/><BODY>\
         &lt;NotificationData xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"&gt;&lt;Service&gt;ABCHInternal&lt;/Service&gt;\
         &lt;CID&gt;{cid}&lt;/CID&gt;&lt;LastModifiedDate&gt;{when}.000-00:00&lt;/LastModifiedDate&gt;\
         &lt;HasNewItem&gt;false&lt;/HasNewItem&gt;&lt;/NotificationData&gt;</BODY></MSG></NOTIFICATION>"
    );
    not::Push { payload: payload.as_bytes() }.write(out, dialect);
}

#[cfg(test)]
mod tests {
    use msnp::dialect::{MSNP8, MSNP12, MSNP13, MSNP18};
    use msnp::soap::tree::{Element, Limits};

    use super::*;

    fn told(dialect: &Dialect, write: impl Fn(&Email, &Dialect, &mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&"bob@example.com".parse().unwrap(), dialect, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_world_hears_of_an_addition_in_its_own_way() {
        let added = |dialect| told(dialect, |email, dialect, out| added_by(email, "Bob B", 7, dialect, out));
        assert_eq!(added(&MSNP8), "ADD 0 RL 7 bob@example.com Bob%20B\r\n");
        assert_eq!(added(&MSNP12), "ADC 0 RL N=bob@example.com F=Bob%20B\r\n");
        let push =
            "ADL 0 68\r\n<ml><d n=\"example.com\"><c n=\"bob\" l=\"8\" t=\"1\" f=\"Bob%20B\"/></d></ml>";
        assert_eq!([added(&MSNP13), added(&MSNP18)], [push, push]);
        let removed = |dialect| told(dialect, |email, dialect, out| removed_by(email, 8, dialect, out));
        assert_eq!(removed(&MSNP8), "REM 0 RL 8 bob@example.com\r\n");
        let push = "RML 0 56\r\n<ml><d n=\"example.com\"><c n=\"bob\" l=\"8\" t=\"1\"/></d></ml>";
        assert_eq!(removed(&MSNP13), push);
    }

    #[test]
    fn a_changed_address_book_is_told_of_in_xml() {
        let line =
            told(&MSNP18, |email, dialect, out| address_book_changed(AccountId(7), email, dialect, out));
        let (_, payload) = line.split_once("\r\n").unwrap();
        let root = Element::parse(payload.as_bytes(), Limits::SMALL).unwrap();
        let to = root.child("TO").unwrap();
        assert_eq!(to.attribute("pid"), Some("0x00000007:0x00030000"));
        assert_eq!(to.attribute("name"), Some("bob@example.com"));
        let body = root.find(&["MSG", "BODY"]).unwrap().text();
        let body = Element::parse(body.as_bytes(), Limits::SMALL).unwrap();
        assert_eq!(body.child("CID").unwrap().text(), AccountId(7).cid().cast_signed().to_string());
    }
}
