//! What the sign-in of a Windows Live Messenger costs the server: its whole sequence of HTTPS requests and commands, with
//! a hundred contacts.
//!
//! ```sh
//! cargo build --release -p msnpd && cargo run --release -p msnpd --example windows_live_sign_in
//! ```
//! Starts the `msnpd` beside it on loopback with a database of its own, and stops it at the end. What is told is the time
//! that the kernel has counted for that process, a sign-in at a time, from `/proc`; and beside it what a password hash takes
//! in this process. Each request has a connection of its own, and so a TLS handshake, as
//! clients do it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a tool for developers"
)]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};

use msnp::auth::sso;
use msnp::soap::tree::{Element, Limits as Bounds};
use msnp::types::{Email, List};
use msnpd::password::Hasher;
use msnpd::store::{Limits, NewAccount, Store};
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

const CONTACTS: usize = 100;
const SIGN_INS: u32 = 50;
const PASSWORD: &str = "wonderland";
const ALICE: &str = "alice@example.com";
const MACHINE: &str = "{5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}";
const BOOK: &str = "http://www.msn.com/webservices/AddressBook";

#[tokio::main]
async fn main() {
    let dir = std::env::temp_dir().join(format!("msnpd-windows-live-{}", std::process::id()));
    let hash = prepare(&dir).await;
    let (mut child, msnp, https) = start(&dir);
    let server = child.id();
    // What is done once at the start is no sign-in's.
    let tokens = fetch_tokens(https).await;
    read_lists(https, &tokens.contacts).await;
    sign_in(msnp, &tokens).await;

    let mut phases = Vec::new();
    let before = processor_time(server);
    for _ in 0..SIGN_INS {
        fetch_tokens(https).await;
    }
    phases.push(("tickets (RST2.srf), with the password hash", processor_time(server) - before));
    let before = processor_time(server);
    for _ in 0..SIGN_INS {
        read_lists(https, &tokens.contacts).await;
    }
    phases.push(("address book (FindMembership, ABFindContactsPaged)", processor_time(server) - before));
    let before = processor_time(server);
    for _ in 0..SIGN_INS {
        read_around(https, &tokens.storage).await;
    }
    phases.push(("profile and configuration (GetProfile, MsgrConfig)", processor_time(server) - before));
    let before = processor_time(server);
    for _ in 0..SIGN_INS {
        sign_in(msnp, &tokens).await;
    }
    phases.push(("notification server (VER to CHG)", processor_time(server) - before));

    let hasher = Hasher::new(1);
    let before = processor_time(std::process::id());
    for _ in 0..SIGN_INS {
        assert!(hasher.verify(PASSWORD, Some(&hash)).await.unwrap());
    }
    let hashing = processor_time(std::process::id()) - before;
    let each = |ticks: u64| ticks as f64 * TICK / f64::from(SIGN_INS);
    println!("{CONTACTS} contacts, {SIGN_INS} sign-ins, milliseconds of the server's processor time each:");
    for (phase, ticks) in &phases {
        println!("{:>8.1}  {phase}", each(*ticks));
    }
    let all: u64 = phases.iter().map(|(_, ticks)| ticks).sum();
    println!("{:>8.1}  all of it", each(all));
    println!("{:>8.1}  the password hash by itself, in this process", each(hashing));
    child.kill().unwrap();
    child.wait().unwrap();
    std::fs::remove_dir_all(&dir).unwrap();
}

/// Alice, and those on her lists. Returns the hash of her password.
async fn prepare(dir: &Path) -> String {
    let store = Store::open(dir).await.unwrap();
    let hash = Hasher::new(1).hash(PASSWORD).await.unwrap();
    let account = |email: Email, password_hash: &str| NewAccount {
        email,
        name: None,
        password_hash: password_hash.to_owned(),
        sealed_password: None,
    };
    let alice = store.add_account(account(ALICE.parse().unwrap(), &hash)).await.unwrap();
    for contact in 0..CONTACTS {
        let email: Email = address(contact).parse().unwrap();
        store.add_account(account(email.clone(), "")).await.unwrap();
        store.add_contact(alice, &email, None, None, Limits::ADDRESS_BOOK).await.unwrap();
        store.add_to_list(alice, List::Allow, &email, false, Limits::ADDRESS_BOOK).await.unwrap();
    }
    store.close().await;
    hash
}

