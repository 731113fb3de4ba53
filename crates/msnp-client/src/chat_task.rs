//! The task behind a conversation: one connection to a switchboard.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use msnp::chat::Content;
use msnp::command::msg::Ack;
use msnp::flow::client::switchboard::{Event as Heard, Member, SwitchboardClient};
use msnp::types::{ErrorCode, OwnedSecret, Secret, TrId};
use msnp::wire::Direction;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

use crate::connection::Connection;
use crate::conversation::{Conversation, Order, QUEUE, Shared};
use crate::error::Error;
use crate::event::{Event, Person, Teller, TextMessage};
use crate::exchange::{Exchange, Links};
use crate::pictures::NamedEmoticon;
use crate::session;
use crate::shared::Shared as Client;

/// How many people of one conversation are kept in mind. Official servers let in twenty or so.
const MAX_MEMBERS: usize = 256;

/// How many messages may wait for an answer. Who does not get one in time has given up before.
const MAX_WAITING: usize = 128;

/// How long somebody who has left is waited for when there is something to be said to him: less than
/// [`ANSWER_LIMIT`](crate::conversation::ANSWER_LIMIT), so that it can still be said without him.
const RECALL_LIMIT: Duration = Duration::from_secs(15);

/// How long a client stays where nobody else is and nothing is said. Servers close such chats, too, some of them late.
const ALONE_LIMIT: Duration = Duration::from_secs(300);

/// Where to go, and as whom.
pub(crate) struct Way {
    pub(crate) address: String,
    pub(crate) cookie: OwnedSecret,
    /// The chat, for who was invited.
    pub(crate) session: Option<String>,
    pub(crate) shared: Arc<Client>,
}

type Outcome = oneshot::Sender<Result<(), Error>>;

struct Chat {
    conversation: Conversation,
    exchange: Exchange,
    events: Teller,
    machine: SwitchboardClient,
    connection: Connection,
    /// What was asked of the switchboard and is not answered yet.
    waiting: HashMap<u32, Waiting>,
    /// Who is being invited, and who waits for him.
    invited: Vec<(String, Outcome)>,
    /// The one who was there last, to be invited again.
    last_left: Option<String>,
    /// What is to be said once he has come, or is known not to.
    held: VecDeque<Held>,
    /// Since when nobody else has been there, and nothing was said.
    alone: Option<Instant>,
    /// Until when he is waited for, while he is being invited again.
    recalling: Option<Instant>,
}

struct Held {
    payload: Vec<u8>,
    ack: Ack,
    said: Outcome,
}

enum Waiting {
    Said(Outcome),
    /// An invitation on behalf of somebody, or to have whoever has left come back.
    Invited(String),
    Recalled,
}

/// Conversations are numbered as they begin.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// Enters a chat, and stays in it in a task of its own. Returns when the switchboard has let the client in.
///
/// `by` is who has invited the user, if anybody has: of that the first event tells. The permit is given back when it is over.
pub(crate) async fn enter(
    way: Way,
    (events, over, permit): (Teller, watch::Receiver<()>, OwnedSemaphorePermit),
    by: Option<Person>,
) -> Result<Conversation, Error> {
    let secure = way.shared.settings.secure(&way.address)?;
    let mut connection = Connection::connect(&way.address, secure, Direction::FromSwitchboard).await?;
    let (own, dialect) = (way.shared.email.clone(), way.shared.dialect());
    let (now, identity) = (Instant::now(), &*session::identity(&way.shared));
    let cookie = Secret(way.cookie.expose());
    let machine = match &way.session {
        None => SwitchboardClient::open(dialect, (identity, cookie), now, &mut connection.out),
        Some(session) => {
            SwitchboardClient::answer(dialect, (identity, cookie, session), now, &mut connection.out)
        }
    };
    let (orders, received) = mpsc::channel(QUEUE);
    let shared = Shared {
        number: NUMBERS.fetch_add(1, Ordering::Relaxed),
        own,
        dialect,
        members: Mutex::default(),
        client: Arc::downgrade(&way.shared),
    };
    let conversation = Conversation { shared: Arc::new(shared), orders };
    let links = Links::new(way.shared.settings.direct, connection.local);
    let exchange = Exchange::new(way.shared, conversation.clone(), events.clone(), links)?;
    let mut chat = Chat {
        exchange,
        conversation: conversation.clone(),
        events,
        machine,
        connection,
        waiting: HashMap::new(),
        invited: Vec::new(),
        last_left: None,
        held: VecDeque::new(),
        alone: None,
        recalling: None,
    };
    while !chat.machine.is_in() {
        chat.hear()?;
        if !chat.machine.is_in() {
            chat.connection.flush().await?;
            let deadline = chat.machine.deadline().unwrap_or(now);
            let filled = tokio::time::timeout_at(deadline.into(), chat.connection.fill()).await;
            filled.map_err(|_| chat.machine.expired())??;
        }
    }
    if let Some(by) = by {
        chat.events.tell(Event::Invited { conversation: conversation.clone(), by });
    }
    tokio::spawn(async move {
        chat.run(received, over).await;
        drop(permit);
    });
    Ok(conversation)
}

