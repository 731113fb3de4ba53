//! Servers that do what msnpd does not, and others did or do.

use std::sync::Mutex;

use msnp::soap::abch::types::{Contact, ContactInfo};
use msnp::soap::abch::{self, ErrorCode, Operation, Reply, ServiceHeader, Timestamp};
use msnp::soap::oim::{Acknowledged, Fault as OimFault};
use msnp::soap::rst::{self, BROKER, Credentials, Form, Issued, Request, Seal, Token};
use msnp::types::{Guid, OwnedSecret};
use msnp_client::web::{AddressBook, Error, Generation, Invitation, Letter, Method, OfflineMessages};

use crate::scripted::{Said, Server, http, ok, sign_in};
use crate::support::{ALICE, BOB};

/// Issues what is asked for, good for `lifetime` seconds; `number` makes tickets differ.
fn issue(request: &Request, lifetime: u64, number: usize) -> Vec<Issued> {
    let issue = |wanted: &rst::Wanted| Issued {
        number: wanted.number,
        address: wanted.address.clone(),
        expires: 1000 + lifetime,
        secret: [7; 24],
        token: match wanted.address.as_str() {
            BROKER => Token::Broker(OwnedSecret::new("QUJD")),
            address => Token::Compact(OwnedSecret::new(format!("t={address}{number}&p="))),
        },
    };
    request.tokens.iter().map(issue).collect()
}

fn service_header(host: &str) -> ServiceHeader {
    ServiceHeader {
        cache_key: "12r1:key".to_owned(),
        cache_key_changed: true,
        preferred_host_name: host.to_owned(),
        session_id: Guid([1; 16]),
    }
}

/// A token service whose tickets run out at once but for the broker's, and an address book.
fn service(knows_renewals: bool) -> impl Fn(&str) -> Said + Send + Sync {
    let asked = Mutex::new(0);
    move |request: &str| {
        let body = request.split_once("\r\n\r\n").unwrap().1;
        if request.contains("asmx") {
            return ok(&Reply::Done(Operation::AddMember).to_xml(&service_header("127.0.0.1:1")));
        }
        let request = Request::parse(body.as_bytes()).unwrap();
        *asked.lock().unwrap() += 1;
        let number = *asked.lock().unwrap();
        let reply = |tokens| rst::Reply { now: 1000, puid: 1, cid: 2, member_name: ALICE, tokens };
        match &request.credentials {
            Credentials::Password { .. } => {
                let mut tokens = issue(&request, if number == 1 { 0 } else { 3600 }, number);
                tokens[0].expires = 1000 + 3600;
                ok(&reply(tokens).to_xml(&Form::RST2))
            }
            Credentials::Token { signature, .. } if knows_renewals => {
                assert!(signature.as_ref().is_ok_and(|signature| signature.is_by(&[7; 24])));
                let seal = Seal { secret: [7; 24], nonce: [9; 32] };
                ok(&reply(issue(&request, 3600, number)).to_sealed_xml(&Form::RST2, request.in_list, &seal))
            }
            Credentials::Token { .. } => ok(&rst::Fault::BadContextToken.to_xml(&Form::RST2, 1000)),
        }
    }
}

