//! `/storageservice/SchematizedStore.asmx`: the name, message and picture that follow a user to every machine
//! (web-services reference, 19). Everybody has a profile, with the name that the notification server knows too; messages
//! and pictures are not kept, and who wants to store them is told so.

use std::fmt::Write as _;

use hyper::StatusCode;
use msnp::soap::envelope::{Envelope, FaultCode, coded_fault};
use msnp::soap::tree::{Element, Limits};
use msnp::soap::{escape, timestamp};

use crate::account::Account;
use crate::clock::unix_now;
use crate::http::{Answer, XML, answer};
use crate::server::Server;
use crate::web_user::TicketFault;

/// The most bytes of a request that is read: without pictures, real ones have less than 2 KB.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// What the namespaces of requests begin with: that of Windows Live Messenger 8 ends in `w10`, later ones in `2008`.
const NAMESPACE: &str = "http://www.msn.com/webservices/storage/";

/// That of what a fault says, whatever the request's is.
const FAULTS: &str = "http://www.msn.com/webservices/storage/v1";

/// Why nothing is answered but a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StorageFault {
    /// The profile of somebody else.
    AccessDenied,
    /// Something that is not kept here.
    NotKept,
    /// No good ticket.
    PassportAuthFail,
    /// Nothing that can be read.
    Malformed,
    /// Accounts can't be read just now.
    Unavailable,
}

impl StorageFault {
    /// The document, with status 500.
    pub(crate) fn answer(self) -> Answer {
        let (side, code, text) = match self {
            Self::AccessDenied => (FaultCode::Client, "AccessDenied", "This profile is not yours."),
            Self::NotKept => (FaultCode::Client, "AccessDenied", "This server does not keep that."),
            Self::PassportAuthFail => {
                (FaultCode::Client, "PassportAuthFail", "Sign in again: the ticket is not good any more.")
            }
            Self::Malformed => (FaultCode::Client, "InvalidObjectHandle", "The request can't be read."),
            Self::Unavailable => (FaultCode::Server, "InternalError", "Accounts can't be read just now."),
        };
        let fault = coded_fault(&side, text, FAULTS, code);
        answer(StatusCode::INTERNAL_SERVER_ERROR, XML, fault)
    }
}

impl From<TicketFault> for StorageFault {
    fn from(fault: TicketFault) -> Self {
        match fault {
            TicketFault::Void => Self::PassportAuthFail,
            TicketFault::Unavailable => Self::Unavailable,
        }
    }
}

/// Answers a request.
pub(crate) async fn storage(server: &Server, body: &[u8]) -> Answer {
    match answered(server, body).await {
        Ok(xml) => answer(StatusCode::OK, XML, xml),
        Err(fault) => fault.answer(),
    }
}

async fn answered(server: &Server, body: &[u8]) -> Result<String, StorageFault> {
    let envelope = Envelope::parse(body, Limits::SMALL).map_err(|_| StorageFault::Malformed)?;
    let (operation, namespace) = asked(&envelope).ok_or(StorageFault::Malformed)?;
    let ticket = envelope.header("StorageUserHeader").and_then(|header| header.child("TicketToken"));
    let account = server.web_user(ticket.map(Element::text)).await?.account;
    if !operation.is("GetProfile") {
        return Err(StorageFault::NotKept);
    }
    let alias = operation.find(&["profileHandle", "Alias", "Name"]).map(Element::text);
    if alias.is_some_and(|name| !is_of(&account, name)) {
        return Err(StorageFault::AccessDenied);
    }
    Ok(profile(&account, namespace))
}

/// The operation that is asked for, and its namespace.
fn asked(envelope: &Envelope) -> Option<(&Element, &str)> {
    let operation = envelope.body().children().first()?;
    let namespace = operation.namespace().filter(|namespace| namespace.starts_with(NAMESPACE))?;
    Some((operation, namespace))
}

/// Whether this is the account's own number, signed as everywhere in the address book, or no number at all.
fn is_of(account: &Account, name: &str) -> bool {
    let cid = account.id.cid();
    name.is_empty() || name == "0" || name == cid.cast_signed().to_string() || name == cid.to_string()
}

/// A profile without a picture, which clients want left out altogether. The name is as new as can be: that of the server
/// goes before one that a client remembers.
fn profile(account: &Account, namespace: &str) -> String {
    let (cid, now) = (account.id.cid(), timestamp(unix_now()));
    let mut xml = String::with_capacity(2048);
    // Writing to a String can't fail.
    let _ = write!(
        xml,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
         xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header><AffinityCacheHeader xmlns=\"{namespace}\">\
         <CacheKey>1p1:{cid:016x}</CacheKey></AffinityCacheHeader><StorageUserHeader xmlns=\"{namespace}\"><Puid>0</Puid>\
         <Cid>{cid:016x}</Cid><ApplicationId>0</ApplicationId><DeviceId>0</DeviceId><IsTrustedDevice>false</IsTrustedDevice>\
         <IsStrongAuth>false</IsStrongAuth><IsAdmin>false</IsAdmin><LanguagePreference>0</LanguagePreference>\
         </StorageUserHeader></soap:Header><soap:Body><GetProfileResponse xmlns=\"{namespace}\"><GetProfileResult>\
         <ResourceID>{cid:016x}!106</ResourceID><DateModified>{now}</DateModified><ExpressionProfile>\
         <ResourceID>{cid:016x}!118</ResourceID><DateModified>{now}</DateModified><Version>1</Version>\
         <DisplayName>{name}</DisplayName><DisplayNameLastModified>{now}</DisplayNameLastModified></ExpressionProfile>\
         </GetProfileResult></GetProfileResponse></soap:Body></soap:Envelope>",
        namespace = escape(namespace),
        name = escape(&account.name),
    );
    xml
}
