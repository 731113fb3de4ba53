//! Two people, their machines, the service's machines, and what has been said.

use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::command::nln::Presence;
use msnp::dialect::Dialect;
use msnp::flow::client::notification::{Credentials, Demand, Event, NotificationClient};
use msnp::flow::client::switchboard::{self, SwitchboardClient};
use msnp::flow::client::{End, Settings};
use msnp::types::{Guid, OwnedSecret, Secret};
use msnp::wire::{Direction, Framer};

use crate::double::{Double, PASSWORD, SECRET, TICKET};

pub const NAMES: [&str; 2] = ["alice@example.com", "bob@example.net"];

/// One of the two.
pub struct Person {
    pub who: usize,
    pub client: NotificationClient,
    framer: Framer,
    inbox: Vec<u8>,
    /// What is still to be sent.
    pub out: Vec<u8>,
    /// Everything that was told, in words.
    pub told: Vec<String>,
    pub end: Option<End>,
    pub chat: Option<Chat>,
}

pub struct Chat {
    pub client: SwitchboardClient,
    framer: Framer,
    inbox: Vec<u8>,
    pub out: Vec<u8>,
}

pub struct World {
    pub now: Instant,
    pub double: Double,
    pub people: [Person; 2],
}

impl World {
    pub fn new(dialect: &'static Dialect) -> Self {
        let now = Instant::now();
        let people = [0, 1].map(|who| {
            let mut settings = Settings::new(NAMES[who].parse().unwrap());
            settings.offered = vec![dialect];
            settings.place = Some(Guid([who as u8 + 1; 16]));
            let mut out = Vec::new();
            let client = NotificationClient::new(Arc::new(settings), now, &mut out);
            let framer = Framer::new(Direction::FromNotification);
            Person { who, client, framer, inbox: Vec::new(), out, told: Vec::new(), end: None, chat: None }
        });
        Self { now, double: Double::new(now), people }
    }

    /// Carries everything to and fro until nobody says anything more.
    pub fn drive(&mut self) {
        loop {
            let mut moved = false;
            for who in [0, 1] {
                let person = &mut self.people[who];
                let said = std::mem::take(&mut person.out);
                let said_in_chat = person.chat.as_mut().map(|chat| std::mem::take(&mut chat.out));
                moved |= !said.is_empty() || said_in_chat.as_ref().is_some_and(|said| !said.is_empty());
                self.double.hear(who, &said, self.now);
                self.double.hear_in_chat(who, &said_in_chat.unwrap_or_default());
            }
            for who in [0, 1] {
                let (said, said_in_chat) = self.double.say(who);
                moved |= !said.is_empty() || !said_in_chat.is_empty();
                self.people[who].hear(&said, self.now);
                self.people[who].hear_in_chat(&said_in_chat);
            }
            if !moved {
                return;
            }
        }
    }

    /// Lets time pass, with every deadline kept.
    pub fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        loop {
            let next = self.people.iter().filter(|p| p.end.is_none()).map(|p| p.client.deadline()).min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.now = next.max(self.now);
            for person in self.people.iter_mut().filter(|p| p.end.is_none() && p.client.deadline() <= next) {
                if let Err(end) = person.client.expired(self.now, &mut person.out) {
                    person.end = Some(end);
                }
            }
            self.drive();
        }
        self.now = until;
    }
}

