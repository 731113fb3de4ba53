//! Some send as fast as they can, while others ping.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::World;
use super::storm::Bystanders;
use super::world::outcome;
use crate::client::{Failure, Notification};
use crate::measure::{Outcome, Phase};
use msnp::wire::Verb;

/// How many requests go into one write.
const BATCH: usize = 64;

/// Some send as fast as they can, while others ping.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct Flood {
    /// How many of the people ping, in each process
    #[arg(long, default_value_t = 20)]
    pub bystanders: usize,
    /// How many seconds it lasts
    #[arg(long, default_value_t = 10.0, value_parser = super::seconds)]
    pub seconds: f64,
}

#[derive(Debug)]
pub(super) struct Stage(Flood);

impl Stage {
    pub(super) async fn set(options: Flood, world: &Arc<World>) -> anyhow::Result<Self> {
        if options.bystanders >= world.people.len() {
            bail!("all of the {} people are bystanders: --users, --bystanders", world.people.len());
        }
        Ok(Self(options))
    }

    pub(super) async fn round(&mut self, world: &Arc<World>) -> anyhow::Result<Outcome> {
        let mut sessions = world.everybody(world.people.len()).await?;
        let flooders = sessions.split_off(self.0.bystanders);
        let bystanders = Bystanders::ping(sessions, world);
        world.gauge.enter(Phase::There);
        let began = Instant::now();
        let until = began + Duration::from_secs_f64(self.0.seconds);
        let mut flooding = JoinSet::new();
        for session in flooders {
            flooding.spawn(tokio::time::timeout_at(until.into(), flood(session)));
        }
        let mut answered = 0;
        while let Some(flooder) = flooding.join_next().await {
            // To have been thrown out is no failure of the server's.
            answered += flooder?.unwrap_or_default();
        }
        let outcome = outcome(began, [("thrown out", answered)]);
        world.gauge.enter(Phase::Over);
        bystanders.stop().await;
        Ok(outcome)
    }
}

/// Sends and reads until thrown out.
async fn flood(mut session: Notification) -> u64 {
    let batch = b"PNG\r\n".repeat(BATCH);
    loop {
        let mut answers = 0;
        let took: Result<(), Failure> = async {
            session.say_bytes(&batch).await?;
            session
                .until(|frame| {
                    answers += usize::from(frame.verb == Verb::QNG);
                    (answers == BATCH).then_some(())
                })
                .await
        }
        .await;
        if took.is_err() {
            return 1;
        }
    }
}
