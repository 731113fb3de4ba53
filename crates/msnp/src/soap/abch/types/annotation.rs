//! Named values that hang on contacts, groups and members.

use crate::soap::abch::read::{Invalid, MAX_ANNOTATIONS, MAX_LONG_TEXT, MAX_TEXT, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// One named value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Its name, such as `AB.NickName`. Compared in any letter case.
    pub name: String,
    /// The value. In a change an empty one takes the annotation away.
    pub value: String,
}

/// The names that mean something to a server.
impl Annotation {
    /// Of oneself: whether others may write to one's mobile device, `0` or `1`.
    pub const MOBILE: &str = "MSN.IM.MBEA";
    /// Of oneself: `1` if the client asks when somebody adds one, `2` if not; anything else reads as `2`.
    pub const PROMPT: &str = "MSN.IM.GTC";
    /// Of oneself: `1` if everybody may write, `2` if only who is allowed; `0` reads as `1`.
    pub const PRIVACY: &str = "MSN.IM.BLP";
    /// Of a contact: how he is called by the one whose contact he is.
    pub const NICK_NAME: &str = "AB.NickName";
    /// Of a contact, a member or a connection: what the one who adds says to the one who is added.
    pub const INVITE_MESSAGE: &str = "MSN.IM.InviteMessage";
    /// Of a member by e-mail address: whose network it is, `32:` Yahoo, `02:` a company's.
    pub const BUDDY_TYPE: &str = "MSN.IM.BuddyType";
    /// Of a group: `1` if Messenger shows it.
    pub const DISPLAY: &str = "MSN.IM.Display";
}

impl Annotation {
    /// With this name and value.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }

    /// The value of the one with this name.
    pub fn find<'a>(all: &'a [Self], name: &str) -> Option<&'a str> {
        all.iter().find(|one| one.name.eq_ignore_ascii_case(name)).map(|one| one.value.as_str())
    }

    /// Those inside of a container, in order; none if there is no container.
    pub(in crate::soap::abch) fn read_all(container: Option<&Element>) -> Result<Vec<Self>, Invalid> {
        let Some(container) = container else { return Ok(Vec::new()) };
        container.each("Annotation", MAX_ANNOTATIONS, |element| {
            Ok(Self {
                name: element.bounded("Name", MAX_TEXT)?.unwrap_or_default().trim().to_owned(),
                value: element.bounded("Value", MAX_LONG_TEXT)?.unwrap_or_default(),
            })
        })
    }

    /// A container with them, if there are any.
    pub(in crate::soap::abch) fn write_all(xml: &mut Xml, container: &str, all: &[Self]) {
        if all.is_empty() {
            return;
        }
        xml.inside(container, |xml| {
            for Self { name, value } in all {
                xml.inside("Annotation", |xml| {
                    xml.text("Name", name);
                    xml.text("Value", value);
                });
            }
        });
    }
}
