//! What the protocol talks about: types that can't hold anything the wire could not carry.

mod address;
pub mod calendar;
mod circle;
mod circle_document;
mod client_version;
mod email;
mod error_code;
mod group;
mod guid;
mod list;
mod member_list;
mod object;
mod page;
mod personal_data;
mod privacy;
mod property;
mod secret;
mod status;
mod telephone;
mod timestamp;
mod trid;

pub use address::Address;
pub use circle::{CircleId, InvalidCircleId};
pub use circle_document::{CIRCLE_CONTENT, CircleDocument, CircleUri, InvalidCircleDocument};
pub use client_version::{ClientVersion, InvalidClientVersion};
pub use email::{Email, InvalidEmail, MAX_LEN as MAX_EMAIL_LEN};
pub use error_code::ErrorCode;
pub use group::{GroupRef, InvalidGroup};
pub use guid::{Guid, InvalidGuid};
pub use list::{List, Lists, UnknownList};
pub use member_list::{
    CIRCLE_NETWORK, InvalidMemberList, Listed, MemberList, PASSPORT_NETWORK, YAHOO_NETWORK,
};
pub use object::{DataHash, InvalidObject, MsnObject, ObjectType};
pub use page::{InvalidPage, MAX_PAGE, Page, PagedPhone};
pub(crate) use personal_data::read_places;
pub use personal_data::{
    InvalidPersonalData, MAX_CURRENT_MEDIA, MAX_PART, MAX_PSM, PersonalData, Place, PrivatePlace, Published,
};
pub use privacy::{Invitations, Privacy, Prompt, UnknownMode};
pub use property::{Property, UnknownProperty};
pub use secret::{OwnedSecret, Secret};
pub use status::{Capabilities, InvalidCapabilities, Status, UnknownStatus};
pub use telephone::{InvalidTelephone, MAX_DIGITS as MAX_TELEPHONE_DIGITS, Telephone};
pub use timestamp::Timestamp;
pub use trid::{InvalidTrId, TrId};