impl Person {
    /// What was told since the last call.
    pub fn news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }

    fn hear(&mut self, bytes: &[u8], now: Instant) {
        self.inbox.extend_from_slice(bytes);
        let inbox = std::mem::take(&mut self.inbox);
        let mut read = &inbox[..];
        while self.end.is_none()
            && let Some((frame, used)) = self.framer.next(read).unwrap()
        {
            let events = self.client.receive(frame, now, &mut self.out);
            let events: Vec<Event<'_>> = match events {
                Ok(events) => events.collect(),
                Err(end) => {
                    self.end = Some(end);
                    return;
                }
            };
            for event in events {
                self.take(&event, now);
            }
            read = &read[used..];
        }
        self.inbox = read.to_vec();
    }

    fn take(&mut self, event: &Event<'_>, now: Instant) {
        match event {
            Event::Demanded(demand) => {
                let ticket = OwnedSecret::new(TICKET);
                let credentials = match demand {
                    Demand::Md5 { .. } => Credentials::Password(PASSWORD),
                    Demand::Tweener { .. } => Credentials::Ticket(&ticket),
                    Demand::SingleSignOn { .. } => {
                        Credentials::SingleSignOn { ticket: &ticket, secret: &SECRET, iv: [7; 8] }
                    }
                };
                self.client.prove(credentials, &mut self.out).unwrap();
            }
            Event::Switchboard { cookie, .. } => {
                let identity = self.client.identity();
                let mut out = Vec::new();
                let client =
                    SwitchboardClient::open(self.client.dialect(), (&identity, *cookie), now, &mut out);
                self.enter(client, out);
            }
            Event::Rung(ring) => {
                let identity = self.client.identity();
                let mut out = Vec::new();
                let shown = (&*identity, Secret(ring.cookie.as_str()), ring.session);
                let client = SwitchboardClient::answer(self.client.dialect(), shown, now, &mut out);
                self.enter(client, out);
            }
            _ => {}
        }
        self.told.push(in_words(event));
    }

    fn enter(&mut self, client: SwitchboardClient, out: Vec<u8>) {
        let framer = Framer::new(Direction::FromSwitchboard);
        self.chat = Some(Chat { client, framer, inbox: Vec::new(), out });
    }

    fn hear_in_chat(&mut self, bytes: &[u8]) {
        let Some(chat) = &mut self.chat else { return };
        chat.inbox.extend_from_slice(bytes);
        let inbox = std::mem::take(&mut chat.inbox);
        let mut read = &inbox[..];
        while let Some((frame, used)) = chat.framer.next(read).unwrap() {
            if let Some(event) = chat.client.receive(frame).unwrap() {
                self.told.push(chat_in_words(&event));
            }
            read = &read[used..];
        }
        chat.inbox = read.to_vec();
    }
}

fn in_words(event: &Event<'_>) -> String {
    match event {
        Event::Status { presence, is_first } => {
            let Presence { status, handle, name, object, .. } = presence;
            let first = if *is_first { "first " } else { "" };
            let object = object.as_ref().map(|object| format!(" {}", object.decode())).unwrap_or_default();
            format!("{first}{handle} {} {status}{object}", name.decode())
        }
        Event::Listed(listed) => {
            let groups: Vec<String> = listed.groups.iter().map(ToString::to_string).collect();
            format!("listed {} {} {}", listed.handle, listed.lists.bits(), groups.join(","))
        }
        Event::Group { group, name } => format!("group {group} {}", name.decode()),
        Event::ListsBegin(head) => format!("lists {} {}", head.lists, head.is_up_to_date),
        Event::ListsComplete => "complete".to_owned(),
        Event::Offline { handle, .. } => format!("{handle} offline"),
        Event::Personal(push) => {
            let psm = push.data.and_then(|data| data.psm).unwrap_or_default().to_owned();
            format!("{} says {psm}, at {} places", push.handle, push.places.len())
        }
        Event::OwnStatus { status, .. } => {
            format!("am {}", status.map(|s| s.to_string()).unwrap_or_default())
        }
        Event::SignedIn { handle, name } => format!("in {handle} {}", name.decode()),
        Event::Rung(ring) => format!("rung by {}", ring.handle),
        Event::Done { verb, .. } => format!("done {verb}"),
        Event::Refused { verb, code, .. } => {
            format!("refused {} {code}", verb.map(|verb| verb.to_string()).unwrap_or_default())
        }
        other => {
            let shown = format!("{other:?}");
            shown.split(['(', ' ', '{']).next().unwrap().to_owned()
        }
    }
}

fn chat_in_words(event: &switchboard::Event<'_>) -> String {
    use switchboard::Event as Chat;
    match event {
        Chat::Entered => "entered".to_owned(),
        Chat::Present(member) => format!("there is {} {}", member.handle, member.place.is_some()),
        Chat::Joined(member) => format!("joined {} {}", member.handle, member.place.is_some()),
        Chat::Left { handle, place, .. } => format!("left {handle} {}", place.is_some()),
        Chat::Message { from, payload, .. } => format!("{from}: {}", String::from_utf8_lossy(payload)),
        Chat::Ringing { .. } => "ringing".to_owned(),
        Chat::Delivered(_) => "delivered".to_owned(),
        Chat::NotDelivered(_) => "not delivered".to_owned(),
        other => format!("{other:?}"),
    }
}
