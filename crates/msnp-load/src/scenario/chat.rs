//! Pairs talk.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::World;
use super::pump::{self, End};
use super::world::outcome;
use crate::client::{self, Failure, Notification};
use crate::measure::{Outcome, Phase};

/// Pairs talk.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct Chat {
    /// How many bytes of payload a message has, headers and all; 65 at least
    #[arg(long, default_value_t = 100)]
    pub size: usize,
    /// How many messages go into one write
    #[arg(long, default_value_t = 16)]
    pub per_write: usize,
    /// How many messages are said by all pairs together, in each process
    #[arg(long, default_value_t = 160_000)]
    pub messages: usize,
    /// Each message waits for an answer to the one before
    #[arg(long)]
    pub ping_pong: bool,
}

#[derive(Debug)]
pub(super) struct Stage {
    options: Chat,
    /// The first with the second, the third with the fourth, and so on. Nobody on a floor.
    sessions: Vec<Notification>,
    pairs: usize,
}

impl Stage {
    pub(super) async fn set(options: Chat, world: &Arc<World>) -> anyhow::Result<Self> {
        let pairs = world.people.len() / 2;
        if pairs == 0 || options.per_write == 0 || options.messages / pairs < options.per_write {
            bail!(
                "it takes two people at least (--users), and a write for each pair (--messages, --per-write)"
            );
        }
        let sessions = if world.target.is_floor { Vec::new() } else { world.everybody(2 * pairs).await? };
        Ok(Self { options, sessions, pairs })
    }

    pub(super) async fn round(&mut self, world: &Arc<World>) -> anyhow::Result<Outcome> {
        let Chat { size, per_write, messages, ping_pong } = self.options;
        let mut ends = Vec::with_capacity(self.pairs);
        if world.target.is_floor {
            let says = client::message(size, world.dialect);
            for pair in 0..self.pairs {
                ends.push(pump::meet(world, &pair.to_string(), &says).await?);
            }
        } else {
            for pair in self.sessions.chunks_exact_mut(2) {
                let [host, guest] = pair else { continue };
                ends.push(open(host, guest, size).await.context("a chat can't be opened")?);
            }
        }
        let each = messages / self.pairs;
        let together = Arc::new(Barrier::new(self.pairs + 1));
        let mut chats = JoinSet::new();
        for (one, other) in ends {
            let (world, together) = (world.clone(), together.clone());
            chats.spawn(async move {
                together.wait().await;
                let done = match ping_pong {
                    true => pump::there_and_back(one, other, each, world.clone()).await,
                    false => pump::one_way(one, other, each, per_write, &world).await,
                };
                if let Err(failure) = &done {
                    world.gauge.failed(failure);
                }
                done.is_ok()
            });
        }
        together.wait().await;
        world.gauge.enter(Phase::There);
        let began = Instant::now();
        let mut whole = 0;
        while let Some(done) = chats.join_next().await {
            whole += usize::from(done?);
        }
        // Each is answered, and the answers count.
        let said = whole * each / per_write * per_write;
        let said = if ping_pong { 2 * whole * each } else { said };
        Ok(outcome(began, [("messages", said as u64)]))
    }
}

/// Opens a chat of two, in which each has heard the other once.
async fn open(host: &mut Notification, guest: &mut Notification, size: usize) -> Result<(End, End), Failure> {
    let address = guest.address.clone();
    let dialect = host.dialect();
    let (host, guest) = tokio::join!(client::Chat::open(host, &address), async {
        let ring = guest.rung_soon().await?;
        client::Chat::answer(&address, &ring, dialect).await
    });
    let (mut host, mut guest) = (host?, guest?);
    let says = client::message(size, dialect);
    let payload = client::payload(size);
    guest.say(&payload).await?;
    let host_hears = host.hear().await?;
    host.say(&payload).await?;
    let guest_hears = guest.hear().await?;
    let end = |chat: client::Chat, hears| End { stream: chat.into_stream(), says: says.clone(), hears };
    Ok((end(host, host_hears), end(guest, guest_hears)))
}
