use proptest::prelude::*;

use super::*;
use crate::soap::canonical;
use crate::soap::tree::Limits;
use crate::soap::{InvalidAnswer, Refused};
use crate::types::OwnedSecret;

const RENEWAL: &str = include_str!("../../../tests/fixtures/rst/renewal.xml");
const MSNP15: &str = include_str!("../../../tests/fixtures/rst/msnp15.xml");
const MSNP18: &str = include_str!("../../../tests/fixtures/rst/msnp18.xml");
const NOW: u64 = 1_770_091_506;

fn secret() -> [u8; 24] {
    std::array::from_fn(|i| i as u8 + 16)
}

/// The canonical form of what lies inside.
fn part(document: &str, path: &[&str]) -> String {
    let root = canonical::Element::parse(document.as_bytes(), Limits::SMALL).unwrap();
    root.find(path).unwrap_or_else(|| panic!("no {path:?} in {document}")).canonical(1 << 20).unwrap()
}

#[test]
fn a_request_is_written_as_official_clients_write_it() {
    let services = |list: &[(&'static str, &'static str)]| Wanted::list(list.iter().copied());
    let earlier = services(&[
        ("messengerclear.live.com", "MBI_KEY_OLD"),
        ("messenger.msn.com", "?id=507"),
        ("contacts.msn.com", "MBI"),
        ("messengersecure.live.com", "MBI_SSL"),
        ("storage.msn.com", "MBI"),
        ("spaces.live.com", "MBI"),
    ]);
    let later = services(&[
        ("messengerclear.live.com", "MBI_KEY_OLD"),
        ("messenger.msn.com", "?id=507"),
        ("messengersecure.live.com", "MBI_SSL"),
        ("contacts.msn.com", "MBI"),
        ("storage.msn.com", "MBI"),
        ("sup.live.com", "MBI"),
    ]);
    for (fixture, form, tokens) in [(MSNP15, Form::RST, earlier), (MSNP18, Form::RST2, later)] {
        let ask = Ask {
            user_name: "alice@example.com",
            password: &OwnedSecret::new("p&ss w0rd"),
            tokens: &tokens,
            now: NOW,
            url: "HTTPS://login.live.com:443//RST2.srf",
        };
        let written = ask.to_xml(&form);
        assert_eq!(
            part(written.expose(), &["Body"]).replace("s:", ""),
            part(fixture, &["Body"]).replace("s:", "")
        );
        for path in [&["Header", "AuthInfo"][..], &["Header", "Security"]] {
            assert_eq!(part(written.expose(), path), part(fixture, path));
        }
        if form == Form::RST2 {
            for name in ["Action", "To", "MessageID"] {
                assert_eq!(part(written.expose(), &["Header", name]), part(fixture, &["Header", name]));
            }
        }
        assert_eq!(Request::parse(written.expose().as_bytes()), Request::parse(fixture.as_bytes()));
        assert!(!format!("{ask:?}{written:?}").contains("w0rd"));
    }
}

fn renewal(wanted: &Wanted, form: &Form) -> String {
    Renewal {
        token: &OwnedSecret::new("b3BhcXVlLXRiLWJsb2ItZm9yLWFsaWNl"),
        secret: &secret(),
        nonce: std::array::from_fn(|i| i as u8 + 0x40),
        wanted,
        now: NOW,
        url: "https://login.example.com/RST2.srf",
    }
    .to_xml(form)
    .unwrap()
    .expose()
    .to_owned()
}

