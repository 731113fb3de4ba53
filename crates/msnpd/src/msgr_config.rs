//! `/Config/MsgrConfig.asmx`: where a client finds what is beside Messenger (web-services reference, 21). Without it
//! clients ask again for minutes. What is named here is on this server, and what there is not is not named.

use askama::Template;
use hyper::StatusCode;
use hyper::header::CACHE_CONTROL;

use crate::http::{Answer, HTML, XML, answer};

/// Where this server is, as the client that asks knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Here {
    /// The name alone.
    pub(crate) host: String,
    /// Where it is over HTTP: `http://name[:port]`. Clients show pages of these addresses in windows that don't take a
    /// certificate of ours, and say nothing about it.
    pub(crate) plain: String,
    /// Where it is over HTTPS.
    pub(crate) secure: String,
}

/// How it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// With `GET`, as Windows Live Messenger does.
    Get,
    /// With a SOAP call, as MSN Messenger 6.0 to 7.5 do.
    Soap,
}

#[derive(Template)]
#[template(path = "msgr_config.xml")]
struct Document<'a> {
    host: &'a str,
    plain: &'a str,
    secure: &'a str,
}

/// The configuration.
pub(crate) fn msgr_config(here: &Here, asking: Asking) -> Answer {
    let Here { host, plain, secure } = here;
    let document = match (Document { host, plain, secure }).render() {
        Ok(document) => document,
        Err(error) => {
            tracing::error!(%error, "MsgrConfig");
            return answer(StatusCode::INTERNAL_SERVER_ERROR, HTML, "");
        }
    };
    let xml = match asking {
        Asking::Get => format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{document}"),
        // A text inside of the call's own document. Nothing in it ends the section.
        Asking::Soap => format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
             xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><GetClientConfigResponse \
             xmlns=\"http://www.msn.com/webservices/Messenger/Client\"><GetClientConfigResult><![CDATA[{document}]]>\
             </GetClientConfigResult></GetClientConfigResponse></soap:Body></soap:Envelope>"
        ),
    };
    answer(StatusCode::OK, XML, xml).with(CACHE_CONTROL.as_str(), "no-cache")
}
