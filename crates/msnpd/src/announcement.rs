//! That the service is about to go down: who is told when, and what it ends in.
//!
//! Knows no clock and no client: time is an argument, and what comes of it is for the caller to say.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How many minutes before the end everybody is told again.
const REMINDERS: [u32; 7] = [60, 30, 15, 10, 5, 2, 1];

/// The longest time that can be announced, in minutes: a day, as long as orders are kept.
pub const LONGEST: u32 = 24 * 60;

/// The longest time that clients can be told to stay away, in minutes.
pub const LONGEST_ABSENCE: u32 = 24 * 60;

/// For how long after its time an announcement that does not end the service still says how its end is meant.
const LATE: Duration = Duration::from_secs(60 * 60);

const MINUTE: Duration = Duration::from_secs(60);

/// What an operator announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// In how many minutes the service goes down.
    pub minutes: u32,
    /// In how many minutes from then it is back, if it comes back.
    pub back_in: Option<u32>,
    /// Whether the operator takes it down himself: it is only said.
    pub only_say: bool,
}

/// An announcement that has been made.
#[derive(Clone, Copy, Debug)]
pub struct Announcement {
    plan: Plan,
    end: Instant,
    /// How many minutes were left when everybody was told last.
    said: u32,
}

/// What is to be done about an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing yet.
    Nothing,
    /// Tell everybody how many minutes are left.
    Say(u32),
    /// Go down.
    GoDown,
    /// Forget it.
    Forget,
}

impl Announcement {
    /// An announcement made `now`, when everybody is told.
    pub fn new(plan: Plan, now: Instant) -> Self {
        // Nobody but this program's own command writes orders, but what is beyond reason must not overflow.
        let minutes = plan.minutes.min(LONGEST);
        Self { plan, end: now + MINUTE * minutes, said: minutes }
    }

    /// What is to be done `now`.
    pub fn due(&mut self, now: Instant) -> Due {
        if now >= self.end {
            return match self.plan.only_say {
                false => Due::GoDown,
                true if now >= self.end + LATE => Due::Forget,
                true => Due::Nothing,
            };
        }
        let left = self.minutes_left(now);
        // The latest one only, if a sleeping machine has missed others.
        match REMINDERS.into_iter().filter(|reminder| (left..self.said).contains(reminder)).min() {
            Some(_) => {
                self.said = left;
                Due::Say(left)
            }
            None => Due::Nothing,
        }
    }

    /// How many minutes are left `now`, the one that has begun counted, for somebody who has just come; 0 when it is
    /// over.
    pub fn minutes_left(&self, now: Instant) -> u32 {
        let left = self.end.saturating_duration_since(now);
        u32::try_from(left.as_millis().div_ceil(MINUTE.as_millis())).unwrap_or(LONGEST)
    }

    /// In how many minutes from its end clients may come back, if they may.
    pub fn back_in(&self) -> Option<u32> {
        self.plan.back_in.map(|minutes| minutes.clamp(1, LONGEST_ABSENCE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { minutes: 15, back_in: None, only_say: false };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// What is done in the course of an announcement, looked at every quarter of a second, with the seconds.
    fn course(plan: Plan) -> Vec<(u64, Due)> {
        let now = Instant::now();
        let mut announcement = Announcement::new(plan, now);
        let mut done = Vec::new();
        for tick in 0..=u64::from(plan.minutes) * 240 {
            let due = announcement.due(now + Duration::from_millis(tick * 250));
            if due != Due::Nothing {
                done.push((tick / 4, due));
            }
        }
        done
    }

    #[test]
    fn everybody_is_told_again_and_then_it_ends() {
        let told = [
            (300, Due::Say(10)),
            (600, Due::Say(5)),
            (780, Due::Say(2)),
            (840, Due::Say(1)),
            (900, Due::GoDown),
        ];
        assert_eq!(course(PLAN), told);
        assert_eq!(course(Plan { minutes: 1, ..PLAN }), [(60, Due::GoDown)]);
        assert_eq!(course(Plan { only_say: true, ..PLAN }), told[..4]);
        let long = course(Plan { minutes: 90, ..PLAN });
        assert_eq!(long[..2], [(30 * 60, Due::Say(60)), (60 * 60, Due::Say(30))]);
    }

    #[test]
    fn whoever_comes_late_hears_what_is_left() {
        let now = Instant::now();
        let announcement = Announcement::new(PLAN, now);
        for (passed, left) in [(0, 15), (1, 15), (60, 14), (61, 14), (899, 1), (900, 0), (901, 0)] {
            assert_eq!(announcement.minutes_left(now + seconds(passed)), left, "{passed}");
        }
    }

    #[test]
    fn what_was_slept_through_is_said_once() {
        let now = Instant::now();
        let mut announcement = Announcement::new(PLAN, now);
        assert_eq!(announcement.due(now + seconds(700)), Due::Say(4));
        assert_eq!(announcement.due(now + seconds(701)), Due::Nothing);
        assert_eq!(announcement.due(now + seconds(780)), Due::Say(2));
    }

    #[test]
    fn what_is_only_said_is_forgotten_in_the_end() {
        let now = Instant::now();
        let mut announcement = Announcement::new(Plan { only_say: true, ..PLAN }, now);
        assert_eq!(announcement.due(now + seconds(900) + LATE - seconds(1)), Due::Nothing);
        assert_eq!(announcement.due(now + seconds(900) + LATE), Due::Forget);
    }

    #[test]
    fn clients_stay_away_for_a_time_within_reason() {
        let back_in = |back_in| Announcement::new(Plan { back_in, ..PLAN }, Instant::now()).back_in();
        assert_eq!(back_in(None), None);
        assert_eq!(back_in(Some(0)), Some(1));
        assert_eq!(back_in(Some(3)), Some(3));
        assert_eq!(back_in(Some(u32::MAX)), Some(LONGEST_ABSENCE));
    }
}
