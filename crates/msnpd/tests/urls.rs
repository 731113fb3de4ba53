//! Every address that clients are known to ask: what this server answers there, at once, to somebody who has signed in.
//!
//! `docs/urls.md` is printed from here, and the test fails when that file says something else:
//! `MSNPD_WRITE_URLS=1 cargo test -p msnpd --test urls` writes it. The addresses are those of the web-services reference, 2.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::fmt::Write as _;
use std::path::Path;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use common::raw::PATIENCE;
use common::{PASSWORD, Running, xml};
use msnpd::account::AccountId;
use msnpd::ticket::{LIFETIME, Mint, Purpose};
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

const ALICE: &str = "alice@example.com";

/// Which listener clients ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Both,
    Http,
    Https,
}
use Scheme::{Both, Http, Https};

/// What is sent with a request. `{ticket}` stands for a ticket, `{password}` for a password.
#[derive(Clone, Copy, Debug)]
enum Sent {
    /// Headers, each with its line end.
    Headers(&'static str),
    /// A document that no operation is named for.
    Xml(&'static str),
    /// A call: the namespace that goes before the operation, the operation, what is in the header, and what is in the
    /// operation's element.
    Call(&'static str, &'static str, &'static str, &'static str),
    /// A form.
    Form(&'static str),
    Nothing,
}
use Sent::{Call, Form, Headers, Nothing, Xml};

struct Ask {
    hosts: &'static [&'static str],
    scheme: Scheme,
    request: &'static str,
    sent: Sent,
    what: &'static str,
}

const fn ask(
    hosts: &'static [&'static str],
    scheme: Scheme,
    request: &'static str,
    sent: Sent,
    what: &'static str,
) -> Ask {
    Ask { hosts, scheme, request, sent, what }
}

const LOGIN: &[&str] =
    &["login.live.com", "login.passport.net", "loginnet.passport.com", "msnia.login.live.com"];
const CONTACTS: &[&str] = &[
    "contacts.msn.com",
    "byrdr.omega.contacts.msn.com",
    "omega.contacts.msn.com",
    "local-bay.contacts.msn.com",
];
const STORAGE: &[&str] = &["storage.msn.com", "tkrdr.storage.msn.com"];
const CONFIG: &[&str] = &["config.messenger.msn.com", "muser.config.messenger.msn.com"];
const APPS: &[&str] = &["appdirectory.messenger.msn.com"];
const ADS: &[&str] = &["rad.msn.com", "global.msads.net", "c.msn.com"];

const AB: &str = "http://www.msn.com/webservices/AddressBook/";
const AB_HEADER: &str = "<ABApplicationHeader xmlns='http://www.msn.com/webservices/AddressBook'><ApplicationId>\
    AAD9B99B-58E6-4F23-B975-D9EC1F9EC24A</ApplicationId><IsMigration>false</IsMigration><PartnerScenario>Initial\
    </PartnerScenario></ABApplicationHeader><ABAuthHeader xmlns='http://www.msn.com/webservices/AddressBook'>\
    <ManagedGroupRequest>false</ManagedGroupRequest><TicketToken>{ticket}</TicketToken></ABAuthHeader>";
const ST: &str = "http://www.msn.com/webservices/storage/2008/";
const ST_HEADER: &str = "<StorageUserHeader xmlns='http://www.msn.com/webservices/storage/2008'><Puid>0</Puid>\
    <TicketToken>{ticket}</TicketToken></StorageUserHeader>";
const PROFILES: &str = "http://profile.live.com/";
const PROFILES_HEADER: &str = "<SOAPUserHeader xmlns='http://profile.live.com/'><TicketToken>{ticket}</TicketToken>\
    </SOAPUserHeader>";
const CLIENT: &str = "http://www.msn.com/webservices/Messenger/Client/";
const RSI: &str = "http://www.hotmail.msn.com/ws/2004/09/oim/rsi/";
const RSI_HEADER: &str = "<PassportCookie xmlns='http://www.hotmail.msn.com/ws/2004/09/oim/rsi'><t>{auth}</t><p></p>\
    </PassportCookie>";

/// In the order of the reference.
const ASKS: &[Ask] = &[
    ask(
        &[
            "gateway.messenger.hotmail.com",
            "muser.gateway.messenger.hotmail.com",
            "gateway.edge.messenger.live.com",
            "geo.gateway.messenger.live.com",
        ],
        Both,
        "POST /gateway/gateway.dll?Action=open&Server=NS&IP=messenger.hotmail.com",
        // Otherwise its connection, alone of all, is kept.
        Headers("Content-Type: application/x-msn-messenger\r\nConnection: close\r\n"),
        "Messenger through HTTP",
    ),
    ask(&["nexus.passport.com"], Https, "GET /rdr/pprdr.asp", Nothing, "where to sign in"),
    ask(
        &[
            "login.passport.com",
            "login.passport.net",
            "loginnet.passport.com",
            "login.live.com",
            "msnia.login.live.com",
        ],
        Https,
        "GET /login2.srf",
        Headers(
            "Authorization: Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,\
             sign-in=alice%40example.com,pwd={password},lc=1033\r\n",
        ),
        "sign-in of MSN Messenger 5.0 to 7.0",
    ),
    ask(
        LOGIN,
        Https,
        "POST /RST.srf",
        Xml(include_str!("../../msnp/tests/fixtures/rst/msnp15.xml")),
        "tickets of MSN Messenger 7.5 to Windows Live Messenger 8.5",
    ),
    ask(
        LOGIN,
        Https,
        "POST /RST2.srf",
        Xml(include_str!("../../msnp/tests/fixtures/rst/msnp18.xml")),
        "tickets of Windows Live Messenger 2009 and later",
    ),
    ask(&["login.live.com"], Both, "POST /", Nothing, "whether the port is open"),
    ask(
        LOGIN,
        Https,
        "POST /ppsecure/md5auth.srf?lc=1033",
        Form("username=alice%40example.com&auth={auth}"),
        "a web page, by ticket",
    ),
    ask(
        LOGIN,
        Https,
        "POST /ppsecure/sha1auth.srf?lc=1033",
        Form("token=x"),
        "a web page, by the broker's token",
    ),
    ask(LOGIN, Https, "POST /ppsecure/post.srf", Form("login=alice"), "a web page, by password"),
    ask(LOGIN, Https, "GET /login.srf", Nothing, "signing in with a browser"),
    ask(LOGIN, Https, "GET /logout.srf", Nothing, "signing out there"),
    ask(LOGIN, Https, "GET /resetpw.srf", Nothing, "a new password"),
    ask(LOGIN, Both, "GET /ppcrlconfig.srf", Nothing, "configuration of the sign-in library"),
    ask(LOGIN, Both, "POST /PPCRLconfig.srf", Xml("<a/>"), "the same"),
    ask(LOGIN, Both, "GET /ppcrlconfig.bin", Nothing, "the same"),
    ask(LOGIN, Both, "GET /wlidsvcconfig.xml", Nothing, "the same, of the Windows service"),
    ask(LOGIN, Both, "GET /pcrlcheck.srf", Nothing, "whether there is a newer one"),
    ask(LOGIN, Both, "GET /ppcrlcheck.srf", Nothing, "the same"),
    ask(
        LOGIN,
        Https,
        "GET /getrealminfo.srf?login=alice%40example.com",
        Nothing,
        "whether a domain signs in elsewhere",
    ),
    ask(&["g.msn.com"], Http, "GET /5meen_us/60", Nothing, "the tabs of MSN Messenger 5.0"),
    ask(&["g.msn.com"], Http, "GET /6meen_us/107", Nothing, "links of help menus"),
    ask(&["go.microsoft.com"], Http, "GET /fwlink/?LinkId=1", Nothing, "the same"),
    ask(&["svcs.microsoft.com"], Http, "GET /svcs/mms/tabs.asp", Nothing, "tabs"),
    ask(&["svcs.microsoft.com"], Http, "GET /svcs/mms/portal.asp", Nothing, "MSN Today"),
    ask(&["svcs.microsoft.com"], Http, "GET /svcs/mms/abch_config.asp", Nothing, "where the address book is"),
    ask(
        CONFIG,
        Both,
        "GET /Config/MsgrConfig.asmx?op=GetClientConfig&Country=US&CLCID=0409&PLCID=0409&GeoID=244&ver=8.1.0178",
        Nothing,
        "configuration of Windows Live Messenger",
    ),
    ask(
        CONFIG,
        Both,
        "GET /Config/MsgrConfig.asmx?op=GetClientConfig&Country=US&CLCID=0409&PLCID=0409&GeoID=244&ver=14.0.8117",
        Nothing,
        "configuration of Windows Live Messenger 2009 and later",
    ),
    ask(
        CONFIG,
        Both,
        "POST /Config/MsgrConfig.asmx",
        Call(CLIENT, "GetClientConfig", "", "<clientinfo><Country>US</Country></clientinfo>"),
        "configuration of MSN Messenger 6.0 to 7.5",
    ),
    ask(
        CONTACTS,
        Both,
        "POST /abservice/SharingService.asmx",
        Call(
            AB,
            "FindMembership",
            AB_HEADER,
            "<serviceFilter><Types><ServiceType>Messenger</ServiceType></Types></serviceFilter>\
             <View>Full</View><deltasOnly>false</deltasOnly>",
        ),
        "who is allowed and who is blocked",
    ),
    ask(
        CONTACTS,
        Both,
        "POST /abservice/abservice.asmx",
        Call(
            AB,
            "ABFindAll",
            AB_HEADER,
            "<abId>00000000-0000-0000-0000-000000000000</abId><abView>Full</abView><deltasOnly>false</deltasOnly>",
        ),
        "the address book",
    ),
    ask(
        &["rsi.hotmail.com"],
        Https,
        "POST /rsi/rsi.asmx",
        Call(RSI, "GetMetadata", RSI_HEADER, ""),
        "offline messages, to read",
    ),
    ask(
        &["ows.messenger.msn.com"],
        Https,
        "POST /OimWS/oim.asmx",
        Xml(include_str!("../../msnp/tests/fixtures/oim/Store2.xml")),
        "offline messages, to send",
    ),
    ask(
        STORAGE,
        Https,
        "POST /storageservice/SchematizedStore.asmx",
        Call(
            ST,
            "GetProfile",
            ST_HEADER,
            "<profileHandle><RelationshipName>MyProfile</RelationshipName></profileHandle>",
        ),
        "the roaming profile",
    ),
    ask(
        STORAGE,
        Https,
        "POST /storageservice/SchematizedStore.asmx",
        Call(
            ST,
            "UpdateProfile",
            ST_HEADER,
            "<profile><ExpressionProfile><PersonalStatus>out for lunch</PersonalStatus></ExpressionProfile></profile>",
        ),
        "the same, to change",
    ),
    ask(
        STORAGE,
        Https,
        "POST /storageservice/SchematizedStore.asmx",
        Call(
            ST,
            "FindDocuments",
            ST_HEADER,
            "<objectHandle><RelationshipName>/UserTiles</RelationshipName></objectHandle>",
        ),
        "pictures that roam; they come and go by CreateDocument, UpdateDocument, CreateRelationships and \
         DeleteRelationships",
    ),
    ask(
        &["byfiles.storage.msn.com", "blufiles.storage.msn.com"],
        Both,
        "GET /storage/usertile/00000000000000000000000000000000/static",
        Nothing,
        "pictures out of profiles: this one is not there, and those that are have addresses that nobody can guess",
    ),
    ask(
        &["byfiles.storage.msn.com", "blufiles.storage.msn.com"],
        Both,
        "GET /tile/x",
        Nothing,
        "pictures of the old service",
    ),
    ask(
        &["sup.live.com"],
        Http,
        "POST /whatsnew/whatsnewservice.asmx",
        Call(AB, "GetContactsRecentActivity", "", ""),
        "what contacts have done",
    ),
    ask(
        &["sup.live.com"],
        Http,
        "POST /whatsnew/whatsnewservice.asmx",
        Call(AB, "GetBatchRecentActivity", "", ""),
        "the same",
    ),
    ask(
        &["directory.services.live.com"],
        Https,
        "POST /profile/profile.asmx",
        Call(
            PROFILES,
            "Get",
            PROFILES_HEADER,
            "<request><ViewName>WLX.DC.CoreProfile</ViewName><Id>{cid}</Id></request>",
        ),
        "the directory of profiles: one's own, and those of contacts",
    ),
    ask(
        &["directory.services.live.com"],
        Https,
        "POST /profile/profile.asmx",
        Call(
            PROFILES,
            "GetMany",
            PROFILES_HEADER,
            "<request><ViewName>WLX.DC.CoreProfile</ViewName><Ids><ProfileId>{cid}</ProfileId></Ids></request>",
        ),
        "the same of several",
    ),
    ask(
        &["directory.services.live.com"],
        Https,
        "POST /profile/profile.asmx",
        Call(PROFILES, "Set", PROFILES_HEADER, "<request/>"),
        "the same, to change",
    ),
    ask(
        &["api.live.net", "people.directory.live.com"],
        Https,
        "GET /people/account",
        Nothing,
        "profiles of the Skype era",
    ),
    ask(
        &["cc.services.spaces.live.com"],
        Http,
        "POST /contactcard/contactcardservice.asmx",
        Call("http://www.msn.com/webservices/spaces/v1/", "GetXmlFeed", "", ""),
        "contact cards",
    ),
    ask(
        &["spaces.msn.com", "spaces.live.com"],
        Http,
        "GET /profile.aspx?mem=bob%40example.com",
        Nothing,
        "profiles on the web",
    ),
    ask(&["livecontacts.live.com"], Https, "GET /", Nothing, "an interface that is only given a ticket for"),
    ask(APPS, Http, "GET /AppDirectory/Directory.aspx", Nothing, "games and activities"),
    ask(
        APPS,
        Http,
        "POST /AppDirectory/AppDirectory.asmx",
        Call(
            CLIENT,
            "GetFilteredDataSet2",
            "",
            "<locale>en-us</locale><Page>1</Page><Kids>-1</Kids><AppType>0</AppType>",
        ),
        "the same, as a list",
    ),
    ask(
        APPS,
        Http,
        "POST /AppDirectory/AppDirectory.asmx",
        Call(CLIENT, "GetAppEntry", "", "<ID>99991</ID>"),
        "one of them",
    ),
    ask(APPS, Http, "GET /AppDirectory/GetAppdirVersion.aspx", Nothing, "the version of the list"),
    ask(&["messenger.zone.msn.com"], Http, "GET /binary/ZIntro.cab", Nothing, "games"),
    ask(ADS, Http, "GET /ADSAdClient31.dll?GetAd=&PG=IMSTAB&AP=1089", Nothing, "advertisements"),
    ask(CONFIG, Http, "GET /ads/banner.htm", Nothing, "the banner that MsgrConfig names"),
    ask(CONFIG, Http, "GET /ads/text.xml", Nothing, "the line of text that MsgrConfig names"),
    ask(CONFIG, Http, "GET /ads/tab.xml", Nothing, "the tab that MsgrConfig of 2009 and later names"),
    ask(CONFIG, Http, "GET /today", Nothing, "the page and the tab that MsgrConfig names"),
    ask(
        &["mlocate.spotlife.net", "mplocate.spotlife.net"],
        Http,
        "GET /locate.sxml",
        Nothing,
        "where the webcam relay is",
    ),
    ask(&["m1reflector.spotlife.net"], Http, "GET /createSession", Nothing, "the webcam relay"),
    ask(
        &["fss.live.com", "cba.domains.live.com", "secure.wlxrs.com"],
        Both,
        "GET /x",
        Nothing,
        "shared folders and content",
    ),
    ask(&["www.microsoft.com"], Http, "GET /", Nothing, "whether there is a network"),
    ask(
        &["cid-1234567890abcdef.profile.live.com", "tdy.en-us.msn.com"],
        Http,
        "GET /",
        Nothing,
        "somebody's page, and MSN Today by its old name",
    ),
    ask(&["messenger.msn.com", "messenger.live.com"], Http, "GET /", Nothing, "pages around Messenger"),
    ask(&["loginnet.passport.com"], Https, "GET /logo.gif", Nothing, "the picture beside a refusal"),
];

/// A service with one account, and a ticket of hers.
struct Scene {
    service: Running,
    ticket: String,
    auth: String,
    _dir: tempfile::TempDir,
}

impl Scene {
    async fn set() -> Self {
        let dir = common::with_accounts(&[ALICE, "bob@example.com"]).await;
        let service = Running::start(dir.path()).await;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let ticket = Mint::open(dir.path()).unwrap().issue(AccountId(1), 1, Purpose::Web, now, LIFETIME);
        let (auth, ticket) = (ticket.auth().expose().to_owned(), ticket.text().expose().to_owned());
        Self { service, ticket, auth, _dir: dir }
    }

