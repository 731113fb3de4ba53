//! What people do, one file each.

mod chat;
mod fanout;
mod flood;
mod group;
mod idle;
mod mixed;
mod pump;
mod signin;
mod storm;
mod world;

use std::sync::Arc;

use clap::Subcommand;
use serde::{Deserialize, Serialize};

pub use chat::Chat;
pub use fanout::Fanout;
pub use flood::Flood;
pub use group::Group;
pub use idle::Idle;
pub use mixed::Mixed;
pub use signin::SignIn;
pub use storm::SignInStorm;
pub use world::World;

use crate::measure::Outcome;
use crate::people::Casting;
use crate::target::Target;

/// What is to be done, by whom, and with which server. It is what a process tells another one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The server.
    pub target: Target,
    /// The version that everybody speaks, as in `MSNP12`.
    pub version: String,
    /// Who takes part.
    pub people: Casting,
    /// Whether they say at once all that needs no answer when they sign in.
    pub eager: bool,
    /// What they do.
    pub scenario: Scenario,
}

/// What people do.
#[derive(Clone, Debug, Serialize, Deserialize, Subcommand)]
pub enum Scenario {
    /// Everybody signs in and does nothing but answer and ping
    Idle(Idle),
    /// People sign in and leave, one after another or many at once
    #[command(name = "signin")]
    SignIn(SignIn),
    /// Everybody signs in at the same moment, while others who are there already ping
    #[command(name = "signin-storm")]
    SignInStorm(SignInStorm),
    /// Pairs talk: one after another (--ping-pong), or one says as much as goes through
    Chat(Chat),
    /// One of many in one chat says as much as goes through
    Group(Group),
    /// Somebody whom all others watch changes his status
    Fanout(Fanout),
    /// Some send as fast as they can, while others ping
    Flood(Flood),
    /// A day in the life, in less time
    Mixed(Mixed),
}

impl Scenario {
    /// What it is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle(_) => "idle",
            Self::SignIn(_) => "signin",
            Self::SignInStorm(_) => "signin-storm",
            Self::Chat(_) => "chat",
            Self::Group(_) => "group",
            Self::Fanout(_) => "fanout",
            Self::Flood(_) => "flood",
            Self::Mixed(_) => "mixed",
        }
    }

    /// Whether all who take part have to be in one process: they are counted together.
    pub fn is_one_piece(&self) -> bool {
        matches!(self, Self::Group(_) | Self::Fanout(_))
    }

    /// How many connections a person has at most.
    pub fn connections_each(&self) -> usize {
        match self {
            Self::Idle(_) | Self::SignIn(_) | Self::SignInStorm(_) | Self::Flood(_) | Self::Fanout(_) => 1,
            Self::Chat(_) | Self::Group(_) => 2,
            Self::Mixed(_) => 4,
        }
    }

    /// What was done that matters most: what progress counts, and what a rate is told of.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Idle(_) => "users",
            Self::SignIn(_) | Self::SignInStorm(_) => "sign-ins",
            Self::Chat(_) | Self::Group(_) => "messages",
            Self::Fanout(_) => "changes",
            Self::Flood(_) => "pings",
            Self::Mixed(_) => "actions",
        }
    }
}

/// Reads seconds from a command line: as many as can be waited for.
fn seconds(written: &str) -> Result<f64, &'static str> {
    between(written, 0.0, "seconds are to be 0 to 1000000")
}

/// Reads how often something is done in a second.
fn rate(written: &str) -> Result<f64, &'static str> {
    between(written, 0.001, "a rate is to be 0.001 to 1000000")
}

fn between(written: &str, least: f64, otherwise: &'static str) -> Result<f64, &'static str> {
    written.parse().ok().filter(|number| (least..=1e6).contains(number)).ok_or(otherwise)
}

/// A scenario with everybody in his place, to be played as often as one likes.
#[derive(Debug)]
pub struct Stage {
    world: Arc<World>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Idle(idle::Stage),
    SignIn(signin::Stage),
    SignInStorm(storm::Stage),
    Chat(chat::Stage),
    Group(group::Stage),
    Fanout(fanout::Stage),
    Flood(flood::Stage),
    Mixed(mixed::Stage),
}

impl Stage {
    /// Brings everybody into his place.
    ///
    /// # Errors
    /// When somebody does not get there.
    pub async fn set(plan: Plan) -> anyhow::Result<Self> {
        let world = Arc::new(World::new(plan.target, &plan.version, plan.people, plan.eager)?);
        let kind = match plan.scenario {
            Scenario::Idle(idle) => Kind::Idle(idle::Stage::set(idle)),
            Scenario::SignIn(signin) => Kind::SignIn(signin::Stage::set(signin, &world).await?),
            Scenario::SignInStorm(storm) => Kind::SignInStorm(storm::Stage::set(storm, &world).await?),
            Scenario::Chat(chat) => Kind::Chat(chat::Stage::set(chat, &world).await?),
            Scenario::Group(group) => Kind::Group(group::Stage::set(group, &world).await?),
            Scenario::Fanout(fanout) => Kind::Fanout(fanout::Stage::set(fanout, &world).await?),
            Scenario::Flood(flood) => Kind::Flood(flood::Stage::set(flood, &world).await?),
            Scenario::Mixed(mixed) => Kind::Mixed(mixed::Stage::set(mixed)),
        };
        Ok(Self { world, kind })
    }

    /// The world it is played in, where it can be looked at meanwhile.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// Plays it once.
    ///
    /// # Errors
    /// When it can't be played at all. What goes wrong for one of many is in the outcome.
    pub async fn round(&mut self) -> anyhow::Result<Outcome> {
        let world = &self.world;
        let mut outcome = match &mut self.kind {
            Kind::Idle(stage) => stage.round(world).await?,
            Kind::SignIn(stage) => stage.round(world).await?,
            Kind::SignInStorm(stage) => stage.round(world).await?,
            Kind::Chat(stage) => stage.round(world).await?,
            Kind::Group(stage) => stage.round(world).await?,
            Kind::Fanout(stage) => stage.round(world).await?,
            Kind::Flood(stage) => stage.round(world).await?,
            Kind::Mixed(stage) => stage.round(world).await?,
        };
        (outcome.latencies, outcome.errors) = world.gauge.finish();
        if let (Kind::Flood(_), Some(pings)) = (&self.kind, outcome.latencies.get("ping")) {
            outcome.counts.insert("pings".to_owned(), pings.count());
        }
        Ok(outcome)
    }
}
