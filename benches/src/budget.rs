//! The budgets: what is measured for each, and whether it holds.

use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::Instant;

use anyhow::Context as _;
use clap::Subcommand;
use msnp_load::measure::{Report, Spread, number};
use msnp_load::people::Casting;
use msnp_load::play::Play;
use msnp_load::scenario::{Chat, Fanout, Flood, Idle, Plan, Scenario, SignIn, SignInStorm};
use msnpd::password::Hasher;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::populate::{PASSWORD, Population, populate};
use crate::service::Service;

/// What there is a budget for.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Budget {
    /// Memory of an idle signed-in user, plain TCP, user space, 20 contacts among those online: at most 4 KiB
    Memory,
    /// Switchboard relay of 100-byte messages, one pair and 50, 16 to a write and one to a write: 0.7 of the floor
    Relay,
    /// A status change told to 1,000 watchers: within 1.5 times the floor, and linear in the watchers
    Fanout,
    /// Sign-ins with a ticket in hand, 20 contacts, all offline: 5,000 a second
    SignIn,
    /// Password sign-ins: 0.8 of what argon2id alone allows
    Password,
    /// Sign-ins with a ticket while others guess passwords, by those while nobody does: half of them at least
    Guessing,
    /// Cold start with 100,000 accounts: ready in one second
    Start,
    /// 10,000 users with tickets at once after a restart: all served, nobody else's ping later than one second
    Storm,
    /// The same with passwords, as before MSNP15: no budget
    StormWithPasswords,
    /// 1,000 clients that send as fast as they can: the others' p99 ping at most twice that of the floor
    Flood,
}

/// A figure, and what is asked of it.
struct Figure<'a> {
    what: &'a str,
    spread: Spread,
    unit: &'a str,
    asked: Asked,
}

/// What is asked of a figure's median.
#[derive(Clone, Copy)]
enum Asked {
    AtLeast(f64),
    AtMost(f64),
    Nothing,
}

impl Figure<'_> {
    /// Prints it, and returns whether it is as it should be.
    fn tell(&self, smoke: bool) -> bool {
        let Self { what, spread: Spread { min, median, max }, unit, asked } = self;
        let (held, budget) = match asked {
            Asked::AtLeast(least) => (median >= least, format!("budget: at least {}", number(*least))),
            Asked::AtMost(most) => (median <= most, format!("budget: at most {}", number(*most))),
            Asked::Nothing => (true, "no budget".to_owned()),
        };
        let verdict = match (asked, smoke, held) {
            (Asked::Nothing, ..) => "",
            (_, true, _) => ", not judged",
            (_, false, true) => ", holds",
            (_, false, false) => ", DOES NOT HOLD",
        };
        println!(
            "{what}: {}{unit} ({} to {}); {budget}{verdict}",
            number(*median),
            number(*min),
            number(*max)
        );
        smoke || held
    }
}

/// A server with people on it, and its data.
struct Bench {
    service: Service,
    dir: TempDir,
    people: Casting,
}

impl Bench {
    async fn set(population: Population) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let tickets = populate(dir.path(), &population).await?;
        let people = Casting {
            address: "user{n}@example.com".to_owned(),
            password: PASSWORD.to_owned(),
            tickets: Some(tickets),
            first: 0,
            count: population.users,
            total: population.users,
            contacts: population.contacts,
        };
        Ok(Self { service: Service::start(dir.path(), &[]).await?, dir, people })
    }

    fn plan(&self, people: Casting, scenario: Scenario) -> Plan {
        Plan {
            target: self.service.target.clone(),
            version: "MSNP8".to_owned(),
            people,
            // Where it is sign-ins that are counted, in as few writes as they can be made in: line by line, most of it would
            // be the kernel's work.
            eager: matches!(scenario, Scenario::SignIn(_)),
            scenario,
        }
    }

    /// Kills the server, and starts it again.
    async fn restart(&mut self) -> anyhow::Result<()> {
        self.service.kill().await?;
        self.service = Service::start(self.dir.path(), &[]).await?;
        Ok(())
    }

    async fn play(
        &self,
        users: usize,
        scenario: Scenario,
        rounds: usize,
        floor: bool,
    ) -> anyhow::Result<Report> {
        let people = Casting { count: users, ..self.people.clone() };
        let plan = self.plan(people, scenario);
        let play = Play { plan, rounds, floor, process: self.service.process() };
        let report = play.play(|_, _, _| {}).await?;
        for round in &report.server {
            for (error, count) in &round.outcome.errors {
                println!("  went wrong: {count} times {error}");
            }
        }
        Ok(report)
    }
}