    fn request(&self, ask: &Ask, host: &str) -> String {
        let (headers, body) = match ask.sent {
            Headers(headers) => (headers.to_owned(), String::new()),
            Xml(xml) => ("Content-Type: text/xml; charset=utf-8\r\n".to_owned(), xml.to_owned()),
            Call(namespace, operation, header, inside) => (
                format!(
                    "Content-Type: text/xml; charset=utf-8\r\nSOAPAction: \"{namespace}{operation}\"\r\n"
                ),
                format!(
                    "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
                     xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header>{header}</soap:Header><soap:Body>\
                     <{operation} xmlns=\"{}\">{inside}</{operation}></soap:Body></soap:Envelope>",
                    // That of profiles ends in a slash.
                    if namespace == PROFILES { namespace } else { namespace.trim_end_matches('/') }
                ),
            ),
            Form(form) => ("Content-Type: application/x-www-form-urlencoded\r\n".to_owned(), form.to_owned()),
            Nothing => (String::new(), String::new()),
        };
        let fill = |text: String| {
            text.replace("t=EwExampleTicketForAlice0001&amp;p=", "{ticket}")
                .replace("{ticket}", &msnp::soap::escape(&self.ticket))
                .replace("{auth}", &self.auth)
                .replace("{cid}", &format!("<Ns1>Cid</Ns1><V1>{}</V1>", AccountId(1).cid().cast_signed()))
                .replace("{password}", PASSWORD)
                .replace("p&amp;ss w0rd", PASSWORD)
        };
        let (headers, body) = (fill(headers), fill(body));
        format!(
            "{} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            ask.request,
            body.len()
        )
    }

