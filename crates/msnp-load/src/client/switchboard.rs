//! A chat, seen from one of those in it.

use std::net::SocketAddr;
use std::time::Duration;

use msnp::command::{Command as _, ans, cal, joi, msg, usr};
use msnp::dialect::Dialect;
use msnp::types::{Secret, TrId};
use msnp::wire::{Direction, Verb};
use tokio::net::TcpStream;

use super::notification::{Lead, Notification, Ring};
use super::{Failure, Wire};

/// How long an invitation may take to be answered.
pub(super) const RING_LIMIT: Duration = Duration::from_secs(30);

/// A place in a chat.
#[derive(Debug)]
pub struct Chat {
    wire: Wire,
    trid: u32,
}

impl Chat {
    /// Opens a chat and invites a person, who is waited for.
    ///
    /// # Errors
    /// When it can't be opened, or the one invited does not come.
    pub async fn open(host: &mut Notification, guest: &str) -> Result<Self, Failure> {
        let lead = host.ask_for_switchboard().await?;
        Self::begin(&lead, &host.address, guest, host.dialect()).await
    }

    /// Opens the chat that a notification server has led to, and invites a person, who is waited for.
    ///
    /// # Errors
    /// When it can't be opened, or the one invited does not come.
    pub async fn begin(
        lead: &Lead,
        address: &str,
        guest: &str,
        dialect: &'static Dialect,
    ) -> Result<Self, Failure> {
        let mut chat = Self::connect(lead.at, dialect).await?;
        let trid = chat.next();
        let request = usr::SwitchboardRequest { trid, identity: address, cookie: Secret(&lead.cookie) };
        chat.wire.say(&request).await?;
        chat.wire.until(|frame| (frame.verb == Verb::USR).then_some(())).await?;
        chat.invite(guest).await?;
        Ok(chat)
    }

    /// Invites one more, and waits for him.
    ///
    /// # Errors
    /// When he does not come.
    pub async fn invite(&mut self, guest: &str) -> Result<(), Failure> {
        let trid = self.next();
        let dialect = self.wire.dialect();
        self.wire.say(&cal::Request { trid, handle: guest }).await?;
        let joined = self.wire.until(|frame| {
            let joins = frame.verb == Verb::JOI
                && joi::Push::read(*frame, dialect).is_ok_and(|push| same(push.handle, guest));
            joins.then_some(())
        });
        tokio::time::timeout(RING_LIMIT, joined).await.map_err(|_| Failure::TimedOut(RING_LIMIT.as_secs()))?
    }

    /// Follows an invitation.
    ///
    /// # Errors
    /// When the chat does not let in.
    pub async fn answer(address: &str, ring: &Ring, dialect: &'static Dialect) -> Result<Self, Failure> {
        let mut chat = Self::connect(ring.at, dialect).await?;
        let trid = chat.next();
        let request =
            ans::Request { trid, identity: address, cookie: Secret(&ring.cookie), session: &ring.session };
        chat.wire.say(&request).await?;
        chat.wire.until(|frame| (frame.verb == Verb::ANS).then_some(())).await?;
        Ok(chat)
    }

    async fn connect(at: SocketAddr, dialect: &'static Dialect) -> Result<Self, Failure> {
        Ok(Self { wire: Wire::connect(at, Direction::FromSwitchboard, dialect).await?, trid: 0 })
    }

    fn next(&mut self) -> TrId {
        self.trid += 1;
        TrId::new(self.trid)
    }

    /// Says something and asks for an acknowledgement only if it reaches nobody.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn say(&mut self, payload: &[u8]) -> Result<(), Failure> {
        let trid = self.next();
        self.wire.say(&msg::Request { trid, ack: msg::Ack::Unacknowledged, payload }).await
    }

    /// Waits for something that another says. Returns how many bytes it had on the wire.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn hear(&mut self) -> Result<usize, Failure> {
        self.wire.until(|frame| (frame.verb == Verb::MSG).then_some(())).await?;
        Ok(self.wire.length())
    }

    /// Waits for something that another says; `false` if somebody leaves before.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn hear_or_left(&mut self) -> Result<bool, Failure> {
        self.wire
            .until(|frame| match frame.verb {
                Verb::MSG => Some(true),
                Verb::BYE => Some(false),
                _ => None,
            })
            .await
    }

    /// The bare stream, for whoever counts bytes.
    pub fn into_stream(self) -> TcpStream {
        self.wire.into_stream()
    }
}

/// Whether a handle is that of an address: it may have the place behind it.
fn same(handle: &str, address: &str) -> bool {
    handle.split(';').next().is_some_and(|handle| handle.eq_ignore_ascii_case(address))
}

/// The text of a message with `size` bytes of payload: headers, and what fills it up.
pub fn payload(size: usize) -> Vec<u8> {
    let mut payload = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n".to_vec();
    payload.resize(size.max(payload.len()), b'x');
    payload
}

/// A message as it stands on the wire when it is said.
pub fn message(size: usize, dialect: &Dialect) -> Vec<u8> {
    let mut out = Vec::new();
    let payload = payload(size);
    msg::Request { trid: TrId::new(7), ack: msg::Ack::Unacknowledged, payload: &payload }
        .write(&mut out, dialect);
    out
}
