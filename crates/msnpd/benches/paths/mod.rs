//! What the server does for every message, every watcher and every sign-in, made ready to be run again and again: timed
//! by the benches beside this folder, and counted in instructions by `benches/count`.

#![allow(dead_code, unreachable_pub, reason = "each bench runs some of them")]
#![allow(clippy::unwrap_used, reason = "a bench may stop at the first thing it did not expect")]

#[path = "../../../msnp/benches/paths/mod.rs"]
pub mod library;
#[path = "../stage/mod.rs"]
pub mod stage;

use std::hint::black_box;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use msnp::dialect::{Dialect, MSNP8, MSNP9, MSNP12, MSNP18, Quirks};
use msnp::types::{Capabilities, List, Privacy, Status, TrId};
use msnpd::account::{Account, AccountId};
use msnpd::directory::{Directory, Endpoint, EndpointId, Shown};
use msnpd::outbox::{Outbox, Writer};
use msnpd::store::{Brief, BriefContact};
use msnpd::ticket::{LIFETIME, Mint, Purpose, Use};
use tokio::io::AsyncWrite;

use library::{HotPath, MESSAGE, PAYLOAD};
use stage::Stage;

/// Looking at the ticket of a sign-in.
pub fn ticket() -> Vec<HotPath> {
    vec![HotPath::new("check-ticket", (1, "ticket"), || {
        const NOW: u64 = 1_100_000_000;
        let mint = Mint::with_keys([9; 32], None);
        let ticket = mint.issue(AccountId(7), 1, Purpose::Tweener, NOW, LIFETIME).text();
        move || {
            let claims = mint.check(black_box(ticket.expose()), Use::Tweener, NOW).unwrap();
            assert_eq!(claims.account, AccountId(7));
        }
    })]
}

/// A new status: encoded, put into the outbox of everybody who watches, and taken out of there.
pub fn presence() -> Vec<HotPath> {
    let tell = |name, watchers| {
        HotPath::new(name, (watchers, "watcher"), move || {
            let mut audience = Audience::new(watchers);
            move || audience.tell()
        })
    };
    vec![tell("tell-status-to-1", 1), tell("tell-status-to-100", 100)]
}

/// Somebody, and those who watch him.
struct Audience {
    directory: Directory,
    endpoint: EndpointId,
    statuses: std::iter::Cycle<std::array::IntoIter<Status, 2>>,
    watchers: Vec<(Arc<Outbox>, Writer)>,
}

impl Audience {
    const PERSON: AccountId = AccountId(0);
    const DIALECTS: [&Dialect; 4] = [&MSNP8, &MSNP9, &MSNP12, &MSNP18];

    fn new(watchers: u32) -> Self {
        let directory = Directory::default();
        let endpoint = sign_in(&directory, Self::PERSON, &MSNP12);
        let contact = |id| BriefContact {
            id: AccountId(id),
            lists: List::Allow.bit() | List::Reverse.bit(),
            revision: 1,
        };
        directory.load(
            Self::PERSON,
            &Brief {
                privacy: Privacy::BlockOthers,
                revision: 1,
                lists_revision: 1,
                settings_revision: 1,
                name: "Alice Example".to_owned(),
                contacts: (1..=watchers).map(contact).collect(),
            },
        );
        let watchers = (1..=watchers)
            .zip(Self::DIALECTS.into_iter().cycle())
            .map(|(id, dialect)| {
                (sign_in(&directory, AccountId(id), dialect).outbox.clone(), Writer::default())
            })
            .collect();
        let statuses = [Status::Busy, Status::Online].into_iter().cycle();
        Self { directory, endpoint: endpoint.id, statuses, watchers }
    }

    fn tell(&mut self) {
        let shown = Shown {
            status: self.statuses.next().unwrap(),
            capabilities: Capabilities { base: 1_073_791_084, extended: 0 },
            object: None,
        };
        self.directory.show(Self::PERSON, self.endpoint, shown);
        let mut cx = Context::from_waker(Waker::noop());
        for (outbox, writer) in &mut self.watchers {
            let before = writer.written();
            assert!(writer.poll_write(outbox, &mut Sink, &mut cx).is_pending());
            assert!(writer.written() > before);
        }
    }
}

/// Registers a place that hears of others.
fn sign_in(directory: &Directory, id: AccountId, dialect: &'static Dialect) -> Arc<Endpoint> {
    let email = stage::email(id.0 as usize).parse().unwrap();
    let name = String::new();
    let account = Account { id, email, name, password_hash: String::new(), generation: 1, disabled: false };
    let number = EndpointId(u64::from(id.0));
    let endpoint = Endpoint::new(number, dialect, Arc::default(), None, None, None, Quirks::default());
    let endpoint = Arc::new(endpoint);
    directory.sign_in(&account, &endpoint);
    // Where clients say themselves whom they want to hear of.
    directory.watch(id, &endpoint, &[(Audience::PERSON, List::Forward.bit())]);
    directory.look_at_all(id, &endpoint, TrId::new(1));
    endpoint
}

/// A connection that takes everything at once.
struct Sink;

impl AsyncWrite for Sink {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(black_box(bytes).len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A message on its way through a chat: from what the sender's connection reads to what the readers' connections write,
/// each of them a task.
pub fn chat() -> Vec<HotPath> {
    let relay = |name, readers| {
        HotPath::new(name, (readers, "reader"), move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let mut conversation = runtime.block_on(Conversation::begin(readers as usize));
            move || runtime.block_on(conversation.say())
        })
    };
    vec![relay("relay-message-to-1", 1), relay("relay-message-to-10", 10)]
}

/// A chat in which everybody listens to the first one.
pub struct Conversation {
    pub stage: Stage,
    /// Who is in it. They stay signed in with the notification server.
    people: Vec<stage::Client>,
    seats: Vec<stage::Client>,
    /// What the others hear of a message.
    heard: Vec<u8>,
}

impl Conversation {
    /// One who speaks, and so many others.
    pub async fn begin(readers: usize) -> Self {
        let stage = Stage::set(readers + 1).await;
        let mut people = Vec::new();
        for person in 0..=readers {
            people.push(stage.sign_in(person, "MSNP9").await);
        }
        let seats = stage.chat(&mut people).await;
        let (_, payload) = MESSAGE.split_last_chunk::<PAYLOAD>().unwrap();
        let mut heard = format!("MSG {0} {0} {PAYLOAD}\r\n", stage::email(0)).into_bytes();
        heard.extend_from_slice(payload);
        Self { stage, people, seats, heard }
    }

    /// Says something, and waits until all have heard it.
    pub async fn say(&mut self) {
        let (speaker, readers) = self.seats.split_first_mut().unwrap();
        speaker.say(MESSAGE).await;
        for reader in readers {
            reader.hears(&self.heard).await;
        }
    }
}
