//! Writes the script.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use msnp::dialect::MSNP11;
use msnp::wire::Encoded;

use super::Privacy;
use super::causes::{Cases, Id, Story, Turn, Unmade, way_in};
use super::holes::{Context, Holes};
use super::lists;
use super::people::{People, Person};
use super::read::{Kind, Recording, Said, What};

/// Makes a script of recordings, which may be of several connections, accounts and runs of a server.
///
/// # Errors
/// When there is nothing to make one of, with the reason.
pub fn script(recordings: &[Recording], privacy: Privacy) -> Result<String, String> {
    let mut recordings = recordings.to_vec();
    recordings.retain(|recording| !recording.events.is_empty());
    recordings.sort_by_key(|recording| (recording.clock, recording.events.first().map(|event| event.at)));
    if recordings.is_empty() {
        return Err("nothing was said in these recordings".to_owned());
    }
    let people = People::new(&recordings, privacy);
    let recorded = |person: &&Person| recordings.iter().any(|recording| recording.account == person.address);
    let mut locals: BTreeMap<&str, &str> = BTreeMap::new();
    for Person { shown, .. } in people.all().iter().filter(recorded) {
        if let Some(other) = locals.insert(shown.split('@').next().unwrap_or_default(), shown) {
            return Err(format!(
                "{other} and {shown} would have connections of the same name: leave out --keep-addresses"
            ));
        }
    }
    let story = Cases::new(&recordings).story();
    let writer = Writer {
        recordings: &recordings,
        people: &people,
        holes: Holes::new(&recordings),
        out: String::new(),
        names: HashMap::new(),
        width: 0,
        last_unmade: None,
    };
    Ok(writer.write(&story))
}

struct Writer<'r> {
    recordings: &'r [Recording],
    people: &'r People,
    holes: Holes<'r>,
    out: String,
    /// What connections that are open are called.
    names: HashMap<usize, String>,
    /// How wide the column of names is.
    width: usize,
    /// Why the line above is a comment.
    last_unmade: Option<Unmade>,
}

