//! `ADC`: a contact gets onto a list, or into a group (MSNP10-12).

use msnp::command::{Command, adc};
use msnp::flow::{End, notification};
use msnp::types::{Email, ErrorCode, List, Telephone};
use msnp::wire::Verb;

use super::Session;
use crate::store::{EditError, Edited, GroupKey};

impl Session {
    /// The answer comes before what others cause meanwhile.
    pub(super) async fn adc(&mut self, request: adc::Request<'_>) -> Result<(), End> {
        self.outbox.begin_burst();
        let done = self.adc_in_burst(request).await;
        self.outbox.end_burst();
        done
    }

    async fn adc_in_burst(&mut self, request: adc::Request<'_>) -> Result<(), End> {
        let (trid, list) = (request.trid, request.list);
        if list == List::Pending {
            return Err(End::BeyondLimits(Verb::ADC));
        }
        let done = match &request.who {
            adc::Who::Handle { handle, name } => {
                if let Some(name) = name {
                    notification::name_fits(Verb::ADC, name)?;
                }
                let name = name.as_ref().map(|name| name.decode());
                if list == List::Forward && Telephone::is_meant(handle) {
                    let number = handle.parse().ok().filter(|_| self.dialect().has_telephone_contacts);
                    let Some(number) = number else { return self.deny(trid, ErrorCode::INVALID_MSISDN) };
                    self.add_telephone(&number, name.as_deref()).await
                } else {
                    let Ok(email) = handle.parse::<Email>() else {
                        return self.deny(trid, ErrorCode::INVALID_PARAMETER);
                    };
                    self.put_on_list(list, &email, name.as_deref(), None).await
                }
            }
            adc::Who::Member { guid, group } if list == List::Forward => {
                let (store, id) = (&self.server.store, self.user()?.id);
                store.add_contact_by_guid(id, *guid, self.group_or_none(group)).await
            }
            adc::Who::Member { .. } => return self.deny(trid, ErrorCode::INVALID_PARAMETER),
        };
        let edited = match done {
            Ok(edited) => edited,
            Err(error) => return self.edit_refused(Verb::ADC, trid, &error),
        };
        let named = matches!(request.who, adc::Who::Handle { .. });
        let guid = (named && list == List::Forward).then_some(edited.guid);
        let shown = self.shown_of_new(&edited).await?;
        let handle = match &request.who {
            adc::Who::Handle { handle, .. } => *handle,
            adc::Who::Member { .. } => "",
        };
        self.say(|out, dialect| {
            adc::Reply { request: request.clone(), guid }.write(out, dialect);
            shown.write(handle, None, dialect, out);
        })?;
        self.follow_up(&edited, trid)
    }

    /// Puts a number on the user's forward list.
    async fn add_telephone(&self, number: &Telephone, name: Option<&str>) -> Result<Edited, EditError> {
        let Ok(user) = self.user() else { return Err(EditError::Gone) };
        // Clients give the number where they know no name, which is none to keep.
        let name = name.filter(|name| !number.to_string().eq_ignore_ascii_case(name));
        self.server.store.add_telephone(user.id, number, name, self.limits()).await
    }

    /// Puts `who` on one of the user's lists, as `ADD` and `ADC` both ask.
    pub(super) async fn put_on_list(
        &self,
        list: List,
        who: &Email,
        name: Option<&str>,
        group: Option<GroupKey>,
    ) -> Result<Edited, EditError> {
        let Ok(user) = self.user() else { return Err(EditError::Gone) };
        let (store, limits) = (&self.server.store, self.limits());
        match list {
            List::Forward => {
                // Clients give the address where they know no name, which is none to keep.
                let name = name.filter(|name| !who.is(name));
                store.add_contact(user.id, who, name, group, limits).await
            }
            List::Allow | List::Block => {
                let ends_pending = !self.dialect().has_pending_list;
                match store.add_to_list(user.id, list, who, ends_pending, limits).await {
                    Err(EditError::OnOppositeList) if self.flow.quirks().swaps_allow_and_block => {
                        store.swap_list(user.id, list, who).await
                    }
                    done => done,
                }
            }
            List::Reverse if self.dialect().has_pending_list => {
                match store.confirm_reverse(user.id, who).await {
                    // For somebody who has not added the user the service closed; it is no error of the list's.
                    Err(EditError::NotOnList) => Err(EditError::NotEditable(list)),
                    done => done,
                }
            }
            List::Reverse | List::Pending => Err(EditError::NotEditable(list)),
        }
    }
}
