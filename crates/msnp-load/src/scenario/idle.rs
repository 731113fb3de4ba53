//! Everybody signs in and stays, and says nothing but `PNG`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::World;
use super::world::outcome;
use crate::client::Notification;
use crate::measure::{Outcome, Phase};

/// Everybody signs in and stays.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct Idle {
    /// How many sign in a second, in each process
    #[arg(long, default_value_t = 1000.0, value_parser = super::rate)]
    pub rate: f64,
    /// How many seconds they stay when all are in
    #[arg(long, default_value_t = 10.0, value_parser = super::seconds)]
    pub hold: f64,
    /// After how many seconds of silence each pings
    #[arg(long, default_value_t = 45.0, value_parser = super::seconds)]
    pub ping: f64,
}

#[derive(Debug)]
pub(super) struct Stage(Idle);

impl Stage {
    pub(super) fn set(idle: Idle) -> Self {
        Self(idle)
    }

    pub(super) async fn round(&mut self, world: &Arc<World>) -> anyhow::Result<Outcome> {
        let began = Instant::now();
        let between = Duration::from_secs_f64(1.0 / self.0.rate);
        let every = Duration::from_secs_f64(self.0.ping);
        let (stop, stopped) = watch::channel(false);
        let (there, mut all_there) = tokio::sync::mpsc::unbounded_channel();
        let mut people = JoinSet::new();
        for place in 0..world.people.len() {
            let (world, there, mut stopped) = (world.clone(), there.clone(), stopped.clone());
            let at = began + between.saturating_mul(u32::try_from(place).unwrap_or(u32::MAX));
            people.spawn(async move {
                tokio::time::sleep_until(at.into()).await;
                match world.enter(place).await {
                    Ok(session) => {
                        let _ = there.send(true);
                        tokio::select! {
                            _ = stopped.wait_for(|stopped| *stopped) => {}
                            () = stay(session, every, &world) => {}
                        }
                    }
                    Err(failure) => {
                        world.gauge.failed(&failure);
                        let _ = there.send(false);
                    }
                }
            });
        }
        drop(there);
        let mut users = 0;
        for _ in 0..world.people.len() {
            users += u64::from(all_there.recv().await == Some(true));
        }
        world.gauge.enter(Phase::There);
        let outcome = outcome(began, [("users", users)]);
        tokio::time::sleep(Duration::from_secs_f64(self.0.hold)).await;
        world.gauge.enter(Phase::Over);
        stop.send_replace(true);
        while people.join_next().await.is_some() {}
        Ok(outcome)
    }
}

/// Pings now and then until the connection ends.
async fn stay(mut session: Notification, every: Duration, world: &World) {
    loop {
        let ended = tokio::time::timeout(every, session.until::<()>(|_| None)).await;
        let pinged = match ended {
            Ok(ended) => ended.map(|()| Duration::ZERO),
            Err(_) => session.ping().await,
        };
        match pinged {
            Ok(took) => world.gauge.took("ping", took),
            Err(failure) => return world.gauge.failed(&failure),
        }
    }
}
