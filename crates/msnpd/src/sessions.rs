//! How many sessions there are, for whoever waits until there are none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts the sessions of those who have signed in. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sessions(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    open: AtomicUsize,
    all_gone: Notify,
}

/// One session; over when dropped.
#[derive(Debug)]
pub struct OpenSession(Sessions);

impl Sessions {
    /// Counts one more.
    pub fn open(&self) -> OpenSession {
        self.0.open.fetch_add(1, Ordering::AcqRel);
        OpenSession(self.clone())
    }

    /// Waits until there is none.
    pub async fn all_gone(&self) {
        loop {
            // Registered before looking, so that the last one can't slip away in between.
            let notified = self.0.all_gone.notified();
            if self.0.open.load(Ordering::Acquire) == 0 {
                return;
            }
            notified.await;
        }
    }
}

impl Drop for OpenSession {
    fn drop(&mut self) {
        let Self(Sessions(inner)) = self;
        if inner.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            inner.all_gone.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_one_to_go_is_noticed() {
        let sessions = Sessions::default();
        sessions.all_gone().await;
        let (one, other) = (sessions.open(), sessions.open());
        let waiting = tokio::spawn({
            let sessions = sessions.clone();
            async move { sessions.all_gone().await }
        });
        drop(one);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(other);
        waiting.await.unwrap();
    }
}
