//! The address book, ABCH: contacts, groups, and who may see whom (web-services reference, sections 12 to 16).
//!
//! One file for each operation: what is asked, and what is answered if there is anything to answer. What they are about
//! is in [`types`]. A request is read in three steps, so that a service can say the most important thing first:
//!
//! ```
//! use msnp::soap::abch::{Headers, NAMESPACE, Request};
//! use msnp::soap::envelope::Envelope;
//! use msnp::soap::tree::Limits;
//!
//! let document = br#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
//!     <DeleteContact xmlns="http://www.msn.com/webservices/AddressBook">
//!         <contactId>6f1c9f3e-1111-4a2b-8c3d-0000000000b0</contactId>
//!     </DeleteContact></s:Body></s:Envelope>"#;
//! let envelope = Envelope::parse(document, Limits::LISTS)?; // is it anything at all?
//! let headers = Headers::read(&envelope); // who asks?
//! assert_eq!(headers.ticket, None);
//! let request = Request::read(envelope.operation(&[NAMESPACE])?)?; // what for?
//! assert_eq!(request.operation().as_str(), "DeleteContact");
//! # Ok::<(), msnp::soap::abch::Invalid>(())
//! ```

mod ab_add;
mod ab_contact_add;
mod ab_contact_delete;
mod ab_contact_update;
mod ab_find;
mod ab_group_add;
mod ab_group_contact_add;
mod ab_group_contact_delete;
mod ab_group_delete;
mod ab_group_update;
mod add_service;
mod break_connection;
mod create_circle;
mod create_contact;
mod dynamic_item;
mod fault;
mod find_friends_in_common;
mod find_membership;
mod header;
mod manage_wl_connection;
mod member_change;
mod operation;
mod properties;
mod read;
mod reply;
mod request;
pub mod types;

pub use ab_add::AbAdd;
pub use ab_contact_add::AbContactAdd;
pub use ab_contact_delete::{AbContactDelete, DeleteContact};
pub use ab_contact_update::{AbContactUpdate, ContactChange};
pub use ab_find::{
    AbFindAll, AbFindByContacts, AbFindContactsPaged, AddressBook, CircleResult, ExtendedContent, Since,
};
pub use ab_group_add::AbGroupAdd;
pub use ab_group_contact_add::{AbGroupContactAdd, ContactSpec};
pub use ab_group_contact_delete::AbGroupContactDelete;
pub use ab_group_delete::AbGroupDelete;
pub use ab_group_update::{AbGroupUpdate, GroupChange};
pub use add_service::AddService;
pub use break_connection::BreakConnection;
pub use create_circle::CreateCircle;
pub use create_contact::CreateContact;
pub use dynamic_item::DynamicItems;
pub use fault::{ErrorCode, Fault, Refusal};
pub use find_friends_in_common::FindFriendsInCommon;
pub use find_membership::{FindMembership, FindMembershipByRole, Membership, Memberships, Owner, Service};
pub use header::{ApplicationHeader, Headers, ServiceHeader};
pub use manage_wl_connection::{ConnectionAction, ManageWlConnection};
pub use member_change::MemberChange;
pub use operation::Operation;
pub use read::{
    Invalid, MAX_ANNOTATIONS, MAX_CONTACTS, MAX_ENTRIES, MAX_GROUP_NAME, MAX_GROUPS, MAX_IDS, MAX_LONG_TEXT,
    MAX_MEMBERS, MAX_ROLES, MAX_SERVICES, MAX_TEXT, MAX_TOLD,
};
pub use reply::Reply;
pub use request::Request;
pub use types::Timestamp;

/// The namespace of all that the address book is asked and answers.
pub const NAMESPACE: &str = "http://www.msn.com/webservices/AddressBook";
