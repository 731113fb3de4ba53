//! A conversation, as a handle: what can be said in it, and who takes part.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use msnp::chat::{self, Format, Text};
use msnp::command::msg::Ack;
use msnp::dialect::Dialect;
use msnp::types::Email;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::error::Error;
use crate::event::Person;
use crate::exchange;

/// How long something that was said may wait until it is known to have been heard.
pub(crate) const ANSWER_LIMIT: Duration = Duration::from_secs(45);

/// How much may wait to be said, in messages. Who says more waits.
pub(crate) const QUEUE: usize = 32;

/// A conversation of two people or more, on a switchboard.
///
/// It is cheap to clone; clones are the same conversation, and are equal. It goes on without a handle as well, until the user
/// leaves it, signs out, or has been alone in it for five minutes. Servers end it where nothing is said for long; what comes
/// then from the other side is another conversation.
#[derive(Clone)]
pub struct Conversation {
    pub(crate) shared: Arc<Shared>,
    pub(crate) orders: mpsc::Sender<Order>,
}

/// What handles and the task of a conversation share.
pub(crate) struct Shared {
    pub(crate) number: u64,
    pub(crate) own: Email,
    pub(crate) dialect: &'static Dialect,
    pub(crate) members: Mutex<Vec<Person>>,
    /// What is known of the people on the lists.
    pub(crate) client: Weak<crate::shared::Shared>,
}

/// What a conversation is asked to do.
pub(crate) enum Order {
    /// Say something.
    Say { payload: Vec<u8>, ack: Ack, said: oneshot::Sender<Result<(), Error>> },
    /// Invite somebody, and tell when he has come.
    Invite { email: String, came: oneshot::Sender<Result<(), Error>> },
    /// Something from client to client.
    Exchange(exchange::Order),
    /// Leave.
    Leave,
}

impl Conversation {
    /// Says something. What is longer than fits into one message is said in several.
    ///
    /// It returns once the switchboard has confirmed that it is on its way to everybody. Where the other one has left,
    /// he is invited again; where he is not there any more, a service like msnpd keeps the text for him, and confirms that.
    ///
    /// # Errors
    /// [`Error::NotDelivered`] when nobody heard it, [`Error::ConversationOver`] when the switchboard has closed.
    pub async fn say(&self, text: impl AsRef<str>) -> Result<(), Error> {
        self.say_in(text, None).await
    }

    /// Says something that looks like this.
    ///
    /// # Errors
    /// As of [`say`](Self::say).
    pub async fn say_formatted(&self, text: impl AsRef<str>, format: Format) -> Result<(), Error> {
        self.say_in(text, Some(format)).await
    }

    async fn say_in(&self, text: impl AsRef<str>, format: Option<Format>) -> Result<(), Error> {
        for part in Text::in_parts(text.as_ref()) {
            let text = Text { format: format.clone(), ..Text::new(part) };
            self.send(text.write(), Ack::Always).await?;
        }
        Ok(())
    }

    /// Tells the others that the user is typing. Say so again every five seconds while he is.
    ///
    /// # Errors
    /// [`Error::ConversationOver`] when the switchboard has closed.
    pub async fn typing(&self) -> Result<(), Error> {
        self.send(chat::typing(&self.shared.own), Ack::Unacknowledged).await
    }

    /// Nudges the others.
    ///
    /// # Errors
    /// As of [`say`](Self::say); [`Error::NotInVersion`] before MSNP11, whose clients know no nudges.
    pub async fn nudge(&self) -> Result<(), Error> {
        if !self.shared.dialect.has_nudges {
            return Err(Error::NotInVersion("a nudge"));
        }
        self.send(chat::nudge(), Ack::Always).await
    }

    /// Sends a whole message with its headers, up to 1,664 bytes, and asks for an acknowledgement as said: what pictures
    /// and files travel with is [`Ack::Data`].
    ///
    /// # Errors
    /// As of [`say`](Self::say), and [`Error::CantAsk`] when it is too long, or data in a version that has none.
    pub async fn send(&self, payload: Vec<u8>, ack: Ack) -> Result<(), Error> {
        let (said, outcome) = oneshot::channel();
        self.order(Order::Say { payload, ack, said }, outcome).await
    }

    /// Invites somebody else. Returns when he has come.
    ///
    /// # Errors
    /// [`Error::NotThere`] when he can't be invited, [`Error::TimedOut`] when he does not come.
    pub async fn invite(&self, email: &str) -> Result<(), Error> {
        let (came, outcome) = oneshot::channel();
        self.order(Order::Invite { email: email.to_owned(), came }, outcome).await
    }

    async fn order(&self, order: Order, outcome: oneshot::Receiver<Result<(), Error>>) -> Result<(), Error> {
        let done = async {
            self.orders.send(order).await.map_err(|_| Error::ConversationOver)?;
            outcome.await.map_err(|_| Error::ConversationOver)?
        };
        timeout(ANSWER_LIMIT, done).await.map_err(|_| Error::TimedOut(ANSWER_LIMIT))?
    }

    /// Has the conversation's task do something from client to client. Where it is over, whoever waits is told by that.
    pub(crate) async fn exchange(&self, order: exchange::Order) {
        let _ = self.orders.send(Order::Exchange(order)).await;
    }

    /// Somebody who takes part.
    pub(crate) fn member(&self, email: &str) -> Result<Email, Error> {
        let not_there = || Error::NotThere(email.to_owned());
        let is_him = |person: &Person| person.email.eq_ignore_ascii_case(email);
        if self.is_over() {
            return Err(Error::ConversationOver);
        }
        self.members().iter().find(|person| is_him(person)).ok_or_else(not_there)?;
        email.parse().map_err(|_| not_there())
    }

    /// Who takes part beside the user.
    pub fn members(&self) -> Vec<Person> {
        self.shared.members.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.orders.is_closed()
    }

    /// Leaves it.
    pub async fn leave(&self) {
        // Whoever has left already needs not be told.
        let _ = self.orders.send(Order::Leave).await;
    }
}

impl PartialEq for Conversation {
    fn eq(&self, other: &Self) -> bool {
        self.shared.number == other.shared.number && self.shared.own == other.shared.own
    }
}

impl Eq for Conversation {}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<String> = self.members().into_iter().map(|person| person.email).collect();
        f.debug_struct("Conversation")
            .field("number", &self.shared.number)
            .field("members", &members)
            .finish()
    }
}
