//! Finds who uses whom: the arrows between the files of a crate.

use std::collections::BTreeMap;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::sources::{Module, Sources, Use};

/// The number of re-exports that are followed before a path is given up: a chain of them that leads
/// back to itself never ends.
const LONGEST_CHAIN: usize = 32;

/// The first use of a file by another.
pub(super) struct Arrow {
    /// The file that uses, as an index.
    pub(super) from: usize,
    /// The file that is used, as an index.
    pub(super) to: usize,
    /// The line of the first use.
    pub(super) line: usize,
    /// The path as it stands there.
    pub(super) path: String,
}

/// Finds the arrows of a crate, one for each pair of files.
///
/// A path is followed through re-exports to the file that holds the item. A
/// module that hands on what its own modules hold makes no arrow by that.
pub(super) fn arrows(sources: &Sources) -> Vec<Arrow> {
    let mut found = BTreeMap::new();
    for (at, module) in &sources.modules {
        for import in &module.uses {
            let Some(target) = resolve(sources, at, &import.path, 0) else {
                continue;
            };
            if !(import.shared && target.starts_with(at)) {
                note(
                    sources,
                    &mut found,
                    module,
                    &target,
                    &import.path,
                    import.line,
                );
            }
        }
        for named in &module.paths {
            if let Some(target) = resolve(sources, at, &named.path, 0) {
                note(
                    sources,
                    &mut found,
                    module,
                    &target,
                    &named.path,
                    named.line,
                );
            }
        }
    }
    found.into_values().collect()
}

/// Finds the circles: groups of files each of which leads to each other one.
pub(super) fn circles(sources: &Sources, arrows: &[Arrow]) -> Vec<Vec<String>> {
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<NodeIndex> = (0..sources.files.len())
        .map(|file| graph.add_node(file))
        .collect();
    for arrow in arrows {
        graph.add_edge(nodes[arrow.from], nodes[arrow.to], ());
    }
    tarjan_scc(&graph)
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .map(|circle| {
            let files = circle.into_iter().map(|node| graph[node]);
            let mut paths: Vec<_> = files.map(|file| sources.files[file].path.clone()).collect();
            paths.sort();
            paths
        })
        .collect()
}

fn note(
    sources: &Sources,
    found: &mut BTreeMap<(usize, usize), Arrow>,
    module: &Module,
    target: &[String],
    path: &[String],
    line: usize,
) {
    let Some(to) = sources.modules.get(target).map(|module| module.file) else {
        return;
    };
    let from = module.file;
    if from != to {
        found.entry((from, to)).or_insert_with(|| Arrow {
            from,
            to,
            line,
            path: path.join("::"),
        });
    }
}

/// Finds the module that holds what a path names, or the module that it names.
/// `None`: it is of another crate, or a name of the code itself.
fn resolve(sources: &Sources, at: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
    if depth > LONGEST_CHAIN {
        return None;
    }
    let (first, mut rest) = path.split_first()?;
    let mut module = match first.as_str() {
        "crate" => Vec::new(),
        "self" => at.to_vec(),
        "super" => at[..at.len().checked_sub(1)?].to_vec(),
        _ => return step(sources, at, path, depth).or_else(|| alias(sources, at, path, depth)),
    };
    while let Some(("super", after)) = rest.split_first().map(|(s, r)| (s.as_str(), r)) {
        module.pop()?;
        rest = after;
    }
    follow(sources, module, rest, depth)
}

/// Follows a path whose first segment is a module of the one that names it.
fn step(sources: &Sources, at: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
    let child = [at, &path[..1]].concat();
    sources
        .modules
        .contains_key(&child)
        .then(|| follow(sources, child, &path[1..], depth))?
}

/// Follows a path whose first segment is a name that a `use` brought in.
fn alias(sources: &Sources, at: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
    let import = brought(sources, at, &path[0])?;
    // `use axum::Router` alone says the same of another crate.
    if import.path == path {
        return None;
    }
    let whole = [import.path.as_slice(), &path[1..]].concat();
    resolve(sources, at, &whole, depth + 1)
}

/// Follows segments from a module down to the module that holds the last.
fn follow(
    sources: &Sources,
    mut module: Vec<String>,
    mut rest: &[String],
    depth: usize,
) -> Option<Vec<String>> {
    while let Some((segment, after)) = rest.split_first() {
        if segment == "*" {
            return Some(module);
        }
        module.push(segment.clone());
        if sources.modules.contains_key(&module) {
            rest = after;
            continue;
        }
        module.pop();
        if module.is_empty()
            && let Some(holder) = sources.macros.get(segment)
        {
            return Some(holder.clone());
        }
        if let Some(import) = brought(sources, &module, segment) {
            let whole = [import.path.as_slice(), after].concat();
            return resolve(sources, &module, &whole, depth + 1);
        }
        for glob in globs(sources, &module) {
            let path = [&glob.path[..glob.path.len() - 1], rest].concat();
            let there = resolve(sources, &module, &path, depth + 1);
            if there.is_some() && there.as_ref() != Some(&module) {
                return there;
            }
        }
        return Some(module);
    }
    Some(module)
}

fn brought<'a>(sources: &'a Sources, at: &[String], name: &str) -> Option<&'a Use> {
    let module = sources.modules.get(at)?;
    module.uses.iter().find(|import| import.alias == name)
}

fn globs<'a>(sources: &'a Sources, at: &[String]) -> impl Iterator<Item = &'a Use> {
    let module = sources.modules.get(at);
    module
        .into_iter()
        .flat_map(|module| &module.uses)
        .filter(|import| import.shared && import.alias == "*" && import.path.len() > 1)
}
