//! Reads a JSON text that was taken for a form.

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use zeroize::Zeroizing;

/// Tells whether the fields of a form, `(name, value)`, decoded, are a JSON object that was read as
/// one. None of its values is a field's then.
///
/// ```
/// assert!(cards_sign::is_json(&[(r#"{"a":"1","b":"2"}"#, "")]));
/// assert!(!cards_sign::is_json(&[("a", r#"{"b":"2"}"#)]));
/// ```
#[must_use]
pub fn is_json(fields: &[(&str, &str)]) -> bool {
    JsonBody::read(fields).is_some()
}

/// A JSON object: its text and its members.
pub(crate) struct JsonBody {
    pub(crate) text: Zeroizing<String>,
    members: Vec<(String, Zeroizing<String>)>,
}

impl JsonBody {
    /// Reads the object that the fields of a form come from, where they do.
    pub(crate) fn read(fields: &[(&str, &str)]) -> Option<Self> {
        let (first, _) = fields.first()?;
        if !first.trim_start().starts_with('{') {
            return None;
        }
        let mut text = Zeroizing::new(String::new());
        for (at, (name, value)) in fields.iter().enumerate() {
            text.push_str(if at == 0 { "" } else { "&" });
            text.push_str(name);
            // A form's reader does not tell `a=` from `a`.
            text.push_str(if value.is_empty() { "" } else { "=" });
            text.push_str(value);
        }
        let members = serde_json::Deserializer::from_str(&text)
            .deserialize_map(Members)
            .ok()?;
        Some(Self { text, members })
    }

    pub(crate) fn fields(&self) -> Vec<(&str, &str)> {
        let members = self.members.iter();
        members.map(|(name, value)| (&**name, &***value)).collect()
    }
}

/// Collects the members in their order, each as a text.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, Zeroizing<String>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            let text = match value.get() {
                "null" => String::new(),
                text if text.starts_with('"') => {
                    serde_json::from_str(text).map_err(serde::de::Error::custom)?
                }
                // A number by its own digits, which no float has.
                other => other.to_owned(),
            };
            members.push((name, Zeroizing::new(text)));
        }
        Ok(members)
    }
}
