//! `USR`: signing in. What differs between the ways to do so is in files of their own.

mod md5;
mod sso;
mod tweener;

use std::sync::Arc;

use msnp::command::usr::Proof;
use msnp::command::{Command, out as sign_out, ubx};
use msnp::dialect::{ListForm, Package};
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, Guid, OwnedSecret, TrId};
use tracing::{debug, info};

use super::{Ahead, Session, User};
use crate::account::{Account, AccountId};
use crate::directory::Endpoint;
use crate::store::{Brief, Moment, SignIn, StoreError};

/// Who somebody says he is, and what he was told to prove it with.
pub(super) struct Claim {
    pub(super) email: Email,
    package: Package,
    challenge: String,
}

/// Why somebody is not let in. All who are denied look alike to themselves.
enum Refusal {
    /// Too many attempts from his address.
    Busy,
    /// Something about the proof or the account.
    Denied(&'static str),
    /// The store has failed.
    Failed,
}

/// Why somebody is denied whose account was another a moment ago.
const JUST_CHANGED: &str = "the account has just changed";

/// What was read of an account, and when.
struct Sight {
    read: SignIn,
    moment: Moment,
}

impl Sight {
    /// Whether it shows the same account, with the same tickets good for it.
    fn is_of(&self, account: &Account) -> bool {
        let seen = &self.read.account;
        (seen.id, seen.generation, &seen.email) == (account.id, account.generation, &account.email)
            && !seen.disabled
    }
}

/// Who has proved who he is.
struct Proven {
    seen: Sight,
    /// What signs him in to web pages: the `MSPAuth` of his profile.
    pass: OwnedSecret,
    /// The machine he is on, where dialects name it.
    machine: Option<Guid>,
    /// When the ticket expires that he has shown.
    ticket_expires: Option<u64>,
}

impl Session {
    /// `USR … I`: who wants to sign in. Whether there is such an account doesn't show.
    pub(super) fn identify(&mut self, trid: TrId, package: Package, handle: &str) -> Result<(), End> {
        if self.is_crowded {
            return self.refuse(trid, ErrorCode::SERVER_BUSY);
        }
        let Ok(email) = handle.parse::<Email>() else {
            return self.refuse(trid, ErrorCode::AUTHENTICATION_FAILED);
        };
        let challenge = match package {
            Package::Md5 => md5::challenge(),
            Package::Tweener => self.server.login_parameters(),
            Package::SingleSignOn => sso::nonce(),
        };
        self.outbox.write(|out| self.flow.challenge(trid, package, &challenge, out));
        self.claimed = Some(Claim { email, package, challenge });
        self.push_policies()
    }

    /// `USR … S`: the proof.
    pub(super) async fn sign_in(
        &mut self,
        trid: TrId,
        package: Package,
        proof: Proof<'_>,
    ) -> Result<(), End> {
        let refusal = match self.check(package, proof).await {
            Ok((brief, pass)) => return self.let_in(trid, &brief.name, &pass),
            Err(refusal) => refusal,
        };
        match refusal {
            Refusal::Busy => self.refuse(trid, ErrorCode::SERVER_UNAVAILABLE),
            Refusal::Denied(why) => {
                debug!(why, "sign-in refused");
                self.refuse(trid, ErrorCode::AUTHENTICATION_FAILED)
            }
            Refusal::Failed => {
                let mut end = End::SignedOut;
                self.outbox.write(|out| end = self.flow.refuse(trid, ErrorCode::SERVER_UNAVAILABLE, out));
                Err(end)
            }
        }
    }

    fn refuse(&mut self, trid: TrId, code: ErrorCode) -> Result<(), End> {
        self.server.metrics.refused_sign_ins.increment(1);
        let mut end = End::SignedOut;
        self.outbox.write(|out| end = self.flow.refuse(trid, code, out));
        Err(end)
    }

