//! Pictures and emoticons: shown, given away, and fetched. Files: offered.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use msnp::chat::Text;
use msnp::command::msg::Ack;
use msnp::p2p::{FileOffer, announce};
use msnp::types::MsnObject;
use tokio::sync::oneshot;

use crate::client::Client;
use crate::conversation::Conversation;
use crate::error::Error;
use crate::exchange::Order;
use crate::roster::Contact;
use crate::transfer::Transfer;

/// How long an object may take in all. A client that gives it slowly is not waited for.
const FETCH_LIMIT: Duration = Duration::from_secs(300);

/// An emoticon of the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emoticon {
    /// The word that it stands for.
    pub word: String,
    /// The picture.
    pub data: Arc<[u8]>,
}

/// An emoticon of somebody else, which can be fetched from him.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedEmoticon {
    /// The word that it stands for.
    pub word: String,
    /// What describes the picture. Whoever has seen one with this hash has it already.
    pub object: MsnObject,
}

impl NamedEmoticon {
    /// Those that can be read.
    pub(crate) fn all(named: &[(&str, &str)]) -> Vec<Self> {
        let read = |(word, object): &(&str, &str)| {
            let object = MsnObject::read_announced(object).ok()?;
            Some(Self { word: (*word).to_owned(), object })
        };
        named.iter().filter_map(read).collect()
    }
}

impl Contact {
    /// What describes his display picture, if he shows one.
    pub fn picture(&self) -> Option<MsnObject> {
        self.object.as_deref()?.parse().ok().filter(|object: &MsnObject| object.size() > 0)
    }
}

impl Client {
    /// Shows another display picture, or none. Whoever is in a conversation with the user gets it when he asks for it.
    ///
    /// # Errors
    /// As of [`set_status`](Self::set_status), and [`Error::ObjectSize`].
    pub async fn set_picture(&self, data: Option<Arc<[u8]>>) -> Result<(), Error> {
        let object = self.shared.objects().set_picture(self.email().as_str(), data)?;
        self.set_display_picture(object).await
    }

    /// The display picture that a contact shows, fetched from him. For this a conversation is begun, if there is none.
    ///
    /// What it is made of is as little to be trusted as he is; that it is the picture that he shows was checked.
    ///
    /// # Errors
    /// [`Error::NoPicture`] when he shows none; [`Error::Transfer`] when it does not come.
    pub async fn picture_of(&self, email: &str) -> Result<Bytes, Error> {
        let object = self.known(email)?.picture().ok_or_else(|| Error::NoPicture(email.to_owned()))?;
        self.converse(email).await?.fetch(email, &object).await
    }
}

impl Conversation {
    /// The display picture that somebody shows who takes part.
    ///
    /// # Errors
    /// As of [`Client::picture_of`].
    pub async fn fetch_picture(&self, email: &str) -> Result<Bytes, Error> {
        let client = self.shared.client.upgrade().ok_or(Error::NotConnected)?;
        let contact = client.roster().get(email).cloned();
        drop(client);
        let none = || Error::NoPicture(email.to_owned());
        let object = contact.and_then(|contact| contact.picture()).ok_or_else(none)?;
        self.fetch(email, &object).await
    }

    /// The picture of an emoticon, from whoever has used it.
    ///
    /// # Errors
    /// As of [`fetch`](Self::fetch).
    pub async fn fetch_emoticon(&self, email: &str, emoticon: &NamedEmoticon) -> Result<Bytes, Error> {
        self.fetch(email, &emoticon.object).await
    }

    /// An object that somebody has who takes part: a picture, an emoticon, a wink. It has the size and the hash that it should.
    ///
    /// # Errors
    /// [`Error::NotThere`] when he does not take part, [`Error::Transfer`] when it does not come.
    pub async fn fetch(&self, email: &str, object: &MsnObject) -> Result<Bytes, Error> {
        self.has_data()?;
        let from = self.member(email)?;
        let (answer, fetched) = oneshot::channel();
        self.exchange(Order::Fetch { from, object: object.clone(), answer }).await;
        let fetched = tokio::time::timeout(FETCH_LIMIT, fetched).await;
        fetched.map_err(|_| Error::TimedOut(FETCH_LIMIT))?.map_err(|_| Error::ConversationOver)?
    }

    /// Says something in which words are pictures: at most [`MAX_EMOTICONS`](announce::MAX_EMOTICONS) of them.
    ///
    /// # Errors
    /// As of [`say`](Self::say), and [`Error::ObjectSize`].
    pub async fn say_with_emoticons(
        &self,
        text: impl AsRef<str>,
        emoticons: &[Emoticon],
    ) -> Result<(), Error> {
        self.has_data()?;
        let client = self.shared.client.upgrade().ok_or(Error::NotConnected)?;
        let mut named = Vec::new();
        for Emoticon { word, data } in emoticons.iter().take(announce::MAX_EMOTICONS) {
            let object = client.objects().put_emoticon(self.shared.own.as_str(), word, data.clone())?;
            named.push((word.as_str(), object));
        }
        drop(client);
        let named: Vec<_> = named.iter().map(|(word, object)| (*word, object)).collect();
        for part in Text::in_parts(text.as_ref()) {
            // They are pictures in the text that comes next, and in no other.
            if let Some(announced) = announce::emoticons(&named) {
                self.send(announced, Ack::Always).await?;
            }
            self.send(Text::new(part).write(), Ack::Always).await?;
        }
        Ok(())
    }

    /// Offers a file to somebody who takes part. It is read while it is sent.
    ///
    /// Returns as soon as it is offered: [`Transfer::finished`] waits until it has arrived, or was declined.
    ///
    /// # Errors
    /// [`Error::File`] when it can't be read or is no file, [`Error::NotThere`] when nobody of this address takes part.
    pub async fn send_file(&self, to: &str, path: impl AsRef<Path>) -> Result<Transfer, Error> {
        let path = path.as_ref();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.offer_file(to, path, FileOffer::new(name, 0)).await
    }

    /// The same with another name, or with a preview. The size is that of the file.
    ///
    /// # Errors
    /// As of [`send_file`](Self::send_file).
    pub async fn offer_file(
        &self,
        to: &str,
        path: impl AsRef<Path>,
        offer: FileOffer,
    ) -> Result<Transfer, Error> {
        self.has_data()?;
        let (to, path) = (self.member(to)?, path.as_ref().to_owned());
        let failed = |source| Error::File { path: path.clone(), source };
        // Asked first: to open a pipe may take for ever.
        let about = tokio::fs::metadata(&path).await.map_err(failed)?;
        if !about.is_file() {
            return Err(failed(std::io::ErrorKind::InvalidInput.into()));
        }
        let file = tokio::fs::File::open(&path).await.map_err(failed)?;
        let offer = FileOffer { size: about.len(), ..offer };
        let (answer, offered) = oneshot::channel();
        self.exchange(Order::Offer { to, offer, file, path, answer }).await;
        offered.await.map_err(|_| Error::ConversationOver)?
    }

    /// That the version has what pictures and files travel as.
    fn has_data(&self) -> Result<(), Error> {
        let has = self.shared.dialect.has_data_messages;
        has.then_some(()).ok_or(Error::NotInVersion("what goes from client to client"))
    }
}
