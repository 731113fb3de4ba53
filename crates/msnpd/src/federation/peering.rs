//! One network, with what keeps it from disturbing anybody: limits of time and number for what it is asked, and a worker
//! that tells it what it is to know.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use msnp::types::{Email, List, YAHOO_NETWORK};
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing::{debug, warn};

use super::network::{Found, Message, Network, NotSaid, Presence, Unavailable};
use super::tasks::{Task, Tasks};
use crate::server::Server;

/// How long somebody waits for a network that he has asked about people.
pub const FIND_LIMIT: Duration = Duration::from_secs(5);

/// How long somebody waits for a network that he has said something to.
pub const SAY_LIMIT: Duration = Duration::from_secs(10);

/// How long a network may take to hear of one person.
pub const TELL_LIMIT: Duration = Duration::from_secs(10);

/// How long a network that did not hear is left alone.
pub const RETRY: Duration = Duration::from_secs(5);

/// How many people wait for one network at most. Whoever comes then is told at once that it does not answer.
pub const MAX_CALLS: usize = 64;

/// How many things that it has to say a network has us look at in the same moment. For more of them it waits.
pub(super) const MAX_INCOMING: usize = 16;

/// How many of a network's people may watch one of ours.
pub const MAX_WATCHERS: usize = 1000;

/// How many of our people a network's may watch, one counted for each who watches him.
pub const MAX_WATCHED: usize = 100_000;

/// A network.
#[derive(Debug)]
pub(super) struct Peering {
    /// Its number among all of them.
    pub(super) number: usize,
    pub(super) network: Arc<dyn Network>,
    calls: Semaphore,
    pub(super) incoming: Semaphore,
    tasks: Tasks,
    watched: Mutex<Watched>,
    /// Whether the log has it that tasks were dropped.
    has_overflown: AtomicBool,
}

/// Which of our people are watched by the network's.
#[derive(Debug, Default)]
struct Watched {
    /// For each of ours those of theirs, with what they were last shown; `None`: nothing yet, not even that he is offline.
    by: HashMap<Email, BTreeMap<Email, Option<Option<Presence>>>>,
    /// How many pairs there are.
    pairs: usize,
}

/// Why nobody can be told.
enum Again {
    /// The network does not hear.
    Unavailable,
    /// We can't find out what to tell it.
    Store,
}

impl Peering {
    pub(super) fn new(number: usize, network: Arc<dyn Network>) -> Self {
        Self {
            number,
            network,
            calls: Semaphore::new(MAX_CALLS),
            incoming: Semaphore::new(MAX_INCOMING),
            tasks: Tasks::default(),
            watched: Mutex::default(),
            has_overflown: AtomicBool::new(false),
        }
    }

