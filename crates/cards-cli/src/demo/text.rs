//! Prints the demonstration, 80 columns wide.

use std::time::Duration;

use crate::output::harmless;

const WIDTH: usize = 80;

pub(super) fn time(elapsed: Duration) -> String {
    format!("{:.1} ms", elapsed.as_secs_f64() * 1e3)
}

/// Text in lines that fit, each after `indent`; lines of the text's own stay.
pub(super) fn wrapped(text: &str, indent: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let own = &line[..line.len() - line.trim_start().len()];
        let first = format!("{indent}{own}");
        let next = format!("{indent}{own}{}", if own.is_empty() { "" } else { "  " });
        let mut current = first.clone();
        let mut is_begun = false;
        for word in line.split_whitespace() {
            if is_begun && current.chars().count() + 1 + word.chars().count() > WIDTH {
                out.push_str(&current);
                out.push('\n');
                current = next.clone();
                is_begun = false;
            }
            if is_begun {
                current.push(' ');
            }
            current.push_str(&harmless(word));
            is_begun = true;
        }
        out.push_str(&current);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_wrapped_and_its_own_lines_are_kept() {
        let text = format!("one: {}\n  two {}", "word ".repeat(20), "more ".repeat(20));
        let wrapped = wrapped(&text, "   ");
        assert!(
            wrapped
                .lines()
                .all(|line| line.chars().count() <= 80 && line.starts_with("   "))
        );
        assert!(wrapped.contains("\n     two more") && wrapped.contains("\n       more"));
        assert_eq!(
            wrapped.split_whitespace().count(),
            text.split_whitespace().count()
        );
    }
}
