//! The web services that scripts post to: where they are, and what their requests look like around what is asked
//! (web-services reference, 12 and 18).

use std::fmt;

use msnp::soap::escape;
use msnp::soap::tree::Limits;

/// What an answer may be.
pub(crate) const ANSWER_LIMITS: Limits = Limits { bytes: 4 << 20, depth: 64, nodes: 1 << 18 };

const ABCH: &str = "http://www.msn.com/webservices/AddressBook";
const OIM: &str = "http://messenger.msn.com/ws/2004/09/oim/";
const OIM_2006: &str = "http://messenger.live.com/ws/2006/09/oim/";
const RSI: &str = "http://www.hotmail.msn.com/ws/2004/09/oim/rsi";

/// A web service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Contacts and groups.
    AddressBook,
    /// Takes messages for who is away.
    Oim,
    /// Hands them out.
    Rsi,
    /// Who may see whom.
    Sharing,
}

/// What is posted: the parts that a script decides.
pub(crate) struct Post<'a> {
    pub(crate) operation: &'a str,
    /// The inner XML.
    pub(crate) body: &'a str,
    /// `t=…&p=…`
    pub(crate) ticket: &'a str,
    /// Who posts: address and name.
    pub(crate) from: (&'a str, &'a str),
    /// Whom it is for, where the service wants to know.
    pub(crate) to: &'a str,
    /// The client's version of the protocol.
    pub(crate) version: &'a str,
}

impl Service {
    /// What it is called in scripts.
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("address-book", Self::AddressBook),
        ("oim", Self::Oim),
        ("rsi", Self::Rsi),
        ("sharing", Self::Sharing),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, service)| *service)
    }

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::AddressBook => "/abservice/abservice.asmx",
            Self::Oim => "/OimWS/oim.asmx",
            Self::Rsi => "/rsi/rsi.asmx",
            Self::Sharing => "/abservice/SharingService.asmx",
        }
    }

    /// The namespace of what is asked and answered.
    pub(crate) const fn namespace(self) -> &'static str {
        match self {
            Self::AddressBook | Self::Sharing => ABCH,
            Self::Oim => OIM,
            Self::Rsi => RSI,
        }
    }

    /// The name in whose ticket it takes.
    pub(crate) const fn ticket(self) -> &'static str {
        match self {
            Self::AddressBook | Self::Sharing => "contacts.msn.com",
            Self::Oim => "messengersecure.live.com",
            Self::Rsi => "messenger.msn.com",
        }
    }

    /// `SOAPAction`
    pub(crate) fn action(self, operation: &str) -> String {
        match self {
            Self::Oim if operation == "Store2" => format!("{OIM_2006}{operation}"),
            Self::Oim => format!("{OIM}{operation}"),
            Self::AddressBook | Self::Rsi | Self::Sharing => format!("{}/{operation}", self.namespace()),
        }
    }

    /// The whole document.
    pub(crate) fn envelope(self, post: &Post<'_>) -> String {
        let Post { operation, body, ticket, .. } = post;
        let namespace = self.namespace();
        let (header, body) = match self {
            Self::AddressBook | Self::Sharing => (
                format!(
                    "<ABApplicationHeader xmlns=\"{ABCH}\"><ApplicationId>09607671-1C32-421F-A6A6-CBFAA51AB5F4</ApplicationId>\
                     <IsMigration>false</IsMigration><PartnerScenario>Initial</PartnerScenario></ABApplicationHeader>\
                     <ABAuthHeader xmlns=\"{ABCH}\"><ManagedGroupRequest>false</ManagedGroupRequest>\
                     <TicketToken>{}</TicketToken></ABAuthHeader>",
                    escape(ticket)
                ),
                format!("<{operation} xmlns=\"{namespace}\">{body}</{operation}>"),
            ),
            Self::Rsi => {
                let part = |name: &str| {
                    let parts = ticket.split('&').filter_map(|part| part.split_once('='));
                    parts.into_iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
                };
                (
                    format!(
                        "<PassportCookie xmlns=\"{RSI}\"><t>{}</t><p>{}</p></PassportCookie>",
                        escape(part("t")),
                        escape(part("p"))
                    ),
                    format!("<{operation} xmlns=\"{namespace}\">{body}</{operation}>"),
                )
            }
            // What is asked stands in the body without anything around it.
            Self::Oim => (oim_header(post), (*body).to_owned()),
        };
        let default = if self == Self::Oim { format!(" xmlns=\"{OIM}\"") } else { String::new() };
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
             <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\
             <soap:Header>{header}</soap:Header><soap:Body{default}>{body}</soap:Body></soap:Envelope>"
        )
    }
}

