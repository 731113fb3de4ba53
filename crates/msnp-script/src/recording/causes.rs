//! What came of what: each line of the server's stands below the one that a client said before.

use std::collections::{HashMap, HashSet};

use super::read::{Kind, Recording, Said, What};

/// Something that happened: the connection's number, and the event's in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Id {
    pub(crate) connection: usize,
    pub(crate) event: usize,
}

/// Why something can't happen again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unmade {
    /// Somebody did it who was not recorded.
    Others,
    /// The server did it by itself.
    Server,
    /// What it belongs to is missing.
    Unknown,
}

/// What a client did, and what the server said because of it.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) deed: Id,
    /// In the order in which the connections are, the client's own first.
    pub(crate) effects: Vec<Id>,
}

/// The conversation in the order in which it is to be held.
#[derive(Debug, Default)]
pub(crate) struct Story {
    pub(crate) turns: Vec<Turn>,
    /// What can't happen again, each behind a turn: the number of turns before it.
    pub(crate) unmade: Vec<(usize, Id, Unmade)>,
}

/// All recordings, with what connects them.
pub(crate) struct Cases<'r> {
    recordings: &'r [Recording],
    /// All events in the order in which they happened.
    order: Vec<Id>,
    /// The place of each in that order.
    place: HashMap<Id, usize>,
    /// Which chat each connection is in.
    chats: Vec<Option<String>>,
    /// Chats in which somebody was who was not recorded, and connections to them of which too little is known.
    pub(crate) left_out: HashSet<usize>,
    recorded: HashSet<&'r str>,
    /// What was delivered already.
    delivered: HashSet<(Id, usize)>,
}

impl<'r> Cases<'r> {
    pub(crate) fn new(recordings: &'r [Recording]) -> Self {
        let mut order: Vec<(u64, u64, Id)> = Vec::new();
        for (connection, recording) in recordings.iter().enumerate() {
            for (event, happened) in recording.events.iter().enumerate() {
                order.push((recording.clock, happened.at, Id { connection, event }));
            }
        }
        order.sort_by_key(|(clock, at, id)| (*clock, *at, id.connection, id.event));
        let order: Vec<Id> = order.into_iter().map(|(_, _, id)| id).collect();
        let place = order.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let recorded = recordings.iter().map(|recording| recording.account.as_str()).collect();
        let mut cases = Self {
            recordings,
            order,
            place,
            chats: Vec::new(),
            left_out: HashSet::new(),
            recorded,
            delivered: HashSet::new(),
        };
        cases.chats = (0..recordings.len()).map(|connection| cases.chat_of(connection)).collect();
        cases.left_out = (0..recordings.len()).filter(|connection| cases.is_left_out(*connection)).collect();
        cases
    }

    /// Tells the story.
    pub(crate) fn story(mut self) -> Story {
        let mut story = Story::default();
        let mut turns: HashMap<Id, usize> = HashMap::new();
        let mut causes: HashMap<Id, Result<Id, Unmade>> = HashMap::new();
        for id in self.order.clone() {
            let made = match self.what(id) {
                _ if self.left_out.contains(&id.connection) => Err(Unmade::Others),
                What::Client(_) => Ok(id),
                What::ClosedByClient | What::ClosedByServer if self.has_signed_out(id) => {
                    self.own(id, |said| said.verb == "OUT").ok_or(Unmade::Unknown)
                }
                What::ClosedByClient => Ok(id),
                What::ClosedByServer => self.cause_of_close(id, &causes),
                What::Server(said) => self.cause(id, said, &causes),
            };
            // What comes of something that can't be done can't be heard.
            let made = made.and_then(|cause| causes.get(&cause).copied().unwrap_or(Ok(cause)));
            causes.insert(id, made);
            match made {
                Err(why) => story.unmade.push((story.turns.len(), id, why)),
                Ok(cause) if cause == id => {
                    turns.insert(id, story.turns.len());
                    story.turns.push(Turn { deed: id, effects: Vec::new() });
                }
                Ok(cause) => {
                    let turn = turns.get(&cause).and_then(|turn| story.turns.get_mut(*turn));
                    match turn {
                        Some(turn) => turn.effects.push(id),
                        None => story.unmade.push((story.turns.len(), id, Unmade::Unknown)),
                    }
                }
            }
        }
        self.delay_ends(&mut story.turns);
        for turn in &mut story.turns {
            let own = turn.deed.connection;
            turn.effects.sort_by_key(|id| (id.connection != own, id.connection, id.event));
        }
        story
    }

