//! The few threads that draw pictures, and those who wait for them.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use super::{BadPicture, redraw};
use crate::store::Picture;

/// How many pictures are drawn at once: each takes a thread, and memory.
const AT_ONCE: usize = 2;

/// How many may wait for that, each with the bytes that a client has sent.
const MAX_WAITING: usize = 64;

/// Draws pictures.
#[derive(Debug)]
pub(crate) struct Studio {
    seats: Semaphore,
    waiting: AtomicUsize,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is something wrong with it.
    Bad(BadPicture),
    /// Too many wait.
    Busy,
}

impl Default for Studio {
    fn default() -> Self {
        Self { seats: Semaphore::new(AT_ONCE), waiting: AtomicUsize::new(0) }
    }
}

impl Studio {
    /// What [`redraw`] makes of a picture, once its turn has come.
    pub(crate) async fn draw(&self, bytes: Vec<u8>) -> Result<Picture, Refused> {
        let _place = Place::take(&self.waiting).ok_or(Refused::Busy)?;
        let _seat = self.seats.acquire().await.map_err(|_| Refused::Busy)?;
        match tokio::task::spawn_blocking(move || redraw(&bytes)).await {
            Ok(drawn) => drawn.map_err(Refused::Bad),
            Err(error) => {
                // A picture that brings a decoder down is none that others should see.
                tracing::error!(%error, "a picture could not be drawn");
                Err(Refused::Bad(BadPicture::Broken))
            }
        }
    }
}

/// One of those who wait or are being served.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Option<Self> {
        let more = |count: usize| (count < MAX_WAITING + AT_ONCE).then_some(count + 1);
        waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).is_ok().then(|| Self(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_more_wait_than_may() {
        let studio = Studio::default();
        assert_eq!(studio.draw(Vec::new()).await, Err(Refused::Bad(BadPicture::NoPicture)));
        let places: Vec<_> =
            (0..MAX_WAITING + AT_ONCE).map(|_| Place::take(&studio.waiting).unwrap()).collect();
        assert_eq!(studio.draw(Vec::new()).await, Err(Refused::Busy));
        drop(places);
        assert_eq!(studio.draw(Vec::new()).await, Err(Refused::Bad(BadPicture::NoPicture)));
    }
}
