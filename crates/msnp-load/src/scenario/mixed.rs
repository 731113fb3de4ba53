//! A day in the life, in less time.
//!
//! What is done is in the proportions of the real network as far as they are known. Leskovec and Horvitz ("Planetary-Scale
//! Views on an Instant-Messaging Network", 2007) counted about 11 conversations a day for each person signed in, nearly all of
//! them of two people. The rest is assumed: [`MESSAGES`], [`STATUSES`], [`SIGN_INS`], [`EDITS`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use msnp::dialect::ListEdits;
use msnp::types::Status;
use msnp::wire::Verb;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::World;
use super::world::outcome;
use crate::client::{self, Chat, Failure, Notification};
use crate::measure::{Outcome, Phase};

/// Conversations that a person begins in a day. Each has two people in it, so they take part in twice as many.
const CONVERSATIONS: f64 = 5.5;
/// What is said in a conversation, by both together: an assumption.
const MESSAGES: usize = 12;
/// Changes of status in a day, by hand and by themselves: an assumption.
const STATUSES: f64 = 10.0;
/// Sign-ins in a day: an assumption.
const SIGN_INS: f64 = 2.0;
/// Edits of lists in a day: an assumption.
const EDITS: f64 = 0.2;

/// The bytes of a message in a conversation, headers and all.
const SIZE: usize = 150;

/// How long an answer in a conversation may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// A day in the life, in less time.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct Mixed {
    /// How many seconds a day has
    #[arg(long, default_value_t = 600.0, value_parser = super::seconds)]
    pub day: f64,
    /// How many seconds of it are played, when all are in
    #[arg(long, default_value_t = 30.0, value_parser = super::seconds)]
    pub seconds: f64,
    /// How many sign in a second at first, in each process
    #[arg(long, default_value_t = 500.0, value_parser = super::rate)]
    pub rate: f64,
}

#[derive(Debug)]
pub(super) struct Stage(Mixed);

/// What somebody does next.
#[derive(Clone, Copy)]
enum Next {
    Talk,
    Show,
    SignInAgain,
    Edit,
}

impl Next {
    /// Something, and how often all of it is done in a day.
    fn choose() -> (Self, f64) {
        let all = CONVERSATIONS + STATUSES + SIGN_INS + EDITS;
        let mut at = fastrand::f64() * all;
        for (next, share) in
            [(Self::Talk, CONVERSATIONS), (Self::Show, STATUSES), (Self::SignInAgain, SIGN_INS)]
        {
            if at < share {
                return (next, all);
            }
            at -= share;
        }
        (Self::Edit, all)
    }
}

impl Stage {
    pub(super) fn set(mixed: Mixed) -> Self {
        Self(mixed)
    }

    pub(super) async fn round(&mut self, world: &Arc<World>) -> anyhow::Result<Outcome> {
        let began = Instant::now();
        let ramp = world.people.len() as f64 / self.0.rate;
        let all_in = began + Duration::from_secs_f64(ramp);
        let until = all_in + Duration::from_secs_f64(self.0.seconds);
        let mut people = JoinSet::new();
        for place in 0..world.people.len() {
            let (world, day) = (world.clone(), self.0.day);
            let at = began + Duration::from_secs_f64(ramp * place as f64 / world.people.len() as f64);
            people.spawn(async move {
                tokio::time::sleep_until(at.into()).await;
                let life = Life { place, day, world: world.clone() };
                tokio::time::timeout_at(until.into(), life.live()).await
            });
        }
        tokio::time::sleep_until(all_in.into()).await;
        world.gauge.enter(Phase::There);
        let before = world.gauge.tick().done;
        let playing = Instant::now();
        tokio::time::sleep_until(until.into()).await;
        let done = world.gauge.tick().done - before;
        let outcome = outcome(playing, [("actions", done)]);
        world.gauge.enter(Phase::Over);
        while people.join_next().await.is_some() {}
        Ok(outcome)
    }
}

/// One person's.
struct Life {
    place: usize,
    /// In seconds.
    day: f64,
    world: Arc<World>,
}

