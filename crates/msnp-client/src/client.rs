//! The client, as a handle.

use std::sync::Arc;
use std::time::Duration;

use msnp::chat::Text;
use msnp::dialect::Dialect;
use msnp::flow::client::CantAsk;
use msnp::flow::client::notification::{NotificationClient, Shown};
use msnp::types::{
    Email, Guid, OwnedSecret, PASSPORT_NETWORK, PersonalData, Privacy, Published, Status, TrId,
};
use msnp::wire::Verb;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use crate::builder::Builder;
use crate::chat_task::{self, Way};
use crate::conversation::Conversation;
use crate::error::Error;
use crate::event::{Person, Teller};
use crate::roster::{Contact, Group};
use crate::session::{self, Answer, Order};
use crate::shared::Shared;
use crate::web::Letter;

/// How long an answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(45);

/// A user who is signed in.
///
/// It is cheap to clone; clones are the same client. When the last one is dropped, the user is signed out. What happens to
/// him is told by the [`Events`](crate::Events) that came with it.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
    pub(crate) orders: mpsc::Sender<Order>,
}

impl Client {
    /// A client for this account. Not signed in yet: see [`Builder::sign_in`].
    pub fn builder(email: &str, password: &str) -> Builder {
        Builder::new(email, password)
    }

    pub(crate) async fn sign_in(settings: Builder, email: Email, events: Teller) -> Result<Self, Error> {
        let place = match settings.place {
            Some(place) => place,
            None => random_guid()?,
        };
        let shared = Arc::new(Shared::new(settings, email, place)?);
        let orders = session::begin(shared.clone(), events).await?;
        Ok(Self { shared, orders })
    }

    /// The user's address.
    pub fn email(&self) -> &Email {
        &self.shared.email
    }

    /// What the user calls himself.
    pub fn name(&self) -> String {
        self.shared.own().name.clone()
    }

    /// The user's status.
    pub fn status(&self) -> Status {
        self.shared.own().status
    }

