//! The same shape of work with msnpd and with other servers, in one run, in turn.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;
use msnp_load::measure::{Process, Spread, number};
use msnp_load::people::Casting;
use msnp_load::play::Play;
use msnp_load::scenario::{Chat, Fanout, Idle, Plan, Scenario, SignIn};
use msnp_load::target::Target;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use crate::populate::{PASSWORD, Population, populate};
use crate::service::Service;
use crate::xmpp::{self, Session};

/// How long another server may take to come up, its accounts included.
const COMES_UP: Duration = Duration::from_secs(300);

/// How long a server has to settle before its memory is looked at.
const SETTLES: Duration = Duration::from_secs(3);

/// How many sign in at once.
const AT_ONCE: usize = 16;

/// What is compared, and how large.
#[derive(Clone, Debug, Args)]
pub(crate) struct Comparison {
    /// How many people are idle
    #[arg(long, default_value_t = 2000)]
    users: usize,
    /// How many watch one
    #[arg(long, default_value_t = 1000)]
    watchers: usize,
    /// How many messages one says to another in a round
    #[arg(long, default_value_t = 40_000)]
    messages: usize,
    /// How many sign in with a password in a round
    #[arg(long, default_value_t = 400)]
    sign_ins: usize,
    /// Another MSNP server that runs already, its notification server; its accounts are user0@example.com and so on
    #[arg(long, value_name = "HOST:PORT", requires = "other_http", requires = "other_pid")]
    other: Option<SocketAddr>,
    /// Its web services
    #[arg(long, value_name = "URL")]
    other_http: Option<String>,
    /// Its process
    #[arg(long, value_name = "PID")]
    other_pid: Option<u32>,
    /// The version it is spoken to in; up to MSNP7 passwords are shown as MD5, later over its web services
    #[arg(long, default_value = "MSNP8")]
    other_as: String,
    /// The password of its accounts
    #[arg(long, default_value = "secret")]
    other_password: String,
    /// How many people are idle there, and how many messages are said, where the other is slower by much
    #[arg(long, default_value_t = 500)]
    other_users: usize,
    /// How many messages one says to another there in a round
    #[arg(long, default_value_t = 4000)]
    other_messages: usize,
    /// How many sign in there with a password in a round
    #[arg(long, default_value_t = 20)]
    other_sign_ins: usize,
}

/// What was measured of one server.
#[derive(Debug, Default)]
struct Figures {
    /// KiB of resident memory for each idle user, and all of it in MiB.
    memory: Vec<(f64, f64)>,
    /// Messages a second.
    relay: Vec<f64>,
    /// Milliseconds until all watchers are told.
    fanout: Vec<f64>,
    /// With a password, a second.
    sign_in: Vec<f64>,
}

/// A server with 20 contacts for everybody, and one on which everybody watches the first.
enum Contender {
    Msnpd { idle: (Service, TempDir), fans: (Service, TempDir) },
    Xmpp { idle: Foreign, fans: Foreign },
    Other,
}

/// A server of somebody else's.
struct Foreign {
    child: Child,
    at: SocketAddr,
    _dir: TempDir,
}

