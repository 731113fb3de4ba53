//! MSNC: what two clients say to each other through a chat, or directly: pictures, emoticons, files.
//!
//! A [`Peer`] is one person in one chat. It is fed the payloads that come from him, and says what to send him and what
//! has happened; it knows no sockets, no clock and no randomness.
//!
//! ```text
//!  MSG … D ──▶ Peer::receive ──▶ sessions ──▶ Peer::poll_event ──▶ your client
//!  MSG … D ◀── Peer::poll_transmit ◀──┘   ◀── request, offer_file, give, accept, decline, cancel, supply
//! ```
//!
//! [`Peers`] is everybody in one chat.
//!
//! Methods are of four kinds, as those of QUIC's state machine in quinn-proto are:
//!
//! - *feed*: [`Peer::receive`], [`Peer::supply`], [`Peer::handle_timeout`], [`Peer::left`]; of a direct connection
//!   [`Peer::connected`], [`Peer::connection_failed`], [`Peer::connected_by`], [`Peer::receive_direct`],
//!   [`Peer::direct_closed`];
//! - *command*: [`Peer::request`], [`Peer::offer_file`], [`Peer::give`], [`Peer::accept`], [`Peer::decline`],
//!   [`Peer::cancel`], [`Peer::say`], [`Peer::set_reach`];
//! - *poll*, after any of the above, until each gives nothing: [`Peer::poll_event`], [`Peer::poll_want`],
//!   [`Peer::poll_transmit`], [`Peer::poll_timeout`];
//! - *ask*: [`Peer::progress`].
//!
//! A driver polls what is to be sent only while its connection takes more: that is the window of a transfer. In a chat
//! each `MSG … D` is acknowledged by the server, so that a few of them on their way keep the pace of whoever receives. Data
//! of files is never in memory: what is to be sent is asked for by [`Want`], what comes is handed out by [`Event::Data`].
//!
//! There is no session whose [`Event::Ended`] does not come, whatever the other side does; [`limits`] says after how long,
//! and how much is kept meanwhile.
//!
//! ```
//! use std::time::Instant;
//! use msnp::p2p::{Config, Event, Invitation, Peer};
//! use msnp::types::{MsnObject, ObjectType};
//!
//! let now = Instant::now();
//! let picture: &[u8] = b"a picture";
//! let object = MsnObject::new("alice@example.com", ObjectType::PICTURE, "TFR1.dat", "", picture);
//! // The seeds are random in earnest.
//! let mut alice = Peer::new(Config::new("alice@example.com".parse()?, "bob@example.com".parse()?), [1; 32]);
//! let mut bob = Peer::new(Config::new("bob@example.com".parse()?, "alice@example.com".parse()?), [2; 32]);
//!
//! bob.request(&object, now).expect("there is room for a session");
//! let mut fetched = None;
//! while fetched.is_none() {
//!     while let Some(transmit) = bob.poll_transmit(now) {
//!         alice.receive(&transmit.bytes, now);
//!     }
//!     while let Some(event) = alice.poll_event() {
//!         if let Event::Invited { session, invitation: Invitation::Object(asked) } = event {
//!             assert_eq!(asked.hash(), object.hash());
//!             alice.give(session, picture.into(), now).expect("it is what he asked for");
//!         }
//!     }
//!     while let Some(transmit) = alice.poll_transmit(now) {
//!         bob.receive(&transmit.bytes, now);
//!     }
//!     while let Some(event) = bob.poll_event() {
//!         if let Event::Object { data, .. } = event {
//!             fetched = Some(data);
//!         }
//!     }
//! }
//! assert_eq!(fetched.as_deref(), Some(picture));
//! # Ok::<(), msnp::types::InvalidEmail>(())
//! ```

pub mod announce;
mod assembly;
mod context;
pub mod direct;
mod envelope;
mod ids;
mod invitation;
pub mod limits;
mod link;
pub mod msnftp;
mod party;
mod peer;
mod peers;
pub mod slp;
mod text;
pub mod v1;
pub mod v2;
pub mod webcam;

pub use context::FileOffer;
pub use envelope::{CONTENT_TYPE, Envelope};
pub use invitation::{CONTENT_TYPE as INVITATION_CONTENT_TYPE, OldAddress, OldInvitation};
pub use link::Via;
pub use party::{Party, msnc};
pub use peer::{
    Config, Decline, DirectError, Ending, Event, Invitation, P2pError, Peer, Progress, Reach, SessionId,
    Transmit, Want,
};
pub use peers::Peers;
pub use text::{read_text, write_text};
