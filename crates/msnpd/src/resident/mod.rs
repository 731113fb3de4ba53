//! People who live in the server: signed in without a connection, for bots and bridges of its own.
//!
//! A resident is an account like any other. Others have it on their lists, see its status and call it to chats, and can't
//! tell it from somebody at a client; lists, blocks and limits hold for it as for everybody. What it has instead of a
//! socket is typed: [`News`] of people and their presence, [`Invitation`]s, and [`Conversation`]s.
//!
//! ```no_run
//! # async fn example(server: std::sync::Arc<msnpd::server::Server>) -> Result<(), Box<dyn std::error::Error>> {
//! use msnpd::resident::{News, Resident};
//!
//! let mut clock = Resident::move_in(server, &"clock@example.com".parse()?).await?;
//! clock.show_online().await;
//! while let Some(news) = clock.next().await {
//!     if let News::Added { who, .. } = news {
//!         clock.add(&who).await?;
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod conversation;
mod inbox;

use std::sync::Arc;

use msnp::command::{Command, adc, fln, iln, nln, out, rem, rng};
use msnp::types::{Capabilities, Email, List, OwnedSecret, Status, TrId};
use msnp::wire::{Direction, Frame, Verb};

pub use conversation::{Conversation, Heard, NotJoined, Over};
use inbox::{DIALECT, Inbox};

use crate::account::{Account, AccountId};
use crate::directory::{Endpoint, Media, Publication, Shown};
use crate::follow::Editor;
use crate::sb::Admission;
use crate::server::Server;
use crate::sessions::OpenSession;
use crate::store::{EditError, Edited, Limits, StoreError};

/// The way to switchboards that stands in a resident's invitations: it is in the same house, and goes nowhere.
const NO_ADDRESS: &str = "localhost:0";

/// Somebody who is signed in without a connection. Signed out when dropped.
pub struct Resident {
    server: Arc<Server>,
    account: AccountId,
    email: Email,
    endpoint: Arc<Endpoint>,
    inbox: Inbox,
    has_shown: bool,
    _open: OpenSession,
}

/// Why an account can't be moved in with.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CannotMoveIn {
    /// There is no such account.
    #[error("there is no account of that address")]
    Unknown,
    /// The operator has disabled it.
    #[error("the account is disabled: `msnpd user enable` lets it in again")]
    Disabled,
    /// The service goes down.
    #[error("the service goes down")]
    GoingDown,
    /// The store has failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a resident hears.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// Somebody has put the resident on his forward list.
    Added {
        /// His address.
        who: Email,
        /// What he calls himself.
        name: String,
    },
    /// Somebody has taken the resident off it.
    Removed {
        /// His address.
        who: Email,
    },
    /// A contact is there, or shows something else than before.
    Presence {
        /// His address.
        who: Email,
        /// What he calls himself.
        name: String,
        /// His status.
        status: Status,
        /// What his client can do.
        capabilities: Capabilities,
    },
    /// A contact is gone, or hides.
    Gone {
        /// His address.
        who: Email,
    },
    /// Somebody calls the resident to a chat.
    Invited(Invitation),
}

/// A call to a chat, good for two minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Who calls.
    pub from: Email,
    /// What he calls himself.
    pub name: String,
    session: String,
    cookie: OwnedSecret,
}

impl Resident {
    /// Signs an account in. Places of it that can't stay beside this one are signed out, as by any other sign-in.
    ///
    /// # Errors
    /// When there is no such account, or it may not sign in.
    pub async fn move_in(server: Arc<Server>, email: &Email) -> Result<Self, CannotMoveIn> {
        let account = server.store.account_by_email(email).await?.ok_or(CannotMoveIn::Unknown)?;
        let inbox = Inbox::new(Direction::FromNotification);
        let endpoint = Arc::new(Endpoint::new(
            server.next_endpoint(),
            DIALECT,
            inbox.outbox().clone(),
            Some(NO_ADDRESS.into()),
            None,
            None,
            Default::default(),
        ));
        for former in server.directory.sign_in(&account, &endpoint) {
            let reason = Some(out::Reason::SignedInElsewhere);
            former.outbox.close_with(|out| out::Push { reason }.write(out, former.dialect));
        }
        // From here on dropping it takes it out of the directory.
        let resident = Self {
            account: account.id,
            email: account.email.clone(),
            endpoint,
            inbox,
            has_shown: false,
            _open: server.sessions.open(),
            server,
        };
        resident.settle_in(&account).await?;
        Ok(resident)
    }

    /// Reads what the account has, after it was registered: what changes from here on finds it.
    async fn settle_in(&self, account: &Account) -> Result<(), CannotMoveIn> {
        if self.server.is_going_down() {
            return Err(CannotMoveIn::GoingDown);
        }
        let read = self.server.store.sign_in(account.id, false).await?.ok_or(CannotMoveIn::Unknown)?;
        if read.account.disabled {
            return Err(CannotMoveIn::Disabled);
        }
        self.server.directory.load(account.id, &read.brief);
        self.endpoint.hear_of_lists();
        Ok(())
    }

    /// The address.
    pub fn email(&self) -> &Email {
        &self.email
    }

