//! Reads what cargo's report of a build tells of each unit, and what a shell tells of its children.

use serde::Deserialize;
use serde::de::Error as _;

/// Holds what cargo compiled or ran at a time: a package's library, program or build script.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Unit {
    /// The package that it is of.
    #[serde(rename = "name")]
    pub(super) package: String,
    pub(super) version: String,
    /// The seconds that passed; none where it was there already.
    #[serde(rename = "duration")]
    pub(super) seconds: f64,
}

/// Reads the units from the page that `cargo build --timings` writes.
pub(super) fn units(page: &str) -> Result<Vec<Unit>, serde_json::Error> {
    const LIST: &str = "const UNIT_DATA = ";
    let (_, list) = page
        .split_once(LIST)
        .ok_or_else(|| serde_json::Error::custom(format!("no `{LIST}` is on it")))?;
    // The script goes on after the list.
    Vec::deserialize(&mut serde_json::Deserializer::from_str(list))
}

/// Reads the seconds of CPU time that a shell's children took, from what `times` of POSIX prints: the
/// user's and the system's time, on the last line.
pub(super) fn of_children(times: &str) -> Option<f64> {
    let last = times.lines().next_back()?;
    let both = last.split_ascii_whitespace().map(|time| {
        let (minutes, seconds) = time.strip_suffix('s')?.split_once('m')?;
        let seconds: f64 = seconds.replace(',', ".").parse().ok()?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds)
    });
    match both.collect::<Option<Vec<f64>>>()?[..] {
        [user, system] => Some(user + system),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_of_the_page_is_read() {
        let page = r#"<script>
DURATION = 137;
const UNIT_DATA = [
  {"i": 0, "name": "ring", "version": "0.17.14", "mode": "run-custom-build",
   "target": " build-script (run)", "features": ["alloc"], "start": 27.02, "duration": 6.13,
   "unblocked_units": [], "unblocked_rmeta_units": [], "sections": null},
  {"i": 1, "name": "consumer", "version": "0.0.0", "mode": "todo",
   "target": " consumer \"bin\"", "features": [], "start": 128.9, "duration": 0.0,
   "unblocked_units": [], "unblocked_rmeta_units": [], "sections": null}
];
const CONCURRENCY_DATA = [];"#;
        let unit = |package: &str, version: &str, seconds| Unit {
            package: package.to_owned(),
            version: version.to_owned(),
            seconds,
        };
        assert_eq!(
            units(page).unwrap(),
            [
                unit("ring", "0.17.14", 6.13),
                unit("consumer", "0.0.0", 0.0)
            ]
        );
    }

    #[test]
    fn a_page_of_another_form_is_told() {
        let error = |page| units(page).unwrap_err().to_string();
        assert_eq!(error(""), "no `const UNIT_DATA = ` is on it");
        let other = error(r#"const UNIT_DATA = [{"name":"a"}];"#);
        assert!(other.contains("missing field `version`"), "{other}");
    }

    #[test]
    fn the_childrens_times_are_the_last_line() {
        assert_eq!(
            of_children("0m0.01s 0m0.02s\n1m40.5s 0m9.5s\n"),
            Some(110.0)
        );
        assert_eq!(
            of_children("0m0,001s 0m0,002s\n0m1,250s 0m0,250s"),
            Some(1.5)
        );
        for other in [
            "",
            "\n",
            "0m1.0s",
            "0m1.0s 0m1.0s 0m1.0s",
            "1.0 2.0",
            "am1.0s 0m1.0s",
        ] {
            assert_eq!(of_children(other), None, "{other:?}");
        }
    }
}
