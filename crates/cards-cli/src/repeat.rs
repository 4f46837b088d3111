//! What a complaint may repeat of what was typed. A value may be a card number
//! or a password, even where a name belongs: a blank or a flag was forgotten.

/// Stands for what is not repeated.
pub(crate) const A_VALUE: &str = "[a value]";

/// The name at the beginning of an unknown option, with `...` for what is left
/// out; nothing where there is no name.
///
/// Of `--card-no4622...` that is `--card-no`. What follows one of the `known`
/// options is left out as well: `--passwordSecret` was meant to have a blank.
pub(crate) fn option_name<'a>(
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    if !given.starts_with('-') {
        return None;
    }
    let is_name = |c: char| c.is_ascii_alphabetic() || c == '-' || c == '_';
    let name = given.split(|c| !is_name(c)).next().unwrap_or_default();
    let begins = |known: &&str| known.len() > 2 && name.starts_with(known);
    let name = known
        .into_iter()
        .filter(begins)
        .max_by_key(|known| known.len())
        .unwrap_or(name);
    match name.chars().any(|c| c.is_ascii_alphabetic()) {
        true if name.len() == given.len() => Some(name.to_owned()),
        true => Some(format!("{name}...")),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_nothing_after_it() {
        for (given, shown) in [
            ("--card-nu", Some("--card-nu")),
            ("--card_no", Some("--card_no")),
            ("--card-no4622", Some("--card-no...")),
            ("--passwordSecret", Some("--password...")),
            ("--passport", Some("--pass...")),
            ("--name=Secret", Some("--name...")),
            ("--né", Some("--n...")),
            ("-p", Some("-p")),
            ("-4622", None),
            ("--", None),
            ("Secret", None),
        ] {
            let known = ["--pass", "--password", "-p"];
            assert_eq!(option_name(given, known).as_deref(), shown, "{given}");
        }
    }
}
