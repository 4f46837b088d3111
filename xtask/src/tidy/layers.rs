//! The order of a crate's modules, and no circle among its files.

use std::collections::BTreeSet;

use super::imports::{self, Arrow};
use super::rules::Crate;
use super::sources::Sources;
use super::{Finding, rules};

/// The place of a module in the order: the layer, counted from the bottom, and
/// the entry in it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    layer: usize,
    entry: usize,
    /// Counts the segments of the module's path that the entry has.
    length: usize,
}

/// Judges one crate.
pub(super) fn judge(part: &Crate, sources: &Sources) -> Vec<Finding> {
    let arrows = imports::arrows(sources);
    let mut findings = Vec::new();
    findings.extend(without_place(part, sources));
    findings.extend(upward(part, sources, &arrows));
    findings.extend(circles(part, sources, &arrows));
    findings
}

fn without_place(part: &Crate, sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &sources.files {
        if place(part, &file.module).is_none() {
            findings.push(Finding {
                place: file.path.clone(),
                wrong: format!("`{}` stands in no layer", name(&file.module)),
                cure: format!(
                    "Add it to the layers of {} in {}, above what it uses.",
                    part.src,
                    rules::FILE
                ),
            });
        }
    }
    for entry in part.layers.iter().flatten() {
        let module = segments(entry);
        if !sources.files.iter().any(|file| file.module == module) {
            findings.push(Finding {
                place: rules::FILE.to_owned(),
                wrong: format!("`{entry}` of {} is no module with a file", part.src),
                cure: "Take it out of the layers, or write its new name.".to_owned(),
            });
        }
    }
    findings
}

fn upward(part: &Crate, sources: &Sources, arrows: &[Arrow]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut needed = BTreeSet::new();
    for arrow in arrows {
        let (from, to) = (&sources.files[arrow.from], &sources.files[arrow.to]);
        let (Some(above), Some(below)) = (place(part, &from.module), place(part, &to.module))
        else {
            continue;
        };
        let same = (above.layer, above.entry) == (below.layer, below.entry);
        if same || above.layer > below.layer {
            continue;
        }
        let (user, used) = (name(&from.module), name(&to.module));
        let is_known = part
            .known
            .iter()
            .any(|known| known.from == user && known.to.contains(&used));
        needed.insert((user.clone(), used.clone()));
        if !is_known {
            let wrong = if above.layer == below.layer {
                format!("`{user}` uses `{used}` beside it ({})", arrow.path)
            } else {
                format!("`{user}` uses `{used}` above it ({})", arrow.path)
            };
            findings.push(Finding {
                place: format!("{}:{}", from.path, arrow.line),
                wrong,
                cure: "Move what is used down, hand it in from above, or move the code that uses \
                       it up."
                    .to_owned(),
            });
        }
    }
    for known in &part.known {
        for used in &known.to {
            if !needed.contains(&(known.from.clone(), used.clone())) {
                findings.push(Finding {
                    place: rules::FILE.to_owned(),
                    wrong: format!("`{}` no longer uses `{used}`", known.from),
                    cure: format!("Take the arrow out of `known` of {}.", part.src),
                });
            }
        }
    }
    findings
}

fn circles(part: &Crate, sources: &Sources, arrows: &[Arrow]) -> Vec<Finding> {
    let circles = imports::circles(sources, arrows);
    let files: usize = circles.iter().map(Vec::len).sum();
    match files.cmp(&part.in_circles) {
        std::cmp::Ordering::Equal => Vec::new(),
        std::cmp::Ordering::Less => vec![Finding {
            place: rules::FILE.to_owned(),
            wrong: format!("{} has {files} files in circles", part.src),
            cure: format!("Write {files} for its `in_circles`, which may only fall."),
        }],
        std::cmp::Ordering::Greater => circles
            .into_iter()
            .map(|circle| Finding {
                place: part.src.clone(),
                wrong: format!(
                    "{} files lead to each other: {}",
                    circle.len(),
                    circle.join(" ")
                ),
                cure: format!(
                    "Cut one arrow of the circle; `cargo xtask tidy --arrows {}` prints them.",
                    part.src
                ),
            })
            .collect(),
    }
}

/// Finds the entry that holds a module: the one with the longest path.
fn place(part: &Crate, module: &[String]) -> Option<Place> {
    let mut best: Option<Place> = None;
    for (layer, entries) in part.layers.iter().enumerate() {
        for (entry, path) in entries.iter().enumerate() {
            let path = segments(path);
            let holds = if path.is_empty() {
                module.is_empty()
            } else {
                module.starts_with(&path)
            };
            if holds && best.is_none_or(|best| path.len() > best.length) {
                best = Some(Place {
                    layer,
                    entry,
                    length: path.len(),
                });
            }
        }
    }
    best
}

/// Gives a module's name in the rules; the crate's root is `crate`.
fn name(module: &[String]) -> String {
    if module.is_empty() {
        "crate".to_owned()
    } else {
        module.join("::")
    }
}

fn segments(name: &str) -> Vec<String> {
    if name == "crate" {
        Vec::new()
    } else {
        name.split("::").map(str::to_owned).collect()
    }
}
