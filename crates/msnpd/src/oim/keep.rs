//! Keeping a message that a client asks to keep.

use std::sync::Arc;

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
        self: &Arc<Self>,
        sender: AccountId,
        to: &str,
        draft: Draft,
    ) -> Result<AccountId, NotKept> {
        let Some(lifetime) = self.settings.offline_messages else { return Err(NotKept::NoReceiver) };
        let to: Email = to.parse().map_err(|_| NotKept::NoReceiver)?;
        if self.oim_pace.is_too_many(sender, self.now()) {
            return Err(NotKept::TooMuch);
        }
        let receiver = self.store.account_by_email(&to).await.map_err(NotKept::Failed)?;
        // Who writes to himself has no one to tell.
        let receiver = receiver.map(|receiver| receiver.id).filter(|id| *id != sender);
        let receiver = receiver.ok_or(NotKept::NoReceiver)?;
        let Draft { run, number, payload } = draft;
        let message =
            NewMessage { receiver, sender, sender_name: self.name_of(sender).await?, run, number, payload };
        match self.store.keep_message(message, lifetime).await {
            Ok(kept) => {
                self.count_kept(kept);
                Ok(receiver)
            }
            Err(KeepError::Full) => Err(NotKept::TooMuch),
            Err(KeepError::UnknownAccount) => Err(NotKept::NoReceiver),
            Err(KeepError::Store(error)) => Err(NotKept::Failed(error)),
        }
    }

    /// What somebody calls himself: where he is signed in, what he is called there.
    async fn name_of(&self, sender: AccountId) -> Result<String, NotKept> {
        if let Some(name) = self.directory.name(sender) {
            return Ok(name.to_string());
        }
        let account = self.store.account(sender).await.map_err(NotKept::Failed)?;
        Ok(account.map(|account| account.name).unwrap_or_default())
    }

    pub(crate) fn count_kept(&self, kept: Kept) {
        match kept {
            Kept::Waiting => self.metrics.offline_kept.increment(1),
            Kept::Dropped => self.metrics.offline_dropped.increment(1),
        }
    }
}
