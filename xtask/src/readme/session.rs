//! A README's blocks as one session of a shell.

use super::expected::{self, Difference};

/// Holds one block of the session, and what it has to print.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The line of its fence, counted from 1.
    pub(super) line: usize,
    pub(super) script: String,
    pub(super) expected: Option<Expected>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Json(String),
    Text(String),
}

impl Step {
    pub(super) fn is_compared(&self) -> bool {
        self.expected.is_some()
    }

    /// Compares what the block printed with what stands after it; a block alone prints no text.
    pub(super) fn judge(&self, printed: &str) -> Result<(), Difference> {
        match &self.expected {
            Some(Expected::Json(json)) => expected::json(json, printed),
            Some(Expected::Text(text)) => expected::text(text, printed),
            None => expected::text("", printed),
        }
    }
}

/// The steps of a Markdown text.
pub(super) fn steps(markdown: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = markdown.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            // Prose between a block and its reply would hide which is whose.
            continue;
        };
        let body: String = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .flat_map(|line| [line, "\n"])
            .collect();
        let last = steps.last_mut().filter(|step| step.expected.is_none());
        match (info, last) {
            ("sh", _) => steps.push(Step {
                line: at + 1,
                script: body,
                expected: None,
            }),
            ("json", Some(step)) => step.expected = Some(Expected::Json(body)),
            ("text", Some(step)) => step.expected = Some(Expected::Text(body)),
            _ => {}
        }
    }
    steps
}

/// Marks the start of a step in the output; no block prints it.
const MARK: &str = "\u{1}step\u{1}";

pub(super) fn script(steps: &[Step]) -> String {
    steps
        .iter()
        .map(|step| format!("printf %s '{MARK}'\n{}", step.script))
        .collect()
}

/// Splits the output by these steps; `None` for one that was not reached.
pub(super) fn split(printed: &str, steps: usize) -> Vec<Option<&str>> {
    let mut parts = printed.split(MARK);
    // Before the first step there is nothing.
    parts.next();
    (0..steps).map(|_| parts.next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_replies_and_what_is_left_out() {
        let markdown = "a\n```sh\none\n```\n\n```json\n{}\n```\n```console\nno\n```\n\
                        ```sh\ntwo\nthree\n```\n```sh\nfour\n```\n```text\nx\n```\n```json\n[]\n```\n";
        let step = |line, script: &str, expected| Step {
            line,
            script: script.to_owned(),
            expected,
        };
        assert_eq!(
            steps(markdown),
            [
                step(2, "one\n", Some(Expected::Json("{}\n".to_owned()))),
                step(12, "two\nthree\n", None),
                step(16, "four\n", Some(Expected::Text("x\n".to_owned()))),
            ]
        );
    }

    #[test]
    fn what_each_step_printed() {
        let printed = format!("{MARK}one\n{MARK}{MARK}three");
        assert_eq!(
            split(&printed, 4),
            [Some("one\n"), Some(""), Some("three"), None]
        );
    }
}
