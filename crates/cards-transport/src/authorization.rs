//! Credentials as header values.

use cards_model::Secret;
use http::HeaderValue;

use crate::cause::ConfigError;
use crate::unreadable::Unreadable;

/// Checks that every receiver reads a credential in a header as it was set.
///
/// A header carries visible ASCII and spaces between (RFC 9110, 5.5): control
/// characters end it, what lies beyond ASCII is read in one encoding here and
/// in another there, and spaces around it are dropped on the way.
pub(crate) fn check(name: &str, value: &str) -> Result<(), ConfigError> {
    let wrong = |what: &str| Err(ConfigError::new(format!("{name} {what}")));
    check_filled(name, value)?;
    if value.starts_with(' ') || value.ends_with(' ') {
        return wrong("begins or ends with a space, which a header would lose");
    }
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return wrong("holds a control character, such as a line break, that no header can carry");
    }
    if !value.is_ascii() {
        return wrong(
            "holds a character that no header can carry: one beyond ASCII, such as a curly quote \
             that was pasted along",
        );
    }
    Ok(())
}

/// Checks that a credential of which a header carries nothing as it is, such as a key that signs, is
/// one at all: an empty one is none.
pub(crate) fn check_filled(name: &str, value: &str) -> Result<(), ConfigError> {
    match value.is_empty() {
        true => Err(ConfigError::new(format!("{name} is empty"))),
        false => Ok(()),
    }
}

/// Checks a token that was given, where one was.
pub(crate) fn check_token(token: Option<&Secret>) -> Result<(), ConfigError> {
    token.map_or(Ok(()), |token| check("the token", token.expose()))
}

/// A credential out of a variable, which an error names.
pub(crate) fn from_var(variable: &str, value: String) -> Result<Secret, ConfigError> {
    check(variable, &value)?;
    Ok(Secret::new(value))
}

/// A credential out of a variable, of which a header carries nothing as it is.
pub(crate) fn filled_var(variable: &str, value: String) -> Result<String, ConfigError> {
    check_filled(variable, &value)?;
    Ok(value)
}

/// Checks that a token which was issued can be sent: an empty one is none.
pub(crate) fn issued(path: &str, token: &Secret) -> Result<(), Unreadable> {
    check("the token", token.expose()).map_err(|_| Unreadable::unusable(path))
}

/// A secret as a header value that HTTP libraries keep out of their logs. It was
/// checked when the call began, or when it was issued.
pub(crate) fn secret_header(name: &str, value: &str) -> Result<HeaderValue, ConfigError> {
    let mut header = HeaderValue::from_str(value).map_err(|_| {
        ConfigError::new(format!("{name} holds a character that no header can carry"))
    })?;
    header.set_sensitive(true);
    Ok(header)
}

/// `Authorization: Bearer`.
pub(crate) fn bearer(token: Option<&Secret>) -> Result<HeaderValue, ConfigError> {
    let token = token.ok_or_else(no_token)?;
    secret_header("the token", &format!("Bearer {}", token.expose()))
}

/// Writes `Authorization` with the token alone.
pub(crate) fn bare(token: Option<&Secret>) -> Result<HeaderValue, ConfigError> {
    secret_header("the token", token.ok_or_else(no_token)?.expose())
}

/// The error of a call that needs a token where none can be had.
pub(crate) fn no_token() -> ConfigError {
    ConfigError::new("no token and no credentials to get one")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_header_cannot_carry_is_told_without_repeating_it() {
        for (value, says) in [
            ("", "the token is empty"),
            ("\u{201c}marker\u{201d}", "curly quote"),
            ("mark\ner", "control character"),
            ("marker\r", "control character"),
            ("marker\t", "control character"),
            ("mark\u{0}er", "control character"),
            ("mark\u{7f}er", "control character"),
            ("m\u{e4}rker", "beyond ASCII"),
            ("marker\u{a0}", "beyond ASCII"),
            (" marker", "begins or ends with a space"),
            ("marker ", "begins or ends with a space"),
        ] {
            let said = check("the token", value).unwrap_err().to_string();
            assert!(said.contains(says), "{value:?}: {said}");
            assert!(!said.contains("marker"), "{said}");
        }
        assert!(check("the token", "a b~!").is_ok());
    }

    #[test]
    fn a_secret_header_is_marked_as_sensitive() {
        assert!(secret_header("the token", "t").unwrap().is_sensitive());
        for scheme in [bearer, bare] {
            assert!(scheme(Some(&Secret::new("t"))).unwrap().is_sensitive());
        }
    }

    proptest! {
        /// A value that passes is visible ASCII with single or more spaces
        /// inside, and arrives as it was set.
        #[test]
        fn what_passes_arrives(value in ".{0,12}") {
            if check("x", &value).is_ok() {
                let header = secret_header("x", &value).unwrap();
                prop_assert_eq!(header.to_str().unwrap().trim(), value.as_str());
            }
        }
    }
}
