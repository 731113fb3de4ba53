//! What roams: the storage service, `SchematizedStore.asmx` (web-services reference, 19).
//!
//! Everybody has a profile with what others see of him wherever he signs in: his name, his personal message and his
//! picture. Pictures are documents of their own, in `/UserTiles`; one of them is related to the profile and is the one
//! that is shown. One file is what one operation says.

mod create_document;
mod create_profile;
mod create_relationships;
mod delete_relationships;
mod fault;
mod find_documents;
mod get_profile;
mod handle;
mod picture;
mod reply;
mod request;
mod share_item;
mod update_document;
mod update_profile;

pub use create_document::CreateDocument;
pub use create_profile::CreateProfile;
pub use create_relationships::{CreateRelationships, Relationship};
pub use delete_relationships::DeleteRelationships;
pub use fault::Fault;
pub use find_documents::{FindDocuments, Found, MAX_CHUNK};
pub use get_profile::{GetProfile, Photo, Profile, Stream, StreamType};
pub use handle::{EXPRESSION_PROFILE, FIRST_DOCUMENT, Handle, PROFILE, ResourceId, Target};
pub use picture::MAX_PICTURE_BYTES;
pub use reply::{Header, Reply};
pub use request::{AskHeaders, Call, Invalid, Request};
pub use share_item::ShareItem;
pub use update_document::UpdateDocument;
pub use update_profile::UpdateProfile;

use super::tree::{Element, Limits};

/// What the namespaces of requests begin with: that of Windows Live Messenger 8 ends in `w10`, that of later ones in
/// `2008`. Answers are in the request's.
pub const NAMESPACES: &str = "http://www.msn.com/webservices/storage/";

/// The namespace of later ones, in which a client asks here.
pub const NAMESPACE_2008: &str = "http://www.msn.com/webservices/storage/2008";

/// Of a request: a picture as long as may be, in base64, and everything around it.
pub const LIMITS: Limits = Limits { bytes: MAX_PICTURE_BYTES / 3 * 4 + 64 * 1024, depth: 32, nodes: 2048 };

/// The longest text of a request that means something to anybody, in bytes: names, messages.
const MAX_TEXT: usize = 2048;

/// The most resources that one request names, or says something of.
const MAX_RESOURCES: usize = 64;

/// The text of an element that may be missing. Its first and its last blank are part of a name.
fn text(element: &Element, path: &'static [&'static str]) -> Result<Option<String>, Invalid> {
    match element.find(path).map(Element::exact_text) {
        Some(text) if text.len() > MAX_TEXT => {
            Err(Invalid::TooLong(path.last().copied().unwrap_or_default()))
        }
        found => Ok(found.map(str::to_owned)),
    }
}

/// Those elements of a list that have this name, each as `read` has it.
fn each<T>(
    list: &Element,
    name: &'static str,
    read: impl FnMut(&Element) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    let named = || list.children().iter().filter(|child| child.is(name));
    match named().count() {
        0 => Err(Invalid::Missing(name)),
        1..=MAX_RESOURCES => named().map(read).collect(),
        _ => Err(Invalid::TooMany(name)),
    }
}