    /// The version of the protocol that was settled, with what it can and can't do.
    pub fn dialect(&self) -> &'static Dialect {
        self.shared.dialect()
    }

    /// Whether there is a connection to a server no longer, nor will be.
    pub fn is_over(&self) -> bool {
        self.orders.is_closed()
    }

    /// Everybody on the user's lists, in the order of their addresses: contacts, and whoever is allowed, blocked, or has the
    /// user on his own list.
    pub fn contacts(&self) -> Vec<Contact> {
        self.shared.roster().people()
    }

    /// Somebody on the user's lists.
    pub fn contact(&self, email: &str) -> Option<Contact> {
        self.shared.roster().get(email).cloned()
    }

    /// The groups.
    pub fn groups(&self) -> Vec<Group> {
        self.shared.roster().groups.clone()
    }

    /// Who may see the user that he has neither allowed nor blocked.
    pub fn privacy(&self) -> Privacy {
        self.shared.roster().privacy
    }

    /// Shows another status.
    ///
    /// # Errors
    /// When there is no connection, or the server refuses.
    pub async fn set_status(&self, status: Status) -> Result<(), Error> {
        let own = self.shared.own().clone();
        self.ask(move |machine, out| {
            let shown = Shown { capabilities: own.capabilities, object: own.object.as_deref() };
            machine.show(status, shown, out)
        })
        .await?;
        self.shared.own().status = status;
        Ok(())
    }

    /// Shows another display picture, an MSN object, or none. Whoever wants to see it asks for it in a conversation.
    ///
    /// # Errors
    /// As of [`set_status`](Self::set_status).
    pub async fn set_display_picture(&self, object: Option<String>) -> Result<(), Error> {
        let status = {
            let mut own = self.shared.own();
            own.object = object;
            own.status
        };
        self.set_status(status).await
    }

    /// Tells another personal message.
    ///
    /// # Errors
    /// When there is no connection, or the version has none (before MSNP11).
    pub async fn set_personal_message(&self, message: impl Into<String>) -> Result<(), Error> {
        let message = message.into();
        let escaped = msnp::soap::escape(&message).into_owned();
        self.ask(move |machine, out| {
            let data =
                PersonalData { psm: Some(&escaped), current_media: Some(""), ..PersonalData::default() };
            machine.tell(Published { data, ..Published::default() }, out)
        })
        .await?;
        self.shared.own().message = Some(message);
        Ok(())
    }

    /// Gives the user another name.
    ///
    /// # Errors
    /// When there is no connection, it is too long, or the server refuses it.
    pub async fn set_name(&self, name: impl Into<String>) -> Result<(), Error> {
        let name = name.into();
        let told = name.clone();
        self.ask(move |machine, out| machine.rename_self(&told, out)).await?;
        self.shared.own().name = name;
        Ok(())
    }

    /// A conversation with somebody: the one that there is, or a new one, to which he is invited.
    ///
    /// # Errors
    /// [`Error::NotThere`] when he is away or does not want to, [`Error::TimedOut`] when he does not come.
    pub async fn converse(&self, email: &str) -> Result<Conversation, Error> {
        if let Some(conversation) = self.shared.conversation_with(email) {
            return Ok(conversation);
        }
        let permit = self.shared.room.clone().try_acquire_owned();
        let permit = permit.map_err(|_| Error::TooMuch("conversations"))?;
        let answer = self.ask(|machine, out| machine.ask_switchboard(out)).await?;
        let Answer::Switchboard { address, cookie } = answer else { return Err(Error::Closed) };
        let conversation = self.open(address, cookie, permit).await?;
        if let Err(error) = conversation.invite(email).await {
            conversation.leave().await;
            return Err(error);
        }
        self.shared.begun(conversation.clone());
        Ok(conversation)
    }

    async fn open(
        &self,
        address: String,
        cookie: OwnedSecret,
        permit: tokio::sync::OwnedSemaphorePermit,
    ) -> Result<Conversation, Error> {
        let (answer, over) = oneshot::channel();
        self.order(Order::Over(answer)).await?;
        let (events, over): (Teller, watch::Receiver<()>) = over.await.map_err(|_| Error::NotConnected)?;
        let way = Way { address, cookie, session: None, shared: self.shared.clone() };
        chat_task::enter(way, (events, over, permit), None::<Person>).await
    }

    /// Leaves a message for somebody who is away. He gets it when he comes.
    ///
    /// # Errors
    /// [`Error::NotInVersion`] in versions whose clients know nothing of such messages (before MSNP13): there a service
    /// like msnpd keeps what is said in a conversation that the other one has left.
    pub async fn send_offline_message(&self, email: &str, text: &str) -> Result<(), Error> {
        let dialect = self.dialect();
        if dialect.offline_messages != msnp::dialect::OfflineMessages::ByWebService {
            return Err(Error::NotInVersion("an offline message"));
        }
        if dialect.has_circles {
            let (email, payload) = (email.to_owned(), offline(text));
            return self
                .ask(move |machine, out| {
                    machine.send_message((&email, u32::from(PASSPORT_NETWORK)), 1, &payload, out)
                })
                .await
                .map(drop);
        }
        let (run, number) = self.shared.next_letter(random_guid()?);
        let name = self.name();
        let letter = Letter { to: email, my_name: &name, text, run, number };
        let service = session::offline_messages(&self.shared)?;
        service.send(&letter).await.map_err(Error::web("the message was not kept"))
    }

    /// Signs out one of the user's other places, which [`Event::Places`](crate::Event::Places) names, or all of them,
    /// this one included.
    ///
    /// # Errors
    /// [`Error::CantAsk`] in versions that have one place alone.
    pub async fn sign_out_place(&self, place: Option<Guid>) -> Result<(), Error> {
        self.ask(move |machine, out| machine.sign_out_place(place, out)).await.map(drop)
    }

    /// What names this place.
    pub fn place(&self) -> Guid {
        self.shared.place
    }

    /// Signs out. The events end with [`Event::SignedOut`](crate::Event::SignedOut).
    pub async fn sign_out(&self) {
        // Whoever is signed out already needs not be.
        let _ = self.orders.send(Order::SignOut).await;
        self.orders.closed().await;
    }

    /// Asks the notification server something that there is no method for: writes it with the machine that knows the
    /// protocol, and waits for the answer.
    ///
    /// # Errors
    /// When there is no connection, it can't be asked, is refused, or not answered in time.
    pub async fn request(
        &self,
        write: impl FnOnce(&mut NotificationClient, &mut Vec<u8>) -> Result<TrId, CantAsk> + Send + 'static,
    ) -> Result<(), Error> {
        self.ask(write).await.map(drop)
    }

    pub(crate) async fn ask(
        &self,
        write: impl FnOnce(&mut NotificationClient, &mut Vec<u8>) -> Result<TrId, CantAsk> + Send + 'static,
    ) -> Result<Answer, Error> {
        let (answer, answered) = oneshot::channel();
        let done = async {
            self.order(Order::Ask { write: Box::new(write), answer }).await?;
            answered.await.map_err(|_| Error::NotConnected)?
        };
        timeout(ANSWER_LIMIT, done).await.map_err(|_| Error::TimedOut(ANSWER_LIMIT))?
    }

    async fn order(&self, order: Order) -> Result<(), Error> {
        self.orders.send(order).await.map_err(|_| Error::NotConnected)
    }

    /// That somebody is on none of the lists.
    pub(crate) fn known(&self, email: &str) -> Result<Contact, Error> {
        self.contact(email).ok_or_else(|| Error::NoContact(email.to_owned()))
    }

    /// That the server took a part of an edit that it had taken already.
    pub(crate) fn done_before<T>(outcome: Result<T, Error>) -> Result<(), Error> {
        use msnp::types::ErrorCode as Code;
        match outcome {
            Err(Error::Refused {
                code: Code::ALREADY_THERE | Code::NOT_ON_LIST | Code::ALREADY_IN_THE_MODE,
                verb: Verb::ADC | Verb::ADD | Verb::REM | Verb::ADL | Verb::RML | Verb::BLP,
            }) => Ok(()),
            other => other.map(drop),
        }
    }
}

/// The payload of a message that is to be kept.
fn offline(text: &str) -> Vec<u8> {
    let text = String::from_utf8(Text::new(text).write()).unwrap_or_default();
    // Where it stands does not matter, and with what it begins does.
    text.replacen("\r\n\r\n", "\r\nDest-Agent: client\r\n\r\n", 1).into_bytes()
}

/// A GUID of version 4.
pub(crate) fn random_guid() -> Result<Guid, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
    let [a, b, c, d, e, f, version, g, variant, rest @ ..] = bytes;
    let [h, i, j, k, l, m, n] = rest;
    let (version, variant) = (version & 0x0F | 0x40, variant & 0x3F | 0x80);
    Ok(Guid([a, b, c, d, e, f, version, g, variant, h, i, j, k, l, m, n]))
}
