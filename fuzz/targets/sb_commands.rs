//! What clients say to a switchboard: each command by itself, and all of them in a session.

#![no_main]

use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use msnp::command::{ans, cal, msg, usr};
use msnp::dialect::Dialect;
use msnp::flow::switchboard::{Request, SwitchboardServer};
use msnp::wire::Direction;
use msnpd_fuzz::{frames, survive};

fuzz_target!(|input: (u8, &[u8])| {
    let (dialect, bytes) = input;
    let dialect = Dialect::ALL[usize::from(dialect) % Dialect::ALL.len()];
    let now = Instant::now();
    let mut flow = SwitchboardServer::new(now);
    let alice = "alice@example.com".parse().expect("an address");
    let mut is_over = false;
    for frame in frames(Direction::ToSwitchboard, bytes) {
        survive!(
            ToSwitchboard,
            frame,
            ans::Request<'_>,
            cal::Request<'_>,
            msg::Request<'_>,
            usr::SwitchboardRequest<'_>,
        );
        if is_over {
            continue;
        }
        let joined = flow.dialect().is_some();
        match flow.receive(frame, joined.then_some(&alice), &mut Vec::new()) {
            Ok(Some(Request::Usr(_) | Request::Ans(_))) => flow.joined(dialect),
            Ok(_) => {}
            Err(_) => is_over = true,
        }
    }
});