fn address(contact: usize) -> String {
    format!("contact{contact}@example.com")
}

fn start(dir: &Path) -> (Child, SocketAddr, SocketAddr) {
    let program = std::env::current_exe().unwrap().parent().unwrap().with_file_name("msnpd");
    let loopback = "127.0.0.1:0";
    let mut child = Command::new(program)
        .args(["serve", "--msnp", loopback, "--http", loopback, "--https", loopback, "--data-dir"])
        .arg(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut msnp, mut https) = (None, None);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let at = |name: &str, slot: &mut Option<SocketAddr>| {
            *slot = slot.or_else(|| line.strip_prefix(name).map(|address| address.parse().unwrap()));
        };
        at("msnp ", &mut msnp);
        at("https ", &mut https);
        if line == "ready" {
            break;
        }
    }
    (child, msnp.unwrap(), https.unwrap())
}

/// How many milliseconds a tick of the kernel's is on Linux.
const TICK: f64 = 10.0;

/// In ticks: in user space and in the kernel.
fn processor_time(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let behind_name = stat.rsplit_once(") ").unwrap().1;
    let fields: Vec<&str> = behind_name.split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

struct Tokens {
    single_sign_on: String,
    secret: [u8; sso::SECRET_LEN],
    contacts: String,
    storage: String,
}

async fn fetch_tokens(https: SocketAddr) -> Tokens {
    let names = [
        ("http://Passport.NET/tb", ""),
        ("messengerclear.live.com", sso::POLICY),
        ("messenger.msn.com", "?id=507"),
        ("messengersecure.live.com", "MBI_SSL"),
        ("contacts.msn.com", "MBI"),
        ("storage.msn.com", "MBI"),
        ("sup.live.com", "MBI"),
    ];
    let wanted: String = names
        .iter()
        .enumerate()
        .map(|(number, (name, policy))| {
            format!(
                "<wst:RequestSecurityToken Id=\"RST{number}\"><wst:RequestType>\
                 http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</wst:RequestType><wsp:AppliesTo>\
                 <wsa:EndpointReference><wsa:Address>{name}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>\
                 <wsp:PolicyReference URI=\"{policy}\"/></wst:RequestSecurityToken>"
            )
        })
        .collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" \
         xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2004/09/policy\" xmlns:wsa=\"http://www.w3.org/2005/08/addressing\" \
         xmlns:wst=\"http://schemas.xmlsoap.org/ws/2005/02/trust\" \
         xmlns:ps=\"http://schemas.microsoft.com/Passport/SoapServices/PPCRL\"><s:Header><ps:AuthInfo Id=\"PPAuthInfo\"/>\
         <wsse:Security><wsse:UsernameToken><wsse:Username>{ALICE}</wsse:Username><wsse:Password>{PASSWORD}\
         </wsse:Password></wsse:UsernameToken></wsse:Security></s:Header><s:Body>\
         <ps:RequestMultipleSecurityTokens Id=\"RSTS\">{wanted}</ps:RequestMultipleSecurityTokens></s:Body></s:Envelope>"
    );
    let root = post(https, "/RST2.srf", &body).await;
    let all = root.find(&["Body", "RequestSecurityTokenResponseCollection"]).unwrap().children();
    let token = |name: &str| {
        all.iter()
            .find(|one| {
                let address = one.find(&["AppliesTo", "EndpointReference", "Address"]);
                address.is_some_and(|address| address.text() == name)
            })
            .unwrap()
    };
    let ticket = |one: &Element| {
        one.find(&["RequestedSecurityToken", "BinarySecurityToken"]).unwrap().text().to_owned()
    };
    let clear = token("messengerclear.live.com");
    let secret = clear.find(&["RequestedProofToken", "BinarySecret"]).unwrap().text();
    Tokens {
        single_sign_on: ticket(clear),
        secret: openssl::base64::decode_block(secret).unwrap().try_into().unwrap(),
        contacts: ticket(token("contacts.msn.com")),
        storage: ticket(token("storage.msn.com")),
    }
}

