//! The document that `ADL`, `RML` and `FQY` carry.

use std::fmt::Write as _;

use super::CircleId;
use crate::soap::tree::{Element, Limits, Malformed};
use crate::soap::{escape, is_xml};
use crate::wire::limits;

/// What a document may hold: as much as fits into a payload. The shortest contact is some 30 bytes, four nodes.
const LIMITS: Limits = Limits { bytes: limits::PAYLOAD, depth: 8, nodes: 4096 };

/// `<ml>`: people by their domains, and telephone numbers (later-versions reference, 4.8).
///
/// ```text
/// <ml l="1"><d n="example.com"><c n="bob" l="3" t="1"/></d><t><c n="tel:+15550100" l="3"/></t></ml>
/// ```
///
/// ```
/// use msnp::types::MemberList;
///
/// let list = MemberList::read(br#"<ml l="1"><d n="Example.com"><c n="Bob" l="3" t="1"/></d></ml>"#)?;
/// assert!(list.is_initial);
/// assert_eq!(list.members[0].address, "Bob@Example.com");
/// # Ok::<(), msnp::types::InvalidMemberList>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberList {
    /// Whether it is one of those that a client sends while it signs in.
    pub is_initial: bool,
    /// Everybody in it, in order.
    pub members: Vec<Listed>,
}

/// Somebody in a [`MemberList`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// His address as written, which need not be one, or `tel:` and a number.
    pub address: String,
    /// `l`: a sum of list bits, as written.
    pub lists: Option<u8>,
    /// `t`: the network he is on; telephones have none.
    pub network: Option<u8>,
    /// `actual`: his address on that network, where it is another (later-versions reference, 4.9). Only servers tell it.
    pub actual: Option<String>,
    /// `f`: his friendly name, which only servers tell, percent-encoded.
    pub name: Option<String>,
}

impl Listed {
    /// Somebody on a network, on no list.
    pub fn on(network: u8, address: impl Into<String>) -> Self {
        Self { address: address.into(), network: Some(network), ..Self::default() }
    }

    /// The circle that it is.
    pub fn circle(&self) -> Option<CircleId> {
        CircleId::from_address(&self.address).filter(|_| self.network == Some(CIRCLE_NETWORK))
    }
}

/// The network of Passport accounts.
pub const PASSPORT_NETWORK: u8 = 1;
/// The network of circles.
pub const CIRCLE_NETWORK: u8 = 9;
/// The network of Yahoo! Messenger.
pub const YAHOO_NETWORK: u8 = 32;
/// What begins a telephone number in place of an address.
const TELEPHONE: &str = "tel:";

impl MemberList {
    /// Reads the document.
    ///
    /// # Errors
    /// When it is another one, or has a domain with nobody in it. The initial one may be empty.
    pub fn read(payload: &[u8]) -> Result<Self, InvalidMemberList> {
        let root = Element::parse(payload, LIMITS)?;
        if !root.is("ml") {
            return Err(InvalidMemberList::Structure);
        }
        let is_initial = root.attribute("l") == Some("1");
        let mut members = Vec::new();
        for part in root.children() {
            let domain = part.is("d").then(|| part.attribute("n")).flatten();
            // The last `@` of an address parts it from its domain, so a domain has none.
            let domain = domain.filter(|domain| is_text(domain) && !domain.contains('@'));
            if domain.is_none() && !part.is("t") {
                return Err(InvalidMemberList::Structure);
            }
            if part.children().is_empty() {
                return Err(InvalidMemberList::Empty);
            }
            for member in part.children() {
                members.push(listed(member, domain).ok_or(InvalidMemberList::Structure)?);
            }
        }
        if members.is_empty() && !is_initial {
            return Err(InvalidMemberList::Empty);
        }
        Ok(Self { is_initial, members })
    }

