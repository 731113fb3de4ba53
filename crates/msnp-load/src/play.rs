//! A scenario, round by round, with a server and with the floor in turn.

use std::collections::HashMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;

use crate::company::{self, Company, WORKER};
use crate::floor;
use crate::measure::{Phase, Process, Report, Round, Sample, Tick};
use crate::scenario::Plan;
use crate::target::Target;

/// The argument that makes a program a floor.
const FLOOR: &str = "floor-server";

/// What this process is, if it was started to play a part: one of a company, or a floor. To be asked at the very beginning of
/// each program that plays scenarios, with its first argument.
pub fn part(argument: Option<&str>) -> Option<ExitCode> {
    let runtime = || tokio::runtime::Runtime::new().context("can't start");
    let played = match argument? {
        WORKER => runtime().and_then(|runtime| runtime.block_on(company::play())),
        FLOOR => runtime().and_then(|runtime| runtime.block_on(be_floor())),
        _ => return None,
    };
    Some(match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "msnp-load: {error:#}");
            ExitCode::FAILURE
        }
    })
}

/// Starts this program once more, to play a part. It ends when its input does, or what is returned is dropped.
pub(crate) fn start_part(argument: &str) -> anyhow::Result<(Child, ChildStdin, ChildStdout)> {
    let program = std::env::current_exe().context("can't find this program")?;
    let mut child = Command::new(program)
        .arg(argument)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("can't start another process")?;
    let (tell, hear) = child.stdin.take().zip(child.stdout.take()).context("it can't be talked to")?;
    Ok((child, tell, hear))
}

/// Tells where it listens, and serves until its parent has gone.
async fn be_floor() -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", listener.local_addr()?)?;
        out.flush()?;
    }
    let (mut parent, mut nothing) = (tokio::io::stdin(), [0]);
    tokio::select! {
        served = floor::serve(listener) => Ok(served?),
        // Nobody says anything there: it ends with the parent.
        _ = parent.read(&mut nothing) => Ok(()),
    }
}

/// A floor in a process of its own, as the server has one. Ends when this is dropped.
#[derive(Debug)]
pub struct Floor {
    /// Where it is.
    pub at: SocketAddr,
    child: Child,
    _alive: ChildStdin,
}

impl Floor {
    /// Starts one. The program that calls this has to ask [`part`] first what it is.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start() -> anyhow::Result<Self> {
        let (child, alive, told) = start_part(FLOOR)?;
        let line = BufReader::new(told).lines().next_line().await?.context("the floor does not come up")?;
        Ok(Self { at: line.parse().context("the floor does not tell where it is")?, child, _alive: alive })
    }

    /// Its process.
    pub fn process(&self) -> Option<Process> {
        self.child.id().map(Process::new)
    }
}

/// What is played with.
#[derive(Debug)]
pub struct Play {
    /// The scenario, with the server.
    pub plan: Plan,
    /// How many rounds.
    pub rounds: usize,
    /// Whether the floor is measured in turn with the server.
    pub floor: bool,
    /// The server's process, if it is to be looked at.
    pub process: Option<Process>,
}

impl Play {
    /// Plays all of it. `watch` is told how much has been done, and how far the round is.
    ///
    /// # Errors
    /// When it can't be played.
    pub async fn play(self, mut watch: impl FnMut(&str, u64, Phase)) -> anyhow::Result<Report> {
        let Self { plan, rounds, floor, process } = self;
        let mut server = Company::gather(plan.clone()).await?;
        let floor = match floor {
            true => {
                let floor = Floor::start().await?;
                let plan =
                    Plan { target: Target::floor(floor.at), version: "MSNP8".to_owned(), ..plan.clone() };
                Some((Company::gather(plan).await?, floor))
            }
            false => None,
        };
        let mut report = Report {
            scenario: plan.scenario.name().to_owned(),
            version: plan.version.clone(),
            users: plan.people.count,
            processes: server.processes(),
            unit: plan.scenario.unit(),
            server: Vec::new(),
            floor: Vec::new(),
        };
        let mut floor = floor;
        for number in 1..=rounds {
            if let Some((company, floor)) = &mut floor {
                let name = format!("floor, round {number} of {rounds}");
                let process = floor.process();
                report
                    .floor
                    .push(round(company, process.as_ref(), |done, phase| watch(&name, done, phase)).await?);
            }
            let name = format!("server, round {number} of {rounds}");
            report
                .server
                .push(round(&mut server, process.as_ref(), |done, phase| watch(&name, done, phase)).await?);
        }
        Ok(report)
    }
}

/// One round, and what a process takes meanwhile.
async fn round(
    company: &mut Company,
    process: Option<&Process>,
    mut watch: impl FnMut(u64, Phase),
) -> anyhow::Result<Round> {
    let usage =
        || process.map(Process::usage).transpose().context("the server's process can't be looked at: --pid");
    let mut round = Round { before: usage()?, ..Round::default() };
    let (tell, mut ticks) = mpsc::unbounded_channel::<(usize, Tick)>();
    let began = Instant::now();
    let parts = company.processes();
    let playing = company.round(&tell);
    tokio::pin!(playing);
    let mut latest: HashMap<usize, Tick> = HashMap::new();
    loop {
        tokio::select! {
            outcome = &mut playing => {
                round.outcome = outcome?;
                break;
            }
            Some((part, tick)) = ticks.recv() => {
                latest.insert(part, tick);
                if latest.len() < parts {
                    continue;
                }
                let done = latest.values().map(|tick| tick.done).sum();
                let phase = latest.values().map(|tick| tick.phase).min().unwrap_or_default();
                watch(done, phase);
                let sample = Sample::of(began.elapsed().as_secs_f64(), done, latest.drain().map(|(_, tick)| tick), usage()?);
                round.note(sample, phase);
            }
        }
    }
    round.after = usage()?;
    Ok(round)
}
