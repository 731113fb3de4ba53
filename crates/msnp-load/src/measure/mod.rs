//! What is measured, and how it is told.

mod gauge;
mod latencies;
mod outcome;
mod plot;
mod process;
mod report;

pub use gauge::{Gauge, Phase, Tick};
pub use latencies::Latencies;
pub use outcome::{Outcome, Spread};
pub use plot::plot;
pub use process::{Process, Usage};
pub use report::{Report, Round, Sample, number};
