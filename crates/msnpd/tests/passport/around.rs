//! What is around Messenger: the configuration of clients, and services that have nothing to say.

use http_body_util::Full;
use hyper::Request;

use crate::support::*;
use crate::xml;

const SOAP: &str = "xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'";

/// A request of a client, as the web-services reference has it.
fn fixture(name: &str) -> String {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../msnp/tests/fixtures/around/");
    std::fs::read_to_string(format!("{dir}{name}.xml")).unwrap()
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
    let (status, reply) = call("/Config/MsgrConfig.asmx", action, fixture("GetClientConfig")).await;
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
        let (was, reply) = call(path, &action, fixture(name)).await;
        assert_eq!(was, status, "{name}");
        xml::assert_same(reply, &format!("<soap:Envelope {SOAP}><soap:Body>{inside}</soap:Body></soap:Envelope>"));
    }
    let action = format!("{client}/GetFilteredDataSet2");
    let (status, reply) =
        call("/AppDirectory/AppDirectory.asmx", &action, fixture("GetFilteredDataSet2")).await;
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
