//! A request as it stood on the wire.

use std::fmt;

/// A request taken apart, in the order and with the names it came with.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WireRequest {
    /// The method.
    pub method: String,
    /// The request target: path and query.
    pub target: String,
    /// Names and values in the order received.
    pub headers: Vec<(String, String)>,
    /// The body, its chunks put together.
    pub body: Vec<u8>,
}

/// Bytes that are no whole HTTP/1.1 request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARequest(&'static str);

impl fmt::Display for NotARequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a whole HTTP/1.1 request: {}", self.0)
    }
}

impl std::error::Error for NotARequest {}

impl WireRequest {
    /// Puts a request together.
    pub fn new(
        method: impl Into<String>,
        target: impl Into<String>,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            headers,
            body,
        }
    }

    /// Takes apart bytes that hold one whole request.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotARequest> {
        let end = head_end(bytes).ok_or(NotARequest("the head does not end"))?;
        let head =
            std::str::from_utf8(&bytes[..end]).map_err(|_| NotARequest("the head is not UTF-8"))?;
        let mut lines = head.trim_end().split("\r\n");
        let mut line = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(target), Some("HTTP/1.1"), None) =
            (line.next(), line.next(), line.next(), line.next())
        else {
            return Err(NotARequest("the first line is no request line"));
        };
        let headers = lines
            .map(|line| {
                let (name, value) = line.split_once(':')?;
                Some((name.to_owned(), value.trim().to_owned()))
            })
            .collect::<Option<Vec<_>>>()
            .ok_or(NotARequest("a line of the head is no header"))?;
        let mut request = Self::new(method, target, headers, Vec::new());
        request.body = match body(&bytes[end..], &request) {
            Body::Whole { body, .. } => body,
            Body::Short => return Err(NotARequest("the body is short")),
        };
        Ok(request)
    }

    /// The value of the first header of this name, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|(_, value)| &**value)
    }

    /// Writes the same text for every request that means the same: header names
    /// in small letters and sorted, and each `(name, placeholder)` of
    /// `placeholders` in place of that header's value.
    ///
    /// ```
    /// use conformance::wire::WireRequest;
    ///
    /// let bytes = b"GET /a HTTP/1.1\r\nX-B: 2\r\nHost: localhost:1\r\n\r\n";
    /// let request = WireRequest::parse(bytes)?;
    /// let text = request.normal(&[("host", "<host>")]);
    /// assert_eq!(text, "GET /a HTTP/1.1\nhost: <host>\nx-b: 2\n\n");
    /// # Ok::<(), conformance::wire::NotARequest>(())
    /// ```
    pub fn normal(&self, placeholders: &[(&str, &str)]) -> String {
        let mut headers: Vec<(String, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()))
            .collect();
        for (name, value) in &mut headers {
            if let Some((_, placeholder)) = placeholders.iter().find(|(known, _)| known == name) {
                *value = placeholder;
            }
        }
        headers.sort();
        let mut text = format!("{} {} HTTP/1.1\n", self.method, self.target);
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(&self.body));
        text
    }
}

/// Header values may be secrets: only names are shown.
impl fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("WireRequest")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("headers", &names)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish()
    }
}

/// Counts the bytes that make one whole request, if these hold one.
pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
    let end = head_end(bytes)?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let headers = head.split("\r\n").skip(1).filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    });
    let head = WireRequest::new("", "", headers.collect(), Vec::new());
    match body(&bytes[end..], &head) {
        Body::Whole { length, .. } => Some(end + length),
        Body::Short => None,
    }
}

enum Body {
    Whole { body: Vec<u8>, length: usize },
    Short,
}

fn body(rest: &[u8], head: &WireRequest) -> Body {
    if head.header("transfer-encoding").is_some() {
        return chunked(rest);
    }
    let length = head
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    match rest.get(..length) {
        Some(body) => Body::Whole {
            body: body.to_vec(),
            length,
        },
        None => Body::Short,
    }
}

fn chunked(rest: &[u8]) -> Body {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let Some(line) = rest[at..].windows(2).position(|two| two == b"\r\n") else {
            return Body::Short;
        };
        let size = String::from_utf8_lossy(&rest[at..at + line]).into_owned();
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        at += line + 2;
        let Some(chunk) = rest.get(at..at + size + 2) else {
            return Body::Short;
        };
        body.extend_from_slice(&chunk[..size]);
        at += size + 2;
        if size == 0 {
            return Body::Whole { body, length: at };
        }
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(at + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNKED: &[u8] =
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";

    #[test]
    fn bodies_by_length_and_by_chunks() {
        let plain = b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcREST";
        assert_eq!(WireRequest::parse(plain).unwrap().body, b"abc");
        assert_eq!(length(plain), Some(plain.len() - 4));
        assert_eq!(WireRequest::parse(CHUNKED).unwrap().body, b"abcd");
        for cut in 0..CHUNKED.len() {
            assert_eq!(length(&CHUNKED[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn what_is_no_request_is_told() {
        for bytes in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"GET /\r\n\r\n",
            b"GET / HTTP/1.1\r\nx\r\n\r\n",
            b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\na",
        ] {
            assert!(WireRequest::parse(bytes).is_err());
        }
    }
}
