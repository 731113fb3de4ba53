//! The switchboard: chats, and how one gets into them.

mod admission;
mod ans;
mod cal;
mod chat;
mod courier;
mod late;
mod letter;
mod msg;
mod roster;
mod usr;

use std::collections::{HashMap, hash_map};
use std::sync::Arc;
use std::time::Instant;

use msnp::command::error;
use msnp::dialect::{Dialect, MSNP2};
use msnp::flow::End;
use msnp::flow::switchboard::{Request, SwitchboardServer};
use msnp::types::{ErrorCode, Guid, TrId};
use msnp::wire::Frame;
use parking_lot::Mutex;

use admission::Admissions;
pub use admission::{Admission, Entry};
use chat::Chat;
use courier::Courier;
use roster::Member;

use crate::account::AccountId;
use crate::connection::{Step, Work};
use crate::directory::EndpointId;
use crate::outbox::Outbox;
use crate::random;
use crate::recording::{Kind, Who};
use crate::server::Server;
use crate::sessions::OpenSession;

/// All chats, and the cookies that lead into them.
#[derive(Debug, Default)]
pub struct Switchboard {
    chats: Mutex<HashMap<u32, Arc<Chat>>>,
    /// In how many chats each account is.
    seats: Mutex<HashMap<AccountId, usize>>,
    admissions: Admissions,
    courier: Courier,
}

/// How many chats an account may be in before it can open no more. Each is a connection of its own.
const MAX_CHATS: usize = 100;

impl Switchboard {
    /// Makes a cookie that lets its bearer in once, within two minutes. `None` if `payer`, who asks for it, has as many
    /// unused ones as he may have.
    pub fn admit(&self, admission: Admission, payer: AccountId, now: Instant) -> Option<String> {
        self.admissions.issue(admission, payer, now)
    }

    /// Whether an account is in as many chats as it may be.
    pub fn is_busy(&self, account: AccountId) -> bool {
        self.seats.lock().get(&account).is_some_and(|seats| *seats >= MAX_CHATS)
    }

    fn take_seat(&self, account: AccountId) {
        *self.seats.lock().entry(account).or_default() += 1;
    }

    fn give_up_seat(&self, account: AccountId) {
        let mut seats = self.seats.lock();
        if let Some(count) = seats.get_mut(&account) {
            *count -= 1;
            if *count == 0 {
                seats.remove(&account);
            }
        }
    }

    /// A new chat, under a number that no other has.
    fn open(&self) -> Arc<Chat> {
        loop {
            if let Some(chat) = self.open_as(random_number()) {
                return chat;
            }
        }
    }

    /// A new chat of this number, unless another has it.
    fn open_as(&self, id: u32) -> Option<Arc<Chat>> {
        match self.chats.lock().entry(id) {
            hash_map::Entry::Occupied(_) => None,
            hash_map::Entry::Vacant(place) => Some(place.insert(Arc::new(Chat::new(id))).clone()),
        }
    }

    fn find(&self, id: u32) -> Option<Arc<Chat>> {
        self.chats.lock().get(&id).cloned()
    }

    /// Takes a member out of a chat, and the chat away with its last one.
    fn leave(&self, chat: &Chat, number: u64, idle: bool) {
        let mut chats = self.chats.lock();
        if chat.leave(number, idle) {
            chats.remove(&chat.id);
        }
    }

    /// Disconnects an account from every chat it is in.
    pub fn disconnect(&self, account: AccountId) {
        let chats: Vec<_> = self.chats.lock().values().cloned().collect();
        chats.iter().for_each(|chat| chat.disconnect(|member| member.account == account));
    }

    /// Disconnects one place of an account from every chat it is in.
    pub fn disconnect_place(&self, account: AccountId, endpoint: EndpointId) {
        let chats: Vec<_> = self.chats.lock().values().cloned().collect();
        let is_it = |member: &Member| member.account == account && member.endpoint == endpoint;
        chats.iter().for_each(|chat| chat.disconnect(is_it));
    }

