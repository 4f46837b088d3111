//! Compares what a README shows with what was printed.

use std::fmt;

use serde_json::Value;

/// Stands for anything: in a line or a text, as an item for any further ones,
/// as a key for any others.
const ANY: &str = "…";

/// The first place where they differ.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference(String);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn differ<T>(what: impl Into<String>) -> Result<T, Difference> {
    Err(Difference(what.into()))
}

pub(super) fn text(expected: &str, printed: &str) -> Result<(), Difference> {
    let (expected, printed) = (expected.trim_end(), printed.trim_end());
    let (mut shown, mut lines) = (expected.lines(), printed.lines());
    loop {
        match (shown.next(), lines.next()) {
            (None, None) => return Ok(()),
            (Some(shown), Some(line)) if is_like(shown, line) => {}
            (Some(shown), Some(line)) => {
                return differ(format!("`{shown}` is shown, `{line}` was printed"));
            }
            (Some(shown), None) => return differ(format!("`{shown}` was not printed")),
            (None, Some(line)) => return differ(format!("`{line}` was printed, and not shown")),
        }
    }
}

/// Compares as JSON, however it is laid out; numbers by their digits.
pub(super) fn json(expected: &str, printed: &str) -> Result<(), Difference> {
    let shown: Value = serde_json::from_str(expected)
        .map_err(|error| Difference(format!("what is shown is no JSON: {error}")))?;
    match serde_json::from_str(printed) {
        Ok(printed) => value("", &shown, &printed),
        Err(error) => differ(format!("what was printed is no JSON: {error}")),
    }
}

fn value(path: &str, shown: &Value, printed: &Value) -> Result<(), Difference> {
    match (shown, printed) {
        (Value::String(shown), _) if shown == ANY => Ok(()),
        (Value::String(one), Value::String(other)) if is_like(one, other) => Ok(()),
        (Value::Array(shown), Value::Array(printed)) => items(path, shown, printed),
        (Value::Object(shown), Value::Object(printed)) => {
            for (key, shown) in shown.iter().filter(|(key, _)| *key != ANY) {
                let path = format!("{path}.{key}");
                match printed.get(key) {
                    Some(printed) => value(&path, shown, printed)?,
                    None => return differ(format!("{path} was not printed")),
                }
            }
            let extra = printed.keys().find(|key| !shown.contains_key(*key));
            match extra.filter(|_| !shown.contains_key(ANY)) {
                Some(key) => differ(format!("{path}.{key} was printed, and not shown")),
                None => Ok(()),
            }
        }
        (shown, printed) if shown == printed => Ok(()),
        (shown, printed) => differ(format!("{path}: {shown} is shown, {printed} was printed")),
    }
}

/// Items before an item `…` are the first ones, those after it the last.
fn items(path: &str, shown: &[Value], printed: &[Value]) -> Result<(), Difference> {
    let is_any = |item: &Value| item.as_str() == Some(ANY);
    let (first, last) = match shown.iter().position(is_any) {
        Some(at) => (&shown[..at], Some(&shown[at + 1..])),
        None => (shown, None),
    };
    let needed = first.len() + last.map_or(0, <[_]>::len);
    if printed.len() < needed || last.is_none() && printed.len() > needed {
        return differ(format!(
            "{path}: {needed} items are shown, {} were printed",
            printed.len()
        ));
    }
    let last = last.unwrap_or_default();
    let from = printed.len() - last.len();
    let pairs = first
        .iter()
        .zip(printed)
        .chain(last.iter().zip(&printed[from..]));
    for (at, (shown, printed)) in pairs.enumerate() {
        value(&format!("{path}[{at}]"), shown, printed)?;
    }
    Ok(())
}

/// Tells whether a text is the shown one, with anything in place of each `…`.
fn is_like(shown: &str, printed: &str) -> bool {
    let Some((start, rest)) = shown.split_once(ANY) else {
        return shown == printed;
    };
    let Some(mut printed) = printed.strip_prefix(start) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split(ANY).collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match printed.split_once(part) {
            Some((_, rest)) => printed = rest,
            None => return false,
        }
    }
    printed.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        for (shown, printed) in [
            ("", ""),
            ("", "\n"),
            ("a\nb\n", "a\nb"),
            ("a … c", "a b c"),
            ("…b…d…", "abcd"),
        ] {
            assert_eq!(text(shown, printed), Ok(()), "{shown}");
        }
        for (shown, printed) in [
            ("", "a"),
            ("a", ""),
            ("a\nb", "a"),
            ("a", "a\nb"),
            ("a … c", "a b d"),
            ("a…", "ba"),
            ("…a…a", "a"),
            ("ab…b", "ab"),
        ] {
            assert!(text(shown, printed).is_err(), "{shown}");
        }
    }

    #[test]
    fn documents() {
        for (shown, printed) in [
            (r#"{"a": 1}"#, r#"{ "a":1 }"#),
            (r#"{"a": "…", "…": "…"}"#, r#"{"a":{"x":[]},"b":2}"#),
            (r#"["…", 3]"#, "[1,2,3]"),
            (r#"[1, "…"]"#, "[1,2,3]"),
            (r#"[1, "…"]"#, "[1]"),
            (r#"["a…"]"#, r#"["ab"]"#),
        ] {
            assert_eq!(json(shown, printed), Ok(()), "{shown}");
        }
        for (shown, printed, says) in [
            (
                "{",
                "{}",
                "what is shown is no JSON: EOF while parsing an object at line 1 column 1",
            ),
            (
                "{}",
                "",
                "what was printed is no JSON: EOF while parsing a value at line 1 column 0",
            ),
            (
                r#"{"a": 1}"#,
                r#"{"a":"1"}"#,
                r#".a: 1 is shown, "1" was printed"#,
            ),
            (
                r#"{"a": 1}"#,
                r#"{"a":1,"b":2}"#,
                ".b was printed, and not shown",
            ),
            (r#"{"a": 1, "…": "…"}"#, r#"{"b":2}"#, ".a was not printed"),
            ("[1]", "[1,2]", ": 1 items are shown, 2 were printed"),
            (r#"["…", 3]"#, "[3,1]", "[0]: 3 is shown, 1 was printed"),
            (
                r#"[1, "…", 3]"#,
                "[1]",
                ": 2 items are shown, 1 were printed",
            ),
        ] {
            assert_eq!(
                json(shown, printed),
                Err(Difference(says.to_owned())),
                "{shown}"
            );
        }
    }
}