impl Chat {
    /// Until everybody has gone, the switchboard closes, or the client signs out.
    async fn run(mut self, mut orders: mpsc::Receiver<Order>, mut over: watch::Receiver<()>) {
        let left = self.stay(&mut orders, &mut over).await;
        match left {
            Ok(()) => self.machine.leave(&mut self.connection.out),
            Err(error) => tracing::debug!(%error, "a conversation is over"),
        }
        // From here on nothing more is taken: handles find the queue closed, and so does whoever waits.
        drop(orders);
        let conversation = self.conversation.clone();
        self.exchange.end().await;
        self.events.tell(Event::ConversationEnded { conversation });
        self.connection.close().await;
    }

    async fn stay(
        &mut self,
        orders: &mut mpsc::Receiver<Order>,
        over: &mut watch::Receiver<()>,
    ) -> Result<(), Error> {
        loop {
            self.hear()?;
            let has_more = self.exchange.work(&mut self.machine, &mut self.connection.out).await?;
            self.connection.flush().await?;
            self.alone = match self.conversation.members().is_empty() {
                true => self.alone.or_else(|| Some(Instant::now())),
                false => None,
            };
            let alone_until = self.alone.map(|since| since + ALONE_LIMIT);
            let exchange_until = self.exchange.deadline();
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Say { payload, ack, said }) => self.say(Held { payload, ack, said }),
                    Some(Order::Invite { email, came }) => self.invite(email, came),
                    Some(Order::Exchange(order)) => self.exchange.order(order, Instant::now()).await,
                    Some(Order::Leave) | None => return Ok(()),
                },
                filled = self.connection.fill() => filled?,
                () = sleep_until(self.recalling) => self.release(),
                heard = self.exchange.link_events().next() => {
                    if let Some(heard) = heard {
                        self.exchange.take_link(heard, Instant::now());
                    }
                }
                () = sleep_until(exchange_until) => {}
                () = tokio::task::yield_now(), if has_more => {}
                () = sleep_until(alone_until) => return Ok(()),
                // Nothing is ever sent: the other end goes with the session.
                _ = over.changed() => return Ok(()),
            }
        }
    }

    /// Takes whatever has come whole.
    fn hear(&mut self) -> Result<(), Error> {
        loop {
            let Some(frame) = self.connection.inbox.next()? else { return Ok(()) };
            let Some(heard) = self.machine.receive(frame)? else { continue };
            let told = match heard {
                Heard::Present(Member { handle, place: Some(place), capabilities, .. })
                | Heard::Joined(Member { handle, place: Some(place), capabilities, .. }) => {
                    self.exchange.place(handle, place, capabilities);
                    continue;
                }
                Heard::Present(Member { handle, place: None, name, .. }) => {
                    came(&self.conversation, handle, &name.decode());
                    continue;
                }
                Heard::Joined(Member { handle, place: None, name, .. }) => {
                    if self.conversation.shared.own.is(handle) {
                        continue;
                    }
                    came(&self.conversation, handle, &name.decode());
                    let who = person(handle, &name.decode());
                    let is_him = |email: &str| email.eq_ignore_ascii_case(handle);
                    for (_, outcome) in self.invited.extract_if(.., |(email, _)| is_him(email)) {
                        // Whoever has given up does not mind.
                        let _ = outcome.send(Ok(()));
                    }
                    self.last_left = None;
                    Told::Came(who)
                }
                Heard::Left { handle, place: None, .. } => {
                    left(&self.conversation, handle);
                    self.exchange.left(handle, None);
                    Told::Left(handle.to_owned())
                }
                Heard::Left { handle, place: place @ Some(_), .. } => {
                    self.exchange.left(handle, place);
                    continue;
                }
                Heard::Message { from, name, payload } => {
                    if self.exchange.receive(from, payload, Instant::now()) {
                        continue;
                    }
                    let from = person(from, &name.decode());
                    Told::Event(said(self.conversation.clone(), from, payload))
                }
                Heard::Delivered(trid) | Heard::NotDelivered(trid) if self.exchange.confirmed(trid) => {
                    continue;
                }
                Heard::Delivered(trid) => Told::Answered(trid, Ok(())),
                Heard::NotDelivered(trid) => Told::Answered(trid, Err(Error::NotDelivered)),
                Heard::Refused { trid: Some(trid), verb: Some(verb), code } => {
                    Told::Answered(trid, Err(Error::Refused { verb, code }))
                }
                Heard::Refused { code, .. } => Told::Event(Event::Complaint(code)),
                Heard::NotUnderstood { verb, error } => {
                    tracing::debug!(%verb, ?error, "the switchboard said something that is passed over");
                    continue;
                }
                _ => continue,
            };
            self.take(told);
        }
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Event(event) => self.events.tell(event),
            Told::Came(who) => {
                self.release();
                self.events.tell(Event::Joined { conversation: self.conversation.clone(), who });
            }
            Told::Left(email) => {
                self.last_left = Some(email.clone());
                self.events.tell(Event::Left { conversation: self.conversation.clone(), email });
            }
            Told::Answered(trid, outcome) => self.answered(trid, outcome),
        }
    }

    fn answered(&mut self, trid: TrId, outcome: Result<(), Error>) {
        match self.waiting.remove(&trid.value()) {
            // Whoever has given up does not mind.
            Some(Waiting::Said(said)) => drop(said.send(outcome)),
            Some(Waiting::Invited(email)) => {
                let Err(error) = outcome else { return };
                for (email, outcome) in self.invited.extract_if(.., |(invited, _)| *invited == email) {
                    let _ = outcome.send(match error {
                        // He is there already.
                        Error::Refused { code: ErrorCode::ALREADY_THERE, .. } => Ok(()),
                        _ => Err(Error::NotThere(email)),
                    });
                }
            }
            // He doesn't come: what is held is said all the same, for the service to keep or to refuse.
            Some(Waiting::Recalled) if outcome.is_err() => self.release(),
            Some(Waiting::Recalled) | None => {}
        }
    }

    fn invite(&mut self, email: String, came: Outcome) {
        if let Err(error) = self.call(&email, Waiting::Invited(email.clone())) {
            let _ = came.send(Err(error));
            return;
        }
        self.invited.retain(|(_, outcome)| !outcome.is_closed());
        self.invited.push((email, came));
    }

    fn call(&mut self, email: &str, waiting: Waiting) -> Result<(), Error> {
        let trid = self.machine.call(email, &mut self.connection.out)?;
        self.wait(trid, waiting);
        Ok(())
    }

    fn say(&mut self, held: Held) {
        self.alone = None;
        let is_alone = self.conversation.members().is_empty();
        let is_gone = is_alone && self.last_left.is_some();
        // Typing is for those who are there.
        if is_gone && held.ack == Ack::Unacknowledged {
            let _ = held.said.send(Ok(()));
            return;
        }
        if let Some(email) = self.last_left.clone().filter(|_| is_gone && self.recalling.is_none()) {
            let is_called = self.call(&email, Waiting::Recalled).is_ok();
            self.recalling = is_called.then(|| Instant::now() + RECALL_LIMIT);
        }
        if self.recalling.is_some() && is_gone {
            self.held.retain(|held| !held.said.is_closed());
            self.held.push_back(held);
        } else {
            self.say_now(held);
        }
    }

    fn say_now(&mut self, Held { payload, ack, said }: Held) {
        match self.machine.say(ack, &payload, &mut self.connection.out) {
            Err(error) => drop(said.send(Err(error.into()))),
            // Nothing answers these two when all is well.
            Ok(_) if matches!(ack, Ack::Unacknowledged | Ack::Negative) => drop(said.send(Ok(()))),
            Ok(trid) => self.wait(trid, Waiting::Said(said)),
        }
    }

    /// Says what was held.
    fn release(&mut self) {
        self.recalling = None;
        if self.conversation.members().is_empty() {
            // Once is enough: the next text goes the same way without an invitation.
            self.last_left = None;
        }
        for held in std::mem::take(&mut self.held) {
            // Whoever has given up has been told that it was not said.
            if !held.said.is_closed() {
                self.say_now(held);
            }
        }
    }

    fn wait(&mut self, trid: TrId, waiting: Waiting) {
        if self.waiting.len() >= MAX_WAITING {
            self.waiting.retain(|_, waiting| !matches!(waiting, Waiting::Said(said) if said.is_closed()));
        }
        if self.waiting.len() < MAX_WAITING {
            self.waiting.insert(trid.value(), waiting);
        }
    }
}

