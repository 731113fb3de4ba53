//! Holds a conversation.

mod web;

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;

use msnp::auth::md5;
use msnp::version::Version;
use msnp::wire::Encoded;

use crate::cast::Cast;
use crate::connection::{Connection, Heard, LINE_LIMIT, Silence};
use crate::failure::{Failure, show};
use crate::parse::number_of;
use crate::script::{Act, Deed, Message, Order, Place, Script, Step, To};
use crate::target::{Destination, Target};
use crate::template::{Addresses, Template, Values};
use crate::token_service::Tokens;
use crate::versions::Versions;

/// How many messages of the conversation a failure shows.
const SHOWN_BEFORE: usize = 16;

/// How many lines of each.
const SHOWN_LINES: usize = 6;

/// How deep procedures may do others.
const MAX_DEPTH: usize = 8;

/// Holds the conversation of `script` in these versions of the protocol.
///
/// # Errors
/// When it goes another way.
pub async fn run<T: Target>(
    script: &Script,
    versions: Versions,
    cast: &Cast,
    target: &T,
) -> Result<(), Failure> {
    let mut values = Values::new();
    values.insert("version".to_owned(), versions.version.to_string().into_bytes());
    if let Some(against) = versions.against {
        values.insert("against".to_owned(), against.to_string().into_bytes());
    }
    let end = Place { file: script.file.clone(), line: 0 };
    let mut runner = Runner {
        script,
        versions,
        cast,
        target,
        addresses: cast.addresses(script),
        connections: HashMap::new(),
        opened: Vec::new(),
        frames: vec![Frame { steps: &script.steps, next: 0, values, gives: &[], done_at: None }],
        tokens: HashMap::new(),
        answers: HashMap::new(),
        secrets: Vec::new(),
        before: VecDeque::new(),
        at: end,
    };
    let held = runner.hold().await;
    for (_, connection) in runner.connections.drain() {
        connection.hang_up().await;
    }
    held.map_err(|wrong| Failure {
        at: runner.frames.into_iter().filter_map(|frame| frame.done_at).chain([runner.at]).collect(),
        versions,
        problem: wrong.problem,
        expected: wrong.expected,
        came: wrong.came,
        before: runner.before.into(),
    })
}

struct Runner<'s, T: Target> {
    script: &'s Script,
    versions: Versions,
    cast: &'s Cast,
    target: &'s T,
    addresses: Addresses,
    connections: HashMap<String, Connection<T::Stream>>,
    /// The names of the connections in the order in which they were opened.
    opened: Vec<String>,
    frames: Vec<Frame<'s>>,
    /// What the token service has given to each part under each policy.
    tokens: HashMap<(usize, String), Tokens>,
    /// What web services have answered to the client of a name, until it is looked at.
    answers: HashMap<String, web::Answered>,
    /// What is not shown, and the hole that stands for it.
    secrets: Vec<(String, &'static str)>,
    before: VecDeque<String>,
    at: Place,
}

/// The script, or a procedure that is being done.
struct Frame<'s> {
    steps: &'s [Step],
    next: usize,
    values: Values,
    gives: &'s [String],
    /// Where a procedure was called for.
    done_at: Option<Place>,
}

/// What went wrong at the line where we are.
struct Wrong {
    problem: String,
    expected: Vec<String>,
    came: Option<String>,
}

impl From<String> for Wrong {
    fn from(problem: String) -> Self {
        Self { problem, expected: Vec::new(), came: None }
    }
}

impl<'s, T: Target> Runner<'s, T> {
    async fn hold(&mut self) -> Result<(), Wrong> {
        while let Some(frame) = self.frames.last_mut() {
            let Some(step) = frame.steps.get(frame.next) else {
                self.leave();
                continue;
            };
            frame.next += 1;
            if self.is_for_us(step) {
                self.at = step.at.clone();
                self.step(step).await?;
            }
        }
        let mut names = self.opened.clone();
        names.retain(|name| self.connections.get(name).is_some_and(Connection::is_signed_in));
        self.settle(&names).await?;
        for name in names {
            self.be_silent(&name)?;
        }
        match self.answers.drain().next() {
            None => Ok(()),
            Some((who, answer)) => Err(answer.not_looked_at(&who).into()),
        }
    }

