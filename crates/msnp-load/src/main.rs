//! Puts a Messenger service under load: `msnp-load --help`.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use msnp_load::measure::{Phase, Process, Report, plot};
use msnp_load::people::Casting;
use msnp_load::play::{self, Floor, Play};
use msnp_load::scenario::{Plan, Scenario};
use msnp_load::target::{self, Target};

/// Puts a Messenger service under load, and tells what it does, beside a floor that does nothing but what can't be left out
///
/// Accounts have to exist on the server, and each has a number, from 0 on: see --address and --password.
///
/// Exits with 0 if all went well, 1 if something went wrong for somebody, 2 if nothing could be measured.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Scenario(Scenario),
    /// Play a scenario with the floor alone: what this machine can do at all
    Floor {
        #[command(subcommand)]
        scenario: Scenario,
    },
}

#[derive(Args)]
#[command(next_help_heading = "The server and the people")]
struct Common {
    /// The notification server
    #[arg(long, global = true, value_name = "HOST:PORT", default_value = "localhost:1863")]
    server: String,
    /// The web services, http or https, where the nexus is; for versions from MSNP8 on without --tickets
    #[arg(long, global = true, value_name = "URL")]
    http: Option<String>,
    /// A CA in PEM form to trust beside the system's
    #[arg(long, global = true, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The version that everybody speaks
    #[arg(long = "as", global = true, value_name = "VERSION", default_value = "MSNP8")]
    dialect: String,
    /// How many people take part
    #[arg(long, global = true, default_value_t = 100)]
    users: usize,
    /// How many accounts there are: contacts go round; by default as many as take part
    #[arg(long, global = true, value_name = "USERS")]
    total: Option<usize>,
    /// How many contacts each has, the neighbours by number on both sides: for versions that tell the server of them
    #[arg(long, global = true, default_value_t = 20)]
    contacts: usize,
    /// Their addresses, with the number of each in the place of the letter in braces
    #[arg(long, global = true, value_name = "PATTERN", default_value = "user{n}@example.com")]
    address: String,
    /// Their passwords, in the same way
    #[arg(long, global = true, value_name = "PATTERN", default_value = "secret-{n}")]
    password: String,
    /// A file with a line for each: address, ticket, and for single sign-on the secret in hexadecimal digits
    #[arg(long, global = true, value_name = "FILE")]
    tickets: Option<PathBuf>,
    /// Say at once all that needs no answer when signing in, and not line by line as official clients do
    #[arg(long, global = true)]
    eager: bool,
    /// The server's process, to see what it takes
    #[arg(long, global = true)]
    pid: Option<u32>,
    /// How many rounds
    #[arg(long, global = true, default_value_t = 1)]
    rounds: usize,
    /// Measure the floor as well, in turn with the server
    #[arg(long = "floor", global = true)]
    with_floor: bool,
    /// Tell all of it as JSON
    #[arg(long, global = true)]
    json: bool,
    /// Draw latency and memory over time, as SVG
    #[arg(long, global = true, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Allow other machines than this one
    #[arg(long, global = true)]
    beyond_loopback: bool,
}

fn main() -> ExitCode {
    if let Some(part) = play::part(std::env::args().nth(1).as_deref()) {
        return part;
    }
    let runtime = tokio::runtime::Runtime::new().context("can't start");
    match runtime.and_then(|runtime| runtime.block_on(run(Arguments::parse()))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "msnp-load: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Returns whether nothing went wrong.
async fn run(arguments: Arguments) -> anyhow::Result<bool> {
    let Arguments { command, common } = arguments;
    match command {
        Command::Scenario(scenario) => {
            let target = Target {
                msnp: target::resolve(&common.server, common.beyond_loopback).await?,
                http: common.http.clone(),
                ca: common.ca.clone(),
                is_floor: false,
            };
            if let Some(http) = &target.http {
                allow_web(http, common.beyond_loopback).await?;
            }
            let process = common.pid.map(Process::new);
            report(scenario, common, target, process, false).await
        }
        Command::Floor { scenario } => {
            let floor = Floor::start().await?;
            let target = Target::floor(floor.at);
            let common = Common { dialect: "MSNP8".to_owned(), with_floor: false, ..common };
            report(scenario, common, target, floor.process(), true).await
        }
    }
}

/// Web services are held to the same machines.
async fn allow_web(http: &str, beyond_loopback: bool) -> anyhow::Result<()> {
    let (scheme, rest) = http.split_once("://").with_context(|| format!("{http:?} is no URL"))?;
    let authority = rest.split('/').next().unwrap_or(rest);
    let port = if scheme == "https" { 443 } else { 80 };
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let address = if has_port { authority.to_owned() } else { format!("{authority}:{port}") };
    target::resolve(&address, beyond_loopback).await.map(drop)
}

async fn report(
    scenario: Scenario,
    common: Common,
    target: Target,
    process: Option<Process>,
    is_floor: bool,
) -> anyhow::Result<bool> {
    let people = Casting {
        address: common.address,
        password: common.password,
        tickets: common.tickets,
        first: 0,
        count: common.users,
        total: common.total.unwrap_or(common.users),
        contacts: common.contacts,
    };
    let unit = scenario.unit();
    let plan =
        Plan { target, version: common.dialect.to_ascii_uppercase(), people, eager: common.eager, scenario };
    let play = Play { plan, rounds: common.rounds.max(1), floor: common.with_floor, process };
    let progress = Progress::new(unit);
    let mut report = play.play(|round, done, phase| progress.tell(round, done, phase)).await?;
    if is_floor {
        report.floor = std::mem::take(&mut report.server);
    }
    progress.0.finish_and_clear();
    tell(&report, common.json)?;
    if let Some(file) = &common.plot {
        plot(&report, file)?;
    }
    Ok(report.failures() == 0)
}

fn tell(report: &Report, json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match json {
        true => serde_json::to_writer(&mut out, report)
            .map_err(anyhow::Error::from)
            .and_then(|()| Ok(writeln!(out)?)),
        false => Ok(write!(out, "{report}")?),
    }
    .context("can't write the report")
}

/// How far it is, for a person who looks on.
struct Progress(ProgressBar);

impl Progress {
    fn new(unit: &str) -> Self {
        let target = match std::io::stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = format!("{{spinner}} {{msg}}: {{human_pos}} {unit}, {{per_sec}}, {{elapsed}}");
        if let Ok(style) = ProgressStyle::with_template(&style) {
            bar.set_style(style);
        }
        Self(bar)
    }

    fn tell(&self, round: &str, done: u64, phase: Phase) {
        let phase = match phase {
            Phase::Coming => "people sign in",
            Phase::There => "under load",
            Phase::Over => "people leave",
        };
        self.0.set_message(format!("{round}: {phase}"));
        self.0.set_position(done);
    }
}
