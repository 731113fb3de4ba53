//! `USR`: signing in with a ticket.

use std::sync::Arc;

use msnp::command::{Command, out as sign_out};
use msnp::dialect::Package;
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, Secret, TrId};
use tracing::{debug, info};

use super::{Session, User};
use crate::directory::Endpoint;
use crate::store::Brief;

/// Why somebody is not let in. All but a failing store look alike to him.
enum Refusal {
    /// Something about the ticket or the account.
    Denied(&'static str),
    /// The store has failed.
    Failed,
}

impl Session {
    /// `USR … I`: who wants to sign in.
    pub(super) fn identify(&mut self, trid: TrId, package: Package, handle: &str) -> Result<(), End> {
        let Ok(email) = handle.parse::<Email>() else { return self.refuse(trid) };
        self.claimed = Some(email);
        let parameters = self.server.login_parameters();
        self.outbox.write(|out| self.flow.challenge(trid, package, &parameters, out));
        Ok(())
    }

    /// `USR … S`: the ticket.
    pub(super) async fn sign_in(&mut self, trid: TrId, ticket: Secret<'_>) -> Result<(), End> {
        match self.check(ticket).await {
            Ok(brief) => self.let_in(trid, ticket, &brief),
            Err(Refusal::Denied(why)) => {
                debug!(why, "sign-in refused");
                self.refuse(trid)
            }
            Err(Refusal::Failed) => {
                let mut end = End::SignedOut;
                self.outbox.write(|out| end = self.flow.refuse(trid, ErrorCode::SERVER_UNAVAILABLE, out));
                Err(end)
            }
        }
    }

    fn refuse(&mut self, trid: TrId) -> Result<(), End> {
        self.server.metrics.refused_sign_ins.increment(1);
        let mut end = End::SignedOut;
        self.outbox.write(|out| end = self.flow.refuse(trid, ErrorCode::AUTHENTICATION_FAILED, out));
        Err(end)
    }

    /// Checks the ticket, registers the user, and loads his lists.
    ///
    /// He is registered before they are read, so that a change made meanwhile can't be missed: it either is in what
    /// is read, or finds him registered. The account's generation is looked at after that as well, for the same
    /// reason: whoever disables it signs out those whom he finds registered.
    async fn check(&mut self, ticket: Secret<'_>) -> Result<Brief, Refusal> {
        let server = self.server.clone();
        let claims = server.check_ticket(ticket.0).map_err(|_| Refusal::Denied("bad ticket"))?;
        let failed = |error| {
            server.note_failure(&error);
            Refusal::Failed
        };
        if server.is_going_down() {
            return Err(Refusal::Failed);
        }
        let account = server.store.account(claims.account).await.map_err(failed)?;
        let account = account.ok_or(Refusal::Denied("no such account"))?;
        if account.disabled || account.generation != claims.generation {
            return Err(Refusal::Denied("a ticket of former times"));
        }
        if self.claimed.as_ref() != Some(&account.email) {
            return Err(Refusal::Denied("the ticket of somebody else"));
        }
        let endpoint = Arc::new(Endpoint::new(
            server.next_endpoint(),
            self.dialect(),
            self.outbox.clone(),
            server.settings.switchboard_address(self.ends.local),
        ));
        for former in server.directory.sign_in(&account, &endpoint) {
            let reason = Some(sign_out::Reason::SignedInElsewhere);
            former.outbox.close_with(|out| sign_out::Push { reason }.write(out, former.dialect));
        }
        // From here on the end of this connection takes him out of the directory.
        let id = account.id;
        self.user = Some(User { id, email: account.email, endpoint, _open: server.sessions.open() });
        match server.store.sign_in(id).await.map_err(failed)? {
            // Looked at after registering, as `Server::shut_down` and `Server::disconnect` look for who is registered.
            Some(_) if server.is_going_down() => Err(Refusal::Failed),
            Some((account, brief))
                if account.generation == claims.generation
                    && self.claimed.as_ref() == Some(&account.email) =>
            {
                server.directory.load(id, &brief);
                Ok(brief)
            }
            _ => Err(Refusal::Denied("the account has just changed")),
        }
    }

    fn let_in(&mut self, trid: TrId, ticket: Secret<'_>, brief: &Brief) -> Result<(), End> {
        let user = self.user()?;
        info!(user = %user.email, version = %self.dialect().version, "signed in");
        self.server.metrics.sign_ins.increment(1);
        let (profile, email) = (self.profile(&user.email, user.id, ticket.0), user.email.clone());
        self.outbox.write(|out| {
            self.flow.welcome(trid, &email, &brief.name, out);
            profile.write(out, self.flow.dialect());
        });
        Ok(())
    }
}
