//! What servers say to a client. The first byte chooses the version.

#![no_main]

use std::sync::Arc;
use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use msnp::dialect::Dialect;
use msnp::flow::client::Settings;
use msnp::flow::client::notification::{Credentials, Demand, Event, NotificationClient};
use msnp::flow::client::switchboard::SwitchboardClient;
use msnp::types::{OwnedSecret, Secret};
use msnp::wire::Direction;
use msnpd_fuzz::frames;

fuzz_target!(|bytes: &[u8]| {
    let Some((version, bytes)) = bytes.split_first() else { return };
    let Some(dialect) = Dialect::ALL.get(usize::from(version % 32)).copied() else { return };
    let (now, mut out) = (Instant::now(), Vec::new());
    let mut settings = Settings::new("alice@example.com".parse().expect("an address"));
    settings.offered = vec![dialect];
    let mut client = NotificationClient::new(Arc::new(settings), now, &mut out);
    let (ticket, mut asked) = (OwnedSecret::new("t=1&p="), false);
    for frame in frames(Direction::FromNotification, bytes) {
        let Ok(events) = client.receive(frame, now, &mut out) else { break };
        let mut demanded = None;
        for event in events {
            if let Event::Demanded(demand) = event {
                demanded = Some(demand);
            }
        }
        let _ = match demanded {
            None => Ok(()),
            Some(Demand::Md5 { .. }) => client.prove(Credentials::Password("wonderland"), &mut out),
            Some(Demand::Tweener { .. }) => client.prove(Credentials::Ticket(&ticket), &mut out),
            Some(Demand::SingleSignOn { .. }) => {
                let credentials = Credentials::SingleSignOn { ticket: &ticket, secret: &[1; 24], iv: [2; 8] };
                client.prove(credentials, &mut out)
            }
        };
        if client.is_signed_in() && !asked {
            asked = true;
            let _ = client.synchronize(None, &mut out);
        }
    }
    // What the client says is for a server to read.
    frames(Direction::ToNotification, &out);
    let cookie = Secret("1.2.3");
    let mut chat = SwitchboardClient::open(dialect, ("alice@example.com", cookie), now, &mut Vec::new());
    for frame in frames(Direction::FromSwitchboard, bytes) {
        if chat.receive(frame).is_err() {
            break;
        }
    }
});
