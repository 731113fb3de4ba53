//! What a request may do with the connection that it came on.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The connection of a request, which may be held: kept open after the answer, and waited on for it.
///
/// Each answer ends its connection otherwise, so that none is taken up for long. Only so many of a listener's may be held,
/// so that whoever comes for something else finds one that is free.
#[derive(Clone, Debug, Default)]
pub struct Line(Option<Arc<Held>>);

#[derive(Debug)]
struct Held {
    places: Arc<Semaphore>,
    place: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Line {
    /// A connection that may be held if there is a place among these.
    pub(super) fn new(places: Arc<Semaphore>) -> Self {
        Self(Some(Arc::new(Held { places, place: Mutex::default() })))
    }

    /// Holds the connection, from here to its end. Returns whether it is held: not if there are too many, or its client is
    /// not one that goes on asking on it.
    pub fn hold(&self) -> bool {
        let Some(held) = &self.0 else { return false };
        let mut place = held.place.lock();
        if place.is_none() {
            *place = held.places.clone().try_acquire_owned().ok();
        }
        place.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_held_and_no_more() {
        let places = Arc::new(Semaphore::new(1));
        let (one, other) = (Line::new(places.clone()), Line::new(places));
        assert!(one.hold() && one.hold() && one.clone().hold());
        assert!(!other.hold());
        drop(one);
        assert!(other.hold());
        assert!(!Line::default().hold());
    }
}
