//! The switchboard's state machine, without sockets.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::time::Instant;

use msnp::dialect::{Dialect, MSNP8, MSNP11};
use msnp::flow::End;
use msnp::flow::switchboard::{Request, SIGN_IN_LIMIT, SwitchboardServer};
use msnp::types::Email;
use msnp::wire::{Direction, Framer, Verb};

fn joined(dialect: &'static Dialect) -> SwitchboardServer {
    let now = Instant::now();
    let mut flow = SwitchboardServer::new(now);
    flow.joined(dialect, now);
    flow
}

/// What comes of a line and its payload: whether it is passed on, what is said, why it ends.
fn hear(flow: &mut SwitchboardServer, bytes: &str) -> (Result<bool, End>, String) {
    let alice: Email = "alice@example.com".parse().unwrap();
    let (frame, _) = Framer::new(Direction::ToSwitchboard).next(bytes.as_bytes()).unwrap().unwrap();
    let mut out = Vec::new();
    let came = flow.receive(frame, Some(&alice), &mut out).map(|request| request.is_some());
    (came, String::from_utf8(out).unwrap())
}

fn message(ack: &str, content_type: &str, headers: &str) -> String {
    let payload = format!("MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n{headers}\r\n\r\n");
    format!("MSG 5 {ack} {}\r\n{payload}", payload.len())
}

#[test]
fn nothing_is_heard_before_a_cookie_is_shown() {
    let now = Instant::now();
    let mut flow = SwitchboardServer::new(now);
    assert_eq!(flow.deadline(), now + SIGN_IN_LIMIT);
    for line in ["CAL 1 bob@example.net\r\n", "OUT\r\n", "PNG\r\n", "VER 1 MSNP8\r\n"] {
        let verb = Verb::new(line.get(..3).unwrap()).unwrap();
        assert_eq!(hear(&mut flow, line), (Err(End::NotNow(verb)), String::new()), "{line}");
    }
    let frame =
        Framer::new(Direction::ToSwitchboard).next(b"USR 1 alice@example.com 1.2.3\r\n").unwrap().unwrap().0;
    assert!(matches!(flow.receive(frame, None, &mut Vec::new()), Ok(Some(Request::Usr(_)))));
}

#[test]
fn data_messages_are_peer_to_peer_and_nothing_else_is() {
    let p2p = "application/x-msnmsgrp2p";
    let flow = &mut joined(&MSNP11);
    assert_eq!(hear(flow, &message("D", p2p, "P2P-Dest: bob@example.net")), (Ok(true), String::new()));
    assert_eq!(hear(flow, &message("D", "text/plain", "")), (Ok(false), "282 5\r\n".to_owned()));
    for letter in ["U", "N", "A"] {
        let ended = hear(&mut joined(&MSNP11), &message(letter, p2p, "")).0;
        assert_eq!(ended, Err(End::BeyondLimits(Verb::MSG)), "{letter}");
    }
    assert_eq!(hear(&mut joined(&MSNP8), &message("D", p2p, "")).0, Err(End::BeyondLimits(Verb::MSG)));
}

#[test]
fn nobody_types_for_somebody_else() {
    let control = "text/x-msmsgscontrol";
    let flow = &mut joined(&MSNP8);
    assert_eq!(hear(flow, &message("U", control, "TypingUser: Alice@Example.com")).0, Ok(true));
    assert_eq!(hear(flow, &message("U", control, "TypingUser: bob@example.net")), (Ok(false), String::new()));
    assert_eq!(hear(flow, &message("U", "TEXT/X-MSMSGSCONTROL", "typinguser: bob@example.net")).0, Ok(false));
    assert_eq!(hear(flow, &message("N", "text/plain", "TypingUser: bob@example.net")).0, Ok(true));
}

#[test]
fn what_is_no_command_here_ends_the_session() {
    for line in ["SYN 1 0\r\n", "USR 1 a@b.cd 1.2.3\r\n", "ANS 1 a@b.cd 1.2.3 4\r\n", "JOI a@b.cd x\r\n"] {
        assert!(hear(&mut joined(&MSNP8), line).0.is_err(), "{line}");
    }
    assert!(matches!(hear(&mut joined(&MSNP8), "MSG 1 X 0\r\n").0, Err(End::Malformed { .. })));
    assert_eq!(hear(&mut joined(&MSNP11), "PNG\r\n"), (Ok(false), "QNG 50\r\n".to_owned()));
    assert_eq!(hear(&mut joined(&MSNP8), "OUT\r\n"), (Err(End::SignedOut), String::new()));
}
