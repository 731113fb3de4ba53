//! What follows from an edit of somebody's lists, for everybody but its maker: whoever made it, with a command or over a
//! web service.

use std::sync::Arc;

use msnp::command::{Command, adc, add, adl, bpr, not, rem, rfs, rml};
use msnp::dialect::{Dialect, ListEdits, Properties};
use msnp::soap::timestamp;
use msnp::types::{CircleId, Email, Guid, List, Listed, MemberList, PASSPORT_NETWORK, TrId};
use msnp::wire::Encoded;

use crate::account::{Account, AccountId};
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
        self.federation.lists_changed(editor.email);
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

/// What somebody's own places are to be told of an edit of his lists that was made elsewhere.
#[derive(Clone, Debug)]
pub struct OwnNews {
    change: Change,
    guid: Guid,
    email: Email,
    name: String,
}

impl Server {
    /// Looks up what the places of somebody are to be told of edits of his lists that a web service has made, as far as
    /// he has any that speak of lists themselves. Nothing can be answered about an edit any more when this fails, so that
    /// the places will read it with their next `SYN` then.
    pub async fn own_news(&self, owner: AccountId, edits: &[Edited]) -> Vec<OwnNews> {
        let mut news = Vec::new();
        if !self.directory.is_told_of_lists(owner) {
            return news;
        }
        for edited in edits {
            let Some(change) = edited.changes.iter().find(|change| change.owner == owner).copied() else {
                continue;
            };
            match self.store.account(change.contact).await {
                Ok(Some(Account { email, name, .. })) => {
                    news.push(OwnNews { change, guid: edited.guid, email, name });
                }
                Ok(None) => {}
                Err(error) => {
                    self.note_failure(&error);
                    self.directory.keep_change(owner, change.revision);
                }
            }
        }
        news
    }

    /// Tells the places of somebody what [`own_news`](Self::own_news) has looked up.
    pub fn tell_own(&self, owner: AccountId, news: &[OwnNews]) {
        for news in news {
            self.directory.tell_change(owner, news.change.revision, |dialect, revision, out| {
                news.write(revision, dialect, out);
            });
        }
    }
}

impl OwnNews {
    /// One line for each list that he was put on, or taken off (notification-server reference, 8).
    fn write(&self, revision: u64, dialect: &Dialect, out: &mut Vec<u8>) {
        let (trid, handle, name) = (TrId::UNSOLICITED, self.email.as_str(), Encoded::new(&self.name));
        let guid = self.guid.to_string();
        for list in [List::Forward, List::Allow, List::Block] {
            let was = self.change.before.contains(list);
            let is = self.change.after.contains(list);
            let is_named = dialect.list_edits == ListEdits::Adc && list == List::Forward;
            match (dialect.list_edits, was, is) {
                (ListEdits::AddressBook, ..) | (_, true, true) | (_, false, false) => {}
                (_, true, false) => {
                    let version = list_version(dialect, revision);
                    let who = if is_named { &guid } else { handle };
                    rem::Push { trid, list, version, who, group: None }.write(out, dialect);
                }
                (ListEdits::Add, false, true) => {
                    let version = list_version(dialect, revision).unwrap_or_default();
                    add::Push { trid, list, version, handle, name: name.clone(), group: None }
                        .write(out, dialect);
                }
                (ListEdits::Adc, false, true) => {
                    let name = is_named.then(|| name.clone());
                    let request = adc::Request { trid, list, who: adc::Who::Handle { handle, name } };
                    adc::Push { request, guid: is_named.then_some(self.guid) }.write(out, dialect);
                }
            }
        }
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
    notify(owner, email, "&lt;HasNewItem&gt;false&lt;/HasNewItem&gt;", dialect, out);
}

/// That a circle is another than the client knows, in its own book or in the reader's: to those clients that know circles.
pub(crate) fn circle_changed(
    owner: AccountId,
    email: &Email,
    circle: CircleId,
    dialect: &Dialect,
    out: &mut Vec<u8>,
) {
    if !dialect.has_circles {
        return;
    }
    let what = format!("&lt;HasNewItem&gt;true&lt;/HasNewItem&gt;&lt;CircleId&gt;{circle}&lt;/CircleId&gt;");
    notify(owner, email, &what, dialect, out);
}

/// The notification about the address book, with `what` in the document inside.
fn notify(owner: AccountId, email: &Email, what: &str, dialect: &Dialect, out: &mut Vec<u8>) {
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
         {what}&lt;/NotificationData&gt;</BODY></MSG></NOTIFICATION>"
    );
    not::Push { payload: payload.as_bytes() }.write(out, dialect);
}

