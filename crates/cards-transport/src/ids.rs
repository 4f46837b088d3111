//! Compares ids that a provider shows with those that were sent.

/// Tells whether an id that is shown may be the one that was sent, though it is written otherwise:
/// no document says that ids are kept to the letter (E-X-32, E-X-55).
///
/// Neither case nor white space tells two apart. Of one that was sent with characters beyond ASCII nobody
/// knows what became of them on their way. One that was made a number has lost the zeros at its
/// front, and of many digits the last: `0012` and `12`.
pub(crate) fn may_be_one(shown: &str, sent: &str) -> bool {
    if shown.eq_ignore_ascii_case(sent) {
        return true;
    }
    let (shown, sent) = (folded(shown), folded(sent));
    let number = |text: &str| text.parse::<f64>().ok().filter(|it| it.is_finite());
    shown == sent
        || !sent.is_ascii()
        || number(&shown).is_some_and(|shown| number(&sent) == Some(shown))
}

/// The id without its white space and in one case.
fn folded(id: &str) -> String {
    let upper = id.chars().flat_map(char::to_uppercase);
    let lower = upper.flat_map(char::to_lowercase);
    lower
        .filter(|character| !character.is_whitespace())
        .collect()
}

/// Tells whether an id that is shown names another thing than the id that was sent. One that is blank
/// or hidden names none (E-X-60).
pub fn is_another(sent: &str, shown: Option<&str>) -> bool {
    // Nearly always it is the same, which costs a long list least.
    let shown = shown.filter(|&shown| shown != sent);
    let shown = shown.filter(|shown| !shown.trim().is_empty() && !is_hidden(shown));
    shown.is_some_and(|shown| !may_be_one(shown, sent))
}

/// Tells whether signs stand in an id in the place of some of its characters.
fn is_hidden(shown: &str) -> bool {
    let is_mask = |pair: &[u8]| pair.iter().all(|byte| matches!(byte, b'x' | b'X'));
    shown.contains(['*', '\u{2022}']) || shown.as_bytes().windows(2).any(is_mask)
}
