//! The lines of a library's public API, out of rustdoc's JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use public_api::tokens::Token;
use public_api::{Builder, PublicItem};
use serde::Deserialize;

use super::Error;

/// The form of JSON that the crate `public-api` reads.
const FORMAT: u32 = 57;

/// One thing that callers may name, as a line.
pub(super) struct Line {
    /// The line.
    pub(super) text: String,
    /// The other crates that it names.
    pub(super) names: BTreeSet<String>,
}

/// Traits that say nothing to callers: of the compiler's own, or of every type.
const OF_THE_COMPILER: [&str; 3] = [
    "core::marker::Freeze",
    "core::marker::StructuralPartialEq",
    "core::marker::UnsafeUnpin",
];

/// Traits that a type has by itself. Only where it has not, or not always, is there a line.
const BY_ITSELF: [&str; 5] = [
    "core::marker::Send",
    "core::marker::Sync",
    "core::marker::Unpin",
    "core::panic::unwind_safe::RefUnwindSafe",
    "core::panic::unwind_safe::UnwindSafe",
];

/// Reads a library's public API from the document of rustdoc.
pub(super) fn read(path: &Path) -> Result<Vec<Line>, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::file(path, &error))?;
    let document: Document =
        serde_json::from_str(&text).map_err(|error| Error::file(path, &error))?;
    if document.format_version != FORMAT {
        let why = format!(
            "is of form {}, and the crate `public-api` reads {FORMAT}",
            document.format_version
        );
        return Err(Error::file(path, &why));
    }
    let listed = Builder::from_rustdoc_json(path)
        .omit_blanket_impls(true)
        .build()
        .map_err(|error| Error::file(path, &error))?;
    let own = path.file_stem().unwrap_or_default().to_string_lossy();
    let lines = listed.items().filter_map(|item| document.line(&own, item));
    Ok(lines.collect())
}

/// Holds what the listing does not tell of each item.
#[derive(Deserialize)]
struct Document {
    format_version: u32,
    index: BTreeMap<u32, Item>,
}

#[derive(Deserialize)]
struct Item {
    inner: Inner,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Inner {
    r#use: Option<Use>,
    r#impl: Option<Impl>,
}

/// A `pub use`.
#[derive(Deserialize)]
struct Use {
    source: String,
    id: Option<u32>,
}

#[derive(Deserialize)]
struct Impl {
    r#trait: Option<serde::de::IgnoredAny>,
}

impl Document {
    /// The line of an item; `None` where callers learn nothing from it.
    fn line(&self, own: &str, item: &PublicItem) -> Option<Line> {
        let text = item.to_string();
        let is_dull = is_by_itself(&text) || (self.is_a_traits(item) && text.contains("fn "));
        if is_dull {
            return None;
        }
        let tokens: Vec<&Token> = item.tokens().collect();
        let mut names = named(&tokens);
        names.retain(|name| !matches!(&**name, "alloc" | "core" | "std" | "crate" | "$crate"));
        let used = self
            .index
            .get(&item.id().0)
            .and_then(|item| item.inner.r#use.as_ref());
        let text = match used {
            Some(used) => {
                names.insert(self.origin(used));
                format!("{text} = {}", used.source)
            }
            None => text,
        };
        names.remove(own);
        Some(Line { text, names })
    }

    /// The crate that a `pub use` is of, as its source names it.
    fn origin(&self, used: &Use) -> String {
        // One of this crate's own would be listed in its place.
        let known = used.id.and_then(|id| self.index.get(&id));
        let first = used.source.split("::").find(|part| !part.is_empty());
        match (known, first) {
            (None, Some(first)) => first.to_owned(),
            _ => String::new(),
        }
    }

    /// Tells whether an item stands in the `impl` of a trait, which says what it is.
    fn is_a_traits(&self, item: &PublicItem) -> bool {
        let parent = item.parent_id().and_then(|id| self.index.get(&id.0));
        let block = parent.and_then(|parent| parent.inner.r#impl.as_ref());
        block.is_some_and(|block| block.r#trait.is_some())
    }
}

/// Tells whether a line is the `impl` of a trait that needs no line.
fn is_by_itself(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("impl") else {
        return false;
    };
    let of = |traits: &[&str]| traits.iter().any(|it| rest.contains(&format!("{it} for ")));
    of(&OF_THE_COMPILER) || (of(&BY_ITSELF) && !rest.contains('!') && !rest.contains(" where "))
}

/// The first part of every path among the tokens.
fn named(tokens: &[&Token]) -> BTreeSet<String> {
    let is_joint = |at: usize| matches!(tokens.get(at), Some(Token::Symbol(text)) if text == "::");
    let begins = |(at, token): &(usize, &&Token)| {
        let is_part = matches!(token, Token::Identifier(_) | Token::Type(_));
        is_part && is_joint(at + 1) && !at.checked_sub(1).is_some_and(is_joint)
    };
    let found = tokens.iter().enumerate().filter(begins);
    found.map(|(_, token)| token.text().to_owned()).collect()
}
