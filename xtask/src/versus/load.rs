//! Runs one spell of load, and measures what came of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Error;
use super::call::Call;
use crate::server::Server;

/// Holds what wrk measured, and what the server's process spent.
#[derive(Debug, PartialEq)]
pub(super) struct Measured {
    pub(super) per_second: f64,
    /// The 99th percentile, in milliseconds.
    pub(super) slow_millis: f64,
    /// The CPU time of the server's process, all threads, user and system.
    pub(super) cpu_micros: Option<f64>,
}

pub(super) fn run(
    folder: &Path,
    call: &Call,
    server: &Server,
    seconds: u32,
    connections: u32,
) -> Result<Measured, Error> {
    let before = cpu_seconds(server.id());
    let output = Command::new("wrk")
        .args(["-t1", "--latency", "--timeout", "20s"])
        .arg(format!("-c{connections}"))
        .arg(format!("-d{seconds}s"))
        .arg("-s")
        .arg(call.script(folder))
        .arg(server.url())
        .output()
        .map_err(Error::io("wrk"))?;
    let after = cpu_seconds(server.id());
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Tool(format!("wrk: {}", said.trim())));
    }
    let (mut measured, requests) = read(&said).map_err(Error::Tool)?;
    measured.cpu_micros = before
        .zip(after)
        .map(|(before, after)| (after - before) * 1e6 / requests);
    Ok(measured)
}

/// Reads wrk's summary. Calls that failed make it no measure.
fn read(said: &str) -> Result<(Measured, f64), String> {
    let after = |label: &str| {
        let mut lines = said.lines().map(str::trim);
        lines.find_map(|line| line.strip_prefix(label).map(str::trim))
    };
    for trouble in ["Socket errors:", "Non-2xx or 3xx responses:"] {
        if let Some(count) = after(trouble) {
            return Err(format!("not every call was answered: {trouble} {count}"));
        }
    }
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| *number > 0.0);
    let per_second = after("Requests/sec:").and_then(number);
    let slow = after("99%").and_then(millis);
    let mut lines = said.lines().map(str::trim);
    let requests = lines
        .find_map(|line| line.split_once(" requests in "))
        .and_then(|(requests, _)| number(requests));
    match (per_second, slow, requests) {
        (Some(per_second), Some(slow_millis), Some(requests)) => Ok((
            Measured {
                per_second,
                slow_millis,
                cpu_micros: None,
            },
            requests,
        )),
        _ => Err(format!("wrk said something else: {said}")),
    }
}

/// `1.25ms`, `830.00us`, `2.01s`.
fn millis(text: &str) -> Option<f64> {
    let (number, factor) = match text {
        text if text.ends_with("us") => (text.strip_suffix("us")?, 0.001),
        text if text.ends_with("ms") => (text.strip_suffix("ms")?, 1.0),
        text => (text.strip_suffix('s')?, 1000.0),
    };
    number.parse::<f64>().ok().map(|number| number * factor)
}

/// The time that a process has spent so far, where the system tells it as Linux
/// does.
fn cpu_seconds(process: u32) -> Option<f64> {
    // The value of `_SC_CLK_TCK` on every Linux that one meets.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold spaces. After it, utime is the 12th
    // field and stime the 13th.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11).map(str::parse::<f64>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some((user + system) / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "\
Running 4s test @ http://127.0.0.1:8499
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.79ms    5.13ms  94.83ms   92.59%
    Req/Sec    10.65k     3.68k   17.77k    70.00%
  Latency Distribution
     50%    1.10ms
     75%    2.00ms
     90%    5.00ms
     99%   24.83ms
  42438 requests in 4.01s, 197.67MB read
Requests/sec:  10573.15
Transfer/sec:     49.25MB
";

    #[test]
    fn wrks_summary_is_read() {
        let (measured, requests) = read(SAID).unwrap();
        assert_eq!(
            (measured.per_second, measured.slow_millis),
            (10573.15, 24.83)
        );
        assert_eq!(requests, 42438.0);
        assert!(read("").is_err());
        assert!(read(&SAID.replace("10573.15", "0.00")).is_err());
    }

    #[test]
    fn failed_calls_are_no_measure() {
        for line in [
            "  Socket errors: connect 0, read 3, write 0, timeout 0\n",
            "  Non-2xx or 3xx responses: 42438\n",
        ] {
            let said = SAID.replace("Requests/sec", &format!("{line}Requests/sec"));
            assert!(read(&said).unwrap_err().contains("not every call"));
        }
    }

    #[test]
    fn units() {
        for (text, expected) in [("830.00us", 0.83), ("1.25ms", 1.25), ("2.01s", 2010.0)] {
            assert!((millis(text).unwrap() - expected).abs() < 1e-9, "{text}");
        }
        assert_eq!(millis("x"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_spends_time() {
        let start = std::time::Instant::now();
        while cpu_seconds(std::process::id()).unwrap() == 0.0 {
            assert!(start.elapsed().as_secs() < 60);
        }
        assert_eq!(cpu_seconds(u32::MAX), None);
    }
}
