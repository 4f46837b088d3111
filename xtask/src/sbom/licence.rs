//! A package's licence, as CycloneDX has it.

use serde_json::{Value, json};

/// Gives the licences of a component; `None` where the package tells none.
pub(super) fn told(license: Option<&str>) -> Option<Value> {
    let text = license?.trim();
    if text.is_empty() {
        return None;
    }
    let expression = spdx(text);
    let one = match expression.contains(' ') {
        true => json!({ "acknowledgement": "declared", "expression": expression }),
        false => json!({ "license": { "acknowledgement": "declared", "id": expression } }),
    };
    Some(json!([one]))
}

/// Writes a licence as SPDX does. Cargo used to have a slash for `OR`, and still takes it.
fn spdx(text: &str) -> String {
    let parts: Vec<&str> = text.split('/').map(str::trim).collect();
    parts.join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_is_a_choice_and_one_licence_is_named_by_its_id() {
        assert_eq!(spdx("MIT/Apache-2.0"), "MIT OR Apache-2.0");
        assert_eq!(spdx("Apache-2.0 / MIT"), "Apache-2.0 OR MIT");
        assert_eq!(
            spdx("(MIT OR Apache-2.0) AND Unicode-3.0"),
            "(MIT OR Apache-2.0) AND Unicode-3.0"
        );
        let id = told(Some("ISC")).unwrap();
        assert_eq!(id[0]["license"]["id"], "ISC");
        let choice = told(Some("MIT/Apache-2.0")).unwrap();
        assert_eq!(choice[0]["expression"], "MIT OR Apache-2.0");
        assert_eq!((told(None), told(Some(" "))), (None, None));
    }
}
