//! What requests and answers of the address book are about (web-services reference, section 13).
//!
//! Elements are written in the order in which the servers in use write them, and read in any.

mod ab;
mod annotation;
mod circle;
mod contact;
mod contact_info;
mod group;
mod member;
mod names;
mod network_info;
mod reach;
mod service;
mod timestamp;

pub(in crate::soap::abch) use ab::ab_id;
pub use ab::{Ab, AbHandle, AbInfo, OWN_BOOK};
pub use annotation::Annotation;
pub use circle::{CircleInverseInfo, CircleRole, CircleState};
pub use contact::{Contact, ContactRef};
pub use contact_info::{ContactInfo, ContactType, MessengerMemberInfo};
pub use group::{GROUP_TYPE, Group, GroupInfo};
pub use member::{Listed, Member, MemberKind, MemberState, MembershipId, Role, Whom};
pub(in crate::soap::abch) use names::names;
pub use network_info::NetworkInfo;
pub use reach::{
    ContactEmail, ContactLocation, ContactPhone, ContactWebSite, EmailType, LocationType, PhoneType,
    WebSiteType,
};
pub use service::{Handle, ServiceType};
pub use timestamp::{Never, Timestamp};
