//! From nothing to a user who is signed in, has his lists and is seen.

use std::sync::Arc;
use std::time::Instant;

use msnp::dialect::{ListForm, Package};
use msnp::flow::client::notification::{Credentials, NotificationClient, Shown};
use msnp::flow::client::{End, Settings};
use msnp::types::{Capabilities, Listed, PersonalData, PrivatePlace, Published};
use msnp::wire::Direction;
use tokio::time::timeout;

use super::Session;
use super::state::{Signal, State};
use crate::book;
use crate::builder::Builder;
use crate::connection::Connection;
use crate::error::Error;
use crate::exchange::CAPABILITIES;
use crate::web::{Method, Tickets};

/// How often a server may send the client on to another one.
const MAX_REFERRALS: usize = 5;

impl Session {
    /// Signs in, all the way: at `server`, or where it was said at the beginning.
    pub(super) async fn sign_in(state: State, server: Option<String>) -> Result<Self, Error> {
        let limit = Builder::SIGN_IN_LIMIT;
        timeout(limit, Self::go_in(state, server)).await.map_err(|_| Error::TimedOut(limit))?
    }

    async fn go_in(mut state: State, server: Option<String>) -> Result<Self, Error> {
        state.shared.settings.ask_about_tls().await?;
        let mut address = server.unwrap_or_else(|| state.shared.settings.server.clone());
        for _ in 0..=MAX_REFERRALS {
            let mut session = Self::connect(&address, state).await?;
            match session.prove(&address).await? {
                None => {
                    session.show_oneself().await?;
                    return Ok(session);
                }
                Some(other) => {
                    tracing::debug!(from = address, to = other, "sent on");
                    address = other;
                    let Self { connection, state: same, .. } = session;
                    connection.close().await;
                    state = same;
                }
            }
        }
        Err(Error::TooManyReferrals(MAX_REFERRALS, address))
    }

    async fn connect(address: &str, state: State) -> Result<Self, Error> {
        let shared = &state.shared;
        let secure = shared.settings.secure(address)?;
        let mut connection = Connection::connect(address, secure, Direction::FromNotification).await?;
        let mut settings = Settings::new(shared.email.clone());
        settings.offered.clone_from(&shared.settings.offered);
        settings.program = shared.settings.program.clone();
        settings.place = Some(shared.place);
        let machine = NotificationClient::new(Arc::new(settings), Instant::now(), &mut connection.out);
        Ok(Self { connection, machine, state })
    }

    /// Proves who the user is. Returns where else to go, if anywhere.
    async fn prove(&mut self, address: &str) -> Result<Option<String>, Error> {
        loop {
            match self.signal().await? {
                Signal::Demanded { package, text } => {
                    self.state.shared.set_dialect(self.machine.dialect());
                    if !self.show_credentials(package, &text).await? {
                        return Ok(Some(address.to_owned()));
                    }
                }
                Signal::Referred(address) => return Ok(Some(address)),
                Signal::SignedIn => return Ok(None),
                Signal::Leave => return Err(Error::Protocol(End::SignedOut(None))),
                Signal::ListsComplete | Signal::ReadLists => {}
            }
        }
    }

    /// `false`: the server was found to take TLS, which this connection is not in.
    async fn show_credentials(&mut self, package: Package, text: &str) -> Result<bool, Error> {
        let shared = self.state.shared.clone();
        let password = &shared.settings.password;
        let Some(method) = Method::of(self.machine.dialect(), package, text) else {
            self.machine.prove(Credentials::Password(password.expose()), &mut self.connection.out)?;
            return Ok(true);
        };
        let web = shared.settings.web.as_ref().ok_or(Error::NoWebServices)?;
        let tickets = Tickets::get(web, shared.email.as_str(), password.clone(), method)
            .await
            .map_err(Error::web("no ticket"))?;
        let shown = tickets.for_sign_in().await.map_err(Error::web("no ticket"))?;
        if !self.connection.is_secure && shared.settings.wants_tls() {
            return Ok(false);
        }
        shared.set_tickets(Some(tickets));
        let mut iv = [0; 8];
        let credentials = match &shown.secret {
            None => Credentials::Ticket(&shown.ticket),
            Some(secret) => {
                getrandom::fill(&mut iv).map_err(|_| Error::NoRandomness)?;
                Credentials::SingleSignOn { ticket: &shown.ticket, secret: secret.expose(), iv }
            }
        };
        self.machine.prove(credentials, &mut self.connection.out)?;
        Ok(true)
    }

