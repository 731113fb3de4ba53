//! Whose turn it is: what comes of a request, by its id, its body, and what was asked and answered before.
//!
//! A session has one id that is good for something new. Its answer brings the next one, and shows with the next request
//! that it has arrived. Until then it is kept: a client that has lost it asks under the old id again.
//!
//! | under | the body is | and | what comes of it |
//! | --- | --- | --- | --- |
//! | the id | anything | nothing was said under it yet, nobody waits | it is said |
//! | the id | the same, or none | it was said, and nobody waits for the answer any more | the answer, and it is not said again |
//! | the id | the same | somebody still waits | that one is sent away, since this is the same client, whose connection has broken |
//! | the id | something | a poll waits | the poll is sent away, and it is said |
//! | the id | anything else | somebody waits | refused |
//! | the old id | the same, or none | nobody waits | the same answer again |
//! | the old id | something | a poll was answered, nobody waits | it is said, and the poll's answer leads what is answered |
//! | anything else | | | refused |
//!
//! So nothing that a client says is done twice, and nothing that it has not heard is lost, however often it asks.

use bytes::Bytes;

use super::id::Id;

/// What was in a body, as far as it has to be known again; `None` where it was empty.
pub(super) type Said = Option<u64>;

/// The turns of one session.
#[derive(Debug)]
pub(super) struct Turns {
    /// The id of the next turn, or of the one under way.
    id: Id,
    /// What was said under it.
    said: Said,
    /// Who waits for its answer.
    waits: Option<Asker>,
    /// What was answered last, until it has arrived.
    last: Option<Last>,
    /// What has to be said again before anything else: an answer that has not arrived.
    lost: Bytes,
    /// How many have asked.
    asked: u64,
}

/// Who waits for an answer.
#[derive(Clone, Copy, Debug)]
struct Asker {
    number: u64,
    said: Said,
}

/// What was answered.
#[derive(Debug)]
struct Last {
    id: Id,
    said: Said,
    answer: Told,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// Under which id the next request may come.
    pub(super) id: Id,
    /// What the session has said.
    pub(super) body: Bytes,
    /// Whether it is over.
    pub(super) closes: bool,
}

/// What comes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Its body is to be [heard](Turns::hear), and it waits for the answer, under this number.
    Say(u64),
    /// It waits for the answer, under this number.
    Wait(u64),
    /// It is answered as before.
    Again(Told),
    /// It is refused.
    Refuse,
}

impl Turns {
    /// Of a new session.
    pub(super) fn new(id: Id) -> Self {
        Self { id, said: None, waits: None, last: None, lost: Bytes::new(), asked: 0 }
    }

    /// Somebody asks under `id`, with a body that is known again by `said`.
    pub(super) fn ask(&mut self, id: Id, said: Said) -> Turn {
        if id == self.id { self.ask_anew(said) } else { self.ask_again(id, said) }
    }

    fn ask_anew(&mut self, said: Said) -> Turn {
        if self.waits.is_some_and(|asker| asker.said.is_some() && asker.said != said) {
            return Turn::Refuse;
        }
        match (said, self.said) {
            (None, _) => Turn::Wait(self.wait(said)),
            (Some(_), None) => Turn::Say(self.wait(said)),
            (Some(new), Some(old)) if new == old => Turn::Wait(self.wait(said)),
            (Some(_), Some(_)) => Turn::Refuse,
        }
    }

    /// Under the id of the last answer, or one that never was.
    fn ask_again(&mut self, id: Id, said: Said) -> Turn {
        let Some(last) = self.last.as_mut().filter(|last| last.id == id && self.waits.is_none()) else {
            return Turn::Refuse;
        };
        if said.is_none() || said == last.said {
            return Turn::Again(last.answer.clone());
        }
        if last.said.is_some() || last.answer.closes {
            return Turn::Refuse;
        }
        // The id in the answer that was lost is good for nothing from here on.
        self.lost = std::mem::take(&mut last.answer.body);
        self.id = id;
        Turn::Say(self.wait(said))
    }

    /// What was answered before has arrived, or is kept as lost.
    fn wait(&mut self, said: Said) -> u64 {
        self.last = None;
        self.asked += 1;
        self.waits = Some(Asker { number: self.asked, said });
        self.asked
    }

    /// What this one has to say is said. Until then it may come again.
    pub(super) fn hear(&mut self, number: u64) {
        if let Some(asker) = self.waits.filter(|asker| asker.number == number) {
            self.said = asker.said;
        }
    }

    /// Whether it is still this one that waits.
    pub(super) fn is_waiting(&self, number: u64) -> bool {
        self.waits.is_some_and(|asker| asker.number == number)
    }

    /// Whether somebody waits.
    pub(super) fn is_under_way(&self) -> bool {
        self.waits.is_some()
    }

