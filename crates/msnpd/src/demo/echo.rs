//! A bot that gives back what it hears.

use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::types::{Capabilities, Email, Status};
use tokio::task::JoinSet;
use tracing::{debug, info, warn};

use super::answer::answer;
use crate::directory::Shown;
use crate::resident::{Conversation, Heard, News, Resident};
use crate::server::Server;

/// How long it stays away when it was signed out, or can't sign in.
const PAUSE: Duration = Duration::from_secs(5);

/// How often it answers in one chat within [`WINDOW`]: another bot that gives back everything would keep it busy for ever.
const MAX_ANSWERS: u32 = 60;

/// The time in which answers are counted.
const WINDOW: Duration = Duration::from_secs(30);

/// What it says of itself.
const MESSAGE: &str = "Say something, nudge me, look at my picture";

/// Lives until the service goes down.
pub(crate) async fn run(server: Arc<Server>, echo: Email) {
    let mut is_told = false;
    while !server.is_going_down() {
        match Resident::move_in(server.clone(), &echo).await {
            Ok(resident) => {
                is_told = false;
                live(resident).await;
            }
            Err(error) if !is_told => {
                warn!(%error, account = %echo, "the echo bot can't sign in");
                is_told = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Lives until it is signed out.
async fn live(mut echo: Resident) {
    info!(account = %echo.email(), "the echo bot is there");
    echo.tell(MESSAGE);
    echo.show(Shown { status: Status::Online, capabilities: Capabilities::default(), object: None }).await;
    let mut chats = JoinSet::new();
    loop {
        let news = tokio::select! {
            news = echo.next() => news,
            Some(_) = chats.join_next() => continue,
        };
        match news {
            None => return,
            Some(News::Invited(invitation)) => {
                // In as many chats as anybody may be in, it takes no more.
                if let Ok(chat) = echo.join(invitation).await {
                    chats.spawn(converse(chat, echo.email().clone()));
                }
            }
            Some(News::Added { who, .. }) => {
                if let Err(error) = echo.add(&who).await {
                    debug!(%error, %who, "not added");
                }
            }
            Some(_) => {}
        }
    }
}

/// Answers in one chat until it is alone there.
async fn converse(mut chat: Conversation, echo: Email) {
    let (mut others, mut pace) = (0_usize, Pace::new());
    while let Some(heard) = chat.next().await {
        match heard {
            Heard::Joined { .. } => others += 1,
            Heard::Left { .. } => {
                others = others.saturating_sub(1);
                if others == 0 {
                    return;
                }
            }
            Heard::Said { payload, .. } => {
                let Some(answer) = answer(&echo, &payload) else { continue };
                if pace.allows(tokio::time::Instant::now().into_std())
                    && chat.say(answer.ack, &answer.payload).await.is_err()
                {
                    return;
                }
            }
            Heard::Taken(_) | Heard::Missed(_) => {}
        }
    }
}

/// How fast it answers in one chat.
#[derive(Debug)]
struct Pace {
    since: Option<Instant>,
    said: u32,
}

impl Pace {
    const fn new() -> Self {
        Self { since: None, said: 0 }
    }

    /// Counts an answer; whether it may be given.
    fn allows(&mut self, now: Instant) -> bool {
        if self.since.is_none_or(|since| now.duration_since(since) > WINDOW) {
            (self.since, self.said) = (Some(now), 0);
        }
        self.said = self.said.saturating_add(1);
        self.said <= MAX_ANSWERS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bots_tire_of_each_other() {
        let (mut pace, now) = (Pace::new(), Instant::now());
        assert!((0..MAX_ANSWERS).all(|_| pace.allows(now)));
        assert!(!pace.allows(now));
        assert!(pace.allows(now + WINDOW + Duration::from_secs(1)));
    }
}
