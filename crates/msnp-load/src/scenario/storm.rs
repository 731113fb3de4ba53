//! Everybody comes at the same moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::World;
use super::world::outcome;
use crate::client::{Failure, Notification, Proof};
use crate::measure::{Outcome, Phase};

/// How often those who are there already ping.
pub(super) const PING_EVERY: Duration = Duration::from_millis(100);

/// How long somebody who comes with a password goes on trying.
const TRY_LIMIT: Duration = Duration::from_secs(600);

/// How long he waits before he does, half as long or half as long again.
const PAUSE: Duration = Duration::from_secs(5);

/// Everybody comes at the same moment.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct SignInStorm {
    /// Show the password, and not only a ticket
    #[arg(long)]
    pub with_password: bool,
    /// How many of the people are there before and ping, in each process
    #[arg(long, default_value_t = 10)]
    pub bystanders: usize,
}

#[derive(Debug)]
pub(super) struct Stage {
    options: SignInStorm,
    proofs: Vec<Proof>,
}

impl Stage {
    pub(super) async fn set(options: SignInStorm, world: &Arc<World>) -> anyhow::Result<Self> {
        if options.bystanders >= world.people.len() {
            bail!("all of the {} people are bystanders: --users, --bystanders", world.people.len());
        }
        let count = if options.with_password { 0 } else { world.people.len() };
        Ok(Self { options, proofs: world.proofs(count).await? })
    }

    pub(super) async fn round(&mut self, world: &Arc<World>) -> anyhow::Result<Outcome> {
        let bystanders = Bystanders::ping(world.everybody(self.options.bystanders).await?, world);
        let comers = world.people.len() - self.options.bystanders;
        let together = Arc::new(Barrier::new(comers + 1));
        let turned_away = Arc::new(AtomicU64::new(0));
        let mut coming = JoinSet::new();
        for place in self.options.bystanders..world.people.len() {
            let (world, together) = (world.clone(), together.clone());
            let (proof, turned_away) = (self.proofs.get(place).cloned(), turned_away.clone());
            coming.spawn(async move {
                together.wait().await;
                let began = Instant::now();
                let session = match proof {
                    Some(proof) => world.sign_in(place, &proof).await,
                    None => try_password(&world, place, &turned_away).await,
                };
                match &session {
                    Ok(_) => world.gauge.took("sign-in", began.elapsed()),
                    Err(failure) => world.gauge.failed(failure),
                }
                session.ok()
            });
        }
        together.wait().await;
        world.gauge.enter(Phase::There);
        let began = Instant::now();
        let mut sessions = Vec::with_capacity(comers);
        while let Some(session) = coming.join_next().await {
            sessions.extend(session?);
        }
        let outcome = outcome(
            began,
            [("sign-ins", sessions.len() as u64), ("turned away", turned_away.load(Ordering::Relaxed))],
        );
        world.gauge.enter(Phase::Over);
        bystanders.stop().await;
        Ok(outcome)
    }
}

/// Signs in with a password, and comes again if there was no ticket to be had: while thousands wait, a server turns others away.
async fn try_password(world: &World, place: usize, turned_away: &AtomicU64) -> Result<Notification, Failure> {
    let began = Instant::now();
    loop {
        match world.proof(place).await {
            Ok(proof) => return world.sign_in(place, &proof).await,
            Err(failure) if began.elapsed() > TRY_LIMIT => return Err(failure),
            Err(_) => turned_away.fetch_add(1, Ordering::Relaxed),
        };
        tokio::time::sleep(PAUSE.mul_f64(0.5 + fastrand::f64())).await;
    }
}

/// People who are there and ping.
#[derive(Debug)]
pub(super) struct Bystanders(JoinSet<()>);

impl Bystanders {
    pub(super) fn ping(sessions: Vec<Notification>, world: &Arc<World>) -> Self {
        let mut bystanders = JoinSet::new();
        for mut session in sessions {
            let world = world.clone();
            bystanders.spawn(async move {
                loop {
                    match session.ping().await {
                        Ok(took) => world.gauge.took("ping", took),
                        Err(failure) => return world.gauge.failed(&failure),
                    }
                    tokio::time::sleep(PING_EVERY).await;
                }
            });
        }
        Self(bystanders)
    }

    pub(super) async fn stop(mut self) {
        self.0.shutdown().await;
    }
}
