//! Tells what was called where no operation was: the path, masked, and the documented one that is
//! nearest.

use std::fmt;

use cards_model::ProviderId;
use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::listed;
use crate::engine::operations::{KnownOperation, Operations};

/// A documented method and path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Nearest {
    /// The provider that has it.
    #[schemars(schema_with = "listed::provider_name")]
    pub provider: ProviderId,
    /// The operation's name.
    pub operation: &'static str,
    /// Its method.
    pub method: &'static str,
    /// Its path, with `{customerId}` and the like for parameters, below the prefix that is
    /// nearest.
    pub path: String,
}

/// Writes `POST /path`.
impl fmt::Display for Nearest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// The path that was called, and the documented one that is nearest.
pub(crate) struct Called {
    /// The path, with `{customerId}` or `{...}` for what may be anything.
    pub(crate) path: String,
    pub(crate) nearest: Option<Nearest>,
}

/// The most segments that are told, more than any documented path has; those after it are told by
/// `...`.
const MOST_SEGMENTS: usize = 16;

const MASK: &str = "{...}";

/// Finds what a path that leads to no operation may mean. `method` is a usual one's name.
pub(crate) fn called(
    operations: &Operations,
    provider: Option<ProviderId>,
    method: &str,
    path: &str,
) -> Called {
    let path = path.strip_prefix('/').unwrap_or(path);
    let given: Vec<_> = path.split('/').take(MOST_SEGMENTS).collect();
    let mut best: Option<(usize, Template)> = None;
    for template in templates(operations) {
        let (way, is_likely) = template.cost_of(&given);
        let operation = template.known.operation;
        let mut cost = way;
        cost += usize::from(operation.method.as_str() != method) * OTHER_METHOD;
        cost += usize::from(provider.is_some_and(|one| one != operation.provider)) * OTHER_PROVIDER;
        if is_likely && best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, template));
        }
    }
    let best = best.map(|(_, template)| template);
    let mut shown = match &best {
        Some(template) => template.shown(&given),
        None => masked(operations, &given),
    };
    if path.split('/').nth(MOST_SEGMENTS).is_some() {
        shown.push_str("/...");
    }
    Called {
        path: shown,
        nearest: best.map(|template| template.nearest()),
    }
}

// The cost of a way from one path to another; a segment that is right costs nothing.
const PARAMETER: usize = 1;
const LIKE: usize = 3;
const OTHER_PROVIDER: usize = 3;
const OTHER_METHOD: usize = 4;
const ONE_MORE_OR_LESS: usize = 10;
const SLASH_AT_THE_END: usize = 2;
const OTHER: usize = 15;

/// A documented path below one of its prefixes.
struct Template {
    known: &'static KnownOperation,
    prefix: &'static str,
}

fn templates(operations: &Operations) -> impl Iterator<Item = Template> {
    operations.of(None).flat_map(|known| {
        let prefixes = known.prefixes.iter();
        prefixes.map(move |prefix| Template { known, prefix })
    })
}

impl Template {
    fn segments(&self) -> impl Iterator<Item = &'static str> {
        let parts = [self.prefix, self.known.operation.path];
        let parts = parts.into_iter().flat_map(|part| part.split('/'));
        parts.filter(|segment| !segment.is_empty())
    }

    fn nearest(&self) -> Nearest {
        let operation = self.known.operation;
        Nearest {
            provider: operation.provider,
            operation: operation.name,
            method: operation.method.as_str(),
            path: format!("{}{}", self.prefix, operation.path),
        }
    }

    /// The cost of the way from the path to this, and whether it is likely to be meant: half of
    /// it at least is as it should be.
    fn cost_of(&self, given: &[&str]) -> (usize, bool) {
        let template: Vec<_> = self.segments().collect();
        let cost = table(given, &template)[given.len()][template.len()];
        (cost, cost * 2 <= template.len() * ONE_MORE_OR_LESS)
    }

    /// The path as it came, as far as it is this one's: parameters by their names, and segments
    /// that are like nothing masked.
    fn shown(&self, given: &[&str]) -> String {
        let template: Vec<_> = self.segments().collect();
        let table = table(given, &template);
        let (mut at, mut to) = (given.len(), template.len());
        let mut shown = Vec::new();
        while at > 0 {
            let (last, is_last) = (given[at - 1], at == given.len());
            let left_out = table[at - 1][to] + more(last, is_last);
            if table[at][to] == left_out {
                shown.push(if last.is_empty() { "" } else { MASK });
                at -= 1;
            } else if to > 0
                && table[at][to] == table[at - 1][to - 1] + change(last, template[to - 1])
            {
                shown.push(match change(last, template[to - 1]) {
                    0 | LIKE => last,
                    PARAMETER => template[to - 1],
                    _ => MASK,
                });
                at -= 1;
                to -= 1;
            } else {
                to -= 1;
            }
        }
        shown.reverse();
        format!("/{}", shown.join("/"))
    }
}

/// The least costs from each beginning of a path to each beginning of another.
fn table(given: &[&str], template: &[&str]) -> Vec<Vec<usize>> {
    let mut table = vec![vec![0; template.len() + 1]; given.len() + 1];
    for at in 0..=given.len() {
        for to in 0..=template.len() {
            let mut costs = Vec::new();
            if at > 0 {
                costs.push(table[at - 1][to] + more(given[at - 1], at == given.len()));
            }
            if to > 0 {
                costs.push(table[at][to - 1] + ONE_MORE_OR_LESS);
            }
            if at > 0 && to > 0 {
                costs.push(table[at - 1][to - 1] + change(given[at - 1], template[to - 1]));
            }
            table[at][to] = costs.into_iter().min().unwrap_or_default();
        }
    }
    table
}

/// The cost of a segment that should not be there.
const fn more(segment: &str, is_last: bool) -> usize {
    if segment.is_empty() && is_last {
        SLASH_AT_THE_END
    } else {
        ONE_MORE_OR_LESS
    }
}

/// The cost of one segment for another.
fn change(given: &str, documented: &str) -> usize {
    if given == documented {
        0
    } else if documented.starts_with('{') {
        if given.is_empty() { OTHER } else { PARAMETER }
    } else if is_like(given, documented) {
        LIKE
    } else {
        OTHER
    }
}

/// Tells whether a segment is a documented one but for letter case, separators and a letter or two;
/// or another version. Nobody's name or number is.
fn is_like(given: &str, documented: &str) -> bool {
    let version = |segment: &str| {
        let digits = segment.strip_prefix(['v', 'V']).unwrap_or_default();
        (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if version(documented) {
        return version(given);
    }
    let letters = |segment: &str| {
        let bytes = segment.bytes().filter(u8::is_ascii_alphabetic);
        bytes
            .map(|byte| char::from(byte.to_ascii_lowercase()))
            .collect::<String>()
    };
    let is_plain = given
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'.'));
    let allowed = match documented.len() {
        0..=3 => 0,
        4 | 5 => 1,
        _ => 2,
    };
    is_plain
        && given.len().abs_diff(documented.len()) <= 4
        && strsim::osa_distance(&letters(given), &letters(documented)) <= allowed
}

/// A path of which only documented segments are shown.
fn masked(operations: &Operations, given: &[&str]) -> String {
    let is_documented = |segment: &&str| {
        segment.is_empty()
            || templates(operations).any(|one| one.segments().any(|it| it == *segment))
    };
    let each = given.iter().map(|segment| match is_documented(segment) {
        true => segment,
        false => MASK,
    });
    format!("/{}", each.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests;
