//! `PAG`: the user pages a contact's telephone (MSNP5-8), and what `PGD` has in common with it.
//!
//! A page goes by mail to the gateway that the operator has named. A page that goes is not answered.

use msnp::command::pag;
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, Page, Property, Telephone, TrId};

use super::Session;
use crate::store::StoreError;

impl Session {
    pub(super) async fn pag(&mut self, request: pag::Request<'_>) -> Result<(), End> {
        self.page(request.trid, request.to, request.payload).await
    }

    /// Sends a page to a contact or to a number among the user's contacts.
    pub(super) async fn page(&self, trid: TrId, to: &str, payload: &[u8]) -> Result<(), End> {
        let Some(mail) = self.server.mail.as_ref().filter(|mail| mail.has_pages()) else {
            return self.deny(trid, ErrorCode::PAGING_UNAVAILABLE);
        };
        let Ok(page) = Page::read(payload) else { return self.deny(trid, ErrorCode::NOT_ACCEPTING_PAGES) };
        let found = if Telephone::is_meant(to) {
            let Ok(number) = to.parse() else { return self.deny(trid, ErrorCode::INVALID_MSISDN) };
            self.own_number(number).await
        } else {
            let Ok(email) = to.parse() else { return self.deny(trid, ErrorCode::INVALID_PARAMETER) };
            self.number_of(&email).await
        };
        let number = match found {
            Ok(Some(number)) => number,
            Ok(None) if Telephone::is_meant(to) => return self.deny(trid, ErrorCode::UNKNOWN_MSISDN),
            // No contact, one who hides, has no telephone, or wants no pages: nobody can tell which.
            Ok(None) => return self.deny(trid, ErrorCode::NOT_ACCEPTING_PAGES),
            Err(error) => return self.store_failed(trid, &error),
        };
        let user = self.user()?;
        let Ok(place) = mail.place_for_page(user.id, &number, self.server.now()) else {
            return self.deny(trid, ErrorCode::RATE_LIMIT_EXCEEDED);
        };
        match mail.page_address(&number).map(|to| mail.page(place, &to, &user.email, &page.text)) {
            Some(Ok(())) => Ok(()),
            _ => self.deny(trid, ErrorCode::INVALID_MSISDN),
        }
    }

    /// A number, if it is one of the user's contacts: nobody is to page strangers.
    async fn own_number(&self, number: Telephone) -> Result<Option<Telephone>, StoreError> {
        let Ok(user) = self.user() else { return Ok(None) };
        let is_contact = self.server.store.has_telephone(user.id, &number).await?;
        Ok(is_contact.then_some(number))
    }

    /// The number of a contact who lets the user see it and may be paged.
    async fn number_of(&self, contact: &Email) -> Result<Option<Telephone>, StoreError> {
        let Ok(user) = self.user() else { return Ok(None) };
        let store = &self.server.store;
        let Some(contact) = store.forward_contact(user.id, contact).await? else { return Ok(None) };
        let shown = store.properties_shown(contact, user.id).await?;
        let value =
            |wanted| shown.iter().find(|(property, _)| *property == wanted).map(|(_, value)| &**value);
        // It says no wherever the mobile service is off.
        if value(Property::Pageable) != Some("Y") {
            return Ok(None);
        }
        Ok(value(Property::MobilePhone).and_then(|number| Telephone::of_written(number).ok()))
    }
}
