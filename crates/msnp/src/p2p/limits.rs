//! How much a peer may make us keep, and how long we wait for him. Everything he says is hostile.

use std::time::Duration;

/// Bytes of data in one packet over a switchboard, version 1 (MSNC reference, 4.3). With it the whole message stays below
/// what a switchboard takes.
pub const CHUNK: usize = 1202;

/// Bytes of data in one packet over a direct connection, version 1 (MSNC reference, 4.3).
pub const DIRECT_CHUNK: usize = 1352;

/// Bytes of data in one packet over a switchboard, version 2. Official clients have 1222; this is what all are known to
/// take, and what both versions have in common.
pub const CHUNK_V2: usize = 1202;

/// The longest packet that is read, in bytes, header and footer and all: what clients take on a direct connection.
pub const PACKET: usize = 8192 + 512;

/// The longest SLP message, in bytes. The longest real ones are invitations to files, which hold a preview in base64.
pub const SLP: usize = 64 * 1024;

/// SLP messages, and texts of a session, that a peer may have sent in part.
pub const PARTIALS: usize = 8;

/// Bytes of one message that may be kept because something in front of them is missing.
pub const REORDERED: usize = 64 * 1024;

/// Headers of an SLP message, and fields of its body, each.
pub const FIELDS: usize = 48;

/// The longest object that is fetched or given away, in bytes.
pub const OBJECT: u64 = 5 * 1024 * 1024;

/// The longest text message in a session (webcam, activities), in bytes.
pub const TEXT: u64 = 16 * 1024;

/// The longest preview of a file, in bytes. It has to fit into an SLP message.
pub const PREVIEW: usize = 40 * 1024;

/// Sessions with one peer at a time, his and ours together.
pub const SESSIONS: usize = 32;

/// Invitations of one peer that wait for the user at a time. More are declined unseen.
pub const INVITATIONS: usize = 16;

/// Offers of a transport that are answered in one session. Some clients offer without end.
pub const TRANSPORT_OFFERS: u32 = 4;

/// Packets of acknowledgements and answers that wait to be sent. Beyond it the peer is not listened to: what he says is
/// dropped until the driver has sent some.
pub const WAITING: usize = 256;

/// Packets of version 2 that may be on their way without an acknowledgement before data stops. They are kept, to be sent
/// again.
pub const WINDOW: usize = 64;

/// Events that wait to be polled. Beyond it the peer is not listened to either.
pub const EVENTS: usize = 1024;

/// Messages that are known to have come already, so that they are not taken twice.
pub const REMEMBERED: usize = 64;

/// Peers that one chat may have: its people, some of them at several places.
pub const PEERS: usize = 64;

/// Places of one person among them, by what he says.
pub const PLACES: usize = 8;

/// How long an invitation to an object waits for an answer.
pub const ANSWER: Duration = Duration::from_secs(60);

/// How long an invitation waits that a user has to answer.
pub const DECISION: Duration = Duration::from_secs(300);

/// How long a session may go without anything happening in it.
pub const IDLE: Duration = Duration::from_secs(120);

/// How long the owner of an object waits for the acknowledgement that the fetcher is ready. Some never send it.
pub const PREPARATION: Duration = Duration::from_secs(10);

/// How long something may be missing in the middle before its sender is asked for it again.
pub const GAP: Duration = Duration::from_secs(5);

/// How long nothing may come of data that is not complete before its sender is asked for more.
pub const STALL: Duration = Duration::from_secs(30);

/// How often a sender is asked again in one session.
pub const REPEATS: u32 = 8;

/// How long one side waits for the other's `BYE` when everything has arrived.
pub const GOODBYE: Duration = Duration::from_secs(15);

/// How long a direct connection may take to come about. Meanwhile a file waits.
pub const CONNECT: Duration = Duration::from_secs(15);

/// How often a direct connection with one peer is tried: he could have us connect to anything.
pub const CONNECT_ATTEMPTS: u32 = 4;
