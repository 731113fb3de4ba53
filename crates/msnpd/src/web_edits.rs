//! What accounts have asked web services to change in the last seconds, and whose turn it is.
//!
//! One client sends its first modifying request twice, because it waits for a referral that does not come: it is carried
//! out once, and answered twice (web-services reference, 12.1). Modifying requests of one account wait for each other, or
//! two of the same at once would both be carried out.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::StatusCode;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex as Turns, OwnedMutexGuard};

use crate::account::AccountId;
use crate::http::{Answer, XML, answer};
use crate::ns::pace::{Few, Pace};

/// How long an answer is repeated to the same request.
const REPEATED: Duration = Duration::from_secs(10);

/// Accounts that are remembered. With more of them asking within seconds some repeated request may be carried out twice.
const MAX_ACCOUNTS: usize = 4096;

/// The longest answer that is kept, in bytes. Those of modifying requests have a few thousand.
const MAX_KEPT: usize = 16 * 1024;

/// Whoever has asked for something lately.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<HashMap<AccountId, Known>>);

#[derive(Debug)]
struct Known {
    used: Instant,
    state: Arc<Turns<State>>,
}

/// What is known of an account.
#[derive(Debug)]
pub(crate) struct State {
    last: Option<Last>,
    /// How fast it may edit.
    pub(crate) pace: Pace,
    /// How often it may take another name.
    pub(crate) renames: Few,
}

#[derive(Debug)]
struct Last {
    digest: [u8; 32],
    at: Instant,
    said: Said,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// Whether the same request would be answered so again.
    pub(crate) is_final: bool,
}

impl Recent {
    /// Waits until it is this account's turn, and no request of its is being carried out.
    pub(crate) async fn turn(&self, account: AccountId, now: Instant) -> OwnedMutexGuard<State> {
        let state = {
            let mut known = self.0.lock();
            if known.len() >= MAX_ACCOUNTS && !known.contains_key(&account) {
                make_room(&mut known, now);
            }
            let known = known.entry(account).or_insert_with(|| Known {
                used: now,
                state: Arc::new(Turns::new(State {
                    last: None,
                    pace: Pace::new(now),
                    renames: Few::new(now),
                })),
            });
            known.used = now;
            known.state.clone()
        };
        state.lock_owned().await
    }
}

impl Said {
    /// To be sent.
    pub(crate) fn into_answer(self) -> Answer {
        answer(self.status, XML, self.body)
    }
}

/// Forgets who has not asked for long; where all have, everybody whose request is not being carried out.
fn make_room(known: &mut HashMap<AccountId, Known>, now: Instant) {
    let is_busy = |account: &Known| Arc::strong_count(&account.state) > 1;
    known.retain(|_, account| is_busy(account) || now < account.used + REPEATED);
    if known.len() >= MAX_ACCOUNTS {
        known.retain(|_, account| is_busy(account));
    }
}

impl State {
    /// What was answered, if this is the last request again.
    pub(crate) fn repeated(&self, digest: &[u8; 32], now: Instant) -> Option<Said> {
        let last = self.last.as_ref()?;
        (last.digest == *digest && now < last.at + REPEATED).then(|| last.said.clone())
    }

    /// Keeps an answer.
    pub(crate) fn remember(&mut self, digest: [u8; 32], at: Instant, said: Said) {
        self.last = (said.body.len() <= MAX_KEPT).then_some(Last { digest, at, said });
    }
}

/// What tells requests apart: the operation, and all bytes from the envelope's body on.
pub(crate) fn digest(operation: &str, document: &[u8]) -> [u8; 32] {
    const BODY: &[u8] = b"body";
    let is_body = |at: &usize| {
        let name = document.get(*at..*at + BODY.len());
        let before = at.checked_sub(1).and_then(|before| document.get(before));
        matches!(before, Some(b'<' | b':')) && name.is_some_and(|name| name.eq_ignore_ascii_case(BODY))
    };
    let from = (0..document.len()).find(is_body).unwrap_or_default();
    let mut digest = Sha256::new();
    digest.update(operation.as_bytes());
    digest.update([0]);
    digest.update(document.get(from..).unwrap_or_default());
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_make_no_difference() {
        let of = |document: &str| digest("ABContactAdd", document.as_bytes());
        let first = of("<s:Envelope><s:Header><a>1</a></s:Header><s:Body><b/></s:Body></s:Envelope>");
        assert_eq!(of("<s:Envelope><s:Header/><s:Body><b/></s:Body></s:Envelope>"), first);
        assert_ne!(of("<s:Envelope><s:Header/><s:Body><c/></s:Body></s:Envelope>"), first);
        let document = b"<Body><b/></Body>";
        assert_ne!(digest("ABContactAdd", document), digest("AddMember", document));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_repeated_for_a_while() {
        let recent = Recent::default();
        let now = tokio::time::Instant::now().into_std();
        let said = Said { status: StatusCode::OK, body: Bytes::from_static(b"done"), is_final: true };
        let mut turn = recent.turn(AccountId(1), now).await;
        assert!(turn.repeated(&[1; 32], now).is_none());
        turn.remember([1; 32], now, said.clone());
        let other = recent.turn(AccountId(2), now).await;
        assert!(other.repeated(&[1; 32], now).is_none(), "another's");
        // Nobody else's turn comes while one lasts.
        let waiting = tokio::time::timeout(Duration::from_secs(1), recent.turn(AccountId(1), now));
        assert!(waiting.await.is_err());
        drop(turn);
        let mut turn = recent.turn(AccountId(1), now).await;
        assert_eq!(turn.repeated(&[1; 32], now + Duration::from_secs(9)).unwrap().body, said.body);
        assert!(turn.repeated(&[1; 32], now + REPEATED).is_none());
        turn.remember([2; 32], now, said);
        assert!(turn.repeated(&[1; 32], now).is_none(), "only the last one counts");
        let long = Said { status: StatusCode::OK, body: vec![b'x'; MAX_KEPT + 1].into(), is_final: true };
        turn.remember([3; 32], now, long);
        assert!(turn.repeated(&[3; 32], now).is_none());
    }

    #[tokio::test]
    async fn so_many_are_remembered_and_no_more() {
        let recent = Recent::default();
        let now = Instant::now();
        let _busy = recent.turn(AccountId(0), now).await;
        for id in 1..=MAX_ACCOUNTS as u32 {
            drop(recent.turn(AccountId(id), now).await);
        }
        let known = recent.0.lock();
        assert!(known.len() <= MAX_ACCOUNTS && known.contains_key(&AccountId(0)));
    }
}
