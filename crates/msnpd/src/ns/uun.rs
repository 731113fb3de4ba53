//! `UUN`: small data from one person to another, or from one of his places to the others.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use msnp::command::{Command, out as sign_out, ubn, uun};
use msnp::dialect::ListEdits;
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, Guid};

use super::Session;
use crate::account::AccountId;
use crate::directory::Endpoint;
use crate::server::Server;

/// The kinds of data there are (later-versions reference, 4.11).
const KINDS: RangeInclusive<u8> = 1..=12;

/// Those that are between one's own places alone: to sign out, to read the address book again, what another place has
/// closed or refused (later-versions reference, 7). Nobody is to depend on his client looking who says so.
const OWN_KINDS: RangeInclusive<u8> = 4..=8;

/// What asks a place to sign out, and, with more behind it, not to come back (later-versions reference, 7).
const GO: [&[u8]; 2] = [b"goawyplzthxbye", b"gtfo"];

/// The kinds of data that it comes as.
const GO_KINDS: [&str; 2] = ["4", "8"];

/// How long a client has to sign out of itself when it was asked to. Some have never heard of it, and whoever has signed out
/// another machine relies on it.
const GO_LIMIT: Duration = Duration::from_secs(5);

impl Session {
    pub(super) fn uun(&mut self, request: &uun::Request<'_>) -> Result<(), End> {
        let uun::Request { trid, target, kind, payload } = *request;
        let (address, place) =
            target.split_once(';').map_or((target, None), |(who, place)| (who, Some(place)));
        let place = place.map(str::parse::<Guid>).transpose();
        let (Ok(to), Ok(place)) = (address.parse::<Email>(), place) else {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        };
        let user = self.user()?;
        let directory = &self.server.directory;
        let is_own = to == user.email;
        match kind.parse::<u8>() {
            Ok(number) if KINDS.contains(&number) && (is_own || !OWN_KINDS.contains(&number)) => {}
            Ok(_) => return self.deny(trid, ErrorCode::UNKNOWN_DATA),
            Err(_) => return self.deny(trid, ErrorCode::INVALID_PARAMETER),
        }
        let found = if is_own { Some(user.id) } else { directory.reachable(&to, user.id) };
        let places: Vec<Arc<Endpoint>> = found.map_or_else(Vec::new, |id| directory.endpoints_of(id));
        let is_meant = |other: &Endpoint| {
            let reads = other.dialect.list_edits == ListEdits::AddressBook;
            reads && (place.is_none() || place == other.machine) && !(is_own && other.id == user.endpoint.id)
        };
        let meant: Vec<_> = places.into_iter().filter(|other| is_meant(other)).collect();
        // One's own other places may all have gone, and nobody needs to hear of it.
        if meant.is_empty() && !is_own {
            return self.deny(trid, ErrorCode::NOT_ONLINE);
        }
        self.say(|out, dialect| uun::Reply { trid }.write(out, dialect))?;
        let from_place = user.endpoint.machine.filter(|_| place.is_some());
        for other in meant {
            // His connection is worth more to him than this.
            if other.outbox.is_over_mark() {
                continue;
            }
            let source = match from_place.filter(|_| other.dialect.has_places) {
                Some(guid) => format!("{};{{{guid}}}", user.email),
                None => user.email.to_string(),
            };
            let mut line = Vec::new();
            ubn::Push { source: &source, kind, payload }.write(&mut line, other.dialect);
            other.outbox.push(None, line.into());
            if is_own && GO_KINDS.contains(&kind) && GO.iter().any(|go| payload.starts_with(go)) {
                see_off(&self.server, user.id, other);
            }
        }
        Ok(())
    }
}

/// Signs a place out that was asked to sign out of itself and has not, and takes it out of its chats.
fn see_off(server: &Arc<Server>, account: AccountId, place: Arc<Endpoint>) {
    if place.asked_to_go() {
        return;
    }
    let server = server.clone();
    tokio::spawn(async move {
        tokio::time::sleep(GO_LIMIT).await;
        let reason = Some(sign_out::Reason::SignedInElsewhere);
        place.outbox.close_with(|out| sign_out::Push { reason }.write(out, place.dialect));
        server.switchboard.disconnect_place(account, place.id);
    });
}
