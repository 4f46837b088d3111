//! Describes the machine that the figures were taken on.

use std::fs;
use std::io::{Seek, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::Error;

pub(super) fn facts(
    root: &Path,
    folder: &Path,
    tools: &[(&str, String)],
) -> Result<Vec<(String, String)>, Error> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: Option<String>| {
        facts.extend(value.map(|value| (name.to_owned(), value)));
    };
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    fact(
        "processor",
        model.map(|name| name.trim_start_matches([' ', '\t', ':']).to_owned()),
    );
    let cores = std::thread::available_parallelism();
    fact("cores", cores.ok().map(|cores| cores.to_string()));
    fact("system", version("uname", &["-sr"]));
    let load = fs::read_to_string("/proc/loadavg").ok();
    let load = load.and_then(|load| load.split(' ').next().map(str::to_owned));
    fact("load before it", load);
    fact("disk", Some(disk(folder)?));
    let git = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .current_dir(root)
        .output();
    let commit = git.ok().map(|output| first_line(&output.stdout));
    fact("commit", commit.filter(|commit| !commit.is_empty()));
    fact("compiler", version("rustc", &["--version"]));
    for (name, version) in tools {
        fact(name, Some(version.clone()));
    }
    Ok(facts)
}

/// Measures the least that a durable write costs: a block that is put on disk,
/// in the place of another, as SQLite's log does after its first round.
fn disk(folder: &Path) -> Result<String, Error> {
    const TIMES: u32 = 200;
    let path = folder.join("disk");
    let measure = || {
        let mut file = fs::File::create(&path)?;
        file.write_all(&[0; 4096 * TIMES as usize])?;
        file.sync_all()?;
        file.rewind()?;
        let start = Instant::now();
        for _ in 0..TIMES {
            file.write_all(&[1; 4096])?;
            file.sync_data()?;
        }
        let took = start.elapsed();
        drop(file);
        fs::remove_file(&path)?;
        Ok(took)
    };
    let took: Duration = measure().map_err(Error::io("the disk"))?;
    let rate = f64::from(TIMES) / took.as_secs_f64();
    Ok(format!("{rate:.0} writes of 4 KiB with fdatasync a second"))
}

/// The first line of what a program says of itself, if it is there.
pub(super) fn version(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    // wrk says it on either, and fails.
    let said = [output.stdout, output.stderr].concat();
    Some(first_line(&said)).filter(|line| !line.is_empty())
}

fn first_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.lines().next().unwrap_or_default().trim().to_owned()
}