    /// The whole answer.
    async fn answer(&self, request: &str, tls: bool) -> String {
        let address = if tls { self.service.addresses.https } else { self.service.addresses.http };
        let stream = TcpStream::connect(address).await.unwrap();
        if !tls {
            return exchange(stream, request).await;
        }
        let mut connector = SslConnector::builder(SslMethod::tls_client()).unwrap();
        connector.set_verify(SslVerifyMode::NONE);
        let ssl =
            connector.build().configure().unwrap().verify_hostname(false).into_ssl("localhost").unwrap();
        let mut stream = SslStream::new(ssl, stream).unwrap();
        Pin::new(&mut stream).connect().await.unwrap();
        exchange(stream, request).await
    }

    /// What an answer comes to, in words that are the same each time.
    fn summary(&self, answer: &str) -> String {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let (status, headers) = head.split_once("\r\n").unwrap();
        let header = |name: &str| {
            headers.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
        };
        assert_eq!(header("Content-Length"), Some(body.len().to_string()), "{answer}");
        assert_eq!(header("Connection").as_deref(), Some("close"), "{answer}");
        let mut summary = status.strip_prefix("HTTP/1.1 ").unwrap().to_owned();
        let mut say = |text: &str| write!(summary, ", {text}").unwrap();
        if let Some(location) = header("Location") {
            say(&format!("to `{location}`"));
        } else if let Some(urls) = header("PassportURLs") {
            say(&format!("`PassportURLs: {urls}`"));
        } else if let Some(messenger) = header("X-MSN-Messenger") {
            let (id, host) = messenger.split_once(';').unwrap();
            assert!(id.starts_with("SessionID="), "{answer}");
            say(&format!("`X-MSN-Messenger: SessionID=…;{host}`"));
        } else if let Some(info) = header("Authentication-Info") {
            say(&format!("`{}`", info.split(',').next().unwrap()));
        } else if header("Content-Type").is_some_and(|kind| kind.contains("xml")) {
            say(&what_is_said(body));
        } else if body.is_empty() {
            say("empty");
        } else {
            let title = body.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
            say(&title.map_or_else(|| "a page".to_owned(), |(title, _)| format!("the page “{title}”")));
        }
        for (port, name) in [(self.service.addresses.http, "HTTP"), (self.service.addresses.https, "HTTPS")] {
            summary = summary.replace(&format!(":{}", port.port()), &format!(":{name}"));
        }
        summary
    }
}

/// What an XML document says, in short.
fn what_is_said(body: &str) -> String {
    // Some are several elements beside each other.
    let Ok(root) = msnp::soap::canonical::Element::parse(body.as_bytes(), msnp::soap::tree::Limits::SMALL)
    else {
        return "elements of XML".to_owned();
    };
    if !root.is("Envelope") {
        return format!("`{}`", root.name().local());
    }
    let inside =
        root.child("Body").and_then(|body| body.children().next()).or_else(|| root.child("Fault")).unwrap();
    if !inside.is("Fault") {
        return format!("`{}`", inside.name().local());
    }
    let text = inside.child("faultstring").map(xml::Element::text);
    format!("a fault: {}", text.or_else(|| inside.find(&["Reason", "Text"]).map(xml::Element::text)).unwrap())
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn nothing_waits() {
    let scene = Scene::set().await;
    let mut page = String::from(
        "# What is answered where\n\nEvery address that clients are known to ask, and what msnpd answers there to somebody \
         who has signed in. Printed by `crates/msnpd/tests/urls.rs`, which asks each of them and fails when this page says \
         something else. Names don't matter to the server: it goes by the path. Where it has nothing to say, it says so at \
         once, since clients wait for a minute on an address that does not answer.\n\n\
         | host | scheme | request | for | answer |\n| --- | --- | --- | --- | --- |\n",
    );
    for ask in ASKS {
        let mut answers = Vec::new();
        for host in ask.hosts {
            for tls in [false, true] {
                if (ask.scheme == Http && tls) || (ask.scheme == Https && !tls) {
                    continue;
                }
                let request = scene.request(ask, host);
                let answer =
                    tokio::time::timeout(PATIENCE.min(Duration::from_secs(10)), scene.answer(&request, tls));
                let answer =
                    answer.await.unwrap_or_else(|_| panic!("no answer to {} of {host}", ask.request));
                let said = scene.summary(&answer);
                // Where the answer repeats the name that was asked for, the first name stands for all.
                answers.push(said.replace(host, ask.hosts[0]).replace("https://", "http://"));
            }
        }
        answers.dedup();
        // A redirect from either listener leads to the same place.
        assert_eq!(answers.len(), 1, "{}: {answers:#?}", ask.request);
        let operation = match ask.sent {
            Call(_, operation, ..) => format!("`{}`, {operation}", ask.request),
            _ => format!("`{}`", ask.request),
        };
        let scheme = format!("{:?}", ask.scheme).to_lowercase();
        writeln!(
            page,
            "| {} | {scheme} | {operation} | {} | {} |",
            ask.hosts.join("<br>"),
            ask.what,
            answers[0]
        )
        .unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/urls.md");
    if std::env::var_os("MSNPD_WRITE_URLS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let stale = "docs/urls.md is stale: MSNPD_WRITE_URLS=1 cargo test -p msnpd --test urls writes it anew";
    assert!(std::fs::read_to_string(path).unwrap_or_default() == page, "{stale}");
}