    /// This one waits no more: its client has gone, or it can't be heard. What it has said it has said.
    pub(super) fn leave(&mut self, number: u64) {
        if self.is_waiting(number) {
            self.waits = None;
        }
    }

    /// The client leaves, in its turn or in place of whoever waits. Returns whether it may.
    pub(super) fn close(&mut self, id: Id) -> bool {
        let may = id == self.id || self.last.as_ref().is_some_and(|last| last.id == id);
        if may {
            self.waits = None;
        }
        may
    }

    /// How many bytes of the next answer are taken by what was lost.
    pub(super) fn lost(&self) -> usize {
        self.lost.len()
    }

    /// Whoever waits is answered, with what was lost before `body`.
    pub(super) fn answer(&mut self, body: Vec<u8>, closes: bool) -> Told {
        self.waits = None;
        let lost = std::mem::take(&mut self.lost);
        let body = if lost.is_empty() { body.into() } else { [&lost, body.as_slice()].concat().into() };
        let answer = Told { id: self.id.next(), body, closes };
        self.last = Some(Last { id: self.id, said: self.said, answer: answer.clone() });
        (self.id, self.said) = (answer.id, None);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Id = Id { head: 1, tail: 1 };
    const ONE: Said = Some(1);
    const TWO: Said = Some(2);

    fn turns() -> Turns {
        Turns::new(FIRST)
    }

    /// Asks, and has what is to be said heard at once.
    fn ask(turns: &mut Turns, id: Id, said: Said) -> Turn {
        let turn = turns.ask(id, said);
        if let Turn::Say(number) = turn {
            turns.hear(number);
        }
        turn
    }

    /// One that was answered.
    fn answered(said: Said) -> (Turns, Told) {
        let mut turns = turns();
        assert!(matches!(ask(&mut turns, FIRST, said), Turn::Say(_) | Turn::Wait(_)));
        let told = turns.answer(b"told".to_vec(), false);
        (turns, told)
    }

    #[test]
    fn each_answer_brings_another_id() {
        let (mut turns, told) = answered(ONE);
        assert_ne!(told.id, FIRST);
        assert_eq!(ask(&mut turns, told.id, ONE), Turn::Say(2));
        assert_eq!(ask(&mut turns, FIRST, ONE), Turn::Refuse, "its answer has arrived");
        assert_eq!(ask(&mut turns, Id { head: 1, tail: told.id.tail ^ 1 }, None), Turn::Refuse);
    }

    #[test]
    fn who_has_lost_an_answer_is_told_again() {
        for said in [None, ONE] {
            let (mut turns, told) = answered(said);
            for again in [said, None, said] {
                assert_eq!(ask(&mut turns, FIRST, again), Turn::Again(told.clone()));
            }
            // And then it goes on.
            assert!(matches!(ask(&mut turns, told.id, TWO), Turn::Say(_)));
        }
    }

    #[test]
    fn nothing_else_is_said_under_an_id_that_was_answered() {
        let (mut turns, told) = answered(ONE);
        assert_eq!(ask(&mut turns, FIRST, TWO), Turn::Refuse);
        assert_eq!(ask(&mut turns, FIRST, ONE), Turn::Again(told));
    }

    #[test]
    fn who_has_lost_the_answer_to_a_poll_may_go_on_with_a_command() {
        let (mut turns, told) = answered(None);
        let Turn::Say(number) = ask(&mut turns, FIRST, ONE) else { panic!() };
        assert_eq!(ask(&mut turns, told.id, ONE), Turn::Refuse, "nobody has that id");
        assert_eq!(turns.lost(), 4);
        // The connection breaks once more.
        turns.leave(number);
        assert_eq!(ask(&mut turns, FIRST, ONE), Turn::Wait(number + 1));
        let next = turns.answer(b" more".to_vec(), false);
        assert_eq!(&*next.body, b"told more");
        assert_eq!(turns.lost(), 0);
        assert_eq!(ask(&mut turns, FIRST, ONE), Turn::Again(next));
    }

    #[test]
    fn a_command_is_said_once_however_often_it_comes() {
        let mut turns = turns();
        assert_eq!(ask(&mut turns, FIRST, ONE), Turn::Say(1));
        // While somebody waits; when he has left; when a poll has come meanwhile.
        assert_eq!(ask(&mut turns, FIRST, ONE), Turn::Wait(2));
        assert!(!turns.is_waiting(1));
        turns.leave(1);
        assert!(turns.is_waiting(2));
        assert_eq!(ask(&mut turns, FIRST, TWO), Turn::Refuse);
        assert_eq!(ask(&mut turns, FIRST, None), Turn::Refuse);
        turns.leave(2);
        assert!(!turns.is_under_way());
        assert_eq!(ask(&mut turns, FIRST, TWO), Turn::Refuse);
        assert_eq!(ask(&mut turns, FIRST, None), Turn::Wait(3));
        assert_eq!(ask(&mut turns, FIRST, ONE), Turn::Wait(4));
        let told = turns.answer(Vec::new(), false);
        assert_eq!(ask(&mut turns, FIRST, ONE), Turn::Again(told));
    }

    #[test]
    fn a_command_sends_a_poll_away() {
        let mut turns = turns();
        assert_eq!(ask(&mut turns, FIRST, None), Turn::Wait(1));
        assert_eq!(ask(&mut turns, FIRST, None), Turn::Wait(2));
        assert_eq!(ask(&mut turns, FIRST, ONE), Turn::Say(3));
        assert!(!turns.is_waiting(1) && !turns.is_waiting(2) && turns.is_waiting(3));
    }

    #[test]
    fn what_could_not_be_heard_may_come_again() {
        let mut turns = turns();
        assert_eq!(turns.ask(FIRST, ONE), Turn::Say(1));
        // From the same client, while there is no room yet; from one that has been told so.
        assert_eq!(turns.ask(FIRST, ONE), Turn::Say(2));
        turns.hear(1);
        turns.leave(2);
        assert_eq!(turns.ask(FIRST, TWO), Turn::Say(3));
        turns.hear(3);
        turns.leave(3);
        assert_eq!(turns.ask(FIRST, TWO), Turn::Wait(4));
    }

    #[test]
    fn who_leaves_need_not_wait() {
        let (mut turns, told) = answered(ONE);
        assert!(turns.close(FIRST), "the answer may have been lost");
        assert_eq!(ask(&mut turns, told.id, ONE), Turn::Say(2));
        assert!(!turns.close(FIRST));
        assert!(turns.close(told.id) && !turns.is_waiting(2));
    }

    #[test]
    fn nothing_is_said_after_the_end() {
        let mut turns = turns();
        assert_eq!(ask(&mut turns, FIRST, None), Turn::Wait(1));
        let told = turns.answer(Vec::new(), true);
        assert_eq!(ask(&mut turns, FIRST, ONE), Turn::Refuse);
        assert_eq!(ask(&mut turns, FIRST, None), Turn::Again(told));
    }

    /// What becomes of a request.
    #[derive(Clone, Copy, Debug)]
    enum Fate {
        /// Its answer arrives.
        Arrives,
        /// Its answer is lost.
        Lost,
        /// Its connection breaks before there is an answer.
        Broken,
    }

    proptest::proptest! {
        /// Whatever is lost on the way, commands are heard once and in order, and so is what is answered. A client asks again
        /// for what it has lost, or, if that was a poll, may go on with a command.
        #[test]
        fn nothing_is_lost_and_nothing_comes_twice(
            steps in proptest::collection::vec(
                (proptest::bool::ANY, proptest::bool::ANY, 0..3_u8, proptest::bool::ANY),
                1..60,
            )
        ) {
            let mut turns = turns();
            // The session hears numbers, and repeats them; and says others of its own.
            let (mut heard, mut output, mut expected) = (Vec::new(), Vec::new(), Vec::new());
            let (mut id, mut next, mut got) = (FIRST, 1_u64, Vec::new());
            let mut pending: Option<Said> = None;
            let mut own = 200_u8;
            for (speaks, news, fate, insists) in steps {
                if news {
                    own = own.wrapping_add(1).max(200);
                    output.push(own);
                    expected.push(own);
                }
                let said = match pending {
                    Some(said @ Some(_)) => said,
                    Some(None) if insists || !speaks => None,
                    _ if speaks => Some(next),
                    _ => None,
                };
                let turn = ask(&mut turns, id, said);
                let told = match turn {
                    Turn::Say(_) => {
                        heard.push(said.unwrap());
                        output.push(said.unwrap() as u8);
                        expected.push(said.unwrap() as u8);
                        None
                    }
                    Turn::Wait(_) => None,
                    Turn::Again(told) => Some(told),
                    Turn::Refuse => panic!("refused: {said:?} under {id}"),
                };
                let fate = [Fate::Arrives, Fate::Lost, Fate::Broken][usize::from(fate)];
                let told = match (told, fate) {
                    (Some(told), _) => told,
                    (None, Fate::Broken) => {
                        turns.leave(turns.asked);
                        pending = Some(said);
                        continue;
                    }
                    (None, _) => turns.answer(std::mem::take(&mut output), false),
                };
                if matches!(fate, Fate::Arrives) {
                    got.extend_from_slice(&told.body);
                    id = told.id;
                    pending = None;
                    next += u64::from(said.is_some());
                } else {
                    pending = Some(said);
                }
            }
            let orderly: Vec<u64> = (1..=heard.len() as u64).collect();
            proptest::prop_assert_eq!(&heard, &orderly);
            // The last answer may still be on its way.
            proptest::prop_assert!(expected.starts_with(&got), "{:?} {:?}", expected, got);
            proptest::prop_assert!(next as usize >= heard.len());
        }
    }
}