    /// The end of a connection is noticed a moment before others are told of it. What they were answered before they heard
    /// of it was said while the connection was still there.
    fn delay_ends(&self, turns: &mut Vec<Turn>) {
        for at in (0..turns.len()).rev() {
            let Some(end) = turns.get(at).filter(|turn| !matches!(self.what(turn.deed), What::Client(_)))
            else {
                continue;
            };
            let is_before = |turn: &Turn| {
                turn.effects.iter().any(|answer| {
                    let told = |told: &Id| told.connection == answer.connection && answer.event < told.event;
                    answer.connection == turn.deed.connection && end.effects.iter().any(told)
                })
            };
            if let Some(last) = turns.iter().rposition(is_before).filter(|last| *last > at) {
                let end = turns.remove(at);
                turns.insert(last, end);
            }
        }
    }

    fn what(&self, id: Id) -> &'r What {
        static NOTHING: What = What::ClosedByServer;
        let recording = self.recordings.get(id.connection);
        recording.and_then(|recording| recording.events.get(id.event)).map_or(&NOTHING, |event| &event.what)
    }

    fn recording(&self, connection: usize) -> Option<&'r Recording> {
        self.recordings.get(connection)
    }

    /// The last thing before `id` that the client said on the same connection and that is `wanted`.
    fn own(&self, id: Id, wanted: impl Fn(&Said) -> bool) -> Option<Id> {
        (0..id.event).rev().map(|event| Id { event, ..id }).find(|id| match self.what(*id) {
            What::Client(said) => wanted(said),
            _ => false,
        })
    }

    /// The last deed before `id` that is `wanted`, on any connection.
    fn last(&self, id: Id, wanted: impl Fn(&Self, &Recording, Id) -> bool) -> Option<Id> {
        let place = self.place.get(&id).copied().unwrap_or_default();
        self.order
            .get(..place)?
            .iter()
            .rev()
            .copied()
            .find(|id| self.recording(id.connection).is_some_and(|recording| wanted(self, recording, *id)))
    }

    /// What the server said just before on the same connection.
    fn before(&self, id: Id) -> Option<Id> {
        (0..id.event)
            .rev()
            .map(|event| Id { event, ..id })
            .find(|id| matches!(self.what(*id), What::Server(_)))
    }

    fn has_signed_out(&self, id: Id) -> bool {
        self.own(id, |_| true)
            .is_some_and(|last| matches!(self.what(last), What::Client(said) if said.verb == "OUT"))
    }

    fn cause_of_close(&mut self, id: Id, causes: &HashMap<Id, Result<Id, Unmade>>) -> Result<Id, Unmade> {
        let Some(last) = id.event.checked_sub(1).map(|event| Id { event, ..id }) else {
            return Ok(id);
        };
        match self.what(last) {
            What::Server(said) if said.verb == "OUT" || said.is_error() => {
                // It may have been said after the end was noticed.
                causes.get(&last).copied().unwrap_or_else(|| self.cause(last, said, causes))
            }
            // Something that the server does not stand, said just before.
            What::Client(_) if self.is_soon(last, id) => Ok(last),
            // It was tired of waiting, or was told what is no message: the client can close instead.
            _ => Ok(id),
        }
    }

    fn is_soon(&self, before: Id, after: Id) -> bool {
        let at = |id: Id| {
            let recording = self.recording(id.connection);
            recording.and_then(|recording| recording.events.get(id.event)).map_or(0, |event| event.at)
        };
        at(after).saturating_sub(at(before)) < 1_000_000
    }

    /// What the client, or somebody else, said that the server answers with this.
    fn cause(&mut self, id: Id, said: &Said, causes: &HashMap<Id, Result<Id, Unmade>>) -> Result<Id, Unmade> {
        let account = self.recording(id.connection).map_or("", |recording| recording.account.as_str());
        let of_before = || {
            let before = self.before(id).and_then(|before| causes.get(&before).copied());
            before.or_else(|| self.own(id, |_| true).map(Ok)).unwrap_or(Err(Unmade::Unknown))
        };
        match said.verb.as_str() {
            "OUT" if said.arg(0) == Some("SSD") => return Err(Unmade::Server),
            "OUT" if said.arg(0).is_some() => {
                let elsewhere = |cases: &Self, recording: &Recording, deed: Id| {
                    deed.connection != id.connection
                        && recording.account == account
                        && matches!(cases.what(deed), What::Client(said) if said.verb == "USR" && said.arg(2) == Some("S"))
                };
                return self.last(id, elsewhere).ok_or(Unmade::Others);
            }
            "OUT" => return self.own(id, |said| said.verb == "OUT").ok_or(Unmade::Server),
            "QNG" => return self.own(id, |said| said.verb == "PNG").ok_or(Unmade::Unknown),
            // Lines of the burst that answers `SYN`, or of one list.
            "LST" | "LSG" => {
                let asks = |said: &Said| matches!(said.verb.as_str(), "SYN" | "LST" | "LSG");
                return self.own(id, asks).ok_or(Unmade::Unknown);
            }
            _ => {}
        }
        let person = subject(said);
        if let Some(person) = person.filter(|_| is_about_somebody(said)) {
            if person.eq_ignore_ascii_case(account) {
                return of_before();
            }
            let is_recorded = self.recorded.contains(person.to_ascii_lowercase().as_str());
            if said.verb == "MSG" && is_recorded {
                return self.cause_of_message(id, said, person);
            }
            let before = self.before(id).and_then(|before| match self.what(before) {
                What::Server(line) if subject(line)?.eq_ignore_ascii_case(person) => {
                    Some((line, *causes.get(&before)?))
                }
                _ => None,
            });
            return match before {
                // What is told of somebody together with something else about him; but he may have said more meanwhile, of
                // which this comes.
                Some((line, Ok(cause))) if is_appendix(said, line) => {
                    let later = self.cause_of_push(id, said, person);
                    Ok(later.filter(|later| self.place.get(later) > self.place.get(&cause)).unwrap_or(cause))
                }
                Some((line, Err(why))) if is_appendix(said, line) => Err(why),
                _ if !is_recorded => Err(Unmade::Others),
                _ => self.cause_of_push(id, said, person).ok_or(Unmade::Unknown),
            };
        }
        let trid = said.args.first().filter(|trid| *trid != "0");
        let asked = trid.and_then(|trid| {
            self.own(id, |asked| {
                asked.args.first() == Some(trid)
                    && (said.is_error() || asked.verb == said.verb || is_answer(&asked.verb, &said.verb))
            })
        });
        match asked {
            Some(asked) => match person {
                // A contact who was there, and a member of the chat.
                Some(person)
                    if matches!(said.verb.as_str(), "ILN" | "IRO")
                        && !self.recorded.contains(person.to_ascii_lowercase().as_str()) =>
                {
                    Err(Unmade::Others)
                }
                _ => Ok(asked),
            },
            None => of_before(),
        }
    }

    /// The message that is passed on: the first with the same payload that was not passed on here yet.
    fn cause_of_message(&mut self, id: Id, said: &Said, person: &str) -> Result<Id, Unmade> {
        let place = |id: Id| self.place.get(&id).copied().unwrap_or_default();
        let (until, from) = (place(id), place(Id { event: 0, ..id }));
        let since = self.order.iter().take(until).skip(from).copied();
        let found = since.into_iter().find(|deed| {
            let Some(recording) = self.recording(deed.connection) else { return false };
            recording.account.eq_ignore_ascii_case(person)
                && self.is_in_chat_of(deed.connection, id.connection)
                && !self.delivered.contains(&(*deed, id.connection))
                && matches!(self.what(*deed), What::Client(asked) if asked.verb == "MSG" && asked.payload == said.payload)
                && !self.is_refused(*deed)
        });
        let found = found.ok_or(Unmade::Unknown)?;
        self.delivered.insert((found, id.connection));
        Ok(found)
    }

    /// Whether the client was told that nobody got it.
    fn is_refused(&self, deed: Id) -> bool {
        let What::Client(asked) = self.what(deed) else { return false };
        let events = self.recording(deed.connection).map_or(&[][..], |recording| recording.events.as_slice());
        events.iter().skip(deed.event).any(|event| match &event.what {
            What::Server(said) => (said.is_error() || said.verb == "NAK") && said.arg(0) == asked.arg(0),
            _ => false,
        })
    }

    fn cause_of_push(&self, id: Id, said: &Said, person: &str) -> Option<Id> {
        let verb = said.verb.as_str();
        self.last(id, |cases, recording, deed| {
            if !recording.account.eq_ignore_ascii_case(person) {
                return false;
            }
            let in_chat = recording.kind == Kind::Switchboard;
            match cases.what(deed) {
                What::Client(asked) => match (verb, asked.verb.as_str()) {
                    ("JOI", "ANS" | "USR") => in_chat && cases.is_in_chat_of(deed.connection, id.connection),
                    ("BYE", "OUT") => in_chat && cases.is_in_chat_of(deed.connection, id.connection),
                    ("RNG", "CAL") => {
                        in_chat
                            && cases.chats.get(deed.connection).cloned().flatten().as_deref() == said.arg(0)
                    }
                    ("JOI" | "BYE" | "RNG", _) => false,
                    // At another place.
                    ("FLN", "USR") => asked.arg(2) == Some("S"),
                    (_, asked) => !in_chat && may_cause(asked, verb),
                },
                What::ClosedByClient if cases.has_signed_out(deed) => false,
                What::ClosedByClient => match verb {
                    "BYE" => in_chat && cases.is_in_chat_of(deed.connection, id.connection),
                    "FLN" => !in_chat,
                    _ => false,
                },
                // Whoever is closed by the server is gone for others too; whether that can be done again is another
                // question.
                What::ClosedByServer if cases.has_signed_out(deed) => false,
                What::ClosedByServer => match verb {
                    "BYE" => in_chat && cases.is_in_chat_of(deed.connection, id.connection),
                    "FLN" => !in_chat,
                    _ => false,
                },
                What::Server(_) => false,
            }
        })
    }

    fn is_in_chat_of(&self, one: usize, other: usize) -> bool {
        match (self.chats.get(one), self.chats.get(other)) {
            (Some(Some(one)), Some(Some(other))) => one == other,
            _ => false,
        }
    }

    /// The number of the chat that a connection is in: the one of the invitation, or the one that calls are answered with.
    fn chat_of(&self, connection: usize) -> Option<String> {
        let recording = self.recording(connection).filter(|recording| recording.kind == Kind::Switchboard)?;
        let mut said_there = recording.events.iter().filter_map(|event| match &event.what {
            What::Server(said) if said.verb == "CAL" => said.arg(2),
            _ => None,
        });
        if let Some(number) = said_there.next_back() {
            return Some(number.to_owned());
        }
        let cookie = recording.cookie()?;
        let (_, way) = way_in(self.recordings, cookie)?;
        match way.verb.as_str() {
            "RNG" => way.arg(0).map(str::to_owned),
            // Nobody was called, so nobody else can be there.
            _ => Some(format!("connection {connection}")),
        }
    }

    fn is_left_out(&self, connection: usize) -> bool {
        let Some(recording) =
            self.recording(connection).filter(|recording| recording.kind == Kind::Switchboard)
        else {
            return false;
        };
        let way = recording.cookie().and_then(|cookie| way_in(self.recordings, cookie));
        recording.late.is_some()
            || way.is_none()
            || recording.events.iter().any(|event| match &event.what {
                What::Server(said) if matches!(said.verb.as_str(), "JOI" | "IRO" | "MSG" | "BYE") => {
                    subject(said)
                        .is_some_and(|person| !self.recorded.contains(person.to_ascii_lowercase().as_str()))
                }
                _ => false,
            })
    }
}

