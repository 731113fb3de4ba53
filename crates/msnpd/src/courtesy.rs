//! Services that clients ask and that have nothing to say here: each gets an answer at once, as short as it can be, so
//! that no client waits for one or asks again (web-services reference, 2, 10, 17, 20, 22).

use hyper::{Method, StatusCode};
use msnp::soap::envelope::{FaultCode, coded_fault};
use msnp::soap::escape;

use crate::http::{Answer, Asked, HTML, Notice, XML, answer, redirect};
use crate::msgr_config::Here;
use crate::pages::WebAddress;
use crate::text_ad::TextAd;

const ADDRESS_BOOK: &str = "http://www.msn.com/webservices/AddressBook";
const CLIENT: &str = "http://www.msn.com/webservices/Messenger/Client";
const PROFILES: &str = "http://profile.live.com/";
const SPACES: &str = "http://www.msn.com/webservices/spaces/v1/";

const NOTHING_NEW: Notice = Notice {
    title: "Nothing new",
    what: "This Messenger service has no news and no advertisements.",
    how: "You can close this window.",
};

const NO_ACTIVITIES: Notice = Notice {
    title: "No activities here",
    what: "There is no directory of games and activities behind this service.",
    how: "What two people can do without one, such as sending files or using a webcam, works as ever.",
};

/// The answer to a request for such a service; `None` if it is none of these.
pub(crate) fn courtesy(asked: &Asked, here: &Here, text_ad: Option<&TextAd>) -> Option<Answer> {
    let reads = matches!(asked.method, Method::GET | Method::HEAD);
    let posts = asked.method == Method::POST;
    Some(match asked.file_name() {
        // The configuration that a client was built with stays in force.
        "ppcrlconfig.srf" | "ppcrlconfig.bin" | "pcrlcheck.srf" | "ppcrlcheck.srf" | "wlidsvcconfig.xml"
        | "getrealminfo.srf" => nothing(),
        // There is no signing in or out with a browser. Who comes from Messenger finds out what there is.
        "login.srf" | "logout.srf" | "post.srf" | "reg.srf" => redirect(&format!("{}/", here.plain)),
        "resetpw.srf" => redirect(&format!("{}/page/password", here.plain)),
        // What others say of themselves on the web.
        "profile.aspx" if reads => redirect(&format!("{}/page/profile", here.plain)),
        "today" if reads => NOTHING_NEW.page(StatusCode::OK),
        "tabs.asp" if reads => xml(
            "<msntabsettings><oemdisplaylimit>0</oemdisplaylimit><oemtotallimit>0</oemtotallimit></msntabsettings>\
             <msntabdata></msntabdata>",
        ),
        "portal.asp" if reads => redirect(&format!("{}/today", here.plain)),
        "abch_config.asp" if reads => xml(&format!(
            "<abchconfig><url>{}/abservice/abservice.asmx</url><refresh>0</refresh><percent>0.0</percent></abchconfig>",
            here.secure
        )),
        // An advertisement is a page in a small window, or a line of text: an empty one of either.
        "adsadclient31.dll" | "banner.htm" if reads => answer(StatusCode::OK, HTML, ""),
        "text.xml" if reads => line_of_text(text_ad),
        // What Windows Live Messenger 2009 and later have for a tab, each from an address of its own.
        "tab.xml" if reads => xml(&format!(
            "<ads><tabad><type>page</type><contenturl>{plain}/today</contenturl><hiturl>{plain}/today</hiturl>\
             <image>res:bell</image><name>Today</name><tooltip>What is new</tooltip><siteid>0</siteid>\
             <notificationid>0</notificationid><tabid>1</tabid><hidden>0</hidden></tabad></ads>",
            plain = escape(&here.plain),
        )),
        "directory.aspx" if reads => NO_ACTIVITIES.page(StatusCode::OK),
        "appdirectory.asmx" if posts => activities(asked),
        "whatsnewservice.asmx" if posts => news(asked),
        "contactcardservice.asmx" if posts => soap(&format!(
            "<GetXmlFeedResponse xmlns=\"{SPACES}\"><GetXmlFeedResult><contactCard><storageAuthCache/>\
             <elements/></contactCard></GetXmlFeedResult></GetXmlFeedResponse>"
        )),
        // Its clients ask the storage service instead.
        "profile.asmx" if posts => fault(PROFILES, "There is no directory of profiles here."),
        "" if asked.path == "/fwlink/" => redirect(&format!("{}/", here.plain)),
        "fwlink" => redirect(&format!("{}/", here.plain)),
        _ => match link_number(&asked.path)? {
            TABS_LINK => redirect(&format!("{}/svcs/mms/tabs.asp", here.plain)),
            _ => redirect(&format!("{}/", here.plain)),
        },
    })
}

