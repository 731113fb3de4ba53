//! A bot that gives back what it hears.

use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::command::msg::Ack;
use msnp::p2p::{Party, Peers};
use msnp::types::{Capabilities, Email, Status};
use tokio::task::JoinSet;
use tracing::{debug, info, warn};

use super::answer::answer;
use super::picture::Picture;
use crate::directory::Shown;
use crate::random;
use crate::resident::{Conversation, Heard, News, Over, Resident};
use crate::server::Server;

/// How long it stays away when it was signed out, or can't sign in.
const PAUSE: Duration = Duration::from_secs(5);

/// How often it answers in one chat within [`WINDOW`]: another bot that gives back everything would keep it busy for ever.
const MAX_ANSWERS: u32 = 60;

/// The time in which answers are counted.
const WINDOW: Duration = Duration::from_secs(30);

/// A bot that shows ink, takes text in parts, and has pictures and nudges as MSN Messenger 7.0 has them (peer-to-peer
/// reference, 2).
const CAPABILITIES: Capabilities = Capabilities { base: 0x4002_002C, extended: 0 };

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
    let picture = Arc::new(Picture::of(echo.email()));
    echo.tell(MESSAGE);
    let object = Some(picture.to_encoded().into());
    echo.show(Shown { status: Status::Online, capabilities: CAPABILITIES, object }).await;
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
                    chats.spawn(Talk::new(chat, echo.email().clone(), picture.clone()).run());
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

/// One chat.
struct Talk {
    chat: Conversation,
    echo: Email,
    others: usize,
    pace: Pace,
    peers: Peers,
    picture: Arc<Picture>,
}

impl Talk {
    fn new(chat: Conversation, echo: Email, picture: Arc<Picture>) -> Self {
        let peers = Peers::new(Party::of(echo.clone()), random::bytes());
        Self { chat, echo, others: 0, pace: Pace::new(), peers, picture }
    }

    /// Answers until it is alone there, or the chat is over.
    async fn run(mut self) {
        while let Ok(()) = self.turn().await {}
    }

    async fn turn(&mut self) -> Result<(), Over> {
        let due = self.peers.poll_timeout();
        let timer = async {
            match due {
                Some(due) => tokio::time::sleep_until(due.into()).await,
                None => std::future::pending().await,
            }
        };
        let heard = tokio::select! {
            heard = self.chat.next() => Some(heard.ok_or(Over)?),
            () = timer => None,
        };
        let now = tokio::time::Instant::now().into_std();
        match heard {
            None => self.peers.handle_timeout(now),
            Some(Heard::Joined { .. }) => self.others += 1,
            Some(Heard::Left { who }) => {
                self.peers.left(&who);
                self.others = self.others.saturating_sub(1);
                if self.others == 0 {
                    return Err(Over);
                }
            }
            Some(Heard::Said { from, payload }) => {
                if !self.peers.receive(&from, &payload, now)
                    && let Some(answer) = answer(&self.echo, &payload)
                    && self.pace.allows(now)
                {
                    self.chat.say(answer.ack, &answer.payload).await?;
                }
            }
            Some(Heard::Taken(_) | Heard::Missed(_)) => {}
        }
        self.picture.answer(&mut self.peers, now);
        // To say something waits for those who are far behind: that is the pace of a transfer.
        while let Some(transmit) = self.peers.poll_transmit(now) {
            self.chat.say(Ack::Data, &transmit.bytes).await?;
        }
        Ok(())
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