impl Recording {
    /// The cookie that has led into a chat, as its stand-in.
    pub(crate) fn cookie(&self) -> Option<&str> {
        self.events.iter().find_map(|event| match &event.what {
            What::Client(said) if matches!(said.verb.as_str(), "USR" | "ANS") => said.arg(2),
            _ => None,
        })
    }
}

/// The `XFR` or `RNG` that has brought a cookie.
pub(crate) fn way_in<'r>(recordings: &'r [Recording], cookie: &str) -> Option<(usize, &'r Said)> {
    recordings.iter().enumerate().find_map(|(connection, recording)| {
        recording.events.iter().find_map(|event| match &event.what {
            What::Server(said) if said.verb == "XFR" && said.arg(4) == Some(cookie) => {
                Some((connection, said))
            }
            What::Server(said) if said.verb == "RNG" && said.arg(3) == Some(cookie) => {
                Some((connection, said))
            }
            _ => None,
        })
    })
}

/// The person whom a line is about: the first address on it.
pub(crate) fn subject(said: &Said) -> Option<&str> {
    let word = said.args.iter().find(|word| word.contains('@'))?;
    let word = word.strip_prefix("N=").unwrap_or(word);
    Some(word.split(';').next().unwrap_or(word))
}

/// Whether a line tells what somebody else did.
fn is_about_somebody(said: &Said) -> bool {
    match said.verb.as_str() {
        "NLN" | "FLN" | "UBX" | "BPR" | "RNG" | "JOI" | "BYE" | "MSG" => true,
        "ADC" | "ADD" | "REM" => said.arg(0) == Some("0"),
        _ => false,
    }
}