    /// The end of a procedure, or of the script.
    fn leave(&mut self) {
        let Some(left) = self.frames.pop() else { return };
        if let Some(frame) = self.frames.last_mut() {
            frame.values.extend(left.values.into_iter().filter(|(name, _)| left.gives.contains(name)));
        }
    }

    fn is_for_us(&self, step: &Step) -> bool {
        let version = self.value("version").and_then(|version| number_of(&String::from_utf8_lossy(&version)));
        let version = version.map_or(self.versions.version, Version);
        step.only.iter().all(|only| only.admits(version, self.versions.against))
    }

    async fn step(&mut self, step: &'s Step) -> Result<(), Wrong> {
        match &step.act {
            Act::Let { name, text } => {
                let value = self.fill(text)?;
                self.set(name, value);
                Ok(())
            }
            Act::On { who, deed } => {
                let who = String::from_utf8_lossy(&self.fill(who)?).into_owned();
                self.deed(&who, deed).await
            }
        }
    }

    async fn deed(&mut self, who: &str, deed: &'s Deed) -> Result<(), Wrong> {
        match deed {
            Deed::Closes => self.must_close(who).await,
            Deed::Connect(to) => self.connect(who, to).await,
            Deed::Do { procedure, version, given } => self.enter(who, procedure, version.as_ref(), given),
            Deed::Get(expected) => self.get(who, expected),
            Deed::HangUp => {
                let connection =
                    self.connections.remove(who).ok_or_else(|| format!("{who} is not connected"))?;
                self.log(format!("{who} hangs up"));
                connection.hang_up().await;
                Ok(())
            }
            Deed::Hear { order: Order::Next, message } => self.must_hear(who, message).await,
            Deed::Hear { order: Order::Any, message } => self.must_hear_all(who, message).await,
            Deed::Hear { order: Order::Then, .. } => {
                Err("`<<+` belongs below a `<<~` on the same connection".to_owned().into())
            }
            Deed::Post(posted) => self.post(who, posted).await,
            Deed::Response(challenge) => self.respond(who, challenge),
            Deed::Say(message) => self.say(who, message).await,
            Deed::Silent => {
                let mut names = self.opened.clone();
                names.retain(|name| {
                    name != who && self.connections.get(name).is_some_and(Connection::is_signed_in)
                });
                // What others have said must have had its consequences first.
                names.push(who.to_owned());
                if !self.connection(who)?.is_signed_in() {
                    return Err(
                        format!("{who} has not signed in, and can't be asked whether all is said").into()
                    );
                }
                self.settle(&names).await?;
                self.be_silent(who)
            }
            Deed::SingleSignOn(challenge) => self.single_sign_on(who, challenge).await,
            Deed::Ticket(parameters) => self.ticket(who, parameters).await,
        }
    }

    // --- what is known: to a procedure, only what it was given and has heard itself

    fn value(&self, name: &str) -> Option<Vec<u8>> {
        self.frames.last()?.values.get(name).cloned()
    }