async fn read_lists(https: SocketAddr, ticket: &str) {
    let call = async |path: &str, body: &str| {
        let ticket = msnp::soap::escape(ticket);
        let envelope = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">\
             <soap:Header><ABApplicationHeader xmlns=\"{BOOK}\"><ApplicationId>AAD9B99B-58E6-4F23-B975-D9EC1F9EC24A\
             </ApplicationId><IsMigration>false</IsMigration><PartnerScenario>Initial</PartnerScenario>\
             </ABApplicationHeader><ABAuthHeader xmlns=\"{BOOK}\"><ManagedGroupRequest>false</ManagedGroupRequest>\
             <TicketToken>{ticket}</TicketToken></ABAuthHeader></soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>"
        );
        post(https, path, &envelope).await
    };
    let membership = call(
        "/abservice/SharingService.asmx",
        &format!(
            "<FindMembership xmlns=\"{BOOK}\"><serviceFilter><Types><ServiceType>Messenger</ServiceType></Types>\
             </serviceFilter><View>Full</View><deltasOnly>false</deltasOnly></FindMembership>"
        ),
    )
    .await;
    assert!(membership.find(&["Body", "FindMembershipResponse"]).is_some());
    let book = call(
        "/abservice/abservice.asmx",
        &format!(
            "<ABFindContactsPaged xmlns=\"{BOOK}\"><filterOptions><DeltasOnly>false</DeltasOnly><ContactFilter>\
             <IncludeHiddenContacts>true</IncludeHiddenContacts></ContactFilter></filterOptions>\
             <abView>MessengerClient8</abView><extendedContent>AB AllGroups CircleResult</extendedContent>\
             </ABFindContactsPaged>"
        ),
    )
    .await;
    let path = ["Body", "ABFindContactsPagedResponse", "ABFindContactsPagedResult", "Contacts"];
    assert_eq!(book.find(&path).unwrap().children().len(), CONTACTS + 1, "they and herself");
}

/// What is read beside the lists.
async fn read_around(https: SocketAddr, ticket: &str) {
    let storage = "http://www.msn.com/webservices/storage/2008";
    let ticket = msnp::soap::escape(ticket);
    let profile = post(
        https,
        "/storageservice/SchematizedStore.asmx",
        &format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">\
             <soap:Header><StorageUserHeader xmlns=\"{storage}\"><Puid>0</Puid><TicketToken>{ticket}</TicketToken>\
             </StorageUserHeader></soap:Header><soap:Body><GetProfile xmlns=\"{storage}\"/></soap:Body></soap:Envelope>"
        ),
    )
    .await;
    assert!(profile.find(&["Body", "GetProfileResponse"]).is_some());
    let path =
        "/Config/MsgrConfig.asmx?op=GetClientConfig&Country=US&CLCID=0409&PLCID=0409&GeoID=244&ver=14.0.8117";
    assert_eq!(ask(https, "GET", path, "").await.name(), "MsgrConfig");
}

async fn post(https: SocketAddr, path: &str, body: &str) -> Element {
    ask(https, "POST", path, body).await
}