impl Life {
    /// Until it is dropped. Whoever is thrown out comes again.
    async fn live(self) {
        loop {
            let lived = match self.world.enter(self.place).await {
                Ok(session) => self.be_there(session).await,
                Err(failure) => Err(failure),
            };
            if let Err(failure) = lived {
                self.world.gauge.failed(&failure);
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    /// Until it is time to sign in again.
    async fn be_there(&self, mut session: Notification) -> Result<(), Failure> {
        loop {
            let (next, a_day) = Next::choose();
            let mean = self.day / a_day;
            let at = Instant::now() + Duration::from_secs_f64(-mean * (1.0 - fastrand::f64()).ln());
            while let Ok(rung) = tokio::time::timeout_at(at.into(), session.rung()).await {
                let (ring, address, dialect) = (rung?, session.address.clone(), session.dialect());
                tokio::spawn(async move {
                    if let Ok(chat) = Chat::answer(&address, &ring, dialect).await {
                        echo(chat).await;
                    }
                });
            }
            if matches!(next, Next::SignInAgain) {
                return Ok(());
            }
            self.act(next, &mut session).await?;
        }
    }

    async fn act(&self, next: Next, session: &mut Notification) -> Result<(), Failure> {
        let gauge = &self.world.gauge;
        let began = Instant::now();
        match next {
            Next::SignInAgain => {}
            Next::Show => {
                let statuses = [Status::Online, Status::Busy, Status::Away, Status::Idle];
                session.show(*fastrand::choice(&statuses).unwrap_or(&Status::Online)).await?;
                gauge.took("status", began.elapsed());
            }
            Next::Edit if session.dialect().list_edits == ListEdits::Add => {
                self.edit(session).await?;
                gauge.took("list edit", began.elapsed());
            }
            // Later versions edit their lists elsewhere.
            Next::Edit => {}
            Next::Talk => self.talk(session).await?,
        }
        Ok(())
    }

    /// Takes somebody off the block list, where he is not, or puts him there and takes him off: lists are as before.
    async fn edit(&self, session: &mut Notification) -> Result<(), Failure> {
        let person = self.world.people.person(self.place);
        let Some(other) = fastrand::choice(&person.contacts) else { return Ok(()) };
        for line in [format!("ADD 9001 BL {other} {other}\r\n"), format!("REM 9002 BL {other}\r\n")] {
            session.say_bytes(line.as_bytes()).await?;
            session.until(|frame| matches!(frame.verb, Verb::ADD | Verb::REM).then_some(())).await?;
        }
        Ok(())
    }

    /// Begins a conversation, which goes on by itself.
    async fn talk(&self, session: &mut Notification) -> Result<(), Failure> {
        let person = self.world.people.person(self.place);
        let Some(other) = fastrand::choice(&person.contacts).cloned() else { return Ok(()) };
        let (world, dialect, began) = (self.world.clone(), session.dialect(), Instant::now());
        let lead = session.ask_for_switchboard().await?;
        tokio::spawn(async move {
            let talked = async {
                let mut chat = Chat::begin(&lead, &person.address, &other, dialect).await?;
                world.gauge.took("invitation", began.elapsed());
                converse(&mut chat, &world).await
            };
            match talked.await {
                // Whoever is not there can't be talked to, and may go in the middle.
                Ok(()) | Err(Failure::Refused(_)) => {}
                Err(failure) => world.gauge.failed(&failure),
            }
        });
        Ok(())
    }
}

/// Says something and waits for an answer, some times.
async fn converse(chat: &mut Chat, world: &World) -> Result<(), Failure> {
    let payload = client::payload(SIZE);
    for _ in 0..MESSAGES / 2 {
        let began = Instant::now();
        chat.say(&payload).await?;
        let heard = tokio::time::timeout(ANSWER_LIMIT, chat.hear_or_left()).await;
        if !heard.map_err(|_| Failure::TimedOut(ANSWER_LIMIT.as_secs()))?? {
            return Ok(());
        }
        world.gauge.took("there and back", began.elapsed());
    }
    Ok(())
}

/// Answers what is said until the other one has gone.
async fn echo(mut chat: Chat) {
    let payload = client::payload(SIZE);
    while chat.hear_or_left().await.unwrap_or(false) {
        if chat.say(&payload).await.is_err() {
            return;
        }
    }
}