    fn set(&mut self, name: &str, value: Vec<u8>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.values.insert(name.to_owned(), value);
        }
    }

    fn fill(&self, template: &Template) -> Result<Vec<u8>, String> {
        template.fill(&self.addresses, &|name| self.value(name))
    }

    /// The account that a connection is named after: its number in the script.
    fn part(&self, who: &str) -> Result<usize, String> {
        let nick = who.split('/').next().unwrap_or(who);
        let named = |account: &crate::Account| account.address.split('@').next() == Some(nick);
        self.script.accounts.iter().position(named).ok_or_else(|| format!("no account is called {nick}@…"))
    }

    fn connection(&mut self, who: &str) -> Result<&mut Connection<T::Stream>, String> {
        self.connections.get_mut(who).ok_or_else(|| format!("{who} is not connected"))
    }

    // --- procedures and connections

    fn enter(
        &mut self,
        who: &str,
        procedure: &str,
        version: Option<&'s Template>,
        given: &'s [(String, Template)],
    ) -> Result<(), Wrong> {
        let (script, part) = (self.script, self.part(who)?);
        let defined =
            script.procedures.get(procedure).ok_or_else(|| format!("there is no `define {procedure}`"))?;
        if self.frames.len() > MAX_DEPTH {
            return Err("procedures do each other without end".to_owned().into());
        }
        let mut values = Values::new();
        for (name, text) in given {
            values.insert(name.clone(), self.fill(text)?);
        }
        let version = version.map_or_else(
            || Ok(self.value("version").unwrap_or_else(|| self.versions.version.to_string().into_bytes())),
            |version| self.fill(version),
        )?;
        values.insert("version".to_owned(), version);
        values.insert("me".to_owned(), who.as_bytes().to_vec());
        let address = self.cast.player(part).map(|login| login.address.clone()).unwrap_or_default();
        let name = script.accounts.get(part).and_then(|account| account.name.as_deref()).unwrap_or(&address);
        values.entry("name".to_owned()).or_insert_with(|| Encoded::new(name).as_str().as_bytes().to_vec());
        values.insert("address".to_owned(), address.into_bytes());
        let machine = format!("00000000-0000-4000-8000-{:012}", part + 1);
        values.entry("machine".to_owned()).or_insert_with(|| machine.into_bytes());
        let done_at = Some(self.at.clone());
        self.frames.push(Frame { steps: &defined.steps, next: 0, values, gives: &defined.gives, done_at });
        Ok(())
    }

    async fn connect(&mut self, who: &str, to: &To) -> Result<(), Wrong> {
        self.part(who)?;
        if self.connections.contains_key(who) {
            return Err(format!("{who} is connected already").into());
        }
        let address;
        let destination = match to {
            To::Address(template) => {
                address = String::from_utf8_lossy(&self.fill(template)?).into_owned();
                Destination::Address(&address)
            }
            To::Dispatch => Destination::Dispatch,
            To::Notification => Destination::Notification,
        };
        self.log(format!("{who} connects"));
        let connected = tokio::time::timeout(LINE_LIMIT, self.target.connect(destination)).await;
        let stream = connected
            .unwrap_or_else(|late| Err(late.into()))
            .map_err(|error| format!("{who} can't connect: {error}"))?;
        self.opened.retain(|name| name != who);
        self.opened.push(who.to_owned());
        self.connections.insert(who.to_owned(), Connection::new(stream));
        Ok(())
    }

    async fn ticket(&mut self, who: &str, parameters: &Template) -> Result<(), Wrong> {
        let part = self.part(who)?;
        let parameters = String::from_utf8_lossy(&self.fill(parameters)?).into_owned();
        let login = self.cast.player(part).cloned().ok_or_else(|| format!("nobody plays {who}"))?;
        self.log(format!("{who} signs in to Passport"));
        let asked = self.target.ticket(&login.address, &login.password, &parameters);
        let ticket = tokio::time::timeout(LINE_LIMIT, asked)
            .await
            .map_err(|_| format!("no ticket for {who} within {LINE_LIMIT:?}"))?
            .map_err(|error| format!("{who}: {error}"))?;
        self.hide(&ticket, "{ticket}");
        self.set("ticket", ticket.into_bytes());
        Ok(())
    }

    /// What `USR t MD5 S` proves the password with.
    fn respond(&mut self, who: &str, challenge: &Template) -> Result<(), Wrong> {
        let part = self.part(who)?;
        let challenge = String::from_utf8_lossy(&self.fill(challenge)?).into_owned();
        let login = self.cast.player(part).ok_or_else(|| format!("nobody plays {who}"))?;
        let response = md5::respond(&challenge, &login.password);
        self.set("response", response.into_bytes());
        Ok(())
    }

    // --- saying and hearing

    async fn say(&mut self, who: &str, message: &Message) -> Result<(), Wrong> {
        let mut line = self.fill(&message.line)?;
        let payload = message.payload.as_ref().map(|payload| self.fill(payload)).transpose()?;
        let length = payload.as_ref().map_or(0, Vec::len).to_string();
        if message.counts {
            line.push(b' ');
            line.extend(length.as_bytes());
        } else if payload.is_some() && line.rsplit(|b| *b == b' ').next() != Some(length.as_bytes()) {
            return Err(format!("the payload has {length} bytes, and the line says something else").into());
        }
        self.log_said(who, ">>>", &line, payload.as_deref());
        line.extend(b"\r\n");
        line.extend(payload.iter().flatten());
        if let Some(payload) = payload {
            self.set("said", payload);
        }
        let said = self.connection(who)?.say(&line).await;
        said.map_err(|error| format!("{who} can't say this: {error}").into())
    }

    async fn must_hear(&mut self, who: &str, message: &Message) -> Result<(), Wrong> {
        let heard = self.hear(who, &[message]).await?;
        match self.matches(message, &heard) {
            Some(found) => {
                self.keep(who, &heard, found);
                Ok(())
            }
            None => Err(self.unexpected(who, &[message], &heard)),
        }
    }

    /// A row of lines in any order, of which `first` is the first; the others are taken from the script.
    async fn must_hear_all(&mut self, who: &str, first: &'s Message) -> Result<(), Wrong> {
        let mut open: Vec<Vec<&'s Message>> = vec![vec![first]];
        while let Some(frame) = self.frames.last() {
            let Some(step) = frame.steps.get(frame.next) else { break };
            if self.is_for_us(step) {
                let Act::On { who: whose, deed: Deed::Hear { order, message } } = &step.act else { break };
                if *order == Order::Next || self.fill(whose)? != who.as_bytes() {
                    break;
                }
                match (order, open.last_mut()) {
                    (Order::Then, Some(above)) => above.push(message),
                    _ => open.push(vec![message]),
                }
            }
            if let Some(frame) = self.frames.last_mut() {
                frame.next += 1;
            }
        }
        while !open.is_empty() {
            let firsts: Vec<&Message> = open.iter().filter_map(|item| item.first().copied()).collect();
            let heard = self.hear(who, &firsts).await?;
            let matching =
                firsts.iter().zip(0..).find_map(|(message, at)| Some((at, self.matches(message, &heard)?)));
            let Some((at, found)) = matching else { return Err(self.unexpected(who, &firsts, &heard)) };
            self.keep(who, &heard, found);
            for message in open.remove(at).into_iter().skip(1) {
                self.must_hear(who, message).await?;
            }
        }
        Ok(())
    }

    async fn must_close(&mut self, who: &str) -> Result<(), Wrong> {
        match self.connection(who)?.hear().await {
            Err(Silence::Closed) => {
                self.connections.remove(who);
                self.log(format!("{who} is closed by the server"));
                Ok(())
            }
            Ok(heard) => Err(Wrong {
                problem: format!("the server should have closed {who}"),
                expected: Vec::new(),
                came: Some(self.discreet(show(&heard.line, heard.payload.as_deref()))),
            }),
            Err(silence) => Err(self.silence(who, silence, format!("the server should have closed {who}"))),
        }
    }

    /// Waits until the server has answered everything that was said on these connections.
    async fn settle(&mut self, names: &[String]) -> Result<(), Wrong> {
        for who in names {
            if let Err(silence) = self.connection(who)?.settle().await {
                // Something unexpected before the end says more than the end.
                self.be_silent(who)?;
                return Err(self.silence(who, silence, format!("{who} pinged to see whether all is said")));
            }
        }
        Ok(())
    }

    fn be_silent(&mut self, who: &str) -> Result<(), Wrong> {
        match self.connection(who)?.take_waiting() {
            None => Ok(()),
            Some(heard) => Err(Wrong {
                problem: format!("{who} should have heard nothing more"),
                expected: Vec::new(),
                came: Some(self.discreet(show(&heard.line, heard.payload.as_deref()))),
            }),
        }
    }

    async fn hear(&mut self, who: &str, expected: &[&Message]) -> Result<Heard, Wrong> {
        match self.connection(who)?.hear().await {
            Ok(heard) => Ok(heard),
            Err(silence) => {
                let mut wrong = self.silence(who, silence, format!("{who} should have heard something"));
                wrong.expected = self.show_all(expected);
                Err(wrong)
            }
        }
    }

    fn matches(&self, message: &Message, heard: &Heard) -> Option<Values> {
        let (mut whole, mut template) = (heard.line.clone(), message.line.clone());
        if message.counts {
            template = template.then(" ", Template::parse("{number:*}").ok());
        }
        if let Some(payload) = heard.payload.as_ref().filter(|payload| !payload.is_empty()) {
            whole.extend(b"\r\n");
            whole.extend(payload);
        }
        if let Some(payload) = &message.payload {
            template = template.then("\r\n", Some(payload.clone()));
        }
        template.matches(&whole, &self.addresses, &|name| self.value(name))
    }

    fn keep(&mut self, who: &str, heard: &Heard, found: Values) {
        self.log_said(who, "<<<", &heard.line, heard.payload.as_deref());
        if let Some(frame) = self.frames.last_mut() {
            frame.values.extend(found);
        }
    }

    // --- telling what went wrong

    fn unexpected(&self, who: &str, expected: &[&Message], heard: &Heard) -> Wrong {
        Wrong {
            problem: format!("{who} should have heard something else"),
            expected: self.show_all(expected),
            came: Some(self.discreet(show(&heard.line, heard.payload.as_deref()))),
        }
    }

    fn silence(&self, who: &str, silence: Silence, problem: String) -> Wrong {
        let (why, came) = match silence {
            Silence::Closed => (format!("the server has closed {who}"), None),
            Silence::Broken(error) => (format!("the connection broke: {error}"), None),
            Silence::Garbled { what, bytes } => (format!("there was {what}"), Some(show(&bytes, None))),
            Silence::TooLong => (format!("nothing came within {LINE_LIMIT:?}"), None),
        };
        Wrong {
            problem: format!("{problem}, but {why}"),
            expected: Vec::new(),
            came: came.map(|came| self.discreet(came)),
        }
    }

    fn show_all(&self, messages: &[&Message]) -> Vec<String> {
        let shown = |template: &Template| template.show(&self.addresses, &|name| self.value(name));
        messages
            .iter()
            .map(|message| {
                let mut line = shown(&message.line);
                if message.counts {
                    line.extend(b" #");
                }
                self.discreet(show(&line, message.payload.as_ref().map(shown).as_deref()))
            })
            .collect()
    }

    fn log_said(&mut self, who: &str, arrow: &str, line: &[u8], payload: Option<&[u8]>) {
        let shown = self.discreet(show(line, payload));
        let (first, more) =
            (shown.lines().take(SHOWN_LINES), shown.lines().count().saturating_sub(SHOWN_LINES));
        let mut text = format!("{who} {arrow} {}", first.collect::<Vec<_>>().join("\n"));
        if more > 0 {
            let _ = write!(text, "\n | … and {more} lines more"); // writing to memory can't fail
        }
        self.log(text);
    }

    fn log(&mut self, line: String) {
        if self.before.len() == SHOWN_BEFORE {
            self.before.pop_front();
        }
        self.before.push_back(line);
    }

    /// From here on this is not shown: a ticket lets anybody in who has it.
    fn hide(&mut self, secret: &str, hole: &'static str) {
        for form in [secret, &*msnp::soap::escape(secret)] {
            if !self.secrets.iter().any(|(known, _)| known == form) {
                self.secrets.push((form.to_owned(), hole));
            }
        }
    }

    fn discreet(&self, mut text: String) -> String {
        for (secret, hole) in &self.secrets {
            text = text.replace(secret.as_str(), hole);
        }
        text
    }
}
