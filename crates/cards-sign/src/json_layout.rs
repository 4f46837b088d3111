//! Writes JSON with other white space, as programs do that parse a body and write it again.

/// The most bytes of a message that [`SignatureKey::explain`](crate::SignatureKey::explain) and
/// [`HashSecret::explain`](crate::HashSecret::explain) write with other white space.
pub const MOST_EXPLAINED_BYTES: usize = 64 * 1024;

/// The ways in which the usual libraries lay JSON out.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    /// Without white space: JavaScript, Rust, Java.
    Compact,
    /// A space behind each comma and each colon: Python.
    Spaced,
    /// A line for each value, indented by this many spaces: what people print.
    Pretty(usize),
}

impl Layout {
    /// The ways that are tried.
    pub(crate) const ALL: [Self; 4] = [
        Self::Compact,
        Self::Spaced,
        Self::Pretty(2),
        Self::Pretty(4),
    ];

    /// Writes JSON in this way. A text that is no JSON comes out as some other text. The output ends
    /// at four times the input and a kilobyte, as indentation of deep levels would make it grow
    /// without bound, and anybody can send a body with a wrong signature.
    pub(crate) fn write(self, json: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(json.len());
        let (mut is_text, mut is_escaped, mut depth) = (false, false, 0_usize);
        let most = 4 * json.len() + 1024;
        for &byte in json {
            if out.len() > most {
                break;
            }
            if is_text {
                out.push(byte);
                is_text = is_escaped || byte != b'"';
                is_escaped = byte == b'\\' && !is_escaped;
                continue;
            }
            if byte.is_ascii_whitespace() {
                continue;
            }
            let is_empty = matches!((out.last(), byte), (Some(b'{'), b'}') | (Some(b'['), b']'));
            if matches!(byte, b'}' | b']') {
                depth = depth.saturating_sub(1);
                if !is_empty {
                    self.new_line(depth, &mut out);
                }
            } else if matches!(out.last(), Some(b'{' | b'[')) {
                self.new_line(depth, &mut out);
            }
            out.push(byte);
            match byte {
                b'"' => is_text = true,
                b'{' | b'[' => depth += 1,
                b',' => match self {
                    Self::Spaced => out.push(b' '),
                    _ => self.new_line(depth, &mut out),
                },
                b':' => match self {
                    Self::Compact => {}
                    Self::Spaced | Self::Pretty(_) => out.push(b' '),
                },
                _ => {}
            }
        }
        out
    }

    fn new_line(self, depth: usize, out: &mut Vec<u8>) {
        if let Self::Pretty(indent) = self {
            out.push(b'\n');
            out.resize(out.len() + indent * depth, b' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_laid_out_and_its_texts_are_not() {
        let odd = br#" { "a b" : [ 1 , "\\\" , : " ] , "c":{ } } "#;
        let written = Layout::ALL.map(|layout| String::from_utf8(layout.write(odd)).unwrap());
        let [compact, spaced, two, four] = written;
        assert_eq!(compact, r#"{"a b":[1,"\\\" , : "],"c":{}}"#);
        assert_eq!(spaced, r#"{"a b": [1, "\\\" , : "], "c": {}}"#);
        let pretty = "{\n  \"a b\": [\n    1,\n    \"\\\\\\\" , : \"\n  ],\n  \"c\": {}\n}";
        assert_eq!(two, pretty);
        assert_eq!(
            four,
            pretty.replace("  ", "    ").replace(" ,    :", " , :")
        );
    }

    #[test]
    fn a_deep_text_is_not_blown_up() {
        let deep = [b'['; MOST_EXPLAINED_BYTES];
        assert!(Layout::Pretty(4).write(&deep).len() < 5 * deep.len());
    }
}