#[cfg(test)]
mod tests {
    use msnp::dialect::{MSNP8, MSNP12, MSNP13, MSNP18};
    use msnp::soap::tree::{Element, Limits};
    use msnp::types::Lists;

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
    fn own_places_of_older_versions_hear_of_what_a_web_service_did() {
        let lists = |lists: &[List]| lists.iter().fold(Lists::NONE, |all, list| all.with(*list));
        let told = |before: &[List], after: &[List], dialect| {
            let news = OwnNews {
                change: Change {
                    owner: AccountId(1),
                    contact: AccountId(2),
                    before: lists(before),
                    after: lists(after),
                    revision: 9,
                },
                guid: "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c".parse().unwrap(),
                email: "bob@example.com".parse().unwrap(),
                name: "Bob B".to_owned(),
            };
            let mut out = Vec::new();
            news.write(9, dialect, &mut out);
            String::from_utf8(out).unwrap()
        };
        let (fl, al, bl) = (List::Forward, List::Allow, List::Block);
        assert_eq!(
            told(&[], &[fl, al], &MSNP8),
            "ADD 0 FL 9 bob@example.com Bob%20B\r\nADD 0 AL 9 bob@example.com Bob%20B\r\n"
        );
        assert_eq!(
            told(&[], &[fl, al], &MSNP12),
            "ADC 0 FL N=bob@example.com F=Bob%20B C=b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c\r\nADC 0 AL N=bob@example.com\r\n"
        );
        assert_eq!(
            told(&[fl, al], &[bl], &MSNP8),
            "REM 0 FL 9 bob@example.com\r\nREM 0 AL 9 bob@example.com\r\nADD 0 BL 9 bob@example.com Bob%20B\r\n"
        );
        assert_eq!(told(&[fl], &[fl, al, List::Reverse], &MSNP12), "ADC 0 AL N=bob@example.com\r\n");
        assert_eq!(told(&[fl], &[], &MSNP12), "REM 0 FL b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c\r\n");
        assert_eq!(told(&[], &[fl], &MSNP18), "");
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
        assert_eq!(body.child("HasNewItem").unwrap().text(), "false");
    }

    #[test]
    fn a_changed_circle_is_told_of_to_who_knows_circles() {
        let circle: CircleId = "00000000-0000-0000-0009-0a1b2c3d4e5f".parse().unwrap();
        let told = |dialect| {
            told(dialect, |email, dialect, out| circle_changed(AccountId(7), email, circle, dialect, out))
        };
        assert_eq!(told(&MSNP13), "");
        let line = told(&MSNP18);
        let (_, payload) = line.split_once("\r\n").unwrap();
        let root = Element::parse(payload.as_bytes(), Limits::SMALL).unwrap();
        let body = root.find(&["MSG", "BODY"]).unwrap().text();
        let body = Element::parse(body.as_bytes(), Limits::SMALL).unwrap();
        let value = |name| body.child(name).unwrap().text().to_owned();
        assert_eq!(
            [value("Service"), value("HasNewItem"), value("CircleId")],
            ["ABCHInternal".to_owned(), "true".to_owned(), circle.to_string()]
        );
    }
}
