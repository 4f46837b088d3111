//! A client whose every call has to succeed.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::*;

/// A client that knows which operations it has called with success.
pub(super) struct Session {
    pub(super) address: SocketAddr,
    /// Method, the path's segments, name.
    pub(super) operations: Vec<(String, Vec<String>, String)>,
    pub(super) done: BTreeSet<String>,
}

impl Session {
    pub(super) fn with(address: SocketAddr) -> Self {
        let mut operations = Vec::new();
        for api in Api::ALL {
            let document: Value = serde_json::from_str(&document(*api)).unwrap();
            for (path, item) in document["paths"].as_object().unwrap() {
                for (method, operation) in item.as_object().unwrap() {
                    if let Some(id) = operation["operationId"].as_str() {
                        let segments = path.split('/').map(str::to_owned).collect();
                        operations.push((method.to_uppercase(), segments, id.to_owned()));
                    }
                }
            }
        }
        Self {
            address,
            operations,
            done: BTreeSet::new(),
        }
    }

    /// Sends one request, and holds that it succeeds. Gives the body.
    pub(super) fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        sent: &str,
    ) -> String {
        let bytes = request(method, target, headers, sent);
        let answer = exchange(self.address, bytes.as_bytes());
        assert!(
            matches!(status(&answer), 200..=399),
            "{method} {target}: {answer}"
        );
        let path = target.split('?').next().unwrap_or_default();
        // As the document's own address has it.
        let path = path.strip_prefix("/digitalwallets/v1").unwrap_or(path);
        let path: Vec<&str> = path.split('/').collect();
        let is_it = |(of, segments, _): &&(String, Vec<String>, String)| {
            let fits = |(segment, given): (&String, &&str)| {
                segment.starts_with('{') && !given.contains('.') || segment == given
            };
            let fits_with_dot = |(segment, given): (&String, &&str)| {
                let name = segment.split('}').nth(1);
                segment.starts_with('{') && name.is_some_and(|rest| given.ends_with(rest))
            };
            of == method
                && segments.len() == path.len()
                && segments
                    .iter()
                    .zip(&path)
                    .all(|pair| fits(pair) || fits_with_dot(pair))
        };
        if let Some((_, _, id)) = self.operations.iter().find(is_it) {
            self.done.insert(id.clone());
        }
        body(&answer).to_owned()
    }

    pub(super) fn get(&mut self, target: &str, headers: &[(&str, &str)]) -> String {
        self.send("GET", target, headers, "")
    }

    pub(super) fn control(&mut self, method: &str, path: &str, sent: &str) -> String {
        let json = [("content-type", "application/json")];
        let headers = if sent.is_empty() { &[][..] } else { &json };
        self.send(method, &format!("/_sandbox{path}"), headers, sent)
    }

    pub(super) fn form(&mut self, path: &str, sent: &str) {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", &format!("/_sandbox/page/{path}"), &form, sent);
    }

    pub(super) fn airpay(&mut self, name: &str, token: &str, fields: &[(&str, &str)]) -> String {
        let (target, headers, sent) = airpay_request(token, name, fields);
        let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
        let answer = self.send("POST", &target, &headers, &sent);
        let is_success = answer.to_ascii_lowercase().contains("success");
        assert!(is_success, "{name}: {answer}");
        answer
    }

    /// A code of one of Ibanera's steps that was not used, where each serves
    /// once: a step is left behind first.
    pub(super) fn otp(&mut self) -> String {
        self.control("POST", "/clock/advance", r#"{"seconds":30}"#);
        let credentials = self.control("GET", "/credentials", "");
        text(&credentials, "/ibanera/otp")
    }
}
