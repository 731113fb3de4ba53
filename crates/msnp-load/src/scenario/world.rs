//! What all who take part have in common.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use msnp::dialect::Dialect;
use msnp_script::Tcp;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::client::{Failure, Notification, Proof};
use crate::measure::{Gauge, Outcome};
use crate::people::{Casting, People};
use crate::target::Target;

/// How many sign in at once where nothing is said about it.
const AT_ONCE: usize = 64;

/// How long a sign-in may take.
pub(super) const SIGN_IN_LIMIT: Duration = Duration::from_secs(300);

/// What all who take part have in common.
#[derive(Debug)]
pub struct World {
    /// The server.
    pub target: Target,
    /// How it is spoken to.
    pub dialect: &'static Dialect,
    /// Who takes part.
    pub people: People,
    /// Whether they say at once all that needs no answer when they sign in.
    pub eager: bool,
    /// Where they get tickets.
    pub web: Option<Tcp>,
    /// Where they tell what they have done.
    pub gauge: Gauge,
}

impl World {
    /// Of what a plan says.
    ///
    /// # Errors
    /// When there is no such version, or something that a plan names can't be used.
    pub fn new(target: Target, version: &str, people: Casting, eager: bool) -> anyhow::Result<Self> {
        let dialect = Dialect::named(version).with_context(|| format!("no version is called {version}"))?;
        let web = target.web()?;
        Ok(Self { target, dialect, people: People::cast(people)?, eager, web, gauge: Gauge::default() })
    }

    /// What proves who the person at a place is. A floor believes everything.
    pub(super) async fn proof(&self, place: usize) -> Result<Proof, Failure> {
        if self.target.is_floor {
            return Ok(Proof::Ticket("t=0&p=0".to_owned()));
        }
        let web = self.web.as_ref().map(|web| match own_address(self.target.msnp.ip(), place) {
            Some(address) => web.asked_from(address),
            None => web.clone(),
        });
        self.people.proof(&self.people.person(place), self.dialect, web.as_ref()).await
    }

    /// Signs in the person at a place.
    pub(super) async fn sign_in(&self, place: usize, proof: &Proof) -> Result<Notification, Failure> {
        let person = self.people.person(place);
        let signing_in = Notification::sign_in(self.target.msnp, self.dialect, &person, proof, self.eager);
        tokio::time::timeout(SIGN_IN_LIMIT, signing_in)
            .await
            .map_err(|_| Failure::TimedOut(SIGN_IN_LIMIT.as_secs()))?
    }

    /// Signs in the person at a place, from the very beginning. How long it takes is told, the ticket left out.
    pub(super) async fn enter(&self, place: usize) -> Result<Notification, Failure> {
        let proof = self.proof(place).await?;
        let began = Instant::now();
        let session = self.sign_in(place, &proof).await?;
        self.gauge.took("sign-in", began.elapsed());
        Ok(session)
    }

    /// Signs in the first `count` people.
    pub(super) async fn everybody(self: &Arc<Self>, count: usize) -> anyhow::Result<Vec<Notification>> {
        if count > self.people.len() {
            bail!("this takes {count} people, and there are {}: --users", self.people.len());
        }
        let sessions = self.each(count, |world, place| async move { world.enter(place).await }).await?;
        // What it took to get here is none of the scenario's.
        self.gauge.finish();
        self.gauge.tick();
        Ok(sessions)
    }

    /// What proves who the first `count` people are.
    pub(super) async fn proofs(self: &Arc<Self>, count: usize) -> anyhow::Result<Vec<Proof>> {
        self.each(count, |world, place| async move { world.proof(place).await }).await
    }

    /// Does something for the first `count` people, some at once, and returns what comes of it in their order.
    async fn each<T, F>(
        self: &Arc<Self>,
        count: usize,
        work: impl Fn(Arc<Self>, usize) -> F,
    ) -> anyhow::Result<Vec<T>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Failure>> + Send + 'static,
    {
        let free = Arc::new(Semaphore::new(AT_ONCE));
        let mut working = JoinSet::new();
        for place in 0..count {
            let turn = free.clone().acquire_owned().await?;
            let work = work(self.clone(), place);
            working.spawn(async move {
                let done = work.await;
                drop(turn);
                (place, done)
            });
        }
        let mut done = Vec::with_capacity(count);
        while let Some(one) = working.join_next().await {
            let (place, one) = one?;
            let one =
                one.with_context(|| format!("{} does not get in", self.people.person(place).address))?;
            done.push((place, one));
        }
        done.sort_by_key(|(place, _)| *place);
        Ok(done.into_iter().map(|(_, one)| one).collect())
    }
}

/// From where the person at a place asks the web services of a server on this machine: one that looks at addresses sees many.
/// From there no other machine can be reached, wherever the nexus leads.
fn own_address(server: IpAddr, place: usize) -> Option<IpAddr> {
    let server = server.to_canonical();
    let [.., high, low] = place.to_be_bytes();
    // Neither the network's own address nor that of all.
    let own = Ipv4Addr::new(127, 1, high, low.clamp(1, 254));
    server.is_loopback().then(|| if server.is_ipv4() { own.into() } else { server })
}

/// What was done so often since `began`.
pub(super) fn outcome(began: Instant, counts: impl IntoIterator<Item = (&'static str, u64)>) -> Outcome {
    let counts = counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    Outcome { seconds: began.elapsed().as_secs_f64(), counts, ..Outcome::default() }
}
