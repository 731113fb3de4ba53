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
    /// Whether it was asked over HTTPS.
    pub(crate) is_secure: bool,
}

impl Here {
    /// Where it is for what a client asks for by itself: over what it has just asked, which it can.
    pub(crate) fn asked(&self) -> &str {
        if self.is_secure { &self.secure } else { &self.plain }
    }
}

/// How it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// With `GET`, as Windows Live Messenger does.
    Get(Generation),
    /// With a SOAP call, as MSN Messenger 6.0 to 7.5 do.
    Soap,
}

/// Which clients a configuration is for: they look for some things in other places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    /// MSN Messenger 6.0 to 7.5, and Windows Live Messenger 8.0 to 9: tabs stand in it.
    WithTabs,
    /// Windows Live Messenger 2009, which is 14, and later: it says where each tab is.
    WithSlots,
}

impl Generation {
    /// Which it is by the version that a client names in its query. Who names none is of the older ones, and one that is
    /// not known of the newest.
    pub(crate) fn of(query: Option<&str>) -> Self {
        let version = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .find(|(name, _)| name.eq_ignore_ascii_case("ver"));
        let Some((_, version)) = version else { return Self::WithTabs };
        match version.split('.').next().and_then(|major| major.parse::<u16>().ok()) {
            Some(major) if major < FIRST_WITH_SLOTS => Self::WithTabs,
            _ => Self::WithSlots,
        }
    }
}

/// The first version of Windows Live Messenger that has its tabs in slots.
const FIRST_WITH_SLOTS: u16 = 14;

#[derive(Template)]
#[template(path = "msgr_config.xml")]
struct Document<'a> {
    host: &'a str,
    plain: &'a str,
    secure: &'a str,
    has_slots: bool,
}

/// The configuration.
pub(crate) fn msgr_config(here: &Here, asking: Asking) -> Answer {
    let Here { host, plain, secure, .. } = here;
    let has_slots = asking == Asking::Get(Generation::WithSlots);
    let document = match (Document { host, plain, secure, has_slots }).render() {
        Ok(document) => document,
        Err(error) => {
            tracing::error!(%error, "MsgrConfig");
            return answer(StatusCode::INTERNAL_SERVER_ERROR, HTML, "");
        }
    };
    let xml = match asking {
        Asking::Get(_) => format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{document}"),
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

#[cfg(test)]
mod tests {
    use super::Generation::{self, WithSlots, WithTabs};

    #[test]
    fn generations_are_told_by_their_version() {
        for (query, generation) in [
            (None, WithTabs),
            (Some(""), WithTabs),
            (Some("op=GetClientConfig&ver=8.1.0178"), WithTabs),
            (Some("ver=9.0.0"), WithTabs),
            (Some("VER=14.0.8117.416"), WithSlots),
            (Some("ver=16.4"), WithSlots),
            (Some("ver=99"), WithSlots),
            (Some("ver=x"), WithSlots),
            (Some("ver="), WithSlots),
        ] {
            assert_eq!(Generation::of(query), generation, "{query:?}");
        }
    }
}
