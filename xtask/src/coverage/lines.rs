//! Lines that tests have run, as a tracefile of lcov tells them.

use std::collections::{BTreeMap, BTreeSet};

/// Holds how often each line of a file was run. Lines without code are not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines(BTreeMap<usize, u64>);

impl Lines {
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn run(&self) -> usize {
        self.0.values().filter(|times| **times > 0).count()
    }

    /// Leaves out all lines but these.
    pub(super) fn of(mut self, these: &BTreeSet<usize>) -> Self {
        self.0.retain(|line, _| these.contains(line));
        self
    }

    /// Names the lines that no test has run, such as `7, 12-14`; empty where all were.
    pub(super) fn missed(&self) -> String {
        let mut missed: Vec<(usize, usize)> = Vec::new();
        let mut before_is_missed = false;
        for (&line, &times) in &self.0 {
            let is_missed = times == 0;
            match missed.last_mut().filter(|_| before_is_missed) {
                Some((_, last)) if is_missed => *last = line,
                _ if is_missed => missed.push((line, line)),
                _ => {}
            }
            before_is_missed = is_missed;
        }
        let named = missed.iter().map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        });
        named.collect::<Vec<_>>().join(", ")
    }
}

/// Reads a tracefile: the lines of each file, by the file's path.
pub(super) fn read(text: &str) -> BTreeMap<String, Lines> {
    let mut files = BTreeMap::<String, Lines>::new();
    let mut file = String::new();
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("SF:") {
            file = path.to_owned();
        } else if let Some(data) = line.strip_prefix("DA:") {
            let mut parts = data.split(',');
            let number = parts.next().and_then(|number| number.parse().ok());
            let times = parts.next().and_then(|times| times.parse::<u64>().ok());
            if let (Some(number), Some(times)) = (number, times) {
                let lines = files.entry(file.clone()).or_default();
                *lines.0.entry(number).or_default() += times;
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "SF:/w/a.rs\nFN:1,f\nFNDA:2,f\nDA:1,2\nDA:2,0\nDA:4,0\nDA:5,1\nDA:7,0\n\
                        LF:5\nLH:2\nend_of_record\nSF:/w/b.rs\nDA:1,0\nend_of_record\n";

    #[test]
    fn lines_are_read_and_counted_by_file() {
        let files = read(TEXT);
        assert_eq!(files.len(), 2);
        let lines = &files["/w/a.rs"];
        assert_eq!((lines.count(), lines.run()), (5, 2));
        assert_eq!(lines.missed(), "2-4, 7");
        assert_eq!(files["/w/b.rs"].missed(), "1");
        assert_eq!(Lines::default().missed(), "");
    }

    #[test]
    fn other_lines_are_left_out() {
        let lines = read(TEXT).remove("/w/a.rs").unwrap();
        let left = lines.of(&BTreeSet::from([1, 2, 3]));
        assert_eq!((left.count(), left.run()), (2, 1));
    }
}