#[test]
fn a_renewal_is_signed_as_the_reference_has_it() {
    let wanted = Wanted { number: 4, address: "contacts.msn.com".to_owned(), policy: "MBI".to_owned() };
    let written = renewal(&wanted, &Form::RST);
    let security = ["Header", "Security"];
    for inside in [&["Signature"][..], &["DerivedKeyToken"], &["Timestamp"], &["EncryptedData"]] {
        let path = [&security, inside].concat();
        assert_eq!(part(&written, &path), part(RENEWAL, &path));
    }
    assert_eq!(Request::parse(written.as_bytes()), Request::parse(RENEWAL.as_bytes()));
    let later = Request::parse(renewal(&wanted, &Form::RST2).as_bytes()).unwrap();
    let Credentials::Token { signature: Ok(signature), .. } = later.credentials else { panic!() };
    assert!(signature.is_by(&secret()));
}

fn issued(number: u32, address: &str, token: Token) -> Issued {
    Issued {
        number,
        address: address.to_owned(),
        expires: NOW + 86_400,
        secret: *b"0123456789:;<=>?@ABCDEFG",
        token,
    }
}

fn reply() -> Reply<'static> {
    Reply {
        now: NOW,
        puid: 0x0001_2345_0006_7890,
        cid: 0x1234_5678_1234_5678,
        member_name: "a&b@example.com",
        tokens: vec![
            issued(0, BROKER, Token::Broker(OwnedSecret::new("QUJD"))),
            issued(3, "messenger.msn.com", Token::Compact(OwnedSecret::new("t=abc&p="))),
        ],
    }
}

#[test]
fn tokens_are_read() {
    for form in [Form::RST, Form::RST2] {
        let answer = Answer::parse(reply().to_xml(&form).as_bytes()).unwrap();
        assert_eq!((answer.now, answer.cid), (Some(NOW), Some(0x1234_5678_1234_5678)));
        assert_eq!(answer.member_name.as_deref(), Some("a&b@example.com"));
        assert_eq!(answer.tokens.len(), 2);
        let broker = answer.token(&BROKER.to_uppercase()).unwrap();
        assert!(broker.is_broker());
        assert_eq!((broker.ticket(), &broker.token), (None, &reply().tokens[0].token));
        let ticket = answer.token("messenger.msn.com").unwrap();
        assert_eq!(ticket.ticket().unwrap().expose(), "t=abc&p=");
        assert_eq!((ticket.created, ticket.expires), (NOW, NOW + 86_400));
        assert_eq!(ticket.secret, Some(*b"0123456789:;<=>?@ABCDEFG"));
        assert!(answer.token("storage.msn.com").is_none());
        let shown = format!("{answer:?}");
        assert!(!shown.contains("abc") && !shown.contains("QUJD") && !shown.contains("48"), "{shown}");
    }
}

#[test]
fn a_token_that_is_of_no_use_is_passed_over() {
    let xml = reply().to_xml(&Form::RST);
    for (from, to, left) in [
        ("2026-02-04T04:05:06Z</wsu:Expires>", "soon</wsu:Expires>", 0),
        ("t=abc&amp;p=", "", 1),
        ("QUJD", "", 1),
        ("wsse:BinarySecurityToken", "wsse:Other", 1),
        // Who gives no secret, or another one than can be used, gives a ticket all the same.
        ("MDEyMzQ1", "", 2),
        ("wst:RequestedProofToken", "wst:Other", 2),
    ] {
        assert!(xml.contains(from), "{from}");
        let answer = Answer::parse(xml.replace(from, to).as_bytes()).unwrap();
        assert_eq!(answer.tokens.len(), left, "{from} -> {to}");
        assert_eq!(answer.tokens.iter().any(|token| token.secret.is_none()), left == 2);
    }
    for (from, to, why) in [
        ("RequestSecurityTokenResponse", "Other", InvalidAnswer::Missing("tokens")),
        ("S:Body", "S:Other", InvalidAnswer::Empty),
    ] {
        assert_eq!(Answer::parse(xml.replace(from, to).as_bytes()), Err(Refused::Unreadable(why)));
    }
}

