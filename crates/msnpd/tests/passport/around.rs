//! What is around Messenger: the profile, the configuration of clients, and services that have nothing to say.

use http_body_util::Full;
use hyper::Request;
use msnpd::account::AccountId;
use msnpd::ticket::{LIFETIME, Purpose};

use crate::support::*;
use crate::xml;

const SOAP: &str = "xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'";

/// A request of a client, as the web-services reference has it, with this ticket.
fn fixture(name: &str, ticket: &str) -> String {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../msnp/tests/fixtures/around/");
    let request = std::fs::read_to_string(format!("{dir}{name}.xml")).unwrap();
    request
        .replace("t=EwExampleTicketForAlice0001&amp;p=", &msnp::soap::escape(ticket))
        .replace("1311768467294899695", &AccountId(7).cid().cast_signed().to_string())
}

fn ticket(account: u32, generation: u32, purpose: Purpose) -> String {
    mint().issue(AccountId(account), generation, purpose, now(), LIFETIME).text().expose().to_owned()
}

/// Status and body of the answer to a call.
async fn call(path: &str, action: &str, body: String) -> (u16, String) {
    let request = Request::post(path)
        .header("Host", "storage.msn.com")
        .header("Content-Type", "text/xml; charset=utf-8")
        .header("SOAPAction", format!("\"{action}\""))
        .body(Full::from(body))
        .unwrap();
    let reply = ask(&web(), "198.51.100.1", true, request).await;
    (reply.status().as_u16(), String::from_utf8(reply.body().to_vec()).unwrap())
}

async fn store(body: String) -> (u16, String) {
    call("/StorageService/SchematizedStore.asmx", "http://www.msn.com/webservices/storage/2008/x", body).await
}

#[tokio::test]
async fn everybody_has_a_profile_with_a_name_and_no_picture() {
    for (name, version) in [("GetProfile", "2008"), ("GetProfile.w10", "w10")] {
        let (status, reply) = store(fixture(name, &ticket(7, 3, Purpose::Web))).await;
        assert_eq!(status, 200, "{reply}");
        let cid = format!("{:016x}", AccountId(7).cid());
        let expected = format!(
            "<soap:Envelope {SOAP} xmlns='http://www.msn.com/webservices/storage/{version}'><soap:Header>\
             <AffinityCacheHeader><CacheKey>*</CacheKey></AffinityCacheHeader><StorageUserHeader><Puid>0</Puid><Cid>{cid}</Cid>\
             <ApplicationId>0</ApplicationId><DeviceId>0</DeviceId><IsTrustedDevice>false</IsTrustedDevice>\
             <IsStrongAuth>false</IsStrongAuth><IsAdmin>false</IsAdmin><LanguagePreference>0</LanguagePreference>\
             </StorageUserHeader></soap:Header><soap:Body><GetProfileResponse><GetProfileResult><ResourceID>{cid}!106</ResourceID>\
             <DateModified>*</DateModified><ExpressionProfile><ResourceID>{cid}!118</ResourceID><DateModified>*</DateModified>\
             <Version>1</Version><DisplayName>Somebody</DisplayName><DisplayNameLastModified>*</DisplayNameLastModified>\
             </ExpressionProfile></GetProfileResult></GetProfileResponse></soap:Body></soap:Envelope>"
        );
        xml::assert_same(reply, &expected);
    }
}

fn fault(code: &str) -> String {
    format!(
        "<soap:Envelope {SOAP}><soap:Body><soap:Fault><faultcode>*</faultcode><faultstring>*</faultstring><detail>\
         <errorcode xmlns='http://www.msn.com/webservices/storage/v1'>{code}</errorcode>\
         <errorstring xmlns='http://www.msn.com/webservices/storage/v1'>*</errorstring></detail></soap:Fault></soap:Body>\
         </soap:Envelope>"
    )
}

