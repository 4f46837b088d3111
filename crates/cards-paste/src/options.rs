//! The options of curl that are known here.

/// The kind of argument that follows an option.
#[derive(Clone, Copy)]
pub(crate) enum Takes {
    Nothing,
    /// A value of no matter here.
    Value,
    Header,
    /// A part of the body, or `@FILE`.
    Body,
    /// A part of the body as it is.
    Raw,
    /// `name=value`, which curl encodes.
    Plain,
    /// A part of a body in parts.
    Part,
    Url,
}

/// Letter, name, and what comes after it. Left out, and so refused, is what
/// sends a body of another kind, sends it elsewhere or reads more options.
const OPTIONS: [(&str, &str, Takes); 62] = [
    ("-d", "--data", Takes::Body),
    ("", "--data-ascii", Takes::Body),
    ("", "--data-binary", Takes::Body),
    ("", "--data-raw", Takes::Raw),
    ("", "--data-urlencode", Takes::Plain),
    ("-F", "--form", Takes::Part),
    ("", "--form-string", Takes::Part),
    ("-H", "--header", Takes::Header),
    ("", "--url", Takes::Url),
    ("-A", "--user-agent", Takes::Value),
    ("-b", "--cookie", Takes::Value),
    ("-c", "--cookie-jar", Takes::Value),
    ("-D", "--dump-header", Takes::Value),
    ("-e", "--referer", Takes::Value),
    ("-E", "--cert", Takes::Value),
    ("-m", "--max-time", Takes::Value),
    ("-o", "--output", Takes::Value),
    ("-u", "--user", Takes::Value),
    ("-U", "--proxy-user", Takes::Value),
    ("-w", "--write-out", Takes::Value),
    ("-x", "--proxy", Takes::Value),
    ("-X", "--request", Takes::Value),
    ("", "--cacert", Takes::Value),
    ("", "--connect-timeout", Takes::Value),
    ("", "--key", Takes::Value),
    ("", "--max-redirs", Takes::Value),
    ("", "--noproxy", Takes::Value),
    ("", "--oauth2-bearer", Takes::Value),
    ("", "--resolve", Takes::Value),
    ("", "--retry", Takes::Value),
    ("", "--retry-delay", Takes::Value),
    ("", "--retry-max-time", Takes::Value),
    ("", "--stderr", Takes::Value),
    ("", "--trace-ascii", Takes::Value),
    ("-0", "--http1.0", Takes::Nothing),
    ("-1", "--tlsv1", Takes::Nothing),
    ("-4", "--ipv4", Takes::Nothing),
    ("-6", "--ipv6", Takes::Nothing),
    ("-#", "--progress-bar", Takes::Nothing),
    ("-f", "--fail", Takes::Nothing),
    ("-g", "--globoff", Takes::Nothing),
    ("-i", "--include", Takes::Nothing),
    ("-k", "--insecure", Takes::Nothing),
    ("-L", "--location", Takes::Nothing),
    ("-n", "--netrc", Takes::Nothing),
    ("-N", "--no-buffer", Takes::Nothing),
    ("-O", "--remote-name", Takes::Nothing),
    ("-q", "--disable", Takes::Nothing),
    ("-s", "--silent", Takes::Nothing),
    ("-S", "--show-error", Takes::Nothing),
    ("-v", "--verbose", Takes::Nothing),
    ("", "--basic", Takes::Nothing),
    ("", "--compressed", Takes::Nothing),
    ("", "--fail-with-body", Takes::Nothing),
    ("", "--http1.1", Takes::Nothing),
    ("", "--http2", Takes::Nothing),
    ("", "--location-trusted", Takes::Nothing),
    ("", "--no-keepalive", Takes::Nothing),
    ("", "--no-progress-meter", Takes::Nothing),
    ("", "--path-as-is", Takes::Nothing),
    ("", "--tlsv1.2", Takes::Nothing),
    ("", "--tlsv1.3", Takes::Nothing),
];

/// Finds an option by its letter.
pub(crate) fn short(letter: char) -> Option<(&'static str, Takes)> {
    OPTIONS
        .iter()
        .find(|(short, ..)| short.chars().nth(1) == Some(letter))
        .map(|(short, _, takes)| (*short, *takes))
}

/// Finds an option by its name.
pub(crate) fn long(word: &str) -> Option<(&'static str, Takes)> {
    OPTIONS
        .iter()
        .find(|(_, long, _)| *long == word)
        .map(|(_, long, takes)| (*long, *takes))
}

/// Tells whether a word is an option, or letters of several, whose value is the next word.
pub(crate) fn awaits_value(word: &str) -> bool {
    let has_value = |takes: Takes| !matches!(takes, Takes::Nothing);
    if let Some((_, takes)) = long(word) {
        return has_value(takes);
    }
    let Some(letters) = word
        .strip_prefix('-')
        .filter(|letters| !letters.starts_with('-'))
    else {
        return false;
    };
    let mut letters = letters.chars();
    let takes_one = |letter| short(letter).is_some_and(|(_, takes)| has_value(takes));
    letters.any(takes_one) && letters.as_str().is_empty()
}

/// The names of all options.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().map(|(_, long, _)| *long)
}
