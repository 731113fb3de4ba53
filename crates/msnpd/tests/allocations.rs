//! What is allocated for a message, for a change of status, and for somebody who is signed in and does nothing.
//!
//! What many hear is made once: however many they are, none of them costs an allocation of his own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::print_stdout, reason = "whoever changes the limit wants to see the numbers")]

#[path = "../benches/paths/mod.rs"]
mod paths;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use msnp::types::{List, Lists, Privacy};
use msnpd::store::{Brief, BriefContact, Change};
use paths::Conversation;
use paths::stage::{self, Stage};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// How many times something is done before it is measured: buffers are as large as they get then.
const WARM_UP: usize = 8;

/// How many times it is measured.
const ROUNDS: u64 = 20;

/// What somebody with 20 contacts who is signed in and does nothing holds in memory, in bytes, but for his socket.
const MAX_IDLE_BYTES: u64 = 2816;

/// One test, since what others allocate beside it would be counted.
#[tokio::test]
async fn what_many_hear_is_made_once() {
    let message = relayed(1).await;
    assert_eq!(
        [relayed(10).await, relayed(50).await],
        [message; 2],
        "allocations for a message, to 10 and 50"
    );
    let few = told(10).await;
    assert_eq!(told(1000).await, few, "allocations for a status, to 1000");
    let idle = idle_bytes().await;
    println!(
        "{message} allocations for a message, {few} for a status; {idle} bytes for somebody who is idle"
    );
    assert!(idle <= MAX_IDLE_BYTES, "{idle} bytes for somebody who is idle");
}

/// How many allocations a message causes that so many others hear.
async fn relayed(readers: usize) -> u64 {
    let mut conversation = Conversation::begin(readers).await;
    for _ in 0..WARM_UP {
        conversation.say().await;
    }
    let _profiler = dhat::Profiler::builder().testing().build();
    for _ in 0..ROUNDS {
        conversation.say().await;
    }
    per_round()
}

/// How many allocations a change of status causes that so many others hear, half of them in another dialect.
async fn told(watchers: usize) -> u64 {
    let stage = Stage::set(watchers + 1).await;
    let mut speaker = stage.sign_in(0, "MSNP12").await;
    let mut readers = Vec::new();
    for (person, version) in (1..=watchers).zip(["MSNP9", "MSNP12"].into_iter().cycle()) {
        readers.push(stage.sign_in(person, version).await);
        stage.server.directory.apply(&[watching(&stage, 0, person)]);
    }
    let mut round = 0;
    let mut tell = async || {
        round += 1;
        let status = ["NLN", "BSY"][round % 2];
        let said = format!("CHG 5 {status} 0\r\n");
        let heard = format!("NLN {status} {0} {0} 0\r\n", stage::email(0));
        speaker.say(&said).await;
        speaker.hears(said.as_bytes()).await;
        for reader in &mut readers {
            reader.hears(heard.as_bytes()).await;
        }
    };
    for _ in 0..WARM_UP {
        tell().await;
    }
    let _profiler = dhat::Profiler::builder().testing().build();
    for _ in 0..ROUNDS {
        tell().await;
    }
    per_round()
}

fn per_round() -> u64 {
    let blocks = dhat::HeapStats::get().total_blocks;
    assert_eq!(blocks % ROUNDS, 0, "{blocks} allocations in {ROUNDS} rounds: not the same in each");
    blocks / ROUNDS
}

/// That `watcher` has `owner` on his forward list, and may see him.
fn watching(stage: &Stage, owner: usize, watcher: usize) -> Change {
    let (owner, contact) = (stage.id(owner), stage.id(watcher));
    Change {
        owner,
        contact,
        before: Lists::NONE,
        after: List::Allow.bit() | List::Reverse.bit(),
        revision: 99,
    }
}

/// How many bytes somebody holds who is signed in, is a mutual contact of 20 others who are, and does nothing.
async fn idle_bytes() -> u64 {
    const PEOPLE: usize = 1000;
    const CONTACTS: usize = 20;
    let stage = Stage::set(PEOPLE).await;
    let profiler = dhat::Profiler::builder().testing().build();
    for person in 0..PEOPLE {
        stage.sign_in_over(person, "MSNP12", Quiet::new).await;
        let contact = |n| BriefContact {
            id: stage.id((person + n) % PEOPLE),
            lists: List::Forward.bit() | List::Allow.bit() | List::Reverse.bit(),
            revision: 1,
        };
        let brief = Brief {
            privacy: Privacy::AllowOthers,
            revision: 1,
            lists_revision: 1,
            settings_revision: 1,
            name: stage::email(person),
            contacts: (1..=CONTACTS).map(contact).collect(),
        };
        stage.server.directory.load(stage.id(person), &brief);
    }
    // Whoever was told of others writes it.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let bytes = dhat::HeapStats::get().curr_bytes as u64;
    drop(profiler);
    assert_eq!(stage.server.directory.len(), PEOPLE);
    bytes / PEOPLE as u64
}

/// A connection whose client says all it has to say at once, takes everything, and then is silent.
struct Quiet(Option<String>);

impl Quiet {
    fn new(says: String) -> Self {
        Self(Some(says))
    }
}

impl AsyncRead for Quiet {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.0.take() {
            Some(said) => {
                to.put_slice(said.as_bytes());
                Poll::Ready(Ok(()))
            }
            None => Poll::Pending,
        }
    }
}

impl AsyncWrite for Quiet {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
