//! Dates of the Gregorian calendar, for a program that needs no more of them than to write them.

/// A point of time in the calendar, UTC.
///
/// ```
/// use msnp::types::calendar::Civil;
///
/// let Civil { year, month, day, .. } = Civil::from_unix(1_114_307_864);
/// assert_eq!((year, month, day), (2005, 4, 24));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// The year, 1970 or later.
    pub year: u64,
    /// The month, from 1 on.
    pub month: u64,
    /// The day of the month, from 1 on.
    pub day: u64,
    /// The hour, 0 to 23.
    pub hour: u64,
    /// The minute.
    pub minute: u64,
    /// The second; a leap second is none.
    pub second: u64,
}

impl Civil {
    /// The point that many seconds after 1970 began.
    ///
    /// Days to a date as in Howard Hinnant's "chrono-compatible low-level date algorithms"
    /// (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>): years begin with March, so that the
    /// leap day is the last one and months have a regular length, and 400 of them always have as many days.
    pub const fn from_unix(seconds: u64) -> Self {
        let (days, in_day) = (seconds / 86_400 + 719_468, seconds % 86_400);
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let (month, next_year) = if from_march < 10 { (from_march + 3, 0) } else { (from_march - 9, 1) };
        Self {
            year: era * 400 + year_of_era + next_year,
            month,
            day: day_of_year - (153 * from_march + 2) / 5 + 1,
            hour: in_day / 3600,
            minute: in_day / 60 % 60,
            second: in_day % 60,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, date) in [
            (0, (1970, 1, 1)),
            (951_782_399, (2000, 2, 28)),
            (951_782_400, (2000, 2, 29)),
            (951_868_800, (2000, 3, 1)),
            (1_709_164_800, (2024, 2, 29)),
            (1_735_689_599, (2024, 12, 31)),
            (1_735_689_600, (2025, 1, 1)),
            (4_107_542_400, (2100, 3, 1)),
            (253_402_300_799, (9999, 12, 31)),
        ] {
            let Civil { year, month, day, .. } = Civil::from_unix(seconds);
            assert_eq!((year, month, day), date, "{seconds}");
        }
        let Civil { hour, minute, second, .. } = Civil::from_unix(1_735_689_599);
        assert_eq!((hour, minute, second), (23, 59, 59));
    }

    #[test]
    fn no_day_is_left_out_or_told_twice() {
        let days_of = |year: u64| {
            let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
            [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        };
        let mut at = 0;
        for year in 1970..2500 {
            for (month, days) in (1..).zip(days_of(year)) {
                for day in 1..=days {
                    let civil = Civil::from_unix(at);
                    assert_eq!((civil.year, civil.month, civil.day), (year, month, day));
                    at += 86_400;
                }
            }
        }
    }
}
