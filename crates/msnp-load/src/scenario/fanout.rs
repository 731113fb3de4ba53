//! Somebody whom all others watch changes his status.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;
use msnp::command::{Command as _, nln};
use msnp::types::{Capabilities, PASSPORT_NETWORK, Status};
use msnp::wire::{Direction, Encoded, Verb};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::World;
use super::group::watch;
use super::world::outcome;
use crate::client::{Failure, Notification, Wire};
use crate::connect::connect;
use crate::floor::TELL;
use crate::measure::{Outcome, Phase};

/// How long all have to hear of a change.
const TOLD_LIMIT: Duration = Duration::from_secs(30);

/// How long nothing happens between two changes. A server may slow down who makes more of them than a person could.
const PAUSE: Duration = Duration::from_millis(60);

/// Somebody whom all others watch changes his status.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct Fanout {
    /// How often he does
    #[arg(long, default_value_t = 20)]
    pub changes: usize,
}

/// The first of the people is watched by all others, on whose forward lists he has to be.
#[derive(Debug)]
pub(super) struct Stage {
    options: Fanout,
    watched: Watched,
    /// When each watcher has heard of a change.
    heard: mpsc::UnboundedReceiver<Instant>,
    watchers: usize,
    /// How many changes there have been.
    number: usize,
    _watching: JoinSet<()>,
}

#[derive(Debug)]
enum Watched {
    Person(Box<Notification>),
    /// On a floor: what is told to all, as the server would tell it.
    Line(TcpStream),
}

impl Stage {
    pub(super) async fn set(options: Fanout, world: &Arc<World>) -> anyhow::Result<Self> {
        let Some(watchers) = world.people.len().checked_sub(1).filter(|watchers| *watchers > 0) else {
            bail!("it takes two people at least: --users");
        };
        let (tell, heard) = mpsc::unbounded_channel();
        let mut watching = JoinSet::new();
        let watched = if world.target.is_floor {
            for _ in 0..watchers {
                let wire = Wire::over(watch(world).await?, Direction::FromNotification, world.dialect);
                watching.spawn(listen(wire, tell.clone(), world.clone()));
            }
            let mut stream = connect(world.target.msnp).await?;
            stream.write_all(TELL).await?;
            Watched::Line(stream)
        } else {
            let mut sessions = world.everybody(watchers + 1).await?.into_iter();
            let watched = sessions.next().context("nobody is watched")?;
            for session in sessions {
                watching.spawn(listen(session.into_wire(), tell.clone(), world.clone()));
            }
            Watched::Person(Box::new(watched))
        };
        let mut stage = Self { options, watched, heard, watchers, number: 0, _watching: watching };
        // The watchers come one after another, and see him as they come: from here on they see the same.
        stage.change().await.context("not everybody is told: is the first of the people on all lists?")?;
        Ok(stage)
    }

    pub(super) async fn round(&mut self, world: &Arc<World>) -> anyhow::Result<Outcome> {
        let (began, mut seconds) = (Instant::now(), 0.0);
        world.gauge.enter(Phase::There);
        for _ in 0..self.options.changes {
            tokio::time::sleep(PAUSE).await;
            let took = self.change().await?;
            seconds += took.as_secs_f64();
            world.gauge.took("all told", took);
        }
        let outcome = outcome(began, [("changes", self.options.changes as u64)]);
        Ok(Outcome { seconds, ..outcome })
    }

    /// Makes a change, and returns how long it took until the last has heard of it.
    async fn change(&mut self) -> anyhow::Result<Duration> {
        self.number += 1;
        let status = if self.number.is_multiple_of(2) { Status::Online } else { Status::Busy };
        let began = Instant::now();
        match &mut self.watched {
            Watched::Person(person) => person.show(status).await?,
            Watched::Line(stream) => stream.write_all(&line(status)).await?,
        }
        let mut last = began;
        for _ in 0..self.watchers {
            let heard = tokio::time::timeout(TOLD_LIMIT, self.heard.recv()).await?;
            last = last.max(heard.context("a watcher has gone")?);
        }
        Ok(last - began)
    }
}

/// What each watcher is told.
fn line(status: Status) -> Vec<u8> {
    let mut out = Vec::new();
    let (handle, name) = ("user0@example.com", Encoded::new("user0@example.com"));
    let presence = nln::Presence {
        status,
        network: PASSPORT_NETWORK,
        handle,
        circle: None,
        name,
        capabilities: Capabilities::default(),
        object: None,
    };
    nln::Push(presence).write(&mut out, &msnp::dialect::MSNP8);
    out
}

/// Tells when it hears of a change. All else that comes is none: those who come are told of, too.
async fn listen(mut wire: Wire, tell: mpsc::UnboundedSender<Instant>, world: Arc<World>) {
    let first = world.people.person(0).address;
    let dialect = if world.target.is_floor { &msnp::dialect::MSNP8 } else { world.dialect };
    let ended: Result<(), Failure> = wire
        .until(|frame| {
            if frame.verb == Verb::NLN
                && let Ok(nln::Push(presence)) = nln::Push::read(*frame, dialect)
                && (world.target.is_floor || presence.handle == first)
            {
                let _ = tell.send(Instant::now());
            }
            None
        })
        .await;
    if let Err(failure) = ended {
        world.gauge.failed(&failure);
    }
}
