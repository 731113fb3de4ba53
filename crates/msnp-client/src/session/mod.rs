//! The session with a notification server: one task, one connection, orders in and events out.

mod job;
mod sign_in;
mod state;

use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::flow::client::notification::NotificationClient;
use msnp::flow::client::{CantAsk, End};
use msnp::types::{GroupRef, OwnedSecret, TrId};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::sleep_until;

pub(crate) use self::job::{identity, offline_messages};
use self::state::{Signal, State};
use crate::connection::Connection;
use crate::error::Error;
use crate::event::{Event, Teller};
use crate::shared::{MAX_CONVERSATIONS, Shared};

/// How much may wait to be asked. Who asks for more waits.
pub(crate) const QUEUE: usize = 64;

/// How long the first attempt to come back waits, and the longest that any does.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(120));

/// A session that has lasted this long was a good one: the next attempt to come back need not wait long.
const LASTING: Duration = Duration::from_secs(300);

/// How long conversations have to end when the session has.
const FAREWELL_LIMIT: Duration = Duration::from_secs(5);

/// Writes a request with the machine, and tells its transaction id.
pub(crate) type Write =
    Box<dyn FnOnce(&mut NotificationClient, &mut Vec<u8>) -> Result<TrId, CantAsk> + Send>;

/// What the session is asked to do.
pub(crate) enum Order {
    /// Ask the server something, and tell what it answers.
    Ask { write: Write, answer: Reply },
    /// Where a conversation tells its events, and what ends it with the session.
    Over(oneshot::Sender<(Teller, watch::Receiver<()>)>),
    /// Sign out.
    SignOut,
}

/// Where the answer to a request goes.
pub(crate) type Reply = oneshot::Sender<Result<Answer, Error>>;

/// What a server answers to a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// That it is done.
    Done,
    /// Where a chat can be held.
    Switchboard { address: String, cookie: OwnedSecret },
    /// A new group.
    Group(GroupRef),
}

/// One connection to a notification server, with a user signed in.
pub(crate) struct Session {
    connection: Connection,
    machine: NotificationClient,
    state: State,
}

/// Signs in, and goes on in a task of its own.
pub(crate) async fn begin(shared: Arc<Shared>, events: Teller) -> Result<mpsc::Sender<Order>, Error> {
    let (orders, received) = mpsc::channel(QUEUE);
    let session = Session::sign_in(State::new(shared.clone(), events.clone()), None).await?;
    tokio::spawn(run(session, received, shared, events));
    Ok(orders)
}

/// Runs a session, and those that follow it when its connection is lost, and tells the end.
async fn run(session: Session, mut orders: mpsc::Receiver<Order>, shared: Arc<Shared>, events: Teller) {
    let reason = live(session, &mut orders, &shared, &events).await;
    // Whoever waits for the end may be the one who has to make room for its event.
    drop(orders);
    end_conversations(&shared).await;
    events.tell_last(Event::SignedOut { reason: reason.map(Arc::new) }).await;
}

/// Until the user signs out, or there is no way back. Tells why.
async fn live(
    mut session: Session,
    orders: &mut mpsc::Receiver<Order>,
    shared: &Arc<Shared>,
    events: &Teller,
) -> Option<Error> {
    let mut pause = RETRY.0;
    loop {
        let began = Instant::now();
        let error = match session.serve(orders).await {
            Err(error) => error,
            Ok(()) => {
                let Session { machine, mut connection, state } = session;
                // Conversations first: what is said to a user who is gone and still in one would be lost.
                drop(state);
                end_conversations(shared).await;
                machine.sign_out(&mut connection.out);
                connection.close().await;
                return None;
            }
        };
        // With it go the requests that wait, which are told so.
        drop(session);
        shared.roster().all_offline();
        if began.elapsed() > LASTING {
            pause = RETRY.0;
        }
        match come_back(error, orders, (shared, events), &mut pause).await {
            Ok(again) => session = again,
            Err(reason) => return reason,
        }
        events.tell(Event::Reconnected);
    }
}

/// Waits until conversations have ended, which they do when the session's state is dropped.
async fn end_conversations(shared: &Shared) {
    let all = u32::try_from(MAX_CONVERSATIONS).unwrap_or(u32::MAX);
    let gone = tokio::time::timeout(FAREWELL_LIMIT, shared.room.acquire_many(all));
    // Whoever takes longer is not waited for.
    drop(gone.await);
}

