//! The headers of requests and answers.

use super::NAMESPACE;
use super::read::{MAX_TEXT, Read as _};
use crate::soap::envelope::Envelope;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::{Guid, OwnedSecret};

/// Who asks, and why. Informative: nothing is authorised by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationHeader {
    /// The client's program, as a GUID in whatever case (web-services reference, 12.2).
    pub application_id: String,
    /// Why: `Initial`, `ContactSave` …
    pub partner_scenario: String,
    /// What the last answer's [`ServiceHeader::cache_key`] was.
    pub cache_key: String,
}

/// The headers of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// Who asks, and why.
    pub application: ApplicationHeader,
    /// The ticket. None if it comes in the cookie `MSPAuth` instead.
    pub ticket: Option<OwnedSecret>,
}

/// Bytes of a ticket that is looked at. Ours are under 200; clients cut at 1022.
const MAX_TICKET: usize = 4096;

impl Headers {
    /// What the headers say. What is too long to be what it should be is as good as not there.
    pub fn read(envelope: &Envelope) -> Self {
        let application = envelope.header("ABApplicationHeader");
        let word = |name| value(application, name, MAX_TEXT).unwrap_or_default().to_owned();
        Self {
            application: ApplicationHeader {
                application_id: word("ApplicationId"),
                partner_scenario: word("PartnerScenario"),
                cache_key: word("CacheKey"),
            },
            ticket: value(envelope.header("ABAuthHeader"), "TicketToken", MAX_TICKET).map(OwnedSecret::new),
        }
    }
}

impl Headers {
    pub(super) fn write(&self, xml: &mut Xml) {
        let ApplicationHeader { application_id, partner_scenario, cache_key } = &self.application;
        xml.inside_in(NAMESPACE, "ABApplicationHeader", |xml| {
            xml.text("ApplicationId", application_id);
            xml.plain("IsMigration", false);
            xml.text("PartnerScenario", partner_scenario);
            if !cache_key.is_empty() {
                xml.text("CacheKey", cache_key);
            }
        });
        xml.inside_in(NAMESPACE, "ABAuthHeader", |xml| {
            xml.plain("ManagedGroupRequest", false);
            xml.some_text("TicketToken", self.ticket.as_ref().map(OwnedSecret::expose));
        });
    }
}

fn value<'a>(header: Option<&'a Element>, name: &str, max: usize) -> Option<&'a str> {
    header?.value(name).filter(|text| text.len() <= max)
}

/// The header of every answer that is no fault (web-services reference, 12.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceHeader {
    /// What the client is to send from now on.
    pub cache_key: String,
    /// Whether it differs from what the client sent.
    pub cache_key_changed: bool,
    /// The host that the client goes to from now on: it has to lead here, and to be in the certificate.
    pub preferred_host_name: String,
    /// Any.
    pub session_id: Guid,
}

impl ServiceHeader {
    /// What an answer's header says; what it does not say, or at too great a length, is empty.
    pub(super) fn read(header: Option<&Element>) -> Self {
        let word = |name| value(header, name, MAX_TEXT).unwrap_or_default().to_owned();
        let changed = header.and_then(|header| header.boolean("CacheKeyChanged").ok().flatten());
        Self {
            cache_key: word("CacheKey"),
            cache_key_changed: changed.unwrap_or_default(),
            preferred_host_name: word("PreferredHostName"),
            session_id: header
                .and_then(|header| header.guid("SessionId").ok().flatten())
                .unwrap_or(Guid([0; 16])),
        }
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        let Self { cache_key, cache_key_changed, preferred_host_name, session_id } = self;
        xml.raw("<ServiceHeader");
        xml.attribute("xmlns", NAMESPACE);
        xml.raw(">");
        xml.plain("Version", "15.01.1408.0000");
        xml.text("CacheKey", cache_key);
        xml.plain("CacheKeyChanged", cache_key_changed);
        xml.text("PreferredHostName", preferred_host_name);
        xml.plain("SessionId", session_id);
        xml.close("ServiceHeader");
    }
}