/// The link by which MSN Messenger 5 finds its tabs.
const TABS_LINK: u32 = 60;

/// The number of a link of help menus, `/5meen_us/60`.
fn link_number(path: &str) -> Option<u32> {
    let (market, number) = path.strip_prefix('/')?.split_once('/')?;
    let (version, locale) = market.split_once("me")?;
    let is_link = version.bytes().all(|b| b.is_ascii_digit()) && !version.is_empty() && locale.len() <= 8;
    number.parse().ok().filter(|_| is_link)
}

/// The line under contact lists: an empty one where the operator has none.
fn line_of_text(ad: Option<&TextAd>) -> Answer {
    let text = ad.map(TextAd::text).unwrap_or_default();
    let url = ad.and_then(TextAd::url).map(WebAddress::as_str).unwrap_or_default();
    xml(&format!(
        "<TEXTAD><adtext>{}</adtext><hiturl>{}</hiturl><tab/><ct/><flag>0</flag></TEXTAD>",
        escape(text),
        escape(url)
    ))
}

/// What a client could do with somebody: nothing.
fn activities(asked: &Asked) -> Answer {
    match asked.soap_action() {
        "GetFilteredDataSet2" => soap(&format!(
            "<GetFilteredDataSet2Response xmlns=\"{CLIENT}\"><GetFilteredDataSet2Result>\
             <xs:schema id=\"NewDataSet\" xmlns=\"\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
             xmlns:msdata=\"urn:schemas-microsoft-com:xml-msdata\"><xs:element name=\"NewDataSet\" msdata:IsDataSet=\"true\">\
             <xs:complexType><xs:choice maxOccurs=\"unbounded\"/></xs:complexType></xs:element></xs:schema>\
             <diffgr:diffgram xmlns:diffgr=\"urn:schemas-microsoft-com:xml-diffgram-v1\"><NewDataSet xmlns=\"\"/>\
             </diffgr:diffgram></GetFilteredDataSet2Result></GetFilteredDataSet2Response>"
        )),
        _ => fault(CLIENT, "There are no activities here."),
    }
}

/// What one's contacts have done lately: nothing that this server knows of.
fn news(asked: &Asked) -> Answer {
    let empty = "<Activities/><Templates/><FeedUrl/>";
    match asked.soap_action() {
        "GetContactsRecentActivity" => soap(&format!(
            "<GetContactsRecentActivityResponse xmlns=\"{ADDRESS_BOOK}\"><GetContactsRecentActivityResult>{empty}\
             </GetContactsRecentActivityResult></GetContactsRecentActivityResponse>"
        )),
        "GetBatchRecentActivity" => soap(&format!(
            "<GetBatchRecentActivityResponse xmlns=\"{ADDRESS_BOOK}\">{empty}</GetBatchRecentActivityResponse>"
        )),
        _ => fault(ADDRESS_BOOK, "There is no news here."),
    }
}

fn nothing() -> Answer {
    answer(StatusCode::NOT_FOUND, HTML, "")
}

fn xml(content: &str) -> Answer {
    answer(StatusCode::OK, XML, format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{content}"))
}

fn soap(body: &str) -> Answer {
    xml(&format!(
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>{body}</soap:Body>\
         </soap:Envelope>"
    ))
}

fn fault(namespace: &str, text: &str) -> Answer {
    let fault = coded_fault(&FaultCode::Client, text, namespace, "Forbidden");
    answer(StatusCode::INTERNAL_SERVER_ERROR, XML, fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_help_menus_have_a_number() {
        for (path, number) in [
            ("/5meen_us/60", Some(60)),
            ("/6mede_de/107", Some(107)),
            ("/me/60", None),
            ("/5meen_us/", None),
            ("/5meen_us/60/1", None),
            ("/home/60", None),
            ("/5meverylonglocale/60", None),
        ] {
            assert_eq!(link_number(path), number, "{path}");
        }
    }
}