/// Whether a line only adds to the one above it, which is about the same person.
fn is_appendix(said: &Said, above: &Said) -> bool {
    match (above.verb.as_str(), said.verb.as_str()) {
        ("ILN" | "NLN", "UBX") | ("ILN" | "BPR", "BPR") => true,
        // His telephone numbers, for those who put him on a list.
        ("ADD" | "ADC", "BPR") => above.arg(0) != Some("0"),
        _ => false,
    }
}

/// Whether one command may be answered by another.
fn is_answer(asked: &str, said: &str) -> bool {
    matches!(
        (asked, said),
        ("CHG" | "ADC" | "ADD" | "ADL", "ILN") | ("ANS", "IRO") | ("MSG", "ACK" | "NAK") | ("USR", "XFR")
    )
}

/// Whether others may be told `said` because somebody said `asked`.
fn may_cause(asked: &str, said: &str) -> bool {
    match said {
        "NLN" => {
            matches!(asked, "CHG" | "PRP" | "REA" | "BLP" | "ADC" | "ADD" | "REM" | "UUX" | "ADL" | "RML")
        }
        "FLN" => matches!(asked, "OUT" | "CHG" | "BLP" | "ADC" | "ADD" | "REM" | "ADL" | "RML"),
        "UBX" => {
            matches!(asked, "UUX" | "CHG" | "PRP" | "REA" | "BLP" | "ADC" | "ADD" | "REM" | "ADL" | "RML")
        }
        "BPR" => matches!(asked, "PRP" | "BLP" | "ADC" | "ADD" | "REM"),
        "ADC" | "ADD" => matches!(asked, "ADC" | "ADD"),
        "REM" => matches!(asked, "REM" | "RMG"),
        _ => false,
    }
}
