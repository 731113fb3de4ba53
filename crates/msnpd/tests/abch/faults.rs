//! What is not as it should be, and what it gets.

use std::fmt::Write as _;

use msnp::soap::abch::NAMESPACE;
use msnp::types::OwnedSecret;
use msnpd::account::AccountId;
use msnpd::ticket::{LIFETIME, Mint, Purpose};

use crate::support::{ALICE, BOB, Bench, CAROL, envelope, exchange, value};

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

const FIND: &str = "<ABFindAll><abId>00000000-0000-0000-0000-000000000000</abId></ABFindAll>";

#[tokio::test]
async fn who_has_no_good_ticket_is_to_get_one() {
    let b = Bench::new().await;
    let web = b.running.addresses.http;
    let mint = Mint::open(b.dir.path()).unwrap();
    let issue = |account, generation, purpose, at| {
        mint.issue(account, generation, purpose, at, LIFETIME).text().expose().to_owned()
    };
    let alice = b.alice.id;
    let old = issue(alice, 1, Purpose::Web, now() - 2 * LIFETIME.as_secs());
    let wrong_generation = issue(alice, 2, Purpose::Web, now());
    let in_clear = issue(alice, 1, Purpose::SingleSignOn, now());
    let nobody = issue(AccountId(99), 1, Purpose::Web, now());
    for ticket in [
        None,
        Some("t=forged&p="),
        Some(""),
        Some(&*old),
        Some(&*wrong_generation),
        Some(&*in_clear),
        Some(&*nobody),
    ] {
        let reply = exchange(web, "/abservice/abservice.asmx", "", &envelope(ticket, FIND)).await;
        reply.fault("PassportAuthFail");
        assert_eq!(reply.text_of(&["faultcode"]), "q0:BadContextToken", "{ticket:?}");
        // The prefix stands for its namespace.
        assert!(reply.text.contains("xmlns:q0=\"http://schemas.microsoft.com/passport/IDS\""));
    }
    // In whatever form, from this header or that one.
    let good = mint.issue(alice, 1, Purpose::Web, now(), LIFETIME);
    let auth = OwnedSecret::expose(&good.auth()).to_owned();
    for ticket in
        [good.text().expose().to_owned(), format!("t={auth}"), auth.clone(), format!("\n  {auth}\n")]
    {
        exchange(web, "/abservice/abservice.asmx", "", &envelope(Some(&ticket), FIND)).await.ok();
    }
    let cookie = format!("Cookie: MSPProf=x; MSPAuth={auth}\r\n");
    exchange(web, "/abservice/abservice.asmx", &cookie, &envelope(None, FIND)).await.ok();
    b.running.server.store.disable(alice).await.unwrap();
    let reply = exchange(web, "/abservice/abservice.asmx", &cookie, &envelope(None, FIND)).await;
    reply.fault("PassportAuthFail");
}

#[tokio::test]
async fn what_is_no_request_is_told_why() {
    let b = Bench::new().await;
    let path = "/abservice/abservice.asmx";
    let good = envelope(Some(&b.alice.ticket), FIND);
    let mut bombs = String::from("<!DOCTYPE x [<!ENTITY a0 \"boom\">");
    for n in 1..20 {
        write!(bombs, "<!ENTITY a{n} \"&a{};&a{};\">", n - 1, n - 1).unwrap();
    }
    for (bad, words) in [
        (good[..good.len() / 2].to_owned(), "Schema validation error"),
        (String::new(), "Schema validation error"),
        ("<html/>".to_owned(), "Schema validation error"),
        (good.replace("<soap:Envelope", &format!("{bombs}]><soap:Envelope")), "Schema validation error"),
        (good.replace("<abId>", "<abId>&a19;"), "Schema validation error"),
        (good.replace("http://schemas.xmlsoap.org/soap/envelope/", "urn:other"), "Schema validation error"),
        (good.replace("<abId>", &"<a>".repeat(100)), "Schema validation error"),
        (envelope(Some(&b.alice.ticket), "<Frobnicate><x/></Frobnicate>"), "Frobnicate"),
        (
            good.replace(&format!("<ABFindAll xmlns=\"{NAMESPACE}\""), "<ABFindAll xmlns=\"urn:other\""),
            "namespace",
        ),
        (good.replace(&format!("<ABFindAll xmlns=\"{NAMESPACE}\""), "<ABFindAll"), "namespace"),
        (good.replace("<deltasOnly>", ""), ""),
    ] {
        let reply = b.alice.post(path, "", &bad).await;
        if words.is_empty() {
            reply.ok();
        } else {
            reply.plain_fault(500, words);
        }
    }
    // Nobody waits for what is too much, or can't be read.
    let long = good.replace("<abId>", &format!("<x>{}</x><abId>", "x".repeat(600_000)));
    b.alice.post(path, "", &long).await.plain_fault(413, "too long");
    b.alice.post(path, "Content-Encoding: gzip\r\n", &good).await.plain_fault(415, "Compressed");
    b.alice.post(path, "Content-Encoding: identity\r\n", &good).await.ok();
    // And all of it is about her own book.
    b.alice.post(path, "", &good).await.ok();
}

