//! The few threads that draw pictures, and those who wait for them.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{BadPicture, redraw};
use crate::store::Picture;

/// How many pictures are drawn at once: each takes a thread, and memory.
const AT_ONCE: usize = 2;

/// How many may wait for that, each with the bytes that a client has sent.
const MAX_WAITING: usize = 64;

/// Draws pictures.
#[derive(Debug)]
pub(crate) struct Studio {
    seats: Arc<Semaphore>,
    /// For those who wait and those who are served.
    places: Arc<Semaphore>,
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
        Self {
            seats: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(MAX_WAITING + AT_ONCE)),
        }
    }
}

impl Studio {
    /// What [`redraw`] makes of a picture, once its turn has come. Whoever goes while it is drawn leaves his seat taken until
    /// it is done: nothing can end it before.
    pub(crate) async fn draw(&self, bytes: Vec<u8>) -> Result<Picture, Refused> {
        let held = self.seat().await.ok_or(Refused::Busy)?;
        let drawn = tokio::task::spawn_blocking(move || {
            let drawn = redraw(&bytes);
            drop(held);
            drawn
        });
        match drawn.await {
            Ok(drawn) => drawn.map_err(Refused::Bad),
            Err(error) => {
                // A picture that brings a decoder down is none that others should see.
                tracing::error!(%error, "a picture could not be drawn");
                Err(Refused::Bad(BadPicture::Broken))
            }
        }
    }

    /// Waits for a seat, if there is room to wait.
    async fn seat(&self) -> Option<[OwnedSemaphorePermit; 2]> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let seat = self.seats.clone().acquire_owned().await.ok()?;
        Some([seat, place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_more_wait_than_may() {
        let studio = Studio::default();
        assert_eq!(studio.draw(Vec::new()).await, Err(Refused::Bad(BadPicture::NoPicture)));
        let all = u32::try_from(MAX_WAITING + AT_ONCE).unwrap();
        let places = studio.places.clone().acquire_many_owned(all).await.unwrap();
        assert_eq!(studio.draw(Vec::new()).await, Err(Refused::Busy));
        drop(places);
        assert_eq!(studio.draw(Vec::new()).await, Err(Refused::Bad(BadPicture::NoPicture)));
    }

    #[tokio::test]
    async fn whoever_gives_up_waiting_leaves_his_place() {
        let studio = Studio::default();
        let seats = studio.seats.clone().acquire_many_owned(2).await.unwrap();
        let mut waiting = Box::pin(studio.draw(Vec::new()));
        let is_pending =
            std::future::poll_fn(|cx| std::task::Poll::Ready(waiting.as_mut().poll(cx).is_pending()));
        assert!(is_pending.await);
        assert_eq!(studio.places.available_permits(), MAX_WAITING + AT_ONCE - 1);
        drop(waiting);
        assert_eq!(studio.places.available_permits(), MAX_WAITING + AT_ONCE);
        drop(seats);
    }
}