#[test]
fn a_sealed_answer_is_opened_with_the_secret_alone() {
    let seal = Seal { secret: secret(), nonce: [5; NONCE_LEN] };
    for form in [Form::RST, Form::RST2] {
        for (tokens, in_list) in [(1, false), (1, true), (2, true)] {
            let tokens =
                vec![issued(2, "contacts.msn.com", Token::Compact(OwnedSecret::new("t=abc&p="))); tokens];
            let reply = Reply { tokens, ..reply() };
            let xml = reply.to_sealed_xml(&form, in_list, &seal);
            let answer = Answer::parse_sealed(xml.as_bytes(), &secret()).unwrap();
            assert_eq!(answer.tokens.len(), reply.tokens.len());
            assert_eq!(answer.token("contacts.msn.com").unwrap().ticket().unwrap().expose(), "t=abc&p=");
            assert!(matches!(Answer::parse_sealed(xml.as_bytes(), &[0; 24]), Err(Refused::Unreadable(_))));
            assert!(Answer::parse(xml.as_bytes()).is_err());
        }
    }
}

#[test]
fn refusals_say_what_to_do() {
    for form in [Form::RST, Form::RST2] {
        for (fault, refusal) in [
            (Fault::FailedAuthentication, Refusal::FailedAuthentication),
            (Fault::BadContextToken, Refusal::BadContextToken),
            (
                Fault::Redirect { url: "https://h/RST.srf?a&b" },
                Refusal::Redirect { url: "https://h/RST.srf?a&b".to_owned() },
            ),
        ] {
            let xml = fault.to_xml(&form, NOW);
            assert_eq!(Answer::parse(xml.as_bytes()), Err(Refused::Fault(refusal.clone())));
            assert_eq!(Answer::parse_sealed(xml.as_bytes(), &secret()), Err(Refused::Fault(refusal)));
        }
        let xml = Fault::InvalidRequest.to_xml(&form, NOW);
        let Err(Refused::Fault(refusal)) = Answer::parse(xml.as_bytes()) else { panic!() };
        assert!(refusal.to_string().ends_with(", 0x80048820"), "{refusal}");
    }
}

proptest! {
    #[test]
    fn nothing_that_is_answered_makes_a_client_fall(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        at in any::<prop::sample::Index>(),
        byte: u8,
        is_later: bool,
    ) {
        let form = if is_later { Form::RST2 } else { Form::RST };
        let seal = Seal { secret: secret(), nonce: [5; NONCE_LEN] };
        for document in [
            reply().to_xml(&form),
            reply().to_sealed_xml(&form, true, &seal),
            Fault::FailedAuthentication.to_xml(&form, NOW),
        ] {
            let mut document = document.into_bytes();
            let at = at.index(document.len());
            document[at] = byte;
            for document in [&document, &bytes] {
                let _ = Answer::parse(document);
                let _ = Answer::parse_sealed(document, &secret());
            }
        }
    }

    #[test]
    fn whatever_is_asked_for_is_read(
        user_name in "[!-~é]{1,30}",
        password in "[ -~é]{1,16}",
        address in "[!-~é]{1,30}",
        policy in "[!-~é]{0,30}",
        is_later: bool,
    ) {
        let form = if is_later { Form::RST2 } else { Form::RST };
        let password = OwnedSecret::new(password);
        let tokens = Wanted::list([(&*address, &*policy)]);
        let ask = Ask { user_name: &user_name, password: &password, tokens: &tokens, now: NOW, url: "https://h/" };
        let request = Request::parse(ask.to_xml(&form).expose().as_bytes()).unwrap();
        prop_assert_eq!(&request.tokens, &tokens);
        prop_assert_eq!(request.credentials, Credentials::Password { user_name, password });
        let renewal = Request::parse(renewal(&tokens[1], &form).as_bytes()).unwrap();
        let is_signed = matches!(
            &renewal.credentials,
            Credentials::Token { signature: Ok(signature), .. } if signature.is_by(&secret())
        );
        prop_assert!(is_signed);
        prop_assert_eq!(&renewal.tokens, &tokens[1..]);
    }
}