impl Foreign {
    async fn start(name: &str, users: usize, contacts: usize, fans: bool) -> anyhow::Result<Self> {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("compare").join(name);
        let dir = tempfile::tempdir()?;
        // Given back at once: the server binds it some seconds later.
        let at = TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?;
        let mut command = Command::new(&script);
        command.arg(dir.path().join("data")).args([
            at.port().to_string(),
            users.to_string(),
            contacts.to_string(),
        ]);
        if fans {
            command.arg("fans");
        }
        let child = command.stdout(Stdio::null()).kill_on_drop(true).spawn();
        let mut child = child.with_context(|| format!("can't start {}", script.display()))?;
        let began = Instant::now();
        while TcpStream::connect(at).await.is_err() {
            if let Some(status) = child.try_wait()? {
                bail!("{name} has ended: {status}");
            }
            if began.elapsed() > COMES_UP {
                bail!("{name} does not come up");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(Self { child, at, _dir: dir })
    }

    fn process(&self) -> anyhow::Result<Process> {
        Ok(Process::new(self.child.id().context("the server has ended")?))
    }
}

async fn msnpd(population: Population) -> anyhow::Result<(Service, TempDir)> {
    let dir = tempfile::tempdir()?;
    populate(dir.path(), &population).await?;
    Ok((Service::start(dir.path(), &[]).await?, dir))
}

impl Contender {
    async fn round(&self, round: usize, what: &Comparison, figures: &mut Figures) -> anyhow::Result<()> {
        match self {
            Self::Msnpd { idle, fans } => {
                let ours = |(service, dir): &(Service, TempDir), has_tickets: bool| Msnp {
                    target: service.target.clone(),
                    process: service.process(),
                    version: "MSNP8".to_owned(),
                    password: PASSWORD.to_owned(),
                    tickets: has_tickets.then(|| dir.path().join("tickets.txt")),
                    total: what.users,
                };
                ours(idle, true).idle(what.users, figures).await?;
                ours(idle, true).relay(what.messages, figures).await?;
                ours(fans, true).fanout(what.watchers, figures).await?;
                ours(idle, false).sign_in(round, what.sign_ins, figures).await
            }
            Self::Xmpp { idle, fans } => {
                idle.idle(what.users, figures).await?;
                idle.relay(what.messages, figures).await?;
                fans.fanout(what.watchers, figures).await?;
                idle.sign_in(what.sign_ins, figures).await
            }
            Self::Other => {
                let theirs = Msnp {
                    target: Target {
                        msnp: what.other.context("no other server")?,
                        http: what.other_http.clone(),
                        ca: None,
                        is_floor: false,
                    },
                    process: what.other_pid.map(Process::new),
                    version: what.other_as.clone(),
                    password: what.other_password.clone(),
                    tickets: None,
                    total: what.other_users,
                };
                theirs.idle(what.other_users, figures).await?;
                theirs.relay(what.other_messages, figures).await?;
                theirs.sign_in(round, what.other_sign_ins, figures).await
            }
        }
    }
}

/// A server that speaks MSNP.
struct Msnp {
    target: Target,
    process: Option<Process>,
    version: String,
    password: String,
    tickets: Option<PathBuf>,
    total: usize,
}

impl Msnp {
    async fn play(
        &self,
        first: usize,
        users: usize,
        scenario: Scenario,
    ) -> anyhow::Result<msnp_load::measure::Report> {
        let people = Casting {
            address: "user{n}@example.com".to_owned(),
            password: self.password.clone(),
            tickets: self.tickets.clone(),
            first,
            count: users,
            total: self.total,
            contacts: 0,
        };
        let plan = Plan {
            target: self.target.clone(),
            version: self.version.clone(),
            people,
            eager: false,
            scenario,
        };
        let play = Play { plan, rounds: 1, floor: false, process: self.process.clone() };
        play.play(|_, _, _| {}).await
    }

    async fn idle(&self, users: usize, figures: &mut Figures) -> anyhow::Result<()> {
        let idle = Idle { rate: 500.0, hold: SETTLES.as_secs_f64(), ping: 45.0 };
        let report = self.play(0, users, Scenario::Idle(idle)).await?;
        let round = report.server.first().context("nothing was measured")?;
        let (before, there) = round.before.zip(round.there).context("the process was not seen")?;
        figures.memory.push(each(before.resident, there.resident, users));
        Ok(())
    }

    async fn relay(&self, messages: usize, figures: &mut Figures) -> anyhow::Result<()> {
        let chat = Chat { size: 100, per_write: 16, messages, ping_pong: false };
        figures.relay.extend(self.play(0, 2, Scenario::Chat(chat)).await?.rate().map(|rate| rate.median));
        Ok(())
    }

    async fn fanout(&self, watchers: usize, figures: &mut Figures) -> anyhow::Result<()> {
        let report = self.play(0, watchers + 1, Scenario::Fanout(Fanout { changes: 10 })).await?;
        figures.fanout.extend(report.latency("all told", 0.5).map(|took| took.median));
        Ok(())
    }

    async fn sign_in(&self, round: usize, sign_ins: usize, figures: &mut Figures) -> anyhow::Result<()> {
        let options = SignIn { sign_ins: Some(sign_ins), rate: None, at_once: AT_ONCE, with_password: true };
        // Others each time, since a password that was right a moment ago need not be hashed again.
        let first = (round * sign_ins) % self.total.saturating_sub(sign_ins).max(1);
        let report = self.play(first, sign_ins, Scenario::SignIn(options)).await?;
        figures.sign_in.extend(report.rate().map(|rate| rate.median));
        Ok(())
    }
}

/// KiB for each, and MiB in all.
fn each(before: u64, there: u64, users: usize) -> (f64, f64) {
    ((there as f64 - before as f64) / users.max(1) as f64, there as f64 / 1024.0)
}

impl Foreign {
    async fn everybody(&self, users: usize) -> anyhow::Result<Vec<Session>> {
        let (mut coming, mut there) = (JoinSet::new(), Vec::with_capacity(users));
        for number in 0..users {
            if coming.len() >= AT_ONCE {
                there.push(coming.join_next().await.context("nobody comes")???);
            }
            let at = self.at;
            coming.spawn(async move { anyhow::Ok((number, Session::sign_in(at, number).await?)) });
        }
        while let Some(one) = coming.join_next().await {
            there.push(one??);
        }
        there.sort_by_key(|(number, _)| *number);
        Ok(there.into_iter().map(|(_, session)| session).collect())
    }

    async fn idle(&self, users: usize, figures: &mut Figures) -> anyhow::Result<()> {
        let process = self.process()?;
        let before = process.usage()?.resident;
        let sessions = self.everybody(users).await?;
        tokio::time::sleep(SETTLES).await;
        figures.memory.push(each(before, process.usage()?.resident, users));
        drop(sessions);
        tokio::time::sleep(SETTLES).await;
        Ok(())
    }

    async fn relay(&self, messages: usize, figures: &mut Figures) -> anyhow::Result<()> {
        let mut speaker = Session::sign_in(self.at, 0).await?;
        let mut hearer = Session::sign_in(self.at, 1).await?;
        let batch = xmpp::message(1).repeat(16);
        let writes = messages / 16;
        let began = Instant::now();
        let speaking = tokio::spawn(async move {
            for _ in 0..writes {
                speaker.say(&batch).await?;
            }
            anyhow::Ok(speaker)
        });
        hearer.until_all(xmpp::MESSAGE_END, writes * 16).await?;
        figures.relay.push((writes * 16) as f64 / began.elapsed().as_secs_f64());
        drop(speaking.await??);
        Ok(())
    }

    async fn fanout(&self, watchers: usize, figures: &mut Figures) -> anyhow::Result<()> {
        let mut sessions = self.everybody(watchers + 1).await?;
        let mut watched = sessions.remove(0);
        // All have seen him come before the first change.
        tokio::time::sleep(SETTLES).await;
        let needle = Arc::new(xmpp::from(0).into_bytes());
        let (tell, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let mut watching = JoinSet::new();
        for mut session in sessions {
            let (needle, tell) = (needle.clone(), tell.clone());
            watching.spawn(async move {
                while session.until(&needle).await.is_ok() {
                    let _ = tell.send(Instant::now());
                }
            });
        }
        // Whoever came while he was there has been told so.
        tokio::time::sleep(SETTLES).await;
        while heard.try_recv().is_ok() {}
        let mut took = Vec::new();
        for change in 0..10 {
            let began = Instant::now();
            watched.show(change).await?;
            let mut last = began;
            for _ in 0..watchers {
                last = heard.recv().await.context("a watcher has gone")?.max(last);
            }
            took.push((last - began).as_secs_f64() * 1000.0);
        }
        figures.fanout.extend(Spread::of(took).map(|took| took.median));
        Ok(())
    }

    async fn sign_in(&self, sign_ins: usize, figures: &mut Figures) -> anyhow::Result<()> {
        let began = Instant::now();
        drop(self.everybody(sign_ins).await?);
        figures.sign_in.push(sign_ins as f64 / began.elapsed().as_secs_f64());
        Ok(())
    }
}

impl Comparison {
    /// Measures all of them in turn, and prints a table.
    ///
    /// # Errors
    /// When one can't be measured.
    pub(crate) async fn measure(&self, rounds: usize) -> anyhow::Result<()> {
        let population =
            |users, contacts, fans| Population { users, contacts, fans, sso: false, own_hashes: !fans };
        let mut all = vec![(
            "msnpd",
            Contender::Msnpd {
                idle: msnpd(population(self.users, 20, false)).await?,
                fans: msnpd(population(self.watchers + 1, 0, true)).await?,
            },
            Figures::default(),
        )];
        for name in ["ejabberd", "prosody"] {
            let contender = Contender::Xmpp {
                idle: Foreign::start(name, self.users, 20, false).await?,
                fans: Foreign::start(name, self.watchers + 1, 0, true).await?,
            };
            all.push((name, contender, Figures::default()));
        }
        if self.other.is_some() {
            all.push(("the other", Contender::Other, Figures::default()));
        }
        for round in 0..rounds {
            for (name, contender, figures) in &mut all {
                // What was measured of the others is told all the same.
                if let Err(error) = contender.round(round, self, figures).await {
                    println!("{name} can't be measured: {error:#}");
                }
            }
        }
        println!(
            "| | KiB for each idle user | MiB in all | messages a second | ms until all watchers are told | password sign-ins a second |"
        );
        println!("| --- | --- | --- | --- | --- | --- |");
        for (name, _, figures) in &all {
            let (each, whole): (Vec<_>, Vec<_>) = figures.memory.iter().copied().unzip();
            // Only the first round begins with a server that has not had so many before.
            let first = each.first().copied();
            println!(
                "| {name} | {} | {} | {} | {} | {} |",
                cell(first),
                cell(whole),
                cell(figures.relay.iter().copied()),
                cell(figures.fanout.iter().copied()),
                cell(figures.sign_in.iter().copied()),
            );
        }
        Ok(())
    }
}

fn cell(figures: impl IntoIterator<Item = f64>) -> String {
    match Spread::of(figures) {
        None => "not measured".to_owned(),
        Some(Spread { min, median, max }) if min == max => number(median),
        Some(Spread { min, median, max }) => {
            format!("{} ({} to {})", number(median), number(min), number(max))
        }
    }
}