/// Signs in again, and again. Whoever asks for something meanwhile is told that there is no connection.
async fn come_back(
    mut error: Error,
    orders: &mut mpsc::Receiver<Order>,
    (shared, events): (&Arc<Shared>, &Teller),
    pause: &mut Duration,
) -> Result<Session, Option<Error>> {
    loop {
        if !shared.settings.reconnects || !error.is_temporary() {
            return Err(Some(error));
        }
        let wait = wanted_pause(&error).unwrap_or(*pause).mul_f64(jitter());
        tracing::info!(%error, ?wait, "disconnected");
        let server = match &error {
            Error::Moved(address) => Some(address.clone()),
            _ => None,
        };
        events.tell(Event::Disconnected { reason: Arc::new(error), retry_in: wait });
        let attempt = async {
            tokio::time::sleep(wait).await;
            Session::sign_in(State::new(shared.clone(), events.clone()), server).await
        };
        tokio::pin!(attempt);
        let tried = loop {
            tokio::select! {
                tried = &mut attempt => break tried,
                order = orders.recv() => match order {
                    Some(Order::Ask { answer, .. }) => drop(answer.send(Err(Error::NotConnected))),
                    Some(Order::Over(_)) => {}
                    Some(Order::SignOut) | None => return Err(None),
                },
            }
        };
        *pause = (*pause * 2).min(RETRY.1);
        match tried {
            Ok(session) => return Ok(session),
            Err(again) => error = again,
        }
    }
}

/// How long the server wants a client to stay away.
fn wanted_pause(error: &Error) -> Option<Duration> {
    use msnp::command::out::Reason;
    match error {
        Error::Protocol(End::SignedOut(Some(Reason::ReconnectIn(minutes)))) => {
            Some(Duration::from_secs(60 * u64::from(*minutes.min(&MAX_AWAY_MINUTES))))
        }
        _ => None,
    }
}

/// What a server may ask for: an hour.
const MAX_AWAY_MINUTES: u32 = 60;

/// Between three quarters and five quarters: thousands of clients that have lost the same server come back one after
/// another.
fn jitter() -> f64 {
    let mut byte = [128];
    // Without randomness they come together.
    let _ = getrandom::fill(&mut byte);
    let [byte] = byte;
    0.75 + f64::from(byte) / 512.0
}

impl Session {
    /// Until the user signs out.
    async fn serve(&mut self, orders: &mut mpsc::Receiver<Order>) -> Result<(), Error> {
        loop {
            while let Some(signal) = self.hear()? {
                match signal {
                    Signal::Leave => return Ok(()),
                    Signal::ReadLists => self.read_lists_later(),
                    Signal::Referred(address) => return Err(Error::Moved(address)),
                    // What belongs to a sign-in has its time.
                    _ => {}
                }
            }
            self.connection.flush().await?;
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Ask { write, answer }) => self.ask(write, answer),
                    // Whoever has given up does not mind.
                    Some(Order::Over(answer)) => drop(answer.send(self.state.bonds())),
                    Some(Order::SignOut) | None => return Ok(()),
                },
                filled = self.connection.fill() => filled?,
                () = sleep_until(self.machine.deadline().into()) => {
                    self.machine.expired(Instant::now(), &mut self.connection.out)?;
                }
            }
        }
    }

    fn ask(&mut self, write: Write, answer: Reply) {
        match write(&mut self.machine, &mut self.connection.out) {
            Ok(trid) => self.state.wait(trid, answer),
            // Whoever has given up does not mind.
            Err(error) => drop(answer.send(Err(error.into()))),
        }
    }

    /// Takes what has come whole, up to something that has to be done about it.
    fn hear(&mut self) -> Result<Option<Signal>, Error> {
        loop {
            let Some(frame) = self.connection.inbox.next()? else { return Ok(None) };
            let heard = self.machine.receive(frame, Instant::now(), &mut self.connection.out)?;
            let mut signal = None;
            for event in heard {
                signal = self.state.take(event)?.or(signal);
            }
            if signal.is_some() {
                return Ok(signal);
            }
        }
    }

    /// Hears until there is something to be done.
    async fn signal(&mut self) -> Result<Signal, Error> {
        loop {
            if let Some(signal) = self.hear()? {
                return Ok(signal);
            }
            self.connection.flush().await?;
            self.connection.fill().await?;
        }
    }

    /// Asks something and hears until it is answered, while the session has no task yet.
    async fn ask_at_once(
        &mut self,
        write: impl FnOnce(&mut NotificationClient, &mut Vec<u8>) -> Result<TrId, CantAsk>,
    ) -> Result<Answer, Error> {
        let trid = write(&mut self.machine, &mut self.connection.out)?;
        let (answer, mut answered) = oneshot::channel();
        self.state.wait(trid, answer);
        loop {
            while let Some(signal) = self.hear()? {
                if let Signal::Leave = signal {
                    return Err(Error::Protocol(End::SignedOut(None)));
                }
            }
            if let Ok(answered) = answered.try_recv() {
                return answered;
            }
            self.connection.flush().await?;
            self.connection.fill().await?;
        }
    }
}