impl Writer<'_> {
    fn write(mut self, story: &Story) -> String {
        self.head();
        self.width = self
            .people
            .all()
            .iter()
            .map(|person| person.shown.find('@').unwrap_or_default())
            .max()
            .unwrap_or_default()
            + 4;
        let before = lists::prelude(self.recordings, self.people);
        if !before.is_empty() {
            self.put("\n# Before: the lists as they were.\n");
            self.put(&before);
        }
        self.put("\n# The recording.\n");
        let mut unmade = story.unmade.iter().peekable();
        for (number, turn) in story.turns.iter().enumerate() {
            while let Some((_, id, why)) = unmade.next_if(|(after, ..)| *after <= number) {
                self.unmade(*id, *why);
            }
            self.turn(turn);
        }
        for (_, id, why) in unmade {
            self.unmade(*id, *why);
        }
        self.out
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn head(&mut self) {
        let mut recorded: Vec<&str> = Vec::new();
        for recording in self.recordings {
            let shown = self.shown(recording);
            let name = shown.split('@').next().unwrap_or(shown);
            if !recorded.contains(&name) {
                recorded.push(name);
            }
        }
        let version = self.recordings.iter().find_map(Recording::dialect).unwrap_or(&MSNP11).version;
        let mut head =
            format!("# A recording of {}\n#\n# Made by `msnp-script from-recording`.\n", recorded.join(", "));
        for recording in self.recordings {
            for gap in &recording.gaps {
                let _ =
                    writeln!(head, "# Of a connection of {} there is missing: {gap}", self.shown(recording)); // can't fail
            }
        }
        let _ = writeln!(head, "\nversions {version}");
        for (number, person) in self.people.all().iter().enumerate().filter(|(_, person)| !person.is_missing)
        {
            let _ = write!(head, "account {} password \"recorded{number}\"", person.shown);
            if let Some(name) = person.name() {
                let name = name.replace("{{", "{");
                let name = Encoded::from_wire(&name).decode().into_owned();
                // What the form of a script has no way to say.
                if !name.contains('"') && !name.chars().any(char::is_control) {
                    let _ = write!(head, " name \"{name}\"");
                }
            }
            head.push('\n');
        }
        self.put(&head);
    }

    fn shown(&self, recording: &Recording) -> &str {
        self.people.find(&recording.account).map_or("", |person| person.shown.as_str())
    }

    fn context(&self, recording: &Recording) -> Option<Context<'_>> {
        let account =
            self.recordings.iter().find(|other| other.account == recording.account)?.account.as_str();
        let dialect = recording.dialect().unwrap_or(&MSNP11);
        Some(Context { account, dialect, people: self.people })
    }

    fn event(&self, id: Id) -> Option<(usize, &What)> {
        let event = self.recordings.get(id.connection)?.events.get(id.event)?;
        Some((id.connection, &event.what))
    }

    // --- a deed and what comes of it

    fn turn(&mut self, turn: &Turn) {
        self.last_unmade = None;
        let recordings = self.recordings;
        let Some(recording) = recordings.get(turn.deed.connection) else { return };
        let Some(event) = recording.events.get(turn.deed.event) else { return };
        self.open(turn.deed.connection, recording);
        let who = self.name(turn.deed.connection);
        let said = match &event.what {
            What::Client(said) => {
                self.say(&who, recording, said, turn);
                Some(said)
            }
            what => {
                if *what == What::ClosedByServer {
                    self.put("# The server closed it by itself, or because of what was no message.\n");
                }
                self.line(&who, "hangup", "");
                self.names.remove(&turn.deed.connection);
                None
            }
        };
        let mut effects = turn.effects.as_slice();
        while let Some(first) = effects.first() {
            let length = effects.iter().take_while(|id| id.connection == first.connection).count();
            let (here, rest) = effects.split_at(length);
            self.effects(first.connection, here, said);
            effects = rest;
        }
    }

    fn say(&mut self, who: &str, recording: &Recording, said: &Said, turn: &Turn) {
        let Some(of) = self.context(recording) else { return };
        let (mut words, is_older) = self.holes.said(of, said);
        if said.verb == "USR" && said.arg(2) == Some("S") {
            let refused = turn.effects.iter().any(|id| {
                id.connection == turn.deed.connection
                    && matches!(self.event(*id), Some((_, What::Server(answer))) if answer.is_error())
            });
            if refused {
                self.put("# Refused: what it was is not kept.\n");
                words.truncate(3);
                words.push("t=none&p=".to_owned());
            } else {
                let shown = self.parameters(turn.deed);
                let step = match said.arg(1) {
                    Some("MD5") => "response",
                    Some("SSO") => "single-sign-on",
                    _ => "ticket",
                };
                self.line(who, step, &shown);
            }
        }
        if is_older {
            self.put("# Something in this line is from before the recording.\n");
        }
        let text =
            self.message(&said.verb, &words, &said.payload, |line| line.replace("{hidden:", "{{hidden:"));
        self.line(who, ">>>", &text);
    }

    /// The holes that the parameters for a ticket are in; for single sign-on, the policy and the nonce.
    fn parameters(&self, deed: Id) -> String {
        let recording = self.recordings.get(deed.connection);
        let before = recording.and_then(|recording| recording.events.get(..deed.event)).unwrap_or_default();
        let heard = before.iter().rev().find_map(|event| match &event.what {
            What::Server(said) if said.verb == "USR" && said.arg(2) == Some("S") => Some(said),
            _ => None,
        });
        let find = |what, position| heard.and_then(|said| self.holes.find(what, said.arg(position)?));
        match (find("parameters", 3), find("nonce", 4)) {
            (Some(policy), Some(nonce)) => format!("{policy} {nonce}"),
            (parameters, _) => parameters.unwrap_or_else(|| "none".to_owned()),
        }
    }

    /// What the server says on one connection because of one deed.
    fn effects(&mut self, connection: usize, effects: &[Id], cause: Option<&Said>) {
        let recordings = self.recordings;
        let Some(recording) = recordings.get(connection) else { return };
        let events = effects.iter().filter_map(|id| recording.events.get(id.event)).map(|event| &event.what);
        let events: Vec<&What> = events.collect();
        let who = self.name(connection);
        let mut row: Option<&str> = None;
        for (at, what) in events.iter().enumerate() {
            let What::Server(said) = what else {
                self.line(&who, "closes", "");
                self.names.remove(&connection);
                continue;
            };
            let later: Vec<&Said> = events
                .iter()
                .skip(at + 1)
                .map_while(|what| match what {
                    What::Server(said) => Some(said),
                    _ => None,
                })
                .collect();
            let follows = row.is_some_and(|row| is_part_of(said, row));
            let arrow = if follows {
                "<<+"
            } else if row == Some(said.verb.as_str()) || begins_row(said, &later) {
                row = Some(said.verb.as_str());
                "<<~"
            } else {
                row = None;
                "<<<"
            };
            self.hear(&who, arrow, recording, said, cause);
        }
    }

    fn hear(&mut self, who: &str, arrow: &str, recording: &Recording, said: &Said, cause: Option<&Said>) {
        let Some(account) = self.recordings.iter().find(|other| other.account == recording.account) else {
            return;
        };
        let of = Context {
            account: &account.account,
            dialect: recording.dialect().unwrap_or(&MSNP11),
            people: self.people,
        };
        let words = self.holes.heard(of, said);
        let is_profile = |line: &String| line.starts_with("Content-Type: text/x-msmsgsprofile");
        let payload = if said.payload.is_empty() {
            Vec::new()
        } else if said.arg(0) == Some("Hotmail") && said.payload.iter().any(is_profile) {
            ["MIME-Version: 1.0", "Content-Type: text/x-msmsgsprofile; charset=UTF-8", "{...}", ""]
                .map(str::to_owned)
                .to_vec()
        } else if said.verb == "NOT" {
            vec!["{...}\\".to_owned()]
        } else if cause
            .is_some_and(|cause| cause.verb == "MSG" && said.verb == "MSG" && cause.payload == said.payload)
        {
            vec!["{said}\\".to_owned()]
        } else {
            said.payload.clone()
        };
        let text = self.message(&said.verb, &words, &payload, |line| {
            // One word each: nothing else is hidden.
            let mut line = line.to_owned();
            while let Some((before, after)) = line.split_once("{hidden:") {
                let after = after.split_once('}').map_or("", |(_, after)| after);
                line = format!("{before}{{*}}{after}");
            }
            line
        });
        self.line(who, arrow, &text);
    }

    /// A line and its payload.
    fn message(
        &self,
        verb: &str,
        words: &[String],
        payload: &[String],
        hidden: impl Fn(&str) -> String,
    ) -> String {
        let mut text = verb.to_owned();
        let (last, others) = words.split_last().map_or((None, words), |(last, others)| (Some(last), others));
        for word in others {
            text.push(' ');
            text.push_str(word);
        }
        match last {
            Some(_) if !payload.is_empty() => text.push_str(" #"),
            // Which would be the length of a payload.
            Some(last) if last == "#" => text.push_str(" {hex:23}"),
            Some(last) => {
                text.push(' ');
                text.push_str(last);
            }
            None => {}
        }
        for line in payload {
            let line = hidden(&self.people.text(line));
            let _ = write!(text, "\n{:width$}|{line}", "", width = self.width + 1); // writing to memory can't fail
        }
        text
    }

    fn line(&mut self, who: &str, verb: &str, text: &str) {
        let line = format!("{who:width$} {verb} {text}", width = self.width);
        self.put(line.trim_end_matches(' '));
        self.put("\n");
    }

    // --- connections

    fn open(&mut self, connection: usize, recording: &Recording) {
        if self.names.contains_key(&connection) {
            return;
        }
        let local = self.shown(recording).split('@').next().unwrap_or_default().to_owned();
        let base = match recording.kind {
            Kind::Notification => local.clone(),
            Kind::Switchboard => format!("{local}/sb"),
        };
        let free = |name: &String| !self.names.values().any(|taken| taken == name);
        let numbered = |number: usize| match recording.kind {
            Kind::Notification => format!("{local}/{number}"),
            Kind::Switchboard => format!("{base}{number}"),
        };
        let name =
            std::iter::once(base.clone()).chain((2..).map(numbered)).find(free).unwrap_or(base.clone());
        let to = match recording.kind {
            Kind::Notification => String::new(),
            Kind::Switchboard => {
                let way = recording.cookie().and_then(|cookie| way_in(self.recordings, cookie));
                let address = way.and_then(|(_, way)| way.arg(if way.verb == "XFR" { 2 } else { 1 }));
                let hole = address.and_then(|address| self.holes.find("sb", address));
                format!("to {}", hole.unwrap_or_else(|| "{sb}".to_owned()))
            }
        };
        self.put("\n");
        self.line(&name, "connect", &to);
        self.names.insert(connection, name.clone());
        if let Some(dialect) = recording.late {
            self.put("# It had signed in before the recording.\n");
            let signing_in =
                lists::sign_in(&name, self.shown(recording), dialect, &format!("late{connection}"));
            self.put(&signing_in);
        }
    }

    fn name(&self, connection: usize) -> String {
        self.names.get(&connection).cloned().unwrap_or_else(|| "nobody".to_owned())
    }

    // --- what can't be done again

    fn unmade(&mut self, id: Id, why: Unmade) {
        let recordings = self.recordings;
        let Some(recording) = recordings.get(id.connection) else { return };
        let Some(event) = recording.events.get(id.event) else { return };
        if self.last_unmade.replace(why) != Some(why) {
            self.put(match why {
                Unmade::Others => "# Not done again, since somebody takes part in it who was not recorded:\n",
                Unmade::Server => "# Done by the server without being asked:\n",
                Unmade::Unknown => "# What this belongs to is missing:\n",
            });
        }
        let who = self.names.get(&id.connection).cloned().unwrap_or_else(|| {
            let local = self.shown(recording).split('@').next().unwrap_or_default();
            match recording.kind {
                Kind::Notification => local.to_owned(),
                Kind::Switchboard => format!("{local}/sb"),
            }
        });
        let masked = |said: &Said| {
            let words: Vec<String> = said.args.iter().map(|word| self.people.word(said, word)).collect();
            self.message(&said.verb, &words, &said.payload, str::to_owned)
        };
        let text = match &event.what {
            What::Client(said) => format!("{who} >>> {}", masked(said)),
            What::Server(said) => format!("{who} <<< {}", masked(said)),
            What::ClosedByClient => format!("{who} hangup"),
            What::ClosedByServer => format!("{who} closes"),
        };
        for line in text.lines() {
            let line = format!("#   {line}\n");
            self.put(&line);
        }
        if !matches!(event.what, What::Client(_) | What::Server(_)) {
            self.names.remove(&id.connection);
        }
    }
}

/// Whether lines like this one come in an order that means nothing, and there are several.
fn begins_row(said: &Said, later: &[&Said]) -> bool {
    matches!(said.verb.as_str(), "LST" | "LSG" | "ILN" | "IRO")
        && later.iter().find(|next| !is_part_of(next, &said.verb)).is_some_and(|next| next.verb == said.verb)
}

/// Whether a line belongs to the one above it in such a row.
fn is_part_of(said: &Said, row: &str) -> bool {
    matches!((row, said.verb.as_str()), ("LST", "BPR") | ("ILN", "UBX"))
}
