//! `ABContactAdd` and `ABGroupContactAdd`: people get into the book, and into groups of it.

use msnp::soap::abch::types::{Annotation, ContactEmail, ContactInfo, EmailType, PhoneType};
use msnp::soap::abch::{AbContactAdd, AbGroupContactAdd, ContactSpec, ErrorCode, Operation, Reply};
use msnp::types::{Email, Guid, Telephone, YAHOO_NETWORK};
use msnp::wire::{Encoded, limits};

use super::Outcome;
use super::caller::Caller;
use super::details;
use super::refusal::Refusal;
use super::view::COMPANY;
use crate::store::{Addition, BookEdited, EntryAddress, NewEntry};

impl Caller<'_> {
    pub(super) async fn ab_contact_add(&self, request: AbContactAdd) -> Result<Outcome, Refusal> {
        let AbContactAdd { contacts, manages_allow_list, .. } = request;
        let new = contacts.iter().map(new_entry).collect::<Result<Vec<_>, _>>()?;
        let how = Self::adding(manages_allow_list);
        let edited = self.store().add_entries(self.account.id, new, how).await?;
        Ok(Outcome::new(Reply::AbContactAdd(first(&edited)), edited))
    }

    pub(super) async fn ab_group_contact_add(&self, request: AbGroupContactAdd) -> Result<Outcome, Refusal> {
        let AbGroupContactAdd { groups, contacts, manages_allow_list, .. } = request;
        let entry = |contact: &ContactSpec| match contact {
            ContactSpec::Id(guid) => Ok(Addition::Known(*guid)),
            ContactSpec::New(info) => new_entry(info).map(Addition::New),
        };
        let entries = contacts.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        let how = Self::adding(manages_allow_list);
        let edited = self.store().add_to_groups(self.account.id, entries, groups, how).await?;
        Ok(Outcome::new(Reply::AbGroupContactAdd(first(&edited)), edited))
    }

    pub(super) async fn delete_contacts(
        &self,
        contacts: Vec<Guid>,
        operation: Operation,
    ) -> Result<Outcome, Refusal> {
        let edited = self.store().delete_entries(self.account.id, contacts).await?;
        Ok(Outcome::new(Reply::Done(operation), edited))
    }
}

/// The first of those whom an edit was about. A request without any is not read.
fn first(edited: &BookEdited) -> Guid {
    edited.guids.first().copied().unwrap_or(Guid([0; 16]))
}

/// Who is to be added: an account by its address, somebody of another network whom Messenger could reach, a mobile phone,
/// or an entry of the book and no more.
pub(super) fn new_entry(info: &ContactInfo) -> Result<NewEntry, Refusal> {
    let passport = info.passport_name.as_deref().filter(|name| !name.is_empty());
    let enabled = |email: &&ContactEmail| email.is_messenger_enabled == Some(true);
    let (who, is_buddy) = if let Some(passport) = passport {
        (EntryAddress::Account(address(passport)?), info.is_messenger_user.unwrap_or_default())
    } else if let Some(email) = info.emails.iter().find(enabled) {
        let written = email.email.as_deref().unwrap_or_default();
        (EntryAddress::Outside { network: network(email), address: address(written)?.to_string() }, true)
    } else if let Some(number) = messenger_phone(info) {
        (EntryAddress::Outside { network: Telephone::NETWORK, address: number.to_string() }, true)
    } else {
        (EntryAddress::Outside { network: 0, address: String::new() }, false)
    };
    let name = match name(info)? {
        // Who has no address has to be called something.
        None if matches!(&who, EntryAddress::Outside { .. }) => {
            fitting(info.quick_name.as_deref(), "quickName")?.filter(|name| !name.is_empty())
        }
        name => name,
    };
    let name = name.filter(|name| match &who {
        // Clients give the address where they know no name, which is none to keep.
        EntryAddress::Account(email) => !email.is(name),
        EntryAddress::Outside { address, .. } => !address.eq_ignore_ascii_case(name),
    });
    // The number of a phone that is the contact itself is his address.
    let is_phone = matches!(&who, EntryAddress::Outside { network: Telephone::NETWORK, .. });
    let phone = if is_phone { None } else { phone(info)? };
    Ok(NewEntry { who, is_buddy, name, phone, details: details::edits(info), invite: invite(info) })
}

/// An address, in the form in which all are compared.
pub(super) fn address(written: &str) -> Result<Email, Refusal> {
    written.trim().parse().map_err(|_| Refusal::Fault(ErrorCode::BadEmailArgument))
}

/// The network of an address that Messenger could reach, which is not its own.
fn network(email: &ContactEmail) -> u8 {
    match (email.kind, email.capability) {
        (EmailType::Messenger3, _) | (_, Some(2)) => COMPANY,
        _ => YAHOO_NETWORK,
    }
}

/// The mobile phone that a contact without an address is.
fn messenger_phone(info: &ContactInfo) -> Option<Telephone> {
    let is_it = |kind, enabled| kind == PhoneType::Mobile && enabled == Some(true);
    let phone = info.phones.iter().find(|phone| is_it(phone.kind, phone.is_messenger_enabled))?;
    Telephone::of_written(phone.number.as_deref()?).ok()
}

/// The name to show for a contact, if the request says one.
pub(super) fn name(info: &ContactInfo) -> Result<Option<String>, Refusal> {
    fitting(info.display_name.as_deref(), "DisplayName")
}

/// A name that the parameter `parameter` gives. Older clients are told it on one line.
fn fitting(name: Option<&str>, parameter: &'static str) -> Result<Option<String>, Refusal> {
    match name {
        Some(name) if Encoded::new(name).len() > limits::NAME => {
            Err(Refusal::Parameter(ErrorCode::BadArgumentLength, parameter))
        }
        name => Ok(name.map(str::to_owned)),
    }
}

/// The mobile number of a contact, if the request says one, in the form in which older clients note it.
pub(super) fn phone(info: &ContactInfo) -> Result<Option<String>, Refusal> {
    let mobile = info.phones.iter().find(|phone| phone.kind == PhoneType::Mobile);
    let Some(written) = mobile.and_then(|phone| phone.number.as_deref()) else { return Ok(None) };
    let number =
        Telephone::of_written(written).map_or_else(|_| written.to_owned(), |number| number.to_string());
    if Encoded::new(&number).len() > limits::PHONE {
        return Err(Refusal::Parameter(ErrorCode::BadArgumentLength, "number"));
    }
    Ok(Some(number))
}

/// What is to be told to him who is added.
pub(super) fn invite(info: &ContactInfo) -> Option<String> {
    let annotations = &info.messenger_member_info.as_ref()?.pending_annotations;
    Annotation::find(annotations, Annotation::INVITE_MESSAGE)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}