#[tokio::test]
async fn what_is_not_kept_is_not_said_to_be() {
    let good = ticket(7, 3, Purpose::Web);
    for name in [
        "UpdateProfile",
        "UpdateProfile.delete",
        "CreateProfile",
        "CreateDocument",
        "UpdateDocument",
        "CreateRelationships",
        "DeleteRelationships",
        "DeleteRelationships.byid",
        "FindDocuments",
        "ShareItem",
    ] {
        let (status, reply) = store(fixture(name, &good)).await;
        assert_eq!(status, 500, "{name}");
        xml::assert_same(reply, &fault("AccessDenied"));
    }
    let long = fixture("CreateDocument", &good)
        .replace("</soap:Body>", &format!("{}</soap:Body>", " ".repeat(70_000)));
    let (status, reply) = store(long).await;
    assert_eq!(status, 500);
    xml::assert_same(reply, &fault("AccessDenied"));
}

#[tokio::test]
async fn profiles_are_for_their_owners() {
    let profile = |ticket: &str| fixture("GetProfile", ticket);
    let others = profile(&ticket(7, 3, Purpose::Web)).replace(
        &AccountId(7).cid().cast_signed().to_string(),
        &AccountId(8).cid().cast_signed().to_string(),
    );
    for (request, code) in [
        (others, "AccessDenied"),
        (profile(""), "PassportAuthFail"),
        (profile("t=x&p="), "PassportAuthFail"),
        (profile(&ticket(7, 2, Purpose::Web)), "PassportAuthFail"),
        (profile(&ticket(8, 3, Purpose::Web)), "PassportAuthFail"),
        (profile(&ticket(7, 3, Purpose::SingleSignOn)), "PassportAuthFail"),
        (profile(&ticket(11, 3, Purpose::Web)), "InternalError"),
        ("<a/>".to_owned(), "InvalidObjectHandle"),
        ("<!DOCTYPE a><a/>".to_owned(), "InvalidObjectHandle"),
        (
            profile(&ticket(7, 3, Purpose::Web)).replace("storage/2008", "something/2008"),
            "InvalidObjectHandle",
        ),
    ] {
        let (status, reply) = store(request).await;
        assert_eq!(status, 500);
        xml::assert_same(reply, &fault(code));
    }
}

#[tokio::test]
async fn a_client_finds_its_configuration_by_either_way() {
    let get = Request::get("/config//MsgrConfig.asmx?op=GetClientConfig&ver=8.1.0178")
        .header("Host", "config.messenger.msn.com")
        .body(Full::default())
        .unwrap();
    let reply = ask(&web(), "198.51.100.1", false, get).await;
    assert_eq!(
        (reply.status().as_u16(), &reply.headers()["Content-Type"]),
        (200, &"text/xml; charset=utf-8".parse().unwrap())
    );
    let config = xml::parse(reply.body());
    let text = |path: &[&str]| config.find(path).unwrap().text();
    assert_eq!(config.name().local(), "MsgrConfig");
    for (path, address) in [
        (&["LocalizedConfig", "MsnTodayConfig", "MsnTodayURL"][..], "http://config.messenger.msn.com/today"),
        (
            &["LocalizedConfig", "AdMainConfig", "TextAdServer"],
            "http://config.messenger.msn.com/ads/text.xml",
        ),
        (&["AbchCfg", "abchconfig", "url"], "https://config.messenger.msn.com:8443/abservice/abservice.asmx"),
        (&["TabConfig", "msntabdata", "tab", "contenturl"], "http://config.messenger.msn.com/today"),
    ] {
        assert_eq!(text(path), address);
    }
    assert_eq!(text(&["LocalizedConfig", "MsnTodayConfig", "MsnTodaySiteID"]), "0");

    let action = "http://www.msn.com/webservices/Messenger/Client/GetClientConfig";
    let (status, reply) = call("/Config/MsgrConfig.asmx", action, fixture("GetClientConfig", "")).await;
    assert_eq!(status, 200);
    let root = xml::parse(reply);
    let result = root.find(&["Body", "GetClientConfigResponse", "GetClientConfigResult"]).unwrap();
    assert_eq!(result.name().namespace(), "http://www.msn.com/webservices/Messenger/Client");
    let inside = xml::parse(result.text());
    let today = inside.find(&["LocalizedConfig", "MsnTodayConfig", "MsnTodayURL"]).unwrap().text();
    // Asked over https, it still names pages over http, where they can be shown.
    assert_eq!(today, "http://storage.msn.com:8080/today");
    assert_eq!(
        inside.find(&["AbchCfg", "abchconfig", "url"]).unwrap().text(),
        "https://storage.msn.com/abservice/abservice.asmx"
    );
}

