//! Text for terminals.

/// A name as a terminal may show it: clients set what they like, and a control character in it could do anything to
/// the operator's screen.
pub(super) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The day, as `2005-04-23`, of a time in seconds since 1970, in UTC.
pub(super) fn day(seconds: u64) -> String {
    // Years that begin in March have their odd day last; 400 of them always have as many days.
    // <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + next)
}

/// `1 list`, `2 lists`.
pub(super) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_114_300_664, "2005-04-23"),
            (1_363_305_600, "2013-03-15"),
            (1_735_689_599, "2024-12-31"),
            (1_735_689_600, "2025-01-01"),
        ] {
            assert_eq!(day(seconds), expected);
        }
    }

    #[test]
    fn a_name_does_nothing_to_the_terminal() {
        assert_eq!(plain("A\x1b[2Jé\u{9b}\r\n"), "A\u{fffd}[2Jé\u{fffd}\u{fffd}\u{fffd}");
    }
}