/// Asks for a document over a connection of its own.
async fn ask(https: SocketAddr, method: &str, path: &str, body: &str) -> Element {
    let mut connector = SslConnector::builder(SslMethod::tls_client()).unwrap();
    connector.set_verify(SslVerifyMode::NONE);
    let ssl = connector.build().configure().unwrap().verify_hostname(false).into_ssl("localhost").unwrap();
    let tcp = TcpStream::connect(https).await.unwrap();
    tcp.set_nodelay(true).unwrap();
    let mut stream = SslStream::new(ssl, tcp).unwrap();
    Pin::new(&mut stream).connect().await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {https}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A peer that closes without goodbye has said all the same.
    let _ = stream.read_to_end(&mut answer).await;
    let start = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    Element::parse(&answer[start..], Bounds { bytes: 4 << 20, depth: 32, nodes: 100_000 }).unwrap()
}

async fn sign_in(msnp: SocketAddr, tokens: &Tokens) {
    let tcp = TcpStream::connect(msnp).await.unwrap();
    tcp.set_nodelay(true).unwrap();
    let mut stream = BufStream::new(tcp);
    say(&mut stream, "VER 1 MSNP18 MSNP17 CVR0", None).await;
    until(&mut stream, "VER 1 MSNP18").await;
    let client = "CVR 2 0x0409 winnt 6.1.1 i386 MSNMSGR 14.0.8117.0416 msmsgs";
    say(&mut stream, &format!("{client} {ALICE}"), None).await;
    say(&mut stream, &format!("USR 3 SSO I {ALICE}"), None).await;
    let challenge = until(&mut stream, "USR 3 SSO S").await;
    let response = sso::respond(&tokens.secret, challenge.split_whitespace().last().unwrap(), [7; 8]);
    say(&mut stream, &format!("USR 4 SSO S {} {response} {MACHINE}", tokens.single_sign_on), None).await;
    until(&mut stream, "USR 4 OK").await;
    say(&mut stream, "BLP 5 AL", None).await;
    let people: String =
        (0..CONTACTS).map(|contact| format!("<c n=\"contact{contact}\" l=\"3\" t=\"1\"/>")).collect();
    let list = format!("<ml l=\"1\"><d n=\"example.com\">{people}</d></ml>");
    say(&mut stream, "ADL 6", Some(&list)).await;
    until(&mut stream, "ADL 6 OK").await;
    say(&mut stream, "PRP 7 MFN Alice", None).await;
    let place = "<EndpointData><Capabilities>2789003324:48</Capabilities></EndpointData>";
    say(&mut stream, "UUX 8", Some(place)).await;
    let own = "<PrivateEndpointData><EpName>Desk</EpName><Idle>false</Idle><ClientType>1</ClientType><State>NLN</State>\
               </PrivateEndpointData>";
    say(&mut stream, "UUX 9", Some(own)).await;
    let data = "<Data><PSM>Hi</PSM><CurrentMedia></CurrentMedia><DDP></DDP><SignatureSound></SignatureSound><Scene></Scene>\
                <ColorScheme>-1</ColorScheme></Data>";
    say(&mut stream, "UUX 10", Some(data)).await;
    say(&mut stream, "CHG 11 NLN 2789003324:48 0", None).await;
    until(&mut stream, "CHG 11").await;
    say(&mut stream, "OUT", None).await;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
}

async fn say(stream: &mut BufStream<TcpStream>, line: &str, payload: Option<&str>) {
    let said = match payload {
        Some(payload) => format!("{line} {}\r\n{payload}", payload.len()),
        None => format!("{line}\r\n"),
    };
    stream.write_all(said.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
}

/// Reads until a line begins so. Payloads are passed over with the lines: none here begins like what is waited for.
async fn until(stream: &mut BufStream<TcpStream>, start: &str) -> String {
    loop {
        let mut line = Vec::new();
        assert_ne!(
            stream.read_until(b'\n', &mut line).await.unwrap(),
            0,
            "the server has closed, not said {start}"
        );
        // A payload without a line end stands before the next line.
        let line = String::from_utf8_lossy(&line);
        if let Some(at) = line.find(start) {
            return line[at..].to_owned();
        }
    }
}