#[tokio::test]
async fn services_with_nothing_to_say_say_so() {
    let ab = "http://www.msn.com/webservices/AddressBook";
    let client = "http://www.msn.com/webservices/Messenger/Client";
    for (name, path, action, status, inside) in [
        (
            "GetContactsRecentActivity",
            "/whatsnew/whatsnewservice.asmx",
            format!("{ab}/GetContactsRecentActivity"),
            200,
            format!(
                "<GetContactsRecentActivityResponse xmlns='{ab}'><GetContactsRecentActivityResult><Activities/><Templates/>\
                 <FeedUrl/></GetContactsRecentActivityResult></GetContactsRecentActivityResponse>"
            ),
        ),
        (
            "GetBatchRecentActivity",
            "/whatsnew/whatsnewservice.asmx",
            format!("{ab}/GetBatchRecentActivity"),
            200,
            format!(
                "<GetBatchRecentActivityResponse xmlns='{ab}'><Activities/><Templates/><FeedUrl/>\
                 </GetBatchRecentActivityResponse>"
            ),
        ),
        (
            "GetXmlFeed",
            "/contactcard/contactcardservice.asmx",
            "http://www.msn.com/webservices/spaces/v1/GetXmlFeed".to_owned(),
            200,
            "<GetXmlFeedResponse xmlns='http://www.msn.com/webservices/spaces/v1/'><GetXmlFeedResult><contactCard>\
             <storageAuthCache/><elements/></contactCard></GetXmlFeedResult></GetXmlFeedResponse>"
                .to_owned(),
        ),
        (
            "Directory.Get",
            "/profile/profile.asmx",
            "http://profile.live.com/Get".to_owned(),
            500,
            "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>*</faultstring><detail>\
             <errorcode xmlns='http://profile.live.com/'>Forbidden</errorcode>\
             <errorstring xmlns='http://profile.live.com/'>*</errorstring></detail></soap:Fault>"
                .to_owned(),
        ),
        (
            "GetAppEntry",
            "/AppDirectory/AppDirectory.asmx",
            format!("{client}/GetAppEntry"),
            500,
            format!(
                "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>*</faultstring><detail>\
                 <errorcode xmlns='{client}'>Forbidden</errorcode><errorstring xmlns='{client}'>*</errorstring></detail>\
                 </soap:Fault>"
            ),
        ),
    ] {
        let (was, reply) = call(path, &action, fixture(name, "")).await;
        assert_eq!(was, status, "{name}");
        xml::assert_same(reply, &format!("<soap:Envelope {SOAP}><soap:Body>{inside}</soap:Body></soap:Envelope>"));
    }
    let action = format!("{client}/GetFilteredDataSet2");
    let (status, reply) =
        call("/AppDirectory/AppDirectory.asmx", &action, fixture("GetFilteredDataSet2", "")).await;
    assert_eq!(status, 200);
    let root = xml::parse(reply);
    let result = root.find(&["Body", "GetFilteredDataSet2Response", "GetFilteredDataSet2Result"]).unwrap();
    let entries = result.find(&["diffgram", "NewDataSet"]).unwrap();
    assert_eq!((result.children().count(), entries.children().count()), (2, 0));
    // Unknown operations get a fault, and no page.
    for (path, action) in [
        ("/whatsnew/whatsnewservice.asmx", format!("{ab}/Nonsense")),
        ("/profile/profile.asmx", String::new()),
    ] {
        let (status, reply) = call(path, &action, "<a/>".to_owned()).await;
        assert_eq!(status, 500);
        assert!(xml::parse(reply).find(&["Body", "Fault", "faultcode"]).is_some());
    }
}
