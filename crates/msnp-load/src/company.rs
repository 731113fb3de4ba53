//! One scenario in as many processes as it takes: a process may have so many open files, and each connection is one.
//!
//! What the processes tell each other is lines of JSON: the plan, then `go` for each round; `ready`, ticks, and outcomes.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::sync::mpsc;

use crate::measure::{Outcome, Tick};
use crate::people::Casting;
use crate::play::start_part;
use crate::scenario::{Plan, Stage, World};

/// How often those who play tell how far they are.
pub const TICK: Duration = Duration::from_millis(500);

/// How many open files a process has besides its connections.
const OTHER_FILES: usize = 64;

/// The argument that makes a program one of a company: [`part`](crate::play::part).
pub(crate) const WORKER: &str = "worker";

/// Those who play a scenario together.
#[derive(Debug)]
pub struct Company(Vec<Player>);

#[derive(Debug)]
enum Player {
    Here(Box<Stage>),
    Elsewhere(Box<Process>),
}

/// What a process says.
#[derive(Serialize, Deserialize)]
enum Said {
    Ready,
    Tick(Tick),
    Outcome(Outcome),
    Failed(String),
}

#[derive(Debug)]
struct Process {
    child: Child,
    tell: ChildStdin,
    hear: Lines<BufReader<ChildStdout>>,
}

impl Company {
    /// Brings everybody into his place, in this process if there is room.
    ///
    /// # Errors
    /// When it can't be done.
    pub async fn gather(plan: Plan) -> anyhow::Result<Self> {
        let parts = divide(&plan, open_files())?;
        if parts == 1 {
            return Ok(Self(vec![Player::Here(Box::new(Stage::set(plan).await?))]));
        }
        let mut processes = Vec::new();
        for casting in split(&plan.people, parts) {
            processes.push(Process::start(&Plan { people: casting, ..plan.clone() }).await?);
        }
        for process in &mut processes {
            match process.next().await? {
                Said::Ready => {}
                Said::Failed(why) => bail!("{why}"),
                Said::Tick(_) | Said::Outcome(_) => bail!("a process of the company speaks out of turn"),
            }
        }
        Ok(Self(processes.into_iter().map(|process| Player::Elsewhere(Box::new(process))).collect()))
    }

    /// In how many processes it is played, this one not counted unless it is the only one.
    pub fn processes(&self) -> usize {
        self.0.len()
    }

    /// Plays a round, and tells how far it is.
    ///
    /// # Errors
    /// When it can't be played.
    pub async fn round(&mut self, ticks: &mpsc::UnboundedSender<(usize, Tick)>) -> anyhow::Result<Outcome> {
        let mut whole = Outcome::default();
        for player in &mut self.0 {
            if let Player::Elsewhere(process) = player {
                process.say("go").await?;
            }
        }
        let mut playing = tokio::task::JoinSet::new();
        for (number, mut player) in std::mem::take(&mut self.0).into_iter().enumerate() {
            let ticks = ticks.clone();
            playing.spawn(async move {
                let outcome = match &mut player {
                    Player::Here(stage) => play_round(stage, |tick| drop(ticks.send((number, tick)))).await,
                    Player::Elsewhere(process) => {
                        process.round(|tick| drop(ticks.send((number, tick)))).await
                    }
                };
                (player, outcome)
            });
        }
        while let Some(played) = playing.join_next().await {
            let (player, outcome) = played?;
            self.0.push(player);
            whole.merge(outcome?);
        }
        Ok(whole)
    }
}

/// Into how many processes a scenario has to be divided where each may have so many open files.
fn divide(plan: &Plan, files: usize) -> anyhow::Result<usize> {
    let connections = plan.people.count.saturating_mul(plan.scenario.connections_each());
    let room = files.saturating_sub(OTHER_FILES).max(1);
    let parts = connections.div_ceil(room).max(1);
    if parts > 1 && plan.scenario.is_one_piece() {
        bail!(
            "{} people take {connections} connections, and this process may have {room}: raise the limit (ulimit -n), \
             or take fewer (--users)",
            plan.people.count
        );
    }
    Ok(parts)
}

/// Equal parts, of an even number of people but for the last, since some play in pairs.
fn split(people: &Casting, parts: usize) -> impl Iterator<Item = Casting> {
    let each = people.count.div_ceil(parts).next_multiple_of(2);
    (0..parts).filter_map(move |part| {
        let before = part * each;
        let count = each.min(people.count.checked_sub(before)?);
        (count > 0).then(|| Casting { first: people.first + before, count, ..people.clone() })
    })
}