fn population(users: usize) -> Population {
    Population { users, contacts: 20, fans: false, sso: false, own_hashes: false }
}

impl Budget {
    /// All of them, those that take little time first.
    pub(crate) const ALL: [Self; 10] = [
        Self::Relay,
        Self::Fanout,
        Self::SignIn,
        Self::Password,
        Self::Guessing,
        Self::Flood,
        Self::Memory,
        Self::Storm,
        Self::StormWithPasswords,
        Self::Start,
    ];

    /// Measures it and tells. Returns whether it holds.
    ///
    /// # Errors
    /// When it can't be measured.
    pub(crate) async fn measure(self, smoke: bool, rounds: usize) -> anyhow::Result<bool> {
        let rounds = if smoke { 1 } else { rounds.max(1) };
        let size = |full: usize, short: usize| if smoke { short } else { full };
        let told = match self {
            Self::Memory => memory(size(15_000, 200), smoke).await,
            Self::Relay => relay(size(800_000, 800), rounds, smoke).await,
            Self::Fanout => fanout(size(4000, 40), rounds, smoke).await,
            Self::SignIn => sign_in(size(20_000, 200), rounds, smoke).await,
            Self::Password => password(size(400, 4), rounds, smoke).await,
            Self::Guessing => guessing(size(20_000, 200), rounds, smoke).await,
            Self::Start => start(size(100_000, 200), rounds, smoke).await,
            Self::Storm => storm(size(10_000, 50), false, rounds, smoke).await,
            Self::StormWithPasswords => storm(size(10_000, 10), true, 1, smoke).await,
            Self::Flood => flood(size(1000, 20), rounds, smoke).await,
        };
        told.with_context(|| format!("{self:?} can't be measured"))
    }
}

async fn memory(users: usize, smoke: bool) -> anyhow::Result<bool> {
    let bench = Bench::set(population(users)).await?;
    let idle = Idle { rate: 2000.0, hold: 3.0, ping: 45.0 };
    let report = bench.play(users, Scenario::Idle(idle), 1, false).await?;
    let each = report.server.iter().filter_map(|round| round.memory_each(users as u64));
    let spread = Spread::of(each).context("nobody told the memory")?;
    let what = format!("memory of an idle user, {users} of them");
    let held = Figure { what: &what, spread, unit: " KiB", asked: Asked::AtMost(4.0) }.tell(smoke);
    Ok(held && report.failures() == 0)
}

async fn relay(messages: usize, rounds: usize, smoke: bool) -> anyhow::Result<bool> {
    let bench = Bench::set(population(100)).await?;
    let mut held = true;
    // Each for some seconds: what takes less is chance.
    for (users, per_write, times) in [(2, 16, 10), (2, 1, 1), (100, 16, 15), (100, 1, 2)] {
        let messages = messages * times;
        let chat = Chat { size: 100, per_write, messages, ping_pong: false };
        let report = bench.play(users, Scenario::Chat(chat), rounds, true).await?;
        let what = format!("relay, {} pairs, {per_write} to a write, of the floor", users / 2);
        let spread = report.ratio().context("nothing was measured")?;
        held &= Figure { what: &what, spread, unit: "", asked: Asked::AtLeast(0.7) }.tell(smoke);
        let rate = report.rate().context("nothing was measured")?;
        println!("  that is {} messages a second", number(rate.median));
    }
    Ok(held)
}