    /// Asks the network something, for a limited time: as a task of its own, so that nothing it does there is done to
    /// whoever asks. `None`: it did not answer.
    async fn ask<T: Send + 'static>(
        &self,
        limit: Duration,
        call: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let mut task = JoinSet::new();
        task.spawn(call);
        match tokio::time::timeout(limit, task.join_next()).await {
            Ok(Some(Ok(answer))) => Some(answer),
            Ok(Some(Err(error))) => {
                warn!(network = self.network.name(), %error, "a call of another network has ended badly");
                None
            }
            Ok(None) | Err(_) => {
                debug!(network = self.network.name(), "another network does not answer");
                None
            }
        }
    }

    /// Which of these people there are.
    pub(super) async fn find(&self, ours: Email, asked: Vec<Email>) -> Result<Vec<Found>, Unavailable> {
        let _call = self.calls.try_acquire().map_err(|_| Unavailable)?;
        let network = self.network.clone();
        self.ask(FIND_LIMIT, async move { network.find(&ours, &asked).await }).await.ok_or(Unavailable)?
    }

    /// Says something.
    pub(super) async fn say(&self, message: Message) -> Result<(), NotSaid> {
        let _call = self.calls.try_acquire().map_err(|_| NotSaid::Failed)?;
        let network = self.network.clone();
        self.ask(SAY_LIMIT, async move { network.say(&message).await }).await.ok_or(NotSaid::Failed)?
    }

    /// Has the worker look at something.
    pub(super) fn look_at(&self, task: Task) {
        if self.tasks.add(task) && !self.has_overflown.swap(true, Ordering::Relaxed) {
            warn!(
                network = self.network.name(),
                "another network is slow to hear: all of it is told later, and as it is then"
            );
        }
    }

    /// One of theirs watches one of ours from here on. Returns whether there was room for it.
    pub(super) fn be_watched(&self, ours: &Email, theirs: &Email) -> bool {
        let mut watched = self.watched.lock();
        let Watched { by, pairs } = &mut *watched;
        let known = by.get(ours).map_or(0, BTreeMap::len);
        let is_new = by.get(ours).is_none_or(|by| !by.contains_key(theirs));
        if is_new && (known >= MAX_WATCHERS || *pairs >= MAX_WATCHED) {
            return false;
        }
        *pairs += usize::from(is_new);
        // Whoever says it twice wants to hear it twice.
        by.entry(ours.clone()).or_default().insert(theirs.clone(), None);
        true
    }

    /// One of theirs watches one of ours no more.
    pub(super) fn be_left(&self, ours: &Email, theirs: &Email) {
        let mut watched = self.watched.lock();
        let Watched { by, pairs } = &mut *watched;
        let Some(watchers) = by.get_mut(ours) else { return };
        *pairs -= usize::from(watchers.remove(theirs).is_some());
        if watchers.is_empty() {
            by.remove(ours);
        }
    }

    /// Nobody watches any of ours any more.
    pub(super) fn forget_watchers(&self) {
        *self.watched.lock() = Watched::default();
    }

    /// Whether anybody watches one of ours.
    pub(super) fn watches(&self, ours: &Email) -> bool {
        self.watched.lock().by.contains_key(ours)
    }

    fn watchers(&self, ours: &Email) -> Vec<Email> {
        self.watched.lock().by.get(ours).map_or_else(Vec::new, |by| by.keys().cloned().collect())
    }

    fn has_shown(&self, ours: &Email, theirs: &Email, presence: Option<&Presence>) -> bool {
        let watched = self.watched.lock();
        let shown = watched.by.get(ours).and_then(|by| by.get(theirs));
        // Who has left meanwhile is not to be shown anything.
        shown.is_none_or(|shown| shown.as_ref().is_some_and(|shown| shown.as_ref() == presence))
    }

    fn note_shown(&self, ours: &Email, theirs: &Email, presence: Option<Option<Presence>>) {
        if let Some(shown) = self.watched.lock().by.get_mut(ours).and_then(|by| by.get_mut(theirs)) {
            *shown = presence;
        }
    }

    /// Tells the network what it is to know, for as long as there is a server. Only this waits for it.
    pub(super) async fn work(self: Arc<Self>, server: Weak<Server>) {
        loop {
            let task = self.tasks.next().await;
            let Some(server) = server.upgrade() else { return };
            let done = match &task {
                Task::Watches(ours) => self.tell_watches(&server, ours).await,
                Task::Shows(ours) => self.tell_shown(&server, ours).await,
                Task::Everything => self.look_at_everybody(&server).await,
            };
            drop(server);
            if done.is_err() {
                tokio::time::sleep(RETRY).await;
                self.look_at(task);
            }
        }
    }

    async fn look_at_everybody(&self, server: &Server) -> Result<(), Again> {
        for ours in server.federation.watching.everybody() {
            self.tell_watches(server, &ours).await?;
        }
        let watched: Vec<_> = self.watched.lock().by.keys().cloned().collect();
        for ours in watched {
            self.tell_shown(server, &ours).await?;
        }
        Ok(())
    }

    /// Tells the network whom one of ours wants to see, as far as he has him on his forward list.
    async fn tell_watches(&self, server: &Server, ours: &Email) -> Result<(), Again> {
        let watching = &server.federation.watching;
        let Some((id, mut may)) = watching.wanted(ours) else { return Ok(()) };
        may.retain(|theirs| server.federation.is_routed_by(ours, theirs, self.number));
        if !may.is_empty() {
            let lists = server.store.outside_lists(id, YAHOO_NETWORK).await;
            let lists = lists.map_err(|error| {
                server.note_failure(&error);
                Again::Store
            })?;
            may.retain(|theirs| lists.get(theirs).is_some_and(|lists| lists.contains(List::Forward)));
        }
        let turn = watching.turn(ours, self.number, &may, server.now());
        for theirs in turn.unwatch {
            let (network, me, him) = (self.network.clone(), ours.clone(), theirs.clone());
            self.tell(async move { network.unwatch(&me, &him).await }).await?;
            watching.left(ours, &theirs);
        }
        for theirs in turn.watch {
            let (network, me, him) = (self.network.clone(), ours.clone(), theirs.clone());
            watching.asking(ours, &theirs);
            self.tell(async move { network.watch(&me, &him).await }).await?;
            watching.asked(ours, &theirs);
        }
        Ok(())
    }

    /// Tells the network what one of ours shows to those who watch him.
    async fn tell_shown(&self, server: &Server, ours: &Email) -> Result<(), Again> {
        let watchers = self.watchers(ours);
        if watchers.is_empty() {
            return Ok(());
        }
        let shown = server.shown_to(ours, &watchers).await.map_err(|error| {
            server.note_failure(&error);
            Again::Store
        })?;
        for (theirs, presence) in watchers.into_iter().zip(shown) {
            if self.has_shown(ours, &theirs, presence.as_ref()) {
                continue;
            }
            let (network, me, him, told) =
                (self.network.clone(), ours.clone(), theirs.clone(), presence.clone());
            // Before it is told: who asks again meanwhile is told again.
            self.note_shown(ours, &theirs, Some(presence));
            let told = self.tell(async move { network.show(&me, &him, told.as_ref()).await }).await;
            if told.is_err() {
                self.note_shown(ours, &theirs, None);
            }
            told?;
        }
        Ok(())
    }

    async fn tell(
        &self,
        call: impl Future<Output = Result<(), Unavailable>> + Send + 'static,
    ) -> Result<(), Again> {
        match self.ask(TELL_LIMIT, call).await {
            Some(Ok(())) => Ok(()),
            Some(Err(Unavailable)) | None => Err(Again::Unavailable),
        }
    }
}
