//! What all rounds have come to, for people and for machines.

use std::fmt::{self, Write as _};

use serde::Serialize;

use super::{Outcome, Phase, Spread, Tick, Usage};

/// What all rounds have come to.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The scenario.
    pub scenario: String,
    /// The version that everybody spoke.
    pub version: String,
    /// How many people took part.
    pub users: usize,
    /// In how many processes they were.
    pub processes: usize,
    /// What is counted.
    pub unit: &'static str,
    /// With the server.
    pub server: Vec<Round>,
    /// With the floor, if that was measured: one after each with the server.
    pub floor: Vec<Round>,
}

/// One round.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Round {
    /// What was done.
    pub outcome: Outcome,
    /// What the server's process had taken before, if that is known.
    pub before: Option<Usage>,
    /// And when everybody was in, just before they left.
    pub there: Option<Usage>,
    /// And after.
    pub after: Option<Usage>,
    /// How it went on.
    pub samples: Vec<Sample>,
}

/// How it was at one moment.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Sample {
    /// Seconds since the round began.
    pub seconds: f64,
    /// How much had been done.
    pub done: u64,
    /// How long what was done since the last sample took in the median, in milliseconds.
    pub median: f64,
    /// And the slowest hundredth of it at least.
    pub p99: f64,
    /// What the server's process takes.
    pub usage: Option<Usage>,
}

impl Sample {
    /// Of what several processes have done meanwhile.
    pub fn of(seconds: f64, done: u64, ticks: impl IntoIterator<Item = Tick>, usage: Option<Usage>) -> Self {
        let mut latencies = super::Latencies::default();
        ticks.into_iter().for_each(|tick| latencies.merge(&tick.latencies));
        Self { seconds, done, median: latencies.quantile(0.5), p99: latencies.quantile(0.99), usage }
    }
}

impl Round {
    /// Notes how it was at a moment.
    pub fn note(&mut self, sample: Sample, phase: Phase) {
        if phase == Phase::There {
            self.there = sample.usage.or(self.there);
        }
        self.samples.push(sample);
    }

    /// How many KiB of its own the server's process took for each user.
    pub fn memory_each(&self, users: u64) -> Option<f64> {
        let (before, there) = self.before.zip(self.there)?;
        (users > 0).then(|| (there.anonymous as f64 - before.anonymous as f64) / users as f64)
    }
}

impl Report {
    /// How many were done in a second with the server.
    pub fn rate(&self) -> Option<Spread> {
        Spread::of(self.server.iter().filter_map(|round| round.outcome.rate(self.unit)))
    }

    /// That of the server by that of the floor, round by round.
    pub fn ratio(&self) -> Option<Spread> {
        self.ratio_of(|round| round.outcome.rate(self.unit))
    }

    /// A figure of the server by the same of the floor, round by round.
    pub fn ratio_of(&self, figure: impl Fn(&Round) -> Option<f64>) -> Option<Spread> {
        let pairs = self.server.iter().zip(&self.floor);
        Spread::of(pairs.filter_map(|(server, floor)| Some(figure(server)? / figure(floor)?)))
    }

    /// How long something took with the server: a part of them at most, in milliseconds.
    pub fn latency(&self, name: &str, part: f64) -> Option<Spread> {
        Spread::of(self.server.iter().filter_map(|round| round.latency(name, part)))
    }

    /// What went wrong with the server.
    pub fn failures(&self) -> u64 {
        self.server.iter().map(|round| round.outcome.failures()).sum()
    }
}

impl Round {
    /// How long something took: a part of them at most, in milliseconds.
    pub fn latency(&self, name: &str, part: f64) -> Option<f64> {
        let latencies = self.outcome.latencies.get(name)?;
        (latencies.count() > 0).then(|| latencies.quantile(part))
    }
}

/// For people.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenario, version, users, processes, unit, .. } = self;
        let rounds = self.server.len().max(self.floor.len());
        writeln!(
            f,
            "{scenario}: {users} users of {version} in {processes} process{}, {rounds} round{}: median (smallest to largest)",
            if *processes == 1 { "" } else { "es" },
            if rounds == 1 { "" } else { "s" },
        )?;
        for (who, rounds) in [("server", &self.server), ("floor", &self.floor)] {
            if rounds.is_empty() {
                continue;
            }
            writeln!(f, "{who}")?;
            let figure = |of: &dyn Fn(&Round) -> Option<f64>| Spread::of(rounds.iter().filter_map(of));
            line(f, unit, figure(&|round| round.outcome.counts.get(*unit).map(|count| *count as f64)), "")?;
            line(f, &format!("{unit} a second"), figure(&|round| round.outcome.rate(unit)), "")?;
            let names = rounds.first().map(|round| round.outcome.latencies.keys());
            for name in names.into_iter().flatten() {
                for (part, label) in [(0.5, "median"), (0.99, "p99"), (1.0, "longest")] {
                    line(f, &format!("{name}, {label}"), figure(&|round| round.latency(name, part)), " ms")?;
                }
            }
            let users = *users as u64;
            line(f, "memory of its own for each user", figure(&|round| round.memory_each(users)), " KiB")?;
            let processor = |round: &Round| {
                let (before, after) = round.before.zip(round.after)?;
                Some(after.processor - before.processor)
            };
            line(f, "processor time", figure(&processor), " s")?;
            for round in rounds {
                for (error, count) in &round.outcome.errors {
                    writeln!(f, "  went wrong: {count} times {error}")?;
                }
            }
        }
        line(f, "server by floor", self.ratio(), "")
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, spread: Option<Spread>, unit: &str) -> fmt::Result {
    match spread {
        None => Ok(()),
        Some(Spread { min, median, max }) if min == max => {
            writeln!(f, "  {name:<34} {:>12}{unit}", number(median))
        }
        Some(Spread { min, median, max }) => {
            writeln!(f, "  {name:<34} {:>12}{unit}  ({} to {})", number(median), number(min), number(max))
        }
    }
}

/// With three digits at least, and thousands apart.
pub fn number(figure: f64) -> String {
    let digits = match figure.abs() {
        whole if whole.fract() == 0.0 => format!("{whole:.0}"),
        small if small < 10.0 => return format!("{figure:.2}"),
        small if small < 100.0 => return format!("{figure:.1}"),
        _ => format!("{:.0}", figure.abs()),
    };
    let mut text = String::from(if figure < 0.0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            // Writing to memory can't fail.
            let _ = text.write_char(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_plain() {
        for (figure, text) in [
            (0.7, "0.70"),
            (12.34, "12.3"),
            (999.6, "1,000"),
            (1_234_567.0, "1,234,567"),
            (-1000.0, "-1,000"),
        ] {
            assert_eq!(number(figure), text);
        }
    }

    #[test]
    fn the_server_is_told_beside_the_floor() {
        let round = |count, anonymous| Round {
            outcome: Outcome {
                seconds: 2.0,
                counts: [("users".to_owned(), count)].into(),
                ..Outcome::default()
            },
            before: Some(Usage::default()),
            there: Some(Usage { anonymous, ..Usage::default() }),
            ..Round::default()
        };
        let report = Report {
            scenario: "idle".to_owned(),
            version: "MSNP8".to_owned(),
            users: 100,
            processes: 1,
            unit: "users",
            server: vec![round(100, 400), round(50, 800)],
            floor: vec![round(200, 0), round(200, 0)],
        };
        assert_eq!(report.ratio(), Some(Spread { min: 0.25, median: 0.25, max: 0.5 }));
        let text = report.to_string();
        assert!(text.contains("memory of its own for each user               4 KiB  (4 to 8)"), "{text}");
    }
}