async fn fanout(most: usize, rounds: usize, smoke: bool) -> anyhow::Result<bool> {
    let bench = Bench::set(Population { fans: true, contacts: 0, ..population(most + 1) }).await?;
    let mut held = true;
    for (watchers, asked) in
        [(most / 16, Asked::Nothing), (most / 4, Asked::AtMost(1.5)), (most, Asked::Nothing)]
    {
        let fanout = Scenario::Fanout(Fanout { changes: 20 });
        let report = bench.play(watchers + 1, fanout, rounds, true).await?;
        let median = |round: &msnp_load::measure::Round| round.latency("all told", 0.5);
        let what = format!("a status change told to {watchers}, times the floor");
        let spread = report.ratio_of(median).context("nothing was measured")?;
        held &= Figure { what: &what, spread, unit: "", asked }.tell(smoke);
        let took = report.latency("all told", 0.5).context("nothing was measured")?;
        println!(
            "  that is {} ms, {} µs each",
            number(took.median),
            number(took.median * 1000.0 / watchers as f64)
        );
    }
    Ok(held)
}

async fn sign_in(sign_ins: usize, rounds: usize, smoke: bool) -> anyhow::Result<bool> {
    let users = sign_ins / 4;
    let bench = Bench::set(population(users)).await?;
    let options =
        SignIn { sign_ins: Some(sign_ins), rate: None, at_once: (users / 4).min(64), with_password: false };
    let report = bench.play(users, Scenario::SignIn(options), rounds, true).await?;
    let spread = report.rate().context("nothing was measured")?;
    let held =
        Figure { what: "sign-ins with a ticket", spread, unit: " a second", asked: Asked::AtLeast(5000.0) }
            .tell(smoke);
    if let Some(ratio) = report.ratio() {
        println!("  that is {} of the floor's", number(ratio.median));
    }
    Ok(held && report.failures() == 0)
}

async fn password(sign_ins: usize, rounds: usize, smoke: bool) -> anyhow::Result<bool> {
    let mut bench = Bench::set(Population { own_hashes: true, ..population(sign_ins) }).await?;
    bench.people.tickets = None;
    let hasher = Hasher::new(available_parallelism().map_or(2, NonZero::get));
    let hash = hasher.hash(PASSWORD).await?;
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let began = Instant::now();
        let mut hashing = JoinSet::new();
        for _ in 0..sign_ins {
            let (hasher, hash) = (hasher.clone(), hash.clone());
            // A wrong one takes as long, and is hashed each time.
            hashing.spawn(async move { hasher.verify("looking-glass", Some(&hash)).await });
        }
        while let Some(hashed) = hashing.join_next().await {
            hashed??;
        }
        let alone = sign_ins as f64 / began.elapsed().as_secs_f64();
        // A server that has just come up does not know whose password was right a moment ago.
        bench.restart().await?;
        let options = SignIn { sign_ins: Some(sign_ins), rate: None, at_once: 32, with_password: true };
        let report = bench.play(sign_ins, Scenario::SignIn(options), 1, false).await?;
        let rate = report.rate().context("nothing was measured")?.median;
        ratios.push(rate / alone);
        println!("  {} sign-ins a second, {} hashes a second alone", number(rate), number(alone));
    }
    let spread = Spread::of(ratios).context("nothing was measured")?;
    let what = "password sign-ins by what the hash alone allows";
    Ok(Figure { what, spread, unit: "", asked: Asked::AtLeast(0.8) }.tell(smoke))
}

/// The guessers have addresses of their own, as bots have, or the throttle alone would keep them from the hash; and they
/// guess for as long as the others sign in.
async fn guessing(sign_ins: usize, rounds: usize, smoke: bool) -> anyhow::Result<bool> {
    let users = sign_ins / 4;
    let bench = Bench::set(population(2 * users)).await?;
    let options =
        SignIn { sign_ins: Some(sign_ins), rate: None, at_once: (users / 4).min(64), with_password: false };
    let guesses = SignIn { sign_ins: Some(sign_ins / 40), with_password: true, ..options.clone() };
    let guessers =
        Casting { first: users, password: "looking-glass".to_owned(), tickets: None, ..bench.people.clone() };
    let (mut ratios, mut seconds) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let sign_in = || bench.play(users, Scenario::SignIn(options.clone()), 1, false);
        let alone = sign_in().await?.rate().context("nothing was measured")?.median;
        let plan =
            bench.plan(Casting { count: users, ..guessers.clone() }, Scenario::SignIn(guesses.clone()));
        let guess = Play { plan, rounds: 1, floor: false, process: None }.play(|_, _, _| {});
        let (beside, guessed) = tokio::try_join!(sign_in(), guess)?;
        ratios.push(beside.rate().context("nothing was measured")?.median / alone);
        seconds.extend(guessed.server.first().map(|round| round.outcome.seconds));
        let took = beside.server.first().map_or(0.0, |round| round.outcome.seconds);
        if !smoke && seconds.last().is_some_and(|guessing| *guessing < took) {
            println!("  those who guess were done first: there were too few of them");
        }
    }
    let spread = Spread::of(ratios).context("nothing was measured")?;
    let what = "sign-ins with a ticket beside people who guess passwords, by those without";
    let held = Figure { what, spread, unit: "", asked: Asked::AtLeast(0.5) }.tell(smoke);
    let seconds = Spread::of(seconds).context("nothing was measured")?;
    println!("  {} wrong guesses took {} s", sign_ins / 40, number(seconds.median));
    Ok(held)
}