#[tokio::test]
async fn nobody_gets_at_anothers_book() {
    let b = Bench::new().await;
    let contact = b.alice.add(CAROL).await;
    let bobs = b.bob.id.contact_id().to_string();
    for id in [&*bobs, "6f1c9f3e-1111-4a2b-8c3d-0000000000b0"] {
        let find = format!("<ABFindAll><abId>{id}</abId></ABFindAll>");
        b.alice.ask(&find).await.fault("Forbidden");
        let delete = format!(
            "<ABContactDelete><abId>{id}</abId><contacts><Contact><contactId>{contact}</contactId></Contact></contacts></ABContactDelete>"
        );
        b.alice.ask(&delete).await.fault("Forbidden");
    }
    let own = b.alice.id.cid().cast_signed().to_string();
    let paged = |cid: &str| {
        format!(
            "<ABFindContactsPaged><abHandle><ABId>00000000-0000-0000-0000-000000000000</ABId><Puid>0</Puid><Cid>{cid}</Cid>\
             </abHandle></ABFindContactsPaged>"
        )
    };
    b.alice.ask(&paged(&own)).await.ok();
    b.alice.ask(&paged(&b.bob.id.cid().cast_signed().to_string())).await.fault("Forbidden");
    // A contact of hers is none of his, by whatever name.
    let his = "6f1c9f3e-1111-4a2b-8c3d-0000000000b0";
    b.bob.fixture("ABContactDelete", &[(his, &contact)]).await.fault("ContactDoesNotExist");
    let found = b.bob.fixture("ABFindByContacts", &[(his, &contact)]).await.ok();
    assert!(found.result().find(&["ABFindByContactsResult", "contacts"]).unwrap().children().is_empty());
    assert_eq!(b.alice.contacts().await.len(), 1);
}

/// Numbers can be counted through: they name nobody of whom one does not know.
#[tokio::test]
async fn a_number_is_no_way_to_an_address() {
    let b = Bench::new().await;
    let allow_by = |number: u32| {
        format!(
            "<AddMember><serviceHandle><Type>Messenger</Type></serviceHandle><memberships><Membership><MemberRole>Allow</MemberRole>\
             <Members><Member><Type>Passport</Type><MembershipId>{number}</MembershipId></Member></Members></Membership></memberships></AddMember>"
        )
    };
    let as_allowed = |id: AccountId| (id.0 << 3) + 1;
    b.alice.ask(&allow_by(as_allowed(b.bob.id))).await.fault("UserDoesNotExist");
    b.alice.ask(&allow_by(as_allowed(AccountId(99)))).await.fault("UserDoesNotExist");
    assert!(b.alice.members("Allow").await.is_empty());
    // Who has added her is known to her.
    b.carol.add(ALICE).await;
    b.alice.ask(&allow_by(as_allowed(b.carol.id))).await.ok();
    assert_eq!(b.alice.members("Allow").await, [CAROL]);
}