    /// Gets the lists and shows the user's status.
    async fn show_oneself(&mut self) -> Result<(), Error> {
        if self.machine.dialect().lists == ListForm::AddressBook {
            self.lists_from_book().await?;
        } else {
            self.machine.synchronize(None, &mut self.connection.out)?;
            while !matches!(self.signal().await?, Signal::ListsComplete) {}
        }
        let dialect = self.machine.dialect();
        if self.state.shared.settings.capabilities.is_none() {
            let can = if dialect.has_data_messages { CAPABILITIES } else { Capabilities::default() };
            self.state.shared.own().capabilities = can;
        }
        let own = self.state.shared.own().clone();
        if dialect.has_places {
            let place = PrivatePlace {
                name: Some(&self.state.shared.settings.place_name.clone()),
                idle: Some("false"),
                client_type: Some("1"),
                state: Some(own.status.as_str()),
            };
            let published = Published {
                capabilities: Some(own.capabilities),
                place: Some(place),
                ..Published::default()
            };
            self.machine.tell(published, &mut self.connection.out)?;
        }
        let shown = Shown { capabilities: own.capabilities, object: own.object.as_deref() };
        self.ask_at_once(|machine, out| machine.show(own.status, shown, out)).await?;
        if let Some(message) = own.message.as_deref().filter(|_| dialect.personal_data.is_told()) {
            let message = msnp::soap::escape(message);
            let data =
                PersonalData { psm: Some(&message), current_media: Some(""), ..PersonalData::default() };
            self.machine.tell(Published { data, ..Published::default() }, &mut self.connection.out)?;
        }
        self.connection.flush().await
    }

    async fn lists_from_book(&mut self) -> Result<(), Error> {
        let shared = self.state.shared.clone();
        let tickets = shared.tickets().ok_or(Error::NoWebServices)?;
        let read = book::read(&shared, &tickets).await?;
        let privacy = read.privacy;
        let circles = read.circle_ticket.clone();
        if let Some(name) = &read.name {
            shared.own().name.clone_from(name);
        }
        let members: Vec<Listed> = {
            let mut roster = shared.roster();
            book::take(&mut roster, read)?;
            book::upload(&roster)
        };
        if let Some(privacy) = privacy {
            self.machine.set_privacy(privacy, &mut self.connection.out)?;
        }
        let parts = self.machine.upload(members, &mut self.connection.out)?;
        for trid in parts {
            self.tolerate(trid).await?;
        }
        if let Some(ticket) = circles.filter(|_| self.machine.dialect().has_circles) {
            let entered = self
                .ask_at_once(|machine, out| machine.enter_circles(msnp::types::Secret(ticket.expose()), out))
                .await;
            if let Err(error) = entered {
                tracing::warn!(%error, "circles can't be entered");
            }
        }
        Ok(())
    }

    /// Waits for an answer, whatever it is: some servers refuse lists that have somebody unknown in them, and the sign-in
    /// goes on all the same.
    async fn tolerate(&mut self, trid: msnp::types::TrId) -> Result<(), Error> {
        match self.ask_at_once(|_, _| Ok(trid)).await {
            Err(Error::Refused { verb, code }) => {
                tracing::warn!(%verb, ?code, "the server refused a part of the lists");
                Ok(())
            }
            other => other.map(drop),
        }
    }
}