fn oim_header(Post { ticket, from: (address, name), to, version, .. }: &Post<'_>) -> String {
    let name = openssl::base64::encode_block(name.as_bytes());
    format!(
        "<From memberName=\"{}\" friendlyName=\"=?utf-8?B?{name}?=\" xml:lang=\"en-US\" proxy=\"MSNMSGR\" xmlns=\"{OIM}\" \
         msnpVer=\"{version}\" buildVer=\"8.1.0178\"/><To memberName=\"{}\" xmlns=\"{OIM}\"/>\
         <Ticket passport=\"{}\" appid=\"PROD0090YUAUV{{2B\" lockkey=\"\" xmlns=\"{OIM}\"/>\
         <Sequence xmlns=\"http://schemas.xmlsoap.org/ws/2003/03/rm\">\
         <Identifier xmlns=\"http://schemas.xmlsoap.org/ws/2002/07/utility\">http://messenger.msn.com</Identifier>\
         <MessageNumber>1</MessageNumber></Sequence>",
        escape(address),
        escape(to),
        escape(ticket),
    )
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, service)| service == self).map(|(name, _)| *name);
        f.write_str(name.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use msnp::soap::tree::Element;

    use super::*;

    #[test]
    fn envelopes_have_the_ticket_in_its_place() {
        let post = |operation, body| Post {
            operation,
            body,
            ticket: "t=a+b/c==&p=d",
            from: ("alice@example.com", "Alice L"),
            to: "bob@example.com",
            version: "MSNP15",
        };
        let read = |service: Service, operation, body| {
            Element::parse(service.envelope(&post(operation, body)).as_bytes(), ANSWER_LIMITS).unwrap()
        };
        let envelope = read(Service::AddressBook, "ABFindAll", "<abView>Full</abView>");
        let ticket = envelope.find(&["Header", "ABAuthHeader", "TicketToken"]).unwrap();
        assert_eq!(ticket.text(), "t=a+b/c==&p=d");
        let operation = envelope.find(&["Body", "ABFindAll"]).unwrap();
        assert_eq!(operation.namespace(), Some(ABCH));
        assert_eq!(operation.child("abView").unwrap().namespace(), Some(ABCH));

        let envelope = read(Service::Rsi, "GetMetadata", "");
        let cookie = envelope.find(&["Header", "PassportCookie"]).unwrap();
        assert_eq!([cookie.child("t").unwrap().text(), cookie.child("p").unwrap().text()], ["a+b/c==", "d"]);

        let envelope = read(Service::Oim, "Store", "<MessageType>text</MessageType>");
        assert_eq!(
            envelope.find(&["Header", "Ticket"]).unwrap().attribute("passport"),
            Some("t=a+b/c==&p=d")
        );
        assert_eq!(
            envelope.find(&["Header", "To"]).unwrap().attribute("memberName"),
            Some("bob@example.com")
        );
        assert_eq!(envelope.find(&["Body", "MessageType"]).unwrap().namespace(), Some(OIM));
        assert_eq!(Service::Oim.action("Store2"), "http://messenger.live.com/ws/2006/09/oim/Store2");
        assert_eq!(
            Service::Rsi.action("GetMessage"),
            "http://www.hotmail.msn.com/ws/2004/09/oim/rsi/GetMessage"
        );
    }
}
