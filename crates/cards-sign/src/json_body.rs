//! Reads a JSON text that came under a form's content type, and so was taken for a form.

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;
use zeroize::Zeroizing;

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
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            let text = match value {
                Value::String(text) => text,
                Value::Null => String::new(),
                other => other.to_string(),
            };
            members.push((name, Zeroizing::new(text)));
        }
        Ok(members)
    }
}
