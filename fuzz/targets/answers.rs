//! What web services answer to a client. What can be read is small.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::auth::tweener::{self, Authorization, Login, Response};
use msnp::soap::abch::{self, MAX_TOLD, Operation};
use msnp::soap::directory::{self, View};
use msnp::soap::oim::Acknowledged;
use msnp::soap::rsi::{self, MAX_IDS, MailData, Message};
use msnp::soap::rst::{Answer, MAX_TOKENS};
use msnp::soap::storage::{self, GetProfile, Handle, Target};
use msnp::types::{Guid, OwnedSecret};

fuzz_target!(|document: &[u8]| {
    let shown = String::from_utf8_lossy(document);
    for operation in Operation::ALL.iter().filter(|operation| shown.contains(operation.as_str())) {
        match abch::Reply::parse(document, *operation) {
            Ok((_, abch::Reply::AbFindAll(book))) => assert!(book.contacts.len() <= MAX_TOLD),
            Ok((header, reply)) => {
                let _ = reply.to_xml(&header);
            }
            Err(refused) => assert!(refused.to_string().len() < 5000),
        }
    }
    for answer in [Answer::parse(document), Answer::parse_sealed(document, &[7; 24])] {
        match answer {
            Ok(answer) => assert!(answer.tokens.len() <= MAX_TOKENS),
            Err(refused) => assert!(refused.to_string().len() < 5000),
        }
    }
    let _ = Acknowledged::parse(document);
    for request in [rsi::Request::GetMetadata, rsi::Request::GetMessage(Guid([0; 16]))] {
        match rsi::Reply::parse(document, &request) {
            Ok(rsi::Reply::GetMetadata(data)) => assert!(data.notices.len() <= MAX_IDS),
            Ok(rsi::Reply::GetMessage(mime)) => {
                let _ = Message::read(Guid([0; 16]), &mime);
            }
            _ => {}
        }
    }
    let get = GetProfile { handle: Handle::own(Target::Profile) };
    let _ = storage::Reply::parse(document, &storage::Request::GetProfile(get));
    let view = || View("WLX.DC.CoreProfile".to_owned());
    let _ = directory::Reply::parse(document, &directory::Request::Get(view(), 1));
    let _ = directory::Reply::parse(document, &directory::Request::GetMany(view(), vec![1]));
    let Ok(text) = std::str::from_utf8(document) else { return };
    let _ = MailData::read_line(text);
    let _ = Message::read(Guid([0; 16]), text);
    let _ = tweener::login_url(text);
    let mut login = Login::new(&Authorization {
        sign_in: "alice@example.com".to_owned(),
        password: OwnedSecret::new("wonderland"),
        parameters: String::new(),
    });
    let status = if text.contains("redir") { 302 } else { 200 };
    let _ = login.answer(Response { status, info: Some(text), refusal: None, location: Some(text) });
});