    /// Closes every chat, when all that was said in it has been written.
    pub fn shut_down(&self) {
        let chats: Vec<_> = self.chats.lock().values().cloned().collect();
        chats.iter().for_each(|chat| chat.shut_down());
    }

    /// How many chats there are.
    pub fn len(&self) -> usize {
        self.chats.lock().len()
    }

    /// Whether there is no chat.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A number for a chat: clients read it as a signed one of 32 bits, and some take 0 for none.
fn random_number() -> u32 {
    (random::number() >> 1).max(1)
}

/// One client's session with the switchboard.
pub struct Session {
    flow: SwitchboardServer,
    server: Arc<Server>,
    outbox: Arc<Outbox>,
    seat: Option<Seat>,
    calls: cal::Calls,
}

/// A member's place in a chat.
struct Seat {
    chat: Arc<Chat>,
    /// Which member this is.
    number: u64,
    account: AccountId,
    /// The place of that account that he is in the chat from.
    endpoint: EndpointId,
    email: msnp::types::Email,
    /// His name when he joined.
    name: Arc<str>,
    /// How a message of this member begins for everybody else: `MSG email name `.
    header: Box<[u8]>,
    /// How many messages were passed on since the readers were last woken.
    spoken: u64,
    /// Whether the server ends this session because nothing was said.
    is_idle: bool,
    /// What was kept of this member's words for somebody who is away: the conversation they make, and how many.
    run: Option<(Guid, u32)>,
    /// The text in parts whose first part was kept last.
    parts_of: Option<Box<str>>,
    _open: OpenSession,
}

impl Session {
    /// The session of a connection that has begun with a `USR` or `ANS`, which is still to be heard.
    pub fn new(server: Arc<Server>, outbox: Arc<Outbox>) -> Self {
        let flow = SwitchboardServer::new(server.now());
        Self { flow, server, outbox, seat: None, calls: cal::Calls::default() }
    }

    /// Acts on one message.
    pub fn heard<'s>(&'s mut self, frame: Frame<'s>) -> Step<'s> {
        // One that was told to go may not have noticed yet; what it says doesn't count any more.
        if !self.outbox.is_open() {
            return Step::End(End::SignedOut);
        }
        let mut answer = Vec::new();
        let email = self.seat.as_ref().map(|seat| &seat.email);
        let asked = self.flow.receive(frame, email, &mut answer);
        if !answer.is_empty() {
            self.outbox.write(|out| out.extend_from_slice(&answer));
        }
        match asked {
            Ok(Some(Request::Msg(request))) => self.msg(&request),
            Ok(Some(Request::Cal(request))) => self.cal(request).into(),
            Ok(Some(Request::Usr(request))) => self.usr(request).into(),
            Ok(Some(Request::Ans(request))) => self.ans(request),
            Ok(None) => Step::Next,
            Err(end) => Step::End(end),
        }
    }

    /// All that was read has been passed on: wakes the readers, and waits for those who are far behind.
    ///
    /// A chat waits where presence doesn't, or file transfers would break. One that takes nothing at all is dropped
    /// by its own connection after a while.
    pub fn settle(&mut self) -> Option<Work<'_>> {
        let seat = self.seat.as_mut().filter(|seat| seat.spoken > 0)?;
        self.server.metrics.messages.increment(std::mem::take(&mut seat.spoken));
        let behind = seat.chat.wake_others(seat.number, seat.account, self.server.now());
        if behind.is_empty() {
            return None;
        }
        Some(Box::pin(async move {
            for outbox in behind {
                outbox.room().await;
            }
            Ok(())
        }))
    }

    /// Whether the member is in a chat.
    pub fn has_joined(&self) -> bool {
        self.seat.is_some()
    }

    /// Which member this is, once it has been let in.
    pub fn who(&self) -> Option<Who> {
        let account = self.seat.as_ref()?.email.clone();
        Some(Who { account, kind: Kind::Switchboard, signed_in: Some(self.dialect().version) })
    }