/// How many files this process may have open, when it has asked for all that it may.
fn open_files() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    let current = getrlimit(Resource::Nofile).current;
    current.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX)
}

impl Process {
    async fn start(plan: &Plan) -> anyhow::Result<Self> {
        let (child, tell, hear) = start_part(WORKER)?;
        let mut process = Self { child, tell, hear: BufReader::new(hear).lines() };
        process.say(&serde_json::to_string(plan)?).await?;
        Ok(process)
    }

    async fn say(&mut self, line: &str) -> anyhow::Result<()> {
        self.tell.write_all(line.as_bytes()).await?;
        self.tell.write_all(b"\n").await?;
        Ok(self.tell.flush().await?)
    }

    async fn next(&mut self) -> anyhow::Result<Said> {
        let Some(line) = self.hear.next_line().await? else {
            bail!("a process of the company has ended: {}", self.child.wait().await?);
        };
        Ok(serde_json::from_str(&line)?)
    }

    async fn round(&mut self, mut each: impl FnMut(Tick)) -> anyhow::Result<Outcome> {
        loop {
            match self.next().await? {
                Said::Tick(tick) => each(tick),
                Said::Outcome(outcome) => return Ok(outcome),
                Said::Failed(why) => bail!("{why}"),
                Said::Ready => bail!("a process of the company speaks out of turn"),
            }
        }
    }
}

async fn play_round(stage: &mut Stage, mut each: impl FnMut(Tick)) -> anyhow::Result<Outcome> {
    let world: Arc<World> = stage.world().clone();
    let mut clock = tokio::time::interval(TICK);
    let round = stage.round();
    tokio::pin!(round);
    loop {
        tokio::select! {
            outcome = &mut round => return outcome,
            _ = clock.tick() => each(world.gauge.tick()),
        }
    }
}

/// Is one of a company: reads a plan from standard input, and plays it as often as it is told to, until the input ends.
///
/// # Errors
/// When nobody can be told how it goes.
pub(crate) async fn play() -> anyhow::Result<()> {
    open_files();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let plan = lines.next_line().await?.context("no plan")?;
    let mut stage = match Stage::set(serde_json::from_str(&plan)?).await {
        Ok(stage) => stage,
        Err(error) => return say(&Said::Failed(format!("{error:#}"))),
    };
    say(&Said::Ready)?;
    while let Some(_go) = lines.next_line().await? {
        // Nobody to tell is noticed at the end of the round.
        let outcome = play_round(&mut stage, |tick| drop(say(&Said::Tick(tick)))).await;
        say(&outcome.map_or_else(|error| Said::Failed(format!("{error:#}")), Said::Outcome))?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "that is where the others listen")]
fn say(said: &Said) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(said)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Fanout, Idle, Scenario};
    use crate::target::Target;

    fn plan(count: usize, scenario: Scenario) -> Plan {
        Plan {
            target: Target::floor(([127, 0, 0, 1], 1).into()),
            version: "MSNP8".to_owned(),
            people: Casting {
                address: "user{n}@example.com".to_owned(),
                password: String::new(),
                tickets: None,
                first: 10,
                count,
                total: 1000,
                contacts: 0,
            },
            eager: false,
            scenario,
        }
    }

    #[test]
    fn nobody_has_more_connections_than_he_may() {
        let idle = Scenario::Idle(Idle { rate: 1.0, hold: 1.0, ping: 1.0 });
        assert_eq!(divide(&plan(100, idle.clone()), 164).unwrap(), 1);
        assert_eq!(divide(&plan(101, idle), 164).unwrap(), 2);
        let fanout = plan(101, Scenario::Fanout(Fanout { changes: 1 }));
        let refused = divide(&fanout, 164).unwrap_err().to_string();
        assert!(refused.contains("ulimit"), "{refused}");
    }

    #[test]
    fn everybody_is_in_one_part() {
        for (count, parts) in [(7, 3), (100, 2), (1, 1), (2, 4)] {
            let people = plan(count, Scenario::Fanout(Fanout { changes: 1 })).people;
            let mut next = people.first;
            for part in split(&people, parts) {
                assert_eq!(part.first, next);
                next += part.count;
            }
            assert_eq!(next, people.first + count);
        }
    }
}