#[tokio::test]
async fn tickets_are_renewed_without_the_password_where_that_is_known() {
    for (knows_renewals, requests) in [(true, 2), (false, 3)] {
        let server = Server::start(None, service(knows_renewals)).await;
        let tickets = sign_in(&server.web(), Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
        for _ in 0..2 {
            // Once renewed, it is good for an hour.
            let ticket = tickets.for_sign_in().await.unwrap();
            assert_eq!(ticket.ticket.expose(), format!("t=messengerclear.live.com{requests}&p="));
            assert_eq!(ticket.secret.unwrap().expose(), &[7; 24]);
        }
        let asked = server.asked();
        assert_eq!(asked.len(), requests);
        assert!(!asked[1].contains("wonderland"));
        assert_eq!(tickets.cid().await, Some(2));
    }
}

#[tokio::test]
async fn a_password_that_has_become_wrong_is_tried_once() {
    let (tokens, is_first) = (service(false), Mutex::new(true));
    let server = Server::start(None, move |request: &str| {
        if request.contains("wonderland") && !std::mem::take(&mut *is_first.lock().unwrap()) {
            ok(&rst::Fault::FailedAuthentication.to_xml(&Form::RST2, 1000))
        } else {
            tokens(request)
        }
    })
    .await;
    let tickets = sign_in(&server.web(), Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
    for _ in 0..3 {
        assert!(matches!(tickets.for_sign_in().await, Err(Error::WrongPassword { .. })));
    }
    // One with the password, one renewal, which this server does not know, and one more.
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_preferred_host_that_is_not_there_is_preferred_no_more() {
    let server = Server::start(None, service(true)).await;
    let web = server.web();
    let tickets = sign_in(&web, Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
    let book = AddressBook::new(&web, &tickets, Generation::From2009);
    let role = || abch::types::Role::Allow;
    let bob = || abch::types::Whom::Passport(BOB.to_owned());
    // At port 1 nobody listens.
    book.add_member(role(), bob()).await.unwrap();
    book.add_member(role(), bob()).await.unwrap();
    let asked = server.asked();
    let calls: Vec<_> = asked.iter().filter(|request| request.contains("AddMember")).collect();
    assert_eq!(calls.len(), 2);
    assert!(!calls[0].contains("CacheKey") && calls[1].contains("<CacheKey>12r1:key</CacheKey>"));
    assert!(calls[0].contains("Soapaction: \"http://www.msn.com/webservices/AddressBook/AddMember\""));
}

#[tokio::test]
async fn an_address_book_that_is_not_there_is_made() {
    let is_there = Mutex::new(false);
    let tokens = service(true);
    let server = Server::start(None, move |request: &str| {
        if !request.contains("asmx") {
            return tokens(request);
        }
        let mut is_there = is_there.lock().unwrap();
        if request.contains("<ABAdd ") {
            *is_there = true;
            ok(&Reply::AbAdd(Guid([2; 16])).to_xml(&service_header("")))
        } else if *is_there {
            ok(&Reply::AbGroupAdd(Guid([3; 16])).to_xml(&service_header("")))
        } else {
            let fault = abch::Fault::new(ErrorCode::AbDoesNotExist, Operation::AbGroupAdd).to_xml("host");
            http("500 Internal Server Error", "", &fault)
        }
    })
    .await;
    let web = server.web();
    let tickets = sign_in(&web, Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
    let book = AddressBook::new(&web, &tickets, Generation::Before2009);
    assert_eq!(book.add_group("Friends").await.unwrap(), Guid([3; 16]));
}

#[tokio::test]
async fn a_contact_that_is_there_is_found_whatever_is_named() {
    let tokens = service(true);
    let server = Server::start(None, move |request: &str| {
        let header = service_header("");
        if !request.contains("asmx") {
            tokens(request)
        } else if request.contains("<ABContactAdd ") || request.contains("<CreateContact ") {
            // As Escargot says it.
            let conflict = "79aca834-005d-4812-8749-dc976f38bc5d".parse().ok();
            let fault = abch::Fault::new(ErrorCode::ContactAlreadyExists, Operation::AbContactAdd);
            http("500 Internal Server Error", "", &abch::Fault { conflict, ..fault }.to_xml("host"))
        } else if request.contains("<ABFind") {
            let info = ContactInfo { passport_name: Some(BOB.to_uppercase()), ..ContactInfo::default() };
            let last_change = Timestamp::default();
            let contact = Contact { id: Guid([5; 16]), info, last_change, deleted: false };
            let contacts = vec![contact];
            let book = abch::AddressBook { groups: None, contacts, circles: None, ab: None };
            ok(&if request.contains("Paged") {
                Reply::AbFindContactsPaged(book).to_xml(&header)
            } else {
                Reply::AbFindAll(book).to_xml(&header)
            })
        } else if request.contains("<ManageWLConnection ") {
            let (info, last_change) = (ContactInfo::default(), Timestamp::default());
            let contact = Contact { id: Guid([5; 16]), info, last_change, deleted: false };
            ok(&Reply::ManageWlConnection(Box::new(contact)).to_xml(&header))
        } else {
            let operation = if request.contains("<AddMember ") {
                Operation::AddMember
            } else {
                Operation::AbContactUpdate
            };
            ok(&Reply::Done(operation).to_xml(&header))
        }
    })
    .await;
    let web = server.web();
    let tickets = sign_in(&web, Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
    for generation in [Generation::Before2009, Generation::From2009] {
        let book = AddressBook::new(&web, &tickets, generation);
        assert_eq!(book.add_contact(BOB, &Invitation::default()).await.unwrap(), Guid([5; 16]));
        let last = server.asked().pop().unwrap();
        assert!(last.contains("<AddMember ") || last.contains("<contactId>05050505-"), "{last}");
    }
}

#[tokio::test]
async fn a_ticket_that_is_void_may_look_like_a_lock() {
    let tokens = service(true);
    let server = Server::start(None, move |request: &str| {
        if !request.contains("asmx") {
            tokens(request)
        } else if request.contains("t=messengersecure.live.com3") {
            ok(&Acknowledged { message_number: 1 }.to_xml())
        } else {
            let fault = OimFault::AuthenticationFailed { challenge: "ct=1,rver=1" }.to_xml();
            let lock = "<LockKeyChallenge>1850937852</LockKeyChallenge></detail>";
            http("500 Internal Server Error", "", &fault.replace("</detail>", lock))
        }
    })
    .await;
    let web = server.web();
    let tickets = sign_in(&web, Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
    let messages = OfflineMessages::new(&web, &tickets);
    let letter = Letter { to: BOB, my_name: "Alice", text: "hi", run: Guid([7; 16]), number: 1 };
    messages.send(&letter).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|request| request.contains("oim.asmx")).count(), 3);
}

#[tokio::test]
async fn a_lock_is_opened_where_there_is_one() {
    let tokens = service(true);
    let server = Server::start(None, move |request: &str| {
        if !request.contains("asmx") {
            tokens(request)
        } else if request.contains("lockkey=\"\"") {
            let fault = OimFault::AuthenticationFailed { challenge: "31415926535897932384" }.to_xml();
            http("500 Internal Server Error", "", &fault.replace("TweenerChallenge", "LockKeyChallenge"))
        } else {
            ok(&Acknowledged { message_number: 1 }.to_xml())
        }
    })
    .await;
    let web = server.web();
    let tickets = sign_in(&web, Method::single_sign_on("MBI_KEY_OLD")).await.unwrap();
    let messages = OfflineMessages::new(&web, &tickets);
    let letter = Letter { to: BOB, my_name: "Alice", text: "hi", run: Guid([7; 16]), number: 1 };
    messages.send(&letter).await.unwrap();
    messages.send(&letter).await.unwrap();
    let asked = server.asked();
    let stored: Vec<_> = asked.iter().filter(|request| request.contains("oim.asmx")).collect();
    assert_eq!(stored.len(), 3, "what opens it is kept");
    let right = msnp::auth::challenge::respond(
        msnp::dialect::Challenge::LockAndKey,
        "31415926535897932384",
        "PROD0114ES4Z%Q5W",
        "PK}_A_0N_K%O?A9S",
    );
    assert!(stored[1].contains(&format!("lockkey=\"{right}\"")), "{}", stored[1]);
}
