//! Transaction ids, and what they were given to.

use std::collections::VecDeque;

use crate::types::TrId;
use crate::wire::Verb;

/// How many requests may be without an answer. Some are never answered by some servers; beyond this the oldest is
/// forgotten, and an answer to it would say no more than its transaction id.
pub const MAX_OPEN: usize = 256;

/// The requests that wait for an answer.
#[derive(Debug, Default)]
pub(super) struct Requests {
    last: u32,
    open: VecDeque<(TrId, Verb)>,
}

impl Requests {
    /// The next transaction id, for `verb`. After the largest number it begins anew; 0 is what servers say unasked.
    pub(super) fn begin(&mut self, verb: Verb) -> TrId {
        let trid = self.number();
        if self.open.len() == MAX_OPEN {
            self.open.pop_front();
        }
        self.open.push_back((trid, verb));
        trid
    }

    /// The next transaction id, for what is never answered.
    pub(super) fn number(&mut self) -> TrId {
        self.last = self.last.checked_add(1).unwrap_or(1);
        TrId::new(self.last)
    }

    /// What `trid` was given to, if it is still open; then it is no more.
    pub(super) fn end(&mut self, trid: TrId) -> Option<Verb> {
        let at = self.open.iter().position(|(open, _)| open.value() == trid.value())?;
        self.open.remove(at).map(|(_, verb)| verb)
    }

    /// Whether `trid` was given to `verb` and is still open; then it is no more.
    pub(super) fn answers(&mut self, trid: TrId, verb: Verb) -> bool {
        let is_it = self.open.iter().any(|(open, asked)| open.value() == trid.value() && *asked == verb);
        is_it && self.end(trid).is_some()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_matched_once_and_by_what_was_asked() {
        let mut requests = Requests::default();
        let (first, second) = (requests.begin(Verb::ADD), requests.begin(Verb::REM));
        assert_eq!((first.value(), second.value()), (1, 2));
        assert!(!requests.answers(first, Verb::REM));
        assert!(requests.answers(first, Verb::ADD));
        assert!(!requests.answers(first, Verb::ADD));
        assert_eq!(requests.end("02".parse().expect("a number")), Some(Verb::REM));
        assert_eq!(requests.end(second), None);
    }

    #[test]
    fn what_is_never_answered_does_not_pile_up_and_numbers_begin_anew() {
        let mut requests = Requests { last: u32::MAX - 1, ..Requests::default() };
        assert_eq!(requests.begin(Verb::PUT).value(), u32::MAX);
        assert_eq!(requests.begin(Verb::PUT).value(), 1);
        for _ in 0..3 * MAX_OPEN {
            requests.begin(Verb::PUT);
        }
        assert_eq!(requests.len(), MAX_OPEN);
    }
}