    /// When [`expired`](Self::expired) is to be called.
    pub fn deadline(&self) -> Option<Instant> {
        Some(match &self.seat {
            None => self.flow.deadline(),
            Some(seat) => seat.chat.idle_at(|| self.server.now()),
        })
    }

    /// The deadline has passed. `None` if something was said in the chat meanwhile.
    pub fn expired(&mut self) -> Option<End> {
        let Some(seat) = &mut self.seat else { return Some(End::TimedOut("showed no good cookie in time")) };
        let now = self.server.now();
        if seat.chat.idle_at(|| now) > now {
            return None;
        }
        seat.is_idle = true;
        Some(End::TimedOut("nothing was said"))
    }

    /// The connection is over.
    pub fn ended(&mut self) {
        if let Some(seat) = self.seat.take() {
            self.server.metrics.messages.increment(seat.spoken);
            self.server.switchboard.leave(&seat.chat, seat.number, seat.is_idle);
            self.server.switchboard.give_up_seat(seat.account);
        }
    }

    fn dialect(&self) -> &'static Dialect {
        self.flow.dialect().unwrap_or(&MSNP2)
    }

    fn say(&self, write: impl FnOnce(&mut Vec<u8>, &'static Dialect)) -> Result<(), End> {
        let dialect = self.dialect();
        self.outbox.write(|out| write(out, dialect));
        Ok(())
    }

    fn deny(&self, trid: TrId, code: ErrorCode) -> Result<(), End> {
        self.say(|out, dialect| error::Reply { trid: Some(trid), code }.write(out, dialect))
    }

    fn refuse(&mut self, trid: TrId) -> Result<(), End> {
        let mut end = End::SignedOut;
        self.outbox.write(|out| end = self.flow.refuse(trid, out));
        Err(end)
    }

    /// Checks a cookie: who its bearer is, and what it admits him to. `identity` is what he says he is: his address,
    /// and from MSNP16 on his endpoint behind a semicolon.
    fn redeem(&self, identity: &str, cookie: &str) -> Option<(Admission, Member)> {
        let Server { switchboard, directory, .. } = &*self.server;
        let admission = switchboard.admissions.redeem(cookie, self.server.now())?;
        let (address, place) = identity.split_once(';').map_or((identity, None), |(a, p)| (a, Some(p)));
        // A client that has not said where it is may still say so here.
        let is_elsewhere = |machine: Guid| place.is_some_and(|place| place.parse() != Ok(machine));
        // The session that got the cookie must still be there, and with it the user's right to be here.
        if !directory.is_there(admission.account, admission.endpoint)
            || !admission.email.is(address)
            || admission.machine.is_some_and(is_elsewhere)
        {
            return None;
        }
        let (name, capabilities) = directory.card(admission.account, admission.endpoint)?;
        let member = Member {
            number: self.server.next_number(),
            account: admission.account,
            endpoint: admission.endpoint,
            email: admission.email.clone(),
            name,
            dialect: admission.dialect,
            machine: admission.machine,
            sees_places: admission.sees_places,
            capabilities,
            outbox: self.outbox.clone(),
        };
        Some((admission, member))
    }

    /// Takes a seat in a chat that the member has been let into.
    fn sit_down(&mut self, chat: Arc<Chat>, member: &Member, admission: &Admission) {
        self.flow.joined(member.dialect);
        self.outbox.keep_buffer();
        self.server.switchboard.take_seat(member.account);
        self.seat = Some(Seat {
            chat,
            number: member.number,
            account: member.account,
            endpoint: member.endpoint,
            email: member.email.clone(),
            name: member.name.clone(),
            header: member.message_header(),
            spoken: 0,
            is_idle: false,
            run: None,
            parts_of: None,
            _open: self.server.sessions.open(),
        });
        // Whoever signs an account out looks for its seats after taking it out of the directory, so one that was taken
        // meanwhile is either found by him or given up here.
        let server = &self.server;
        if server.is_going_down() || !server.directory.is_there(admission.account, admission.endpoint) {
            self.outbox.close();
        }
    }
}
