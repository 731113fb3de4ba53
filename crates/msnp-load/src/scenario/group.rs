//! Many in one chat, of whom one talks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::World;
use super::world::outcome;
use crate::client::{self, Failure, Notification};
use crate::connect::connect;
use crate::floor::{TELL, WATCH, WATCHING};
use crate::measure::{Outcome, Phase};

/// How much is read at once, in bytes.
const READ_SIZE: usize = 64 << 10;

/// Many in one chat, of whom one talks.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct Group {
    /// How many bytes of payload a message has, headers and all; 65 at least
    #[arg(long, default_value_t = 100)]
    pub size: usize,
    /// How many messages go into one write
    #[arg(long, default_value_t = 16)]
    pub per_write: usize,
    /// How many messages are said
    #[arg(long, default_value_t = 16_000)]
    pub messages: usize,
}

#[derive(Debug)]
pub(super) struct Stage {
    options: Group,
    /// The one who talks comes first. Nobody on a floor.
    sessions: Vec<Notification>,
}

/// A listener, and how many bytes a message has that comes to him.
type Listener = (TcpStream, usize);

impl Stage {
    pub(super) async fn set(options: Group, world: &Arc<World>) -> anyhow::Result<Self> {
        if world.people.len() < 2 || options.per_write == 0 {
            bail!("it takes two people at least: --users");
        }
        let sessions = match world.target.is_floor {
            true => Vec::new(),
            false => world.everybody(world.people.len()).await?,
        };
        Ok(Self { options, sessions })
    }

    pub(super) async fn round(&mut self, world: &Arc<World>) -> anyhow::Result<Outcome> {
        let Group { size, per_write, messages } = self.options;
        let (mut speaker, listeners) = match world.target.is_floor {
            true => self.watch(world).await?,
            false => self.open().await.context("the chat can't be opened")?,
        };
        let writes = messages / per_write;
        let batch = client::message(size, world.dialect).repeat(per_write);
        world.gauge.enter(Phase::There);
        let began = Instant::now();
        let mut hearing = JoinSet::new();
        let readers = listeners.len();
        let shared = Arc::new(AtomicUsize::new(0));
        for (stream, length) in listeners {
            let (world, shared) = (world.clone(), shared.clone());
            hearing.spawn(async move {
                match hear(stream, writes * per_write * length).await {
                    Ok(()) => {
                        shared.fetch_add(writes * per_write, Ordering::Relaxed);
                        world.gauge.count((writes * per_write) as u64);
                    }
                    Err(failure) => world.gauge.failed(&failure),
                }
            });
        }
        for _ in 0..writes {
            speaker.write_all(&batch).await?;
        }
        while hearing.join_next().await.is_some() {}
        let heard = shared.load(Ordering::Relaxed) as u64;
        let said = if readers > 0 { heard / readers as u64 } else { 0 };
        Ok(outcome(began, [("messages", heard), ("said", said)]))
    }

    /// Those who watch a floor hear what one tells it.
    async fn watch(&self, world: &World) -> anyhow::Result<(TcpStream, Vec<Listener>)> {
        let length = client::message(self.options.size, world.dialect).len();
        let mut listeners = Vec::new();
        for _ in 1..world.people.len() {
            listeners.push((watch(world).await?, length));
        }
        let mut speaker = connect(world.target.msnp).await?;
        speaker.write_all(TELL).await?;
        Ok((speaker, listeners))
    }

    /// Opens the chat, and invites everybody. Each has heard the first one once.
    async fn open(&mut self) -> Result<(TcpStream, Vec<Listener>), Failure> {
        let Some((host, guests)) = self.sessions.split_first_mut() else { return Err(Failure::Closed) };
        let dialect = host.dialect();
        let mut speaker: Option<client::Chat> = None;
        let mut chats = Vec::new();
        for guest in guests {
            let address = guest.address.clone();
            let invite = async {
                match speaker.take() {
                    None => client::Chat::open(host, &address).await,
                    Some(mut chat) => chat.invite(&address).await.map(|()| chat),
                }
            };
            let (invited, came) = tokio::join!(invite, async {
                let ring = guest.rung_soon().await?;
                client::Chat::answer(&address, &ring, dialect).await
            });
            speaker = Some(invited?);
            chats.push(came?);
        }
        let mut speaker = speaker.ok_or(Failure::Closed)?;
        speaker.say(&client::payload(self.options.size)).await?;
        let mut listeners = Vec::new();
        for mut chat in chats {
            let length = chat.hear().await?;
            listeners.push((chat.into_stream(), length));
        }
        Ok((speaker.into_stream(), listeners))
    }
}

/// A connection that a floor tells what it tells all.
pub(super) async fn watch(world: &World) -> Result<TcpStream, Failure> {
    let mut stream = connect(world.target.msnp).await.map_err(Failure::Connect)?;
    stream.write_all(WATCH).await.map_err(Failure::Broken)?;
    stream.read_exact(&mut [0; WATCHING.len()]).await.map_err(Failure::Broken)?;
    Ok(stream)
}

/// Reads so many bytes.
async fn hear(mut stream: TcpStream, mut left: usize) -> Result<(), Failure> {
    let mut buffer = vec![0; READ_SIZE];
    while left > 0 {
        match stream.read(&mut buffer).await {
            Ok(0) => return Err(Failure::Closed),
            Ok(read) => left = left.saturating_sub(read),
            Err(error) => return Err(Failure::Broken(error)),
        }
    }
    Ok(())
}