    /// Shows a status, with which the resident can be seen and called; with the first one it begins to hear of its contacts.
    pub async fn show(&mut self, shown: Shown) {
        let Self { server, account, endpoint, inbox, has_shown, .. } = self;
        let is_first = !std::mem::replace(has_shown, true);
        if is_first {
            inbox.outbox().begin_burst();
        }
        let appears = server.directory.show(*account, endpoint.id, shown);
        if is_first {
            server.directory.look_at_all(*account, endpoint, TrId::UNSOLICITED);
            inbox.outbox().end_burst();
        }
        if appears {
            server.welcome(*account).await;
        }
    }

    /// [`show`](Self::show), online with nothing else.
    pub async fn show_online(&mut self) {
        let capabilities = Capabilities::default();
        self.show(Shown { status: Status::Online, capabilities, object: None }).await;
    }

    /// Tells a personal message.
    pub fn tell(&self, message: &str) {
        let psm = Some(message.replace('&', "&amp;").replace('<', "&lt;").into());
        let media = Media { psm, ..Media::default() };
        let publication = Publication { media, ..Publication::default() };
        self.server.directory.publish(self.account, self.endpoint.id, publication);
    }

    /// Puts somebody on the forward list, and lets him see and call the resident. Nothing happens where that is so.
    ///
    /// # Errors
    /// When he can't be added; whom the resident blocks stays blocked.
    pub async fn add(&self, who: &Email) -> Result<(), EditError> {
        let (store, limits) = (&self.server.store, Limits::CLASSIC);
        let allowed = store.add_to_list(self.account, List::Allow, who, true, limits).await;
        self.follow(allowed)?;
        let added = store.add_contact(self.account, who, None, None, limits).await;
        self.follow(added)
    }

    fn follow(&self, done: Result<Edited, EditError>) -> Result<(), EditError> {
        let edited = match done {
            Ok(edited) => edited,
            Err(EditError::AlreadyThere) => return Ok(()),
            Err(error) => return Err(error),
        };
        let name = self.server.directory.name(self.account).unwrap_or_else(|| self.email.as_str().into());
        let editor = Editor { id: self.account, email: &self.email, name: &name };
        self.server.follow_edit(&editor, &edited, None);
        Ok(())
    }

    /// Waits for what happens next; `None` when the resident has been signed out. Dropped while it waits, it has lost
    /// nothing.
    pub async fn next(&mut self) -> Option<News> {
        self.inbox.next(read).await
    }

    /// Takes a call.
    ///
    /// # Errors
    /// When the call is over, or the resident is in as many chats as an account may be.
    pub async fn join(&self, invitation: Invitation) -> Result<Conversation, NotJoined> {
        if self.server.switchboard.is_busy(self.account) {
            return Err(NotJoined);
        }
        Conversation::join(self.server.clone(), &self.email, invitation).await
    }

    /// Calls somebody to a chat of its own, in which he is once [`Heard::Joined`] says so.
    ///
    /// # Errors
    /// When he is not there for the resident, or the resident is in as many chats as an account may be.
    pub async fn call(&self, who: &Email) -> Result<Conversation, NotJoined> {
        let Self { server, account, email, endpoint, .. } = self;
        if server.switchboard.is_busy(*account) {
            return Err(NotJoined);
        }
        let admission = Admission::to_open(*account, email.clone(), endpoint);
        let cookie = server.switchboard.admit(admission, *account, server.now()).ok_or(NotJoined)?;
        let mut conversation = Conversation::open(server.clone(), email, &cookie)?;
        conversation.call(who).await?;
        Ok(conversation)
    }
}

impl Drop for Resident {
    fn drop(&mut self) {
        self.server.directory.sign_out(self.account, self.endpoint.id);
    }
}

/// What a line means to a resident, if anything.
fn read(frame: Frame<'_>) -> Option<News> {
    match frame.verb {
        Verb::NLN => presence(&nln::Push::read(frame, DIALECT).ok()?.0),
        Verb::ILN => presence(&iln::Push::read(frame, DIALECT).ok()?.presence),
        Verb::FLN => Some(News::Gone { who: fln::Push::read(frame, DIALECT).ok()?.handle.parse().ok()? }),
        Verb::ADC => match adc::Push::read(frame, DIALECT).ok()?.request {
            adc::Request { list: List::Reverse, who: adc::Who::Handle { handle, name }, .. } => {
                let name = name.map_or_else(|| handle.to_owned(), |name| name.decode().into_owned());
                Some(News::Added { who: handle.parse().ok()?, name })
            }
            _ => None,
        },
        Verb::REM => match rem::Push::read(frame, DIALECT).ok()? {
            rem::Push { list: List::Reverse, who, .. } => Some(News::Removed { who: who.parse().ok()? }),
            _ => None,
        },
        Verb::RNG => {
            let rng::Push { session, cookie, handle, name, .. } = rng::Push::read(frame, DIALECT).ok()?;
            Some(News::Invited(Invitation {
                from: handle.parse().ok()?,
                name: name.decode().into_owned(),
                session: session.to_owned(),
                cookie: OwnedSecret::new(cookie.as_str()),
            }))
        }
        _ => None,
    }
}

fn presence(shown: &nln::Presence<'_>) -> Option<News> {
    Some(News::Presence {
        who: shown.handle.parse().ok()?,
        name: shown.name.decode().into_owned(),
        status: shown.status,
        capabilities: shown.capabilities,
    })
}
