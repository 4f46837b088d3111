//! Prints what the last `cargo bench -p benches` measured as ratios, beside
//! the goals. A goal that is missed is told and fails nothing: how long
//! something takes is the machine's doing too. Exits 1 only where nothing was
//! measured at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use benches::{COMPARISONS, Comparison};

fn main() -> io::Result<ExitCode> {
    let results = results();
    let measure = |bench| median(&results, bench);
    if COMPARISONS.iter().all(|one| measure(one.ours).is_none()) {
        let place = results.display();
        let what = "error: nothing is measured; run `cargo bench -p benches` first";
        writeln!(io::stderr(), "{what} (looked in {place})")?;
        return Ok(ExitCode::FAILURE);
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:<15} {:<25} {:>10}   {:<26} {:>10} {:>7}  goal",
        "step", "ours", "", "beside", "", "ratio"
    )?;
    for comparison in COMPARISONS {
        let Comparison {
            step,
            ours,
            beside,
            goal,
        } = *comparison;
        let [a, b] = [ours, beside].map(measure);
        let ratio = a.zip(b).map(|(a, b)| a / b);
        let verdict = match (goal, ratio) {
            (None, _) => String::new(),
            (Some(goal), None) => format!("<= {goal:.2} not measured"),
            (Some(goal), Some(ratio)) if ratio <= goal => format!("<= {goal:.2} met"),
            (Some(goal), Some(_)) => format!("<= {goal:.2} missed"),
        };
        let ratio = ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
        let line = format!(
            "{step:<15} {ours:<25} {:>10}   {beside:<26} {:>10} {ratio:>7}  {verdict}",
            time(a),
            time(b)
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder where criterion keeps its results: the target directory of the
/// workspace.
fn results() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
        PathBuf::from,
    );
    target.join("criterion")
}

/// The median of a bench in nanoseconds, if it was run.
fn median(results: &Path, bench: &str) -> Option<f64> {
    let text = std::fs::read(results.join(bench).join("new/estimates.json")).ok()?;
    let estimates: serde_json::Value = serde_json::from_slice(&text).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

fn time(nanoseconds: Option<f64>) -> String {
    match nanoseconds {
        None => "not run".to_owned(),
        Some(ns) if ns < 10_000.0 => format!("{ns:.1} ns"),
        Some(ns) => format!("{:.1} us", ns / 1000.0),
    }
}
