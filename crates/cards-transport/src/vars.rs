//! Settings that are words, numbers or addresses, out of variables.

/// The value of a variable without the white space around it. `None`: it is not
/// set, or blank, which counts as not set.
pub(crate) fn word(var: &impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    let value = var(name)?;
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}
