//! `RST.srf`, the token service of MSN Messenger 7.5 to Windows Live Messenger 8.5: a password, or an older
//! token, in; one ticket for each service asked for, out. SOAP 1.1 and WS-Trust of April 2004.

mod fault;
mod reply;
mod request;

pub use fault::Fault;
pub use reply::{Issued, Reply, Token};
pub use request::{BROKER, Credentials, InvalidRequest, MAX_TOKENS, Request, Wanted};

/// What the namespaces in answers are declared as. The prefixes are part of the contract: some clients
/// compare them as text, others resolve them.
mod ns {
    pub(super) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    pub(super) const PSF: &str = "http://schemas.microsoft.com/Passport/SoapServices/SOAPFault";
    pub(super) const SAML: &str = "urn:oasis:names:tc:SAML:1.0:assertion";
    pub(super) const WSA: &str = "http://schemas.xmlsoap.org/ws/2004/03/addressing";
    pub(super) const WSP: &str = "http://schemas.xmlsoap.org/ws/2002/12/policy";
    pub(super) const WSSC: &str = "http://schemas.xmlsoap.org/ws/2004/04/sc";
    pub(super) const WSSE: &str = "http://schemas.xmlsoap.org/ws/2003/06/secext";
    pub(super) const WST: &str = "http://schemas.xmlsoap.org/ws/2004/04/trust";
    pub(super) const WSU: &str =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
}

/// `psf:serverInfo`: the server's time, by which some clients correct their own.
fn server_info(now: u64) -> String {
    let time = super::timestamp(now);
    let dotted = time.trim_end_matches('Z').replace(['-', 'T', ':'], ".");
    format!(
        "<psf:serverInfo Path=\"Live1\" RollingUpgradeState=\"ExclusiveNew\" LocVersion=\"0\" \
         ServerTime=\"{time}\">MSNPD {dotted}</psf:serverInfo>"
    )
}

#[cfg(test)]
mod tests;
