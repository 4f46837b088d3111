//! Reads a page as strictly as the sandbox writes it: what a browser might mend is wrong here.

/// An opening tag.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    /// The attributes by name, an empty value where there is none.
    attributes: Vec<(String, String)>,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Says what of a page a browser may run, ask elsewhere for, or read in another way than it was
/// meant. `None`: nothing.
pub(crate) fn danger(page: &str) -> Option<String> {
    let tags = match tags(page) {
        Ok(tags) => tags,
        Err(why) => return Some(why),
    };
    tags.iter().find_map(|tag| {
        let Tag { name, attributes } = tag;
        let wrong = attributes
            .iter()
            .find(|(name, value)| !is_harmless(name, value));
        if let Some((attribute, _)) = wrong {
            return Some(format!("<{name} {attribute}=..>"));
        }
        let is_own = tag
            .get("src")
            .is_some_and(|src| src.ends_with("/_sandbox/page/page.js"));
        let runs = match name.as_str() {
            "script" => !is_own,
            "meta" => tag.get("http-equiv").is_some(),
            name => !KNOWN.contains(&name),
        };
        runs.then(|| format!("<{name}>"))
    })
}

/// The tags of a page.
pub(crate) fn tags(page: &str) -> Result<Vec<Tag>, String> {
    let page = page
        .strip_prefix("<!DOCTYPE html>")
        .ok_or("it is no page")?;
    let mut parts = page.split('<');
    is_text(parts.next().unwrap_or_default())?;
    let mut tags = Vec::new();
    let mut open = Vec::new();
    for part in parts {
        let (inside, text) =
            split(part).ok_or_else(|| format!("a tag without an end: <{part:.60}"))?;
        is_text(text)?;
        if let Some(name) = inside.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name:.60}> closes another tag"));
            }
            continue;
        }
        let tag = tag(inside).ok_or_else(|| format!("no tag: <{inside:.60}>"))?;
        if !VOID.contains(&&*tag.name) {
            open.push(tag.name.clone());
        }
        tags.push(tag);
    }
    match open.pop() {
        Some(open) => Err(format!("<{open}> is left open")),
        None => Ok(tags),
    }
}

/// The tags of which nothing runs; the sandbox writes no others.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "a", "article", "aside", "b", "body", "button", "caption", "code", "col", "colgroup", "dd", "details", "div", "dl", "dt", "em", "fieldset", "footer",
    "form", "h1", "h2", "h3", "h4", "head", "header", "html", "img", "input", "kbd", "label", "legend", "li", "link", "main", "nav", "noscript", "ol", "optgroup", "option", "output", "p",
    "pre", "section", "select", "small", "span", "strong", "summary", "table", "tbody", "td", "textarea", "th", "thead", "time", "title", "tr", "ul",
];

/// The tags that have no end.
const VOID: &[&str] = &["br", "col", "hr", "img", "input", "link", "meta"];

/// The attributes that hold addresses.
const ADDRESSES: &[&str] = &[
    "href",
    "src",
    "action",
    "formaction",
    "data-events",
    "data-steps",
    "data-counts",
];

fn is_harmless(name: &str, value: &str) -> bool {
    let is_plain = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let is_here = |value: &str| match value.as_bytes() {
        [b'/', second, ..] => *second != b'/' && *second != b'\\',
        [first, ..] => b"/?#".contains(first),
        [] => false,
    };
    let runs = name.starts_with("on") || ["style", "srcdoc", "ping", "srcset"].contains(&name);
    is_plain && !runs && (!ADDRESSES.contains(&name) || is_here(value))
}

/// Splits off a tag: gives the text up to its `>`, and the rest. A `>` in quotes ends no tag.
fn split(part: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let end = part.find(|mark| {
        is_quoted ^= mark == '"';
        mark == '>' && !is_quoted
    })?;
    Some((&part[..end], &part[end + 1..]))
}

fn tag(inside: &str) -> Option<Tag> {
    let (name, mut rest) = inside.split_at(inside.find(' ').unwrap_or(inside.len()));
    let is_name = |name: &str| {
        let is_taken =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !name.is_empty() && name.bytes().all(is_taken)
    };
    let mut attributes = Vec::new();
    while let Some(attribute) = rest.strip_prefix(' ') {
        let end = attribute.find([' ', '=']).unwrap_or(attribute.len());
        let (name, after) = attribute.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"')?,
            None => ("", after),
        };
        if !is_name(name) || is_text(value).is_err() {
            return None;
        }
        attributes.push((name.to_owned(), value.to_owned()));
        rest = after;
    }
    let name = name.to_owned();
    (is_name(&name) && rest.is_empty()).then_some(Tag { name, attributes })
}

/// Checks that nothing in a text or a quoted value could end it, or begin a tag.
fn is_text(text: &str) -> Result<(), String> {
    let is_entity = |(at, _): (usize, &str)| {
        let entities = ["&amp;", "&lt;", "&gt;", "&quot;"];
        entities.iter().any(|entity| text[at..].starts_with(entity))
    };
    let is_plain = !text.contains(['<', '>', '"']) && text.match_indices('&').all(is_entity);
    is_plain
        .then_some(())
        .ok_or_else(|| format!("not escaped: {text:.120}"))
}

#[test]
fn what_runs_is_seen_and_what_is_text_is_not() {
    let page = |inside: &str| format!("<!DOCTYPE html><p>{inside}</p>");
    for harmless in [
        "QZ7",
        "&lt;script&gt;",
        "<a href=\"/x\" data-open>x</a>",
        "<input value=\"&quot; onfocus=x\">",
        "<script src=\"/_sandbox/page/page.js\" defer></script>",
        "{{x}} 'x' javascript:x",
    ] {
        assert_eq!(danger(&page(harmless)), None, "{harmless}");
    }
    for danger in [
        "<script>QZ7</script>",
        "<script src=\"/other.js\"></script>",
        "<p onclick=\"x\"></p>",
        "<a href=\"javascript:x\">x</a>",
        "<a href=\"//evil.example\">x</a>",
        "<img src=x>",
        "<iframe></iframe>",
        "<input value=\"\" autofocus onfocus=\"x\">",
        "</p><p>x</p>",
        "x > y",
        "a \" b",
        "&nbsp;",
        "<!--",
        "<p",
        "<P></P>",
    ] {
        assert!(self::danger(&page(danger)).is_some(), "{danger}");
    }
}
