//! People of other networks: contacts of the network 32, "Yahoo!", from MSNP14 on (later-versions reference, 4.8 to 4.10).
//!
//! A [`Network`] is what goes out to another network, a [`Gate`] what comes in from it; nothing else of the service knows
//! how it works. It can't disturb anybody: whoever waits for it waits for a limited time, what it is told waits for
//! nobody, and what it says is looked at as what a stranger says. [`Loopback`] is one without a wire.
//!
//! What is so is looked up when its turn comes, and nothing is passed on as an event: what waits for a network is names of
//! people. So what the store says of lists, what sessions say and what people show need not be kept here a second time, and
//! whatever changes, in whatever order it is heard of, the last look is right.

mod gate;
mod loopback;
mod named;
mod network;
mod peering;
mod standing;
mod tasks;
mod watching;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use msnp::types::{Email, Lists, TrId};
use tokio::task::JoinSet;

pub use gate::{Gate, NotTaken};
pub use loopback::Loopback;
pub use network::{Answer, Found, Message, Network, NotSaid, Presence, Said, Unavailable};
pub use peering::{FIND_LIMIT, MAX_CALLS, MAX_WATCHED, MAX_WATCHERS, RETRY, SAY_LIMIT, TELL_LIMIT};
pub use watching::{MAX_NAMED, MAX_SEEN};

use crate::account::AccountId;
use crate::directory::{Endpoint, EndpointId, Said as Told};
use crate::server::Server;
use peering::Peering;
use tasks::Task;
use watching::Watching;

/// The networks beside this one, and what is known of their people.
#[derive(Debug, Default)]
pub struct Federation {
    peerings: Vec<Arc<Peering>>,
    watching: Watching,
}

/// What the networks have said of addresses.
#[derive(Debug, Default)]
pub struct Search {
    /// Those who were found, by the address that was asked about.
    pub found: HashMap<Email, Found>,
    /// Whether a network did not answer.
    pub is_incomplete: bool,
}

impl Federation {
    /// These networks. Where two have an address it is the first one's.
    pub fn new(networks: Vec<Arc<dyn Network>>) -> Self {
        let peering = |(number, network)| Arc::new(Peering::new(number, network));
        Self {
            peerings: networks.into_iter().enumerate().map(peering).collect(),
            watching: Watching::default(),
        }
    }

    /// Whether there are no other networks.
    pub fn is_empty(&self) -> bool {
        self.peerings.is_empty()
    }

    /// The network to which an address belongs.
    fn route(&self, ours: &Email, theirs: &Email) -> Option<&Arc<Peering>> {
        self.peerings.iter().find(|peering| peering.network.routes(ours, theirs))
    }

    /// Whether an address is one of another network.
    pub fn has_route(&self, ours: &Email, theirs: &Email) -> bool {
        self.route(ours, theirs).is_some()
    }

    fn is_routed_by(&self, ours: &Email, theirs: &Email, number: usize) -> bool {
        self.route(ours, theirs).is_some_and(|peering| peering.number == number)
    }

    /// Asks all networks for those of these addresses that may be theirs, all at once.
    pub async fn find(&self, ours: &Email, asked: &[Email]) -> Search {
        let mut calls = JoinSet::new();
        for peering in &self.peerings {
            let is_its = |theirs: &&Email| self.is_routed_by(ours, theirs, peering.number);
            let its: Vec<_> = asked.iter().filter(is_its).cloned().collect();
            if !its.is_empty() {
                let (peering, ours) = (peering.clone(), ours.clone());
                calls.spawn(async move { peering.find(ours, its).await });
            }
        }
        let asked: HashSet<_> = asked.iter().collect();
        let mut search = Search::default();
        while let Some(answer) = calls.join_next().await {
            match answer {
                Ok(Ok(found)) => {
                    let found = found.into_iter().filter(|found| asked.contains(&found.asked));
                    search.found.extend(found.map(|found| (found.asked.clone(), found)));
                }
                Ok(Err(Unavailable)) | Err(_) => search.is_incomplete = true,
            }
        }
        search
    }

    /// Says something to somebody of another network.
    ///
    /// # Errors
    /// Why it was not said. After [`SAY_LIMIT`] there is one.
    pub async fn say(&self, message: Message) -> Result<(), NotSaid> {
        let peering = self.route(&message.from, &message.to).ok_or(NotSaid::Unroutable)?;
        peering.say(message).await
    }

    /// Whether a place may name these people of other networks beside those whom it has named.
    pub fn has_room(&self, ours: &Email, endpoint: EndpointId, said: &[(Email, Lists)]) -> bool {
        self.is_empty() || said.is_empty() || self.watching.has_room(ours, endpoint, said)
    }

    /// Takes which people of other networks a place has on its lists, or has not any more: it is told of those on its
    /// forward list, as far as they are on that of the store, and hides from those on its block list.
    pub fn take_lists(
        &self,
        ours: (&Email, AccountId),
        endpoint: &Arc<Endpoint>,
        said: &[(Email, Lists)],
        change: Told,
        trid: TrId,
        now: Instant,
    ) {
        if self.is_empty() || said.is_empty() || !endpoint.dialect.presence_address.has_network() {
            return;
        }
        self.watching.take(ours, endpoint, said, change, trid, now);
        self.lists_changed(ours.0);
    }

    /// A place has told its first status.
    pub fn look(&self, ours: &Email, endpoint: &Endpoint, trid: TrId, now: Instant) {
        if !self.is_empty() && self.watching.look(ours, endpoint.id, trid, now) {
            self.lists_changed(ours);
        }
    }

    /// A place is gone.
    pub fn leave(&self, ours: &Email, endpoint: EndpointId) {
        if !self.is_empty() && self.watching.leave(ours, endpoint) {
            self.lists_changed(ours);
        }
    }

    /// Something has changed that may let one of ours see others or let others see him: his lists, in the store or as a place
    /// tells them.
    pub fn lists_changed(&self, ours: &Email) {
        for peering in &self.peerings {
            peering.look_at(Task::Watches(ours.clone()));
        }
        self.shown_changed(ours);
    }

    /// What one of ours shows has changed.
    fn shown_changed(&self, ours: &Email) {
        for peering in self.peerings.iter().filter(|peering| peering.watches(ours)) {
            peering.look_at(Task::Shows(ours.clone()));
        }
    }

    /// Whether anybody of another network watches one of ours.
    pub fn is_watched(&self, ours: &Email) -> bool {
        self.peerings.iter().any(|peering| peering.watches(ours))
    }
}

impl Server {
    /// Begins to exchange with the networks beside this one, for as long as the returned tasks are kept.
    pub fn federate(self: &Arc<Self>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        if self.federation.is_empty() {
            return tasks;
        }
        for peering in &self.federation.peerings {
            peering.network.start(Gate::new(self, peering.number));
            tasks.spawn(peering.clone().work(Arc::downgrade(self)));
        }
        let server = self.clone();
        tasks.spawn(async move { server.federation.watching.tell_late(|| server.now()).await });
        let server = self.clone();
        tasks.spawn(async move {
            loop {
                for ours in server.directory.changed_for_outsiders().await {
                    server.federation.shown_changed(&ours);
                }
            }
        });
        tasks
    }
}
