//! Keeping a message for somebody who is away: one that a client asks to keep, or that is said in a chat that he has left.

use std::time::Duration;

use msnp::types::{Email, Guid};

use crate::account::AccountId;
use crate::server::Server;
use crate::store::{KeepError, Kept, NewMessage, StoreError};

/// Why a message is not kept. That its receiver wants nothing from its sender is no reason: that can't be felt.
#[derive(Debug)]
pub(crate) enum NotKept {
    /// The store has failed.
    Failed(StoreError),
    /// There is no such receiver, or nobody can leave anything here.
    NoReceiver,
    /// Too much at a time, or for one receiver.
    TooMuch,
}

/// What is to be kept, and where in its conversation it stands.
pub(crate) struct Draft {
    /// The conversation.
    pub(crate) run: Guid,
    /// The place there, from 1 on.
    pub(crate) number: u32,
    /// The message as a switchboard passes it on.
    pub(crate) payload: Vec<u8>,
}

impl Server {
    /// Keeps what `sender` says to the account that is called `to`, and returns whose it is: he is to be told by
    /// [`offer_messages`](Server::offer_messages) once the sender has his answer.
    pub(crate) async fn keep_draft(
        &self,
        sender: AccountId,
        to: &str,
        draft: Draft,
    ) -> Result<AccountId, NotKept> {
        let lifetime = self.lifetime()?;
        let to: Email = to.parse().map_err(|_| NotKept::NoReceiver)?;
        // Before the address is looked for: who tries addresses is slowed down as well.
        self.count_draft(sender)?;
        let receiver = self.store.account_by_email(&to).await.map_err(NotKept::Failed)?;
        // Who writes to himself has no one to tell.
        let receiver = receiver.map(|receiver| receiver.id).filter(|id| *id != sender);
        let receiver = receiver.ok_or(NotKept::NoReceiver)?;
        let name = self.name_of(sender).await?;
        self.keep(sender, receiver, name, draft, lifetime).await?;
        Ok(receiver)
    }

    /// The same for a receiver who is known, from a sender who calls himself `name`.
    pub(crate) async fn keep_for(
        &self,
        sender: AccountId,
        receiver: AccountId,
        name: String,
        draft: Draft,
    ) -> Result<(), NotKept> {
        let lifetime = self.lifetime()?;
        self.count_draft(sender)?;
        self.keep(sender, receiver, name, draft, lifetime).await
    }

    /// How long messages are kept, if any are.
    fn lifetime(&self) -> Result<Duration, NotKept> {
        self.settings.offline_messages.ok_or(NotKept::NoReceiver)
    }

    fn count_draft(&self, sender: AccountId) -> Result<(), NotKept> {
        if self.oim_pace.is_too_many(sender, self.now()) { Err(NotKept::TooMuch) } else { Ok(()) }
    }

    async fn keep(
        &self,
        sender: AccountId,
        receiver: AccountId,
        sender_name: String,
        Draft { run, number, payload }: Draft,
        lifetime: Duration,
    ) -> Result<(), NotKept> {
        let message = NewMessage { receiver, sender, sender_name, run, number, payload };
        match self.store.keep_message(message, lifetime).await {
            Ok(Kept::Waiting) => self.metrics.offline_kept.increment(1),
            Ok(Kept::Dropped) => self.metrics.offline_dropped.increment(1),
            Err(KeepError::Full) => return Err(NotKept::TooMuch),
            Err(KeepError::UnknownAccount) => return Err(NotKept::NoReceiver),
            Err(KeepError::Store(error)) => return Err(NotKept::Failed(error)),
        }
        Ok(())
    }

    /// What somebody calls himself: where he is signed in, what he is called there.
    async fn name_of(&self, sender: AccountId) -> Result<String, NotKept> {
        if let Some(name) = self.directory.name(sender) {
            return Ok(name.to_string());
        }
        let account = self.store.account(sender).await.map_err(NotKept::Failed)?;
        Ok(account.map(|account| account.name).unwrap_or_default())
    }
}