    /// The list in several, each of which is at most `limit` bytes long when it is written, if nobody in it is longer than
    /// that by himself. An empty one stays one.
    #[must_use]
    pub fn in_parts(self, limit: usize) -> Vec<Self> {
        let Self { is_initial, members } = self;
        let empty = || Self { is_initial, members: Vec::new() };
        let (mut parts, mut part, mut length) = (Vec::new(), empty(), 0);
        for member in members {
            let alone = Self { is_initial, members: vec![member] };
            // Written together they are never longer than each by itself.
            let more = alone.write().len();
            if !part.members.is_empty() && length + more > limit {
                parts.push(std::mem::replace(&mut part, empty()));
                length = 0;
            }
            length += more;
            part.members.extend(alone.members);
        }
        parts.push(part);
        parts
    }

    /// Writes the document, without white space, those of a domain who stand side by side together.
    pub fn write(&self) -> String {
        let mut out = String::from("<ml");
        if self.is_initial {
            out.push_str(" l=\"1\"");
        }
        out.push('>');
        let mut open: Option<&str> = None;
        for member in &self.members {
            let (local, domain) = match member.address.rsplit_once('@') {
                Some((local, domain)) if !member.address.starts_with(TELEPHONE) => (local, domain),
                _ => (&*member.address, ""),
            };
            if open != Some(domain) {
                out.push_str(end_tag(open));
                match domain {
                    "" => out.push_str("<t>"),
                    _ => put(&mut out, "<d n", domain, ">"),
                }
                open = Some(domain);
            }
            put(&mut out, "<c n", local, "");
            // Writing to memory can't fail.
            if let Some(lists) = member.lists {
                let _ = write!(out, " l=\"{lists}\"");
            }
            if let Some(network) = member.network {
                let _ = write!(out, " t=\"{network}\"");
            }
            if let Some(actual) = &member.actual {
                put(&mut out, " actual", actual, "");
            }
            if let Some(name) = &member.name {
                put(&mut out, " f", name, "");
            }
            out.push_str("/>");
        }
        out.push_str(end_tag(open));
        out.push_str("</ml>");
        out
    }
}

fn end_tag(open: Option<&str>) -> &'static str {
    match open {
        None => "",
        Some("") => "</t>",
        Some(_) => "</d>",
    }
}

fn put(out: &mut String, before: &str, value: &str, after: &str) {
    for part in [before, "=\"", &escape(value), "\"", after] {
        out.push_str(part);
    }
}

/// Whether there is anything in it, and nothing that could not be written again.
fn is_text(value: &str) -> bool {
    !value.is_empty() && value.chars().all(is_xml)
}

fn listed(member: &Element, domain: Option<&str>) -> Option<Listed> {
    let name = member.attribute("n").filter(|name| member.is("c") && is_text(name))?;
    // Telephones stand where there is no domain, and nothing else does.
    if domain.is_none() && !name.starts_with(TELEPHONE) {
        return None;
    }
    let number = |name| member.attribute(name).map(str::parse).transpose().ok();
    Some(Listed {
        address: domain.map_or_else(|| name.to_owned(), |domain| format!("{name}@{domain}")),
        lists: number("l")?,
        network: number("t")?,
        actual: member.attribute("actual").map(str::to_owned),
        name: member.attribute("f").map(str::to_owned),
    })
}

