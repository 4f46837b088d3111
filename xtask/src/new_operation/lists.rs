//! The lines that a new operation adds to lists, each put where its neighbours
//! are. A list that looks otherwise than is known here is an error.

/// The reason why a line finds no place.
pub(super) type NoPlace = String;

/// Adds `mod name;` to the modules, in their alphabetical order.
pub(super) fn module(text: &str, name: &str) -> Result<String, NoPlace> {
    let key = |line: &str| {
        let rest = line
            .strip_prefix("pub(crate) mod ")
            .or_else(|| line.strip_prefix("mod "))?;
        Some(rest.strip_suffix(';')?.to_owned())
    };
    sorted(text, key, name, &format!("mod {name};"))
        .ok_or_else(|| "there is no line `mod NAME;`".to_owned())
}

/// Adds `pub use module::{...};` to the others.
pub(super) fn public_use(text: &str, module: &str, types: &[String]) -> Result<String, NoPlace> {
    let key = |line: &str| {
        let rest = line.strip_prefix("pub use ")?;
        Some(rest.split("::").next()?.to_owned())
    };
    let line = format!("pub use {module}::{};", braced(types));
    sorted(text, key, module, &line).ok_or_else(|| "there is no line `pub use NAME::`".to_owned())
}

fn braced(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        several => format!("{{{}}}", several.join(", ")),
    }
}

/// Puts a line before the first of its kind that comes after it by name, or else
/// behind the last.
fn sorted(
    text: &str,
    key: impl Fn(&str) -> Option<String>,
    name: &str,
    line: &str,
) -> Option<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let of_kind = |line: &&str| key(line).is_some();
    let last = lines.iter().rposition(of_kind)?;
    let after = lines
        .iter()
        .position(|line| key(line).is_some_and(|other| other.as_str() > name));
    // One that is followed by lines of its own ends at its semicolon.
    let end = lines[last..].iter().position(|line| line.ends_with(';'))?;
    lines.insert(after.unwrap_or(last + end + 1), line);
    Some(lines.join("\n") + "\n")
}

/// Adds names to `use path::{...};`.
pub(super) fn import(text: &str, path: &str, names: &[String]) -> Result<String, NoPlace> {
    let none = || format!("there is no line `use {path}::`");
    let begins = format!("use {path}::");
    let start = match text.starts_with(&begins) {
        true => 0,
        false => text.find(&format!("\n{begins}")).ok_or_else(none)? + 1,
    };
    let end = start + text[start..].find(';').ok_or_else(none)?;
    let listed = text[start + begins.len()..end].trim();
    let listed = listed.trim_start_matches('{').trim_end_matches('}');
    let listed = listed.split(',').map(|name| name.trim().to_owned());
    let mut all: Vec<_> = listed.filter(|name| !name.is_empty()).collect();
    all.extend(names.iter().cloned());
    all.sort();
    all.dedup();
    Ok(format!(
        "{}{begins}{}{}",
        &text[..start],
        braced(&all),
        &text[end..]
    ))
}

/// Adds a row to a provider's block in `operations!`, before the one that logs in.
pub(super) fn operation(text: &str, provider: &str, row: &str) -> Result<String, NoPlace> {
    let head = format!("\n    {provider} {{\n");
    let none = || format!("`operations!` has no block `{provider} {{`");
    let start = text.find(&head).ok_or_else(none)? + head.len();
    let end = start + text[start..].find("\n    }\n").ok_or_else(none)?;
    let last = text[..end].rfind('\n').map_or(start, |at| at + 1);
    let last = last.max(start);
    Ok(format!("{}        {row}\n{}", &text[..last], &text[last..]))
}

/// Adds a row to the operations that are served, before the one that logs in.
pub(super) fn served(text: &str, row: &str) -> Result<String, NoPlace> {
    let head = "const OPERATIONS: &[Served] = &[";
    let none = || format!("there is no `{head}`");
    let start = text.find(head).ok_or_else(none)? + head.len();
    let end = start + text[start..].find("];").ok_or_else(none)?;
    let rows = text[start..end].split(',').map(str::trim);
    let mut rows: Vec<_> = rows.filter(|row| !row.is_empty()).collect();
    let last = rows.len().checked_sub(1).ok_or_else(none)?;
    rows.insert(last, row);
    Ok(format!(
        "{}{}{}",
        &text[..start],
        rows.join(", "),
        &text[end..]
    ))
}

/// Adds what is said of a command behind the last of its provider's.
pub(super) fn about(text: &str, others: &[&str], row: &str) -> Result<String, NoPlace> {
    let none = || "no row of the list is about an operation of this provider".to_owned();
    let place = |name: &&str| text.find(&format!("operation: \"{name}\","));
    let last = others.iter().filter_map(place).max().ok_or_else(none)?;
    let end = "\n    },\n";
    let after = last + text[last..].find(end).ok_or_else(none)? + end.len();
    Ok(format!("{}{row}{}", &text[..after], &text[after..]))
}

/// Adds a row to the table of documents, behind the last of its provider's.
pub(super) fn document(text: &str, provider: &str, row: &str) -> Result<String, NoPlace> {
    let mut lines: Vec<&str> = text.lines().collect();
    let begins = format!("| `{provider}-");
    let last = lines.iter().rposition(|line| line.starts_with(&begins));
    let last = last.ok_or_else(|| format!("no row begins with {begins}"))?;
    lines.insert(last + 1, row);
    Ok(lines.join("\n") + "\n")
}
