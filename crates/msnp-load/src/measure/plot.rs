//! Latency and memory over time, as a picture.

use std::path::Path;

use anyhow::anyhow;
use plotters::prelude::*;

use super::{Report, Sample};

/// In pixels.
const SIZE: (u32, u32) = (960, 640);

/// Draws the rounds with the server, one after another: above, how long things took; below, the memory of the server's
/// process, if it was looked at.
///
/// # Errors
/// When the file can't be written.
pub fn plot(report: &Report, file: &Path) -> anyhow::Result<()> {
    let samples = in_a_row(report);
    let title = format!("{}, {} users of {}", report.scenario, report.users, report.version);
    let root = SVGBackend::new(file, SIZE).into_drawing_area();
    let drawn = || {
        root.fill(&WHITE)?;
        let (above, below) = root.titled(&title, ("sans-serif", 18))?.split_vertically(SIZE.1 / 2);
        draw(
            &above,
            &samples,
            "ms",
            &[("median", &|s| Some(s.median), BLUE), ("p99", &|s| Some(s.p99), RED)],
        )?;
        let memory = |s: &Sample| s.usage.map(|usage| usage.anonymous as f64 / 1024.0);
        draw(&below, &samples, "MiB", &[("memory of its own", &memory, BLACK)])?;
        root.present()
    };
    drawn().map_err(|error| anyhow!("can't draw {}: {error}", file.display()))
}

/// All samples on one line of time.
fn in_a_row(report: &Report) -> Vec<Sample> {
    let mut began = 0.0;
    let mut all = Vec::new();
    for round in &report.server {
        all.extend(round.samples.iter().map(|sample| Sample { seconds: began + sample.seconds, ..*sample }));
        began = all.last().map_or(began, |sample: &Sample| sample.seconds);
    }
    all
}

type Series<'a> = (&'a str, &'a dyn Fn(&Sample) -> Option<f64>, RGBColor);
type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

fn draw<'a>(area: &Area<'a>, samples: &[Sample], unit: &str, all: &[Series<'_>]) -> Drawn<'a> {
    let longest = samples.last().map_or(1.0, |sample| sample.seconds).max(f64::EPSILON);
    let values = all.iter().flat_map(|(_, value, _)| samples.iter().filter_map(value));
    let most = values.fold(0.0, f64::max).max(0.001) * 1.05;
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..longest, 0.0..most)?;
    chart.configure_mesh().x_desc("s").y_desc(unit).light_line_style(WHITE).draw()?;
    for (name, value, color) in all {
        let points = samples.iter().filter_map(|sample| Some((sample.seconds, value(sample)?)));
        let color = *color;
        chart
            .draw_series(LineSeries::new(points, &color))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], color));
    }
    chart.configure_series_labels().border_style(BLACK).background_style(WHITE).draw()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Round, Usage};

    #[test]
    fn rounds_follow_each_other() {
        let usage = Some(Usage { anonymous: 2048, ..Usage::default() });
        let sample = |seconds| Sample { seconds, done: 1, median: 1.0, p99: 2.0, usage };
        let round = Round { samples: vec![sample(0.5), sample(1.0)], ..Round::default() };
        let report = Report {
            scenario: "chat".to_owned(),
            version: "MSNP8".to_owned(),
            users: 2,
            processes: 1,
            unit: "messages",
            server: vec![round.clone(), round],
            floor: Vec::new(),
        };
        let times: Vec<_> = in_a_row(&report).iter().map(|sample| sample.seconds).collect();
        assert_eq!(times, [0.5, 1.0, 1.5, 2.0]);
        let dir = std::env::temp_dir().join(format!("msnp-load-plot-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let file = dir.join("plot.svg");
        plot(&report, &file).unwrap();
        let drawn = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_dir_all(&dir).unwrap();
        assert!(drawn.starts_with("<svg") && drawn.contains("p99") && drawn.contains("MiB"), "{drawn}");
    }
}