async fn start(accounts: usize, rounds: usize, smoke: bool) -> anyhow::Result<bool> {
    let mut bench = Bench::set(Population { contacts: 2, ..population(accounts) }).await?;
    let mut took = Vec::new();
    for _ in 0..rounds {
        bench.restart().await?;
        took.push(bench.service.came_up_in.as_secs_f64());
    }
    let what = format!("cold start with {accounts} accounts, after a kill");
    let spread = Spread::of(took).context("nothing was measured")?;
    Ok(Figure { what: &what, spread, unit: " s", asked: Asked::AtMost(1.0) }.tell(smoke))
}

async fn storm(users: usize, with_password: bool, rounds: usize, smoke: bool) -> anyhow::Result<bool> {
    let bystanders = 10;
    let people = Population { own_hashes: with_password, ..population(users + bystanders) };
    let mut bench = Bench::set(people).await?;
    if with_password {
        bench.people.tickets = None;
    }
    let (mut seconds, mut longest, mut all_in, mut turned_away) = (Vec::new(), Vec::new(), true, 0);
    for _ in 0..rounds {
        bench.restart().await?;
        let options = SignInStorm { with_password, bystanders };
        let report = bench.play(users + bystanders, Scenario::SignInStorm(options), 1, false).await?;
        let round = report.server.first().context("nothing was measured")?;
        all_in &= round.outcome.counts.get("sign-ins") == Some(&(users as u64));
        seconds.push(round.outcome.seconds);
        turned_away += round.outcome.counts.get("turned away").unwrap_or(&0);
        longest.extend(round.latency("ping", 1.0));
    }
    let how = if with_password { "passwords" } else { "tickets" };
    let what = format!("{users} users at once with {how} after a restart, until all are in");
    let spread = Spread::of(seconds).context("nothing was measured")?;
    Figure { what: &what, spread, unit: " s", asked: Asked::Nothing }.tell(smoke);
    let spread = Spread::of(longest).context("nobody has pinged")?;
    let asked = if with_password { Asked::Nothing } else { Asked::AtMost(1000.0) };
    let held = Figure { what: "  the others' longest ping", spread, unit: " ms", asked }.tell(smoke);
    println!("  {}", if all_in { "everybody was served" } else { "NOT everybody was served" });
    if with_password {
        println!("  turned away for the moment, and came again: {turned_away} times");
    }
    Ok(held && all_in)
}

async fn flood(flooders: usize, rounds: usize, smoke: bool) -> anyhow::Result<bool> {
    let bystanders = 20;
    let bench = Bench::set(population(flooders + bystanders)).await?;
    let seconds = if smoke { 1.0 } else { 10.0 };
    let scenario = Scenario::Flood(Flood { bystanders, seconds });
    let report = bench.play(flooders + bystanders, scenario, rounds, true).await?;
    let p99 = |round: &msnp_load::measure::Round| round.latency("ping", 0.99);
    let spread = report.ratio_of(p99).context("nobody has pinged")?;
    let what = format!("p99 ping beside {flooders} who send as fast as they can, times the floor");
    let held = Figure { what: &what, spread, unit: "", asked: Asked::AtMost(2.0) }.tell(smoke);
    let took = report.latency("ping", 0.99).context("nobody has pinged")?;
    println!("  that is {} ms", number(took.median));
    Ok(held)
}