/// What has to be done about a line, apart from it.
enum Told {
    Event(Event),
    Came(Person),
    Left(String),
    Answered(TrId, Result<(), Error>),
}

fn person(email: &str, name: &str) -> Person {
    Person { email: email.to_owned(), name: name.to_owned() }
}

fn came(conversation: &Conversation, email: &str, name: &str) {
    let shared = &conversation.shared;
    let mut members = shared.members.lock().unwrap_or_else(PoisonError::into_inner);
    let is_there = members.iter().any(|member| member.email.eq_ignore_ascii_case(email));
    if !is_there && !shared.own.is(email) && members.len() < MAX_MEMBERS {
        members.push(person(email, name));
    }
}

fn left(conversation: &Conversation, email: &str) {
    let mut members = conversation.shared.members.lock().unwrap_or_else(PoisonError::into_inner);
    members.retain(|member| !member.email.eq_ignore_ascii_case(email));
}

/// What somebody says.
fn said(conversation: Conversation, from: Person, payload: &[u8]) -> Event {
    match Content::read(payload) {
        Content::Text(text) => {
            let (text, format) = (text.body.into_owned(), text.format);
            Event::Text(TextMessage { conversation, from, text, format })
        }
        Content::Typing => Event::Typing { conversation, from },
        Content::Nudge => Event::Nudge { conversation, from },
        Content::Emoticons(named) => {
            let emoticons = NamedEmoticon::all(&named);
            Event::Emoticons { conversation, from, emoticons }
        }
        Content::Data(_) => Event::Data { conversation, from, payload: Bytes::copy_from_slice(payload) },
        _ => Event::Other { conversation, from, payload: Bytes::copy_from_slice(payload) },
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
