//! `UUN`: small data from one person to another, or from one of his places to the others.

use std::ops::RangeInclusive;
use std::sync::Arc;

use msnp::command::{Command, ubn, uun};
use msnp::dialect::ListEdits;
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, Guid};

use super::Session;
use crate::directory::Endpoint;

/// The kinds of data there are (later-versions reference, 4.11).
const KINDS: RangeInclusive<u8> = 1..=12;

/// Those that are between one's own places alone: to sign out, to read the address book again, what another place has
/// closed or refused (later-versions reference, 7). Nobody is to depend on his client looking who says so.
const OWN_KINDS: RangeInclusive<u8> = 4..=8;

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
        }
        Ok(())
    }
}