/// Why a payload is no list of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMemberList {
    /// A domain with nobody in it, or nothing at all (240).
    #[error("a list of people has somebody in it")]
    Empty,
    /// No XML that is read (241).
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Other elements than there should be (241).
    #[error("a list of people is <ml> with <d> and <t> that have <c> in them")]
    Structure,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DOCUMENT: &str = "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" l=\"3\" t=\"1\"/><c n=\"dave\" l=\"4\" t=\"1\"/></d>\
                            <d n=\"yahoo.com\"><c n=\"yolanda\" l=\"3\" t=\"32\"/></d><t><c n=\"tel:+15550100\" l=\"3\"/></t></ml>";

    #[test]
    fn goes_both_ways() {
        let list = MemberList::read(DOCUMENT.as_bytes()).unwrap();
        assert_eq!(list.members.len(), 4);
        assert_eq!(list.members[2].network, Some(32));
        assert_eq!(list.members[3].address, "tel:+15550100");
        assert_eq!(list.write(), DOCUMENT);
        let push = "<ml><d n=\"example.com\"><c n=\"bob\" l=\"8\" t=\"1\" f=\"Bob%20B\"/></d></ml>";
        let list = MemberList::read(push.as_bytes()).unwrap();
        assert_eq!(list.members[0].name.as_deref(), Some("Bob%20B"));
        assert_eq!(list.write(), push);
        let answer =
            "<ml><d n=\"yahoo.com\"><c n=\"yolanda\" t=\"32\" actual=\"yolanda@yahoo.com.br\"/></d></ml>";
        let list = MemberList::read(answer.as_bytes()).unwrap();
        assert_eq!(list.members[0].actual.as_deref(), Some("yolanda@yahoo.com.br"));
        assert_eq!(list.write(), answer);
    }

    #[test]
    fn circles_stand_there_like_people() {
        let document = "<ml l=\"1\"><d n=\"live.com\"><c n=\"00000000-0000-0000-0009-0a1b2c3d4e5f\" l=\"3\" t=\"9\"/></d></ml>";
        let list = MemberList::read(document.as_bytes()).unwrap();
        assert_eq!(list.members[0].circle(), CircleId::new(0x0a1b_2c3d_4e5f));
        assert_eq!(list.write(), document);
        assert_eq!(Listed::on(CIRCLE_NETWORK, "bob@live.com").circle(), None);
        let person = Listed::on(PASSPORT_NETWORK, "00000000-0000-0000-0009-0a1b2c3d4e5f@live.com");
        assert_eq!(person.circle(), None);
    }

    #[test]
    fn only_the_initial_one_may_be_empty() {
        for empty in ["<ml l=\"1\"></ml>", "<ml l='1' />"] {
            assert_eq!(
                MemberList::read(empty.as_bytes()),
                Ok(MemberList { is_initial: true, members: vec![] }),
                "{empty}"
            );
        }
        for empty in ["<ml></ml>", "<ml><d n=\"example.com\"></d></ml>", "<ml l=\"1\"><t/></ml>"] {
            assert_eq!(MemberList::read(empty.as_bytes()), Err(InvalidMemberList::Empty), "{empty}");
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for bad in [
            "<nm></nm>",
            "<ml><x/></ml>",
            "<ml><d><c n=\"bob\"/></d></ml>",
            "<ml><d n=\"example.com\"><x/></d></ml>",
            "<ml><d n=\"example.com\"><c/></d></ml>",
            "<ml><d n=\"example.com\"><c n=\"bob\" l=\"many\"/></d></ml>",
            "<ml><d n=\"example.com\"><c n=\"bob\" t=\"-1\"/></d></ml>",
            "<ml><d n=\"\"><c n=\"bob\"/></d></ml>",
            "<ml><d n=\"example.com@\"><c n=\"bob\"/></d></ml>",
            "<ml><t><c n=\"@bob\"/></t></ml>",
            "<ml><d n=\"example.com\"><c n=\"\u{1}\"/></d></ml>",
        ] {
            assert_eq!(MemberList::read(bad.as_bytes()), Err(InvalidMemberList::Structure), "{bad}");
        }
        for bad in ["", "<ml>", "text", "<!DOCTYPE ml><ml/>"] {
            assert!(
                matches!(MemberList::read(bad.as_bytes()), Err(InvalidMemberList::Malformed(_))),
                "{bad}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(names in prop::collection::vec("[a-z<&\"' é]{1,5}", 1..6)) {
            let members: Vec<_> = names.iter().map(|name| Listed::on(1, format!("{name}@example.com"))).collect();
            let list = MemberList { is_initial: false, members };
            let again = MemberList::read(list.write().as_bytes()).unwrap();
            prop_assert_eq!(again, list);
        }

        #[test]
        fn parts_are_short_and_lose_nobody(count in 0usize..40, limit in 60usize..400) {
            let members: Vec<_> = (0..count).map(|i| Listed::on(1, format!("user{i}@example.com"))).collect();
            let list = MemberList { is_initial: true, members };
            let parts = list.clone().in_parts(limit);
            prop_assert!(parts.iter().all(|part| part.is_initial && part.write().len() <= limit));
            prop_assert!(parts.iter().all(|part| count == 0 || !part.members.is_empty()));
            prop_assert_eq!(parts.into_iter().flat_map(|part| part.members).collect::<Vec<_>>(), list.members);
        }
    }
}