    async fn check(&mut self, package: Package, proof: Proof<'_>) -> Result<(Brief, OwnedSecret), Refusal> {
        // Each challenge is good for one answer.
        let claim = self.claimed.take().ok_or(Refusal::Denied("nobody said who he is"))?;
        if claim.package != package {
            return Err(Refusal::Denied("another way to sign in than was begun"));
        }
        let proven = match (package, proof) {
            (Package::Md5, Proof::Secret(response)) => self.check_response(&claim, response).await?,
            (Package::Tweener, Proof::Secret(ticket)) => self.check_ticket(&claim, ticket).await?,
            (Package::SingleSignOn, Proof::SingleSignOn { ticket, response, machine }) => {
                self.check_single_sign_on(&claim, ticket, response, machine).await?
            }
            _ => return Err(Refusal::Denied("a proof of another kind")),
        };
        self.admit(proven).await
    }

    /// Reads all that signing in takes; and the lists in full, if the client is going to ask for them.
    async fn see(&self, account: AccountId) -> Result<Option<Sight>, Refusal> {
        let (store, with_lists) = (&self.server.store, self.dialect().lists != ListForm::AddressBook);
        let moment = store.moment();
        let read = store.sign_in(account, with_lists).await.map_err(|error| self.failed(&error))?;
        Ok(read.map(|read| Sight { read, moment }))
    }

    /// Registers the user, and loads his lists.
    ///
    /// A change can't be missed: it either is in what was read, or has passed the moment of reading, or finds him
    /// registered. Where the moment has passed all of it is read again, and the account's generation is looked at again for
    /// the same reason: whoever disables it signs out those whom he finds registered.
    async fn admit(&mut self, proven: Proven) -> Result<(Brief, OwnedSecret), Refusal> {
        let Proven { seen, pass, machine, ticket_expires } = proven;
        let server = self.server.clone();
        if server.is_going_down() {
            return Err(Refusal::Failed);
        }
        let mut endpoint = Endpoint::new(
            server.next_endpoint(),
            self.dialect(),
            self.outbox.clone(),
            server.settings.switchboard_address(self.ends.local),
            self.has_mail().then(|| self.web_address().into()),
            machine,
            self.flow.quirks(),
        );
        endpoint.ticket_expires = ticket_expires;
        let endpoint = Arc::new(endpoint);
        let account = &seen.read.account;
        for former in server.directory.sign_in(account, &endpoint) {
            let reason = Some(sign_out::Reason::SignedInElsewhere);
            former.outbox.close_with(|out| sign_out::Push { reason }.write(out, former.dialect));
        }
        // From here on the end of this connection takes him out of the directory.
        let (id, email) = (account.id, account.email.clone());
        self.user = Some(User { id, email, endpoint, ahead: None, _open: server.sessions.open() });
        // Looked at after registering, as `Server::shut_down` and `Server::disconnect` look for who is registered.
        if server.is_going_down() {
            return Err(Refusal::Failed);
        }
        let seen = match server.store.moment() == seen.moment {
            true => seen,
            false => {
                let again = self.see(id).await?.filter(|again| again.is_of(account));
                again.ok_or(Refusal::Denied(JUST_CHANGED))?
            }
        };
        server.directory.load(id, &seen.read.brief);
        if server.federation.is_watched(&seen.read.account.email) {
            server.directory.mark_watched(&seen.read.account.email);
        }
        let Sight { read: SignIn { brief, roster, something_waits, .. }, moment } = seen;
        if let Some(user) = &mut self.user {
            user.ahead = Some(Box::new(Ahead { moment, roster, something_waits }));
        }
        Ok((brief, pass))
    }

    fn failed(&self, error: &StoreError) -> Refusal {
        self.note_failure(error);
        Refusal::Failed
    }

    fn let_in(&mut self, trid: TrId, name: &str, pass: &OwnedSecret) -> Result<(), End> {
        let user = self.user()?;
        info!(user = %user.email, version = %self.dialect().version, "signed in");
        self.server.metrics.sign_ins.increment(1);
        let (profile, email) = (self.profile(&user.email, user.id, pass.expose()), user.email.clone());
        self.outbox.write(|out| {
            self.flow.welcome(trid, &email, name, out);
            let dialect = self.flow.dialect();
            profile.write(out, dialect);
            // Tells the client that what it tells of itself is told to all of its user's places.
            if dialect.repeats_personal_data {
                let handle = email.as_str();
                ubx::Push { handle, circle: None, data: None, places: Vec::new() }.write(out, dialect);
            }
        });
        Ok(())
    }
}