#[tokio::test]
async fn nothing_is_done_by_half() {
    let b = Bench::new().await;
    let contact = |email: &str| {
        format!(
            "<Contact><contactInfo><passportName>{email}</passportName><isMessengerUser>true</isMessengerUser></contactInfo></Contact>"
        )
    };
    let two = |first: &str, second: &str| {
        format!(
            "<ABContactAdd><abId/><contacts>{}{}</contacts></ABContactAdd>",
            contact(first),
            contact(second)
        )
    };
    b.alice.ask(&two(BOB, "nobody@example.com")).await.fault("InvalidPassportUser");
    b.alice.ask(&two(BOB, "not an address")).await.fault("BadEmailArgument");
    b.alice.ask(&two(BOB, BOB)).await.fault("ContactAlreadyExists");
    assert!(b.alice.contacts().await.is_empty() && b.bob.members("Pending").await.is_empty());
    let member =
        |email: &str| format!("<Member><Type>Passport</Type><PassportName>{email}</PassportName></Member>");
    let members = format!(
        "<AddMember><serviceHandle><Type>Messenger</Type></serviceHandle><memberships><Membership><MemberRole>Allow</MemberRole>\
         <Members>{}{}</Members></Membership></memberships></AddMember>",
        member(BOB),
        member("nobody@example.com")
    );
    b.alice.ask(&members).await.fault("UserDoesNotExist");
    assert!(b.alice.members("Allow").await.is_empty());
    // On some lists only the server puts people.
    b.bob.add(ALICE).await;
    let change = |operation: &str, role: &str, email: &str| {
        format!(
            "<{operation}><memberships><Membership><MemberRole>{role}</MemberRole><Members>{}</Members></Membership>\
             </memberships></{operation}>",
            member(email)
        )
    };
    b.alice.ask(&change("AddMember", "Pending", CAROL)).await.fault("Forbidden");
    b.alice.ask(&change("AddMember", "Contributor", CAROL)).await.fault("Forbidden");
    b.alice.ask(&change("DeleteMember", "Reverse", CAROL)).await.fault("MemberDoesNotExist");
    b.alice.fixture("AddMember.reverse", &[]).await.ok();
    b.alice.ask(&change("DeleteMember", "Reverse", BOB)).await.fault("Forbidden");
    assert_eq!(b.alice.members("Reverse").await, [BOB]);
}

#[tokio::test]
async fn what_is_too_long_or_too_much_is_refused() {
    let b = Bench::new().await;
    let contact = b.alice.add(BOB).await;
    let update = |what: &str, property: &str| {
        format!(
            "<ABContactUpdate><abId/><contacts><Contact><contactId>{contact}</contactId><contactInfo>{what}</contactInfo>\
             <propertiesChanged>{property}</propertiesChanged></Contact></contacts></ABContactUpdate>"
        )
    };
    let name = update(&format!("<displayName>{}</displayName>", "é".repeat(200)), "DisplayName");
    b.alice.ask(&name).await.fault("BadArgumentLength");
    // Who has no address is called by his short name.
    let nameless = format!(
        "<ABContactAdd><abId/><contacts><Contact><contactInfo><contactType>Regular</contactType><quickName>{}</quickName>\
         </contactInfo></Contact></contacts></ABContactAdd>",
        "é".repeat(200)
    );
    b.alice.ask(&nameless).await.fault("BadArgumentLength");
    let comment = update(&format!("<comment>{}</comment>", "x".repeat(5000)), "Comment");
    b.alice.ask(&comment).await.fault("BadArgumentLength");
    let good = update("<comment>short</comment><firstName>not meant</firstName>", "Comment");
    b.alice.ask(&good).await.ok();
    let [contact] = &*b.alice.contacts().await else { panic!() };
    assert_eq!(value(contact, &["contactInfo", "comment"]), "short");
    assert!(contact.find(&["contactInfo", "firstName"]).is_none(), "only what is listed is changed");
    // A new name is told to everybody: there are so many of them at a time.
    let rename = |n: u32| {
        format!(
            "<ABContactUpdate><abId/><contacts><Contact><contactInfo><contactType>Me</contactType><displayName>A{n}</displayName>\
             </contactInfo><propertiesChanged>DisplayName</propertiesChanged></Contact></contacts></ABContactUpdate>"
        )
    };
    for n in 0..5 {
        b.alice.ask(&rename(n)).await.ok();
    }
    b.alice.ask(&rename(5)).await.fault("RequestLimitReached");
}

/// A name that came over the notification server may hold what XML can't.
#[tokio::test]
async fn odd_names_break_nobodys_answers() {
    let b = Bench::new().await;
    let odd = "A\u{1}\u{8}\u{b}\u{fffe}<&>\"']]>\u{202e}😀";
    let kept = "A<&>\"']]>\u{202e}😀";
    b.running.server.store.set_name(b.alice.id, odd).await.unwrap();
    b.alice.add(BOB).await;
    b.bob.add(ALICE).await;
    let [contact] = &*b.bob.contacts().await else { panic!() };
    assert_eq!(value(contact, &["contactInfo", "displayName"]), kept);
    let lists = b.bob.fixture("FindMembership", &[]).await.ok();
    assert!(lists.text.contains("😀"));
    let own = b.alice.fixture("ABFindAll", &[]).await.ok();
    let me = own.result().find(&["ABFindAllResult", "contacts", "Contact", "contactInfo"]).unwrap();
    assert_eq!(value(me, &["displayName"]), kept);
}
