//! Records what is kept of a request: sizes and documented names, and values only where that was
//! asked for.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::Response;
use cards_model::{Kind, Operation, Place};
use hyper::body::{Frame, SizeHint};
use schemars::JsonSchema;
use serde::Serialize;

use super::documented::{Documented, Names, Part};
use super::names::{FORM, Found, JSON, Name};
use super::remark::{Remark, remarks};
use super::values::{Draft, LONGEST_BODY, Reader, Values};
use crate::engine::faults::ConnectionFault;
use crate::engine::multipart::{MULTIPART, open_field};
use crate::engine::settings::Limits;

/// A request without its values. A name is here only if a document has it, as
/// any other may be anything; those are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Received {
    /// Number of bytes of the body that were read.
    pub body_bytes: u64,
    /// The media type of the body: a usual one, or `other`.
    pub content_type: Option<&'static str>,
    /// Documented headers.
    pub headers: Vec<&'static str>,
    /// Number of other headers.
    pub other_headers: usize,
    /// Documented names in the query, in the order received.
    pub query: Vec<&'static str>,
    /// Number of other names in the query.
    pub other_query: usize,
    /// Documented names in the body, a form's or a JSON object's and those of objects inside it,
    /// in the order received.
    pub fields: Vec<&'static str>,
    /// Number of other names in the body.
    pub other_fields: usize,
}

impl Received {
    pub(super) fn weight(&self) -> usize {
        let names = self.headers.len() + self.query.len() + self.fields.len();
        names * size_of::<&str>()
    }
}

/// A request's head, and what its body turns out to be.
pub struct Observed {
    headers: HeaderMap,
    query: String,
    body: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    bytes: u64,
    /// The body, copied in pieces of [`PIECE`] bytes but for the last. What came by itself, be it a
    /// byte, would keep the whole buffer that it was read into.
    pieces: Vec<Vec<u8>>,
    limit: usize,
}

/// The bytes of a piece of a body that is observed.
const PIECE: usize = 64 * 1024;

impl Seen {
    fn add(&mut self, mut data: &[u8]) {
        self.bytes += data.len() as u64;
        if self.bytes > self.limit as u64 {
            // Too long for any call: its names are of no use.
            self.pieces = Vec::new();
            return;
        }
        while !data.is_empty() {
            let last = self.pieces.pop_if(|last| last.len() < PIECE);
            let mut last = last.unwrap_or_default();
            let (now, rest) = data.split_at(data.len().min(PIECE - last.len()));
            last.extend_from_slice(now);
            self.pieces.push(last);
            data = rest;
        }
    }
}

impl Observed {
    /// The request to pass on, whose body is observed while it is read. Of that
    /// body at most as much as the call may have is held, until [`Observed::received`].
    pub(crate) fn of(request: Request, limits: Limits) -> (Request, Self) {
        let body = Arc::new(Mutex::new(Seen {
            limit: limits.body,
            ..Seen::default()
        }));
        let observed = Self {
            headers: request.headers().clone(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            body: Arc::clone(&body),
        };
        let request = request.map(|inner| {
            if inner.is_end_stream() {
                inner
            } else {
                Body::new(Watched { inner, seen: body })
            }
        });
        (request, observed)
    }

    /// Gives the values that came, for a journal that keeps them. `path` is the one that was
    /// called.
    pub(crate) fn values(
        &self,
        documented: Documented,
        operation: Option<&'static Operation>,
        path: &str,
    ) -> RequestValues {
        let names = Names::of(documented, operation);
        let (body, bytes) = {
            let seen = lock(&self.body);
            (seen.pieces.concat(), seen.bytes)
        };
        let mut request = Reader::new(&names, operation);
        request.path(path);
        request.headers(&self.headers);
        request.pairs(Part::Query, self.query.as_bytes());
        match content_type(&self.headers) {
            Some(MULTIPART) => request.parts(&self.headers, body.into(), bytes),
            content_type => request.body(content_type, &body, bytes),
        }
        RequestValues {
            request: request.end(),
            names,
            operation,
        }
    }

    /// Tells what came, and remarks on names that the call did not use.
    pub(crate) fn received(
        self,
        documented: Documented,
        operation: Option<&'static Operation>,
    ) -> (Received, Vec<Remark>) {
        let documented = Names::of(documented, operation);
        let seen = std::mem::take(&mut *lock(&self.body));
        let content_type = content_type(&self.headers);
        let header_names = || self.headers.iter().map(|(name, _)| name.as_str());
        let in_query = Found::of_pairs(self.query.as_bytes());
        let query = || in_query.names.iter().map(|name| &*name.path);
        let pieces = seen.pieces.into_iter().map(Bytes::from);
        let found = Found::of_body(&self.headers, content_type, pieces.collect());
        let names = || found.names.iter().map(|name| &*name.path);
        let files = found.names.iter().filter(|name| name.is_file);
        let files: BTreeSet<_> = files.map(|name| &*name.path).collect();
        let open = operation.and_then(|operation| open_field(operation, files.iter().copied()));
        // Such a part is used under the name that it should have.
        let stands_in = |name: &&str| {
            let is_file = open.is_some() && files.contains(name);
            is_file && documented.exact(Part::Body, name).is_none()
        };
        let others = names().filter(|name| !stands_in(name));
        let mut all = remarks(Part::Body, others, &documented);
        let count = names().filter(stands_in).count();
        all.extend(open.and_then(|open| Remark::stand_in(open, count)));
        all.extend(repeated(Part::Body, &found, operation, &documented));
        all.extend(repeated(Part::Query, &in_query, operation, &documented));
        all.extend(remarks(Part::Query, query(), &documented));
        all.extend(remarks(Part::Headers, header_names(), &documented));
        if documented.is_known {
            all.extend(Remark::not_compared(Part::Body, found.others));
            all.extend(Remark::not_compared(Part::Query, in_query.others));
        }
        let (headers, other_headers) = sort(Part::Headers, header_names(), &documented);
        let (query, other_query) = sort(Part::Query, query(), &documented);
        let (fields, other_fields) = sort(Part::Body, names(), &documented);
        let received = Received {
            body_bytes: seen.bytes,
            content_type,
            headers,
            other_headers,
            query,
            other_query: other_query + in_query.others,
            fields,
            other_fields: other_fields + found.others,
        };
        (received, all)
    }
}

/// Remarks on the fields of an operation that came more than once. A list may come so.
fn repeated(
    part: Part,
    found: &Found,
    operation: Option<&'static Operation>,
    documented: &Names,
) -> impl Iterator<Item = Remark> {
    let fields = operation.into_iter().flat_map(|operation| operation.fields);
    let fields = fields.filter(move |field| {
        let is_of_query = field.place == Place::Query;
        is_of_query == (part == Part::Query) && field.kind != Kind::List
    });
    fields.filter_map(move |field| {
        let is_caseless = part == Part::Query && documented.has_caseless_query;
        let is_it = |name: &&Name| match is_caseless {
            true => name.path.eq_ignore_ascii_case(field.wire),
            false => name.path == field.wire,
        };
        // Objects within others may have a name each.
        let (count, takes_first) = match part {
            Part::Query => {
                let count = found.names.iter().filter(is_it).count();
                (count, documented.takes_first_of_query)
            }
            _ => {
                let again = found.names.iter().filter(|name| name.is_again);
                (again.filter(is_it).count() + 1, false)
            }
        };
        let counts = if takes_first { "first" } else { "last" };
        let is_all = found.others == 0;
        (count > 1).then(|| Remark::repeated(part, field.wire, (count, is_all), counts))
    })
}

/// The values of a request, which wait for those of its reply: a secret of one may stand in the
/// other.
pub(crate) struct RequestValues {
    request: Draft,
    names: Names,
    operation: Option<&'static Operation>,
}

impl RequestValues {
    /// Adds those of the reply, unless a fault lets its body not out, or not the whole of it. The
    /// body is held in memory, and put back.
    pub(crate) async fn with_reply(self, response: &mut Response) -> Values {
        let fault = response.extensions().get::<ConnectionFault>();
        let goes_out = !fault.is_some_and(ConnectionFault::keeps_body_back);
        let mut reply = Reader::new(&self.names, self.operation);
        let content_type = content_type(response.headers());
        let size = response.body().size_hint();
        let is_read = |bytes: u64| (1..=LONGEST_BODY).contains(&bytes);
        if goes_out && size.exact().is_some_and(is_read) {
            let body = std::mem::take(response.body_mut());
            let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
            *response.body_mut() = Body::from(body.clone());
            reply.body(content_type, &body, body.len() as u64);
        } else if goes_out {
            reply.body(None, &[], size.lower());
        }
        Values::of(self.request, reply.end())
    }
}

/// Documented names as the documents write them, and the number of the rest: of those that no
/// document has, and of all after so many. A name in other letters is another name, but for
/// headers.
fn sort<'a>(
    part: Part,
    names: impl Iterator<Item = &'a str>,
    documented: &Names,
) -> (Vec<&'static str>, usize) {
    const MOST: usize = 64;
    let mut known = Vec::new();
    let mut others = 0;
    for name in names {
        match documented.exact(part, name) {
            Some((_, name)) if known.len() < MOST => known.push(name),
            _ => others += 1,
        }
    }
    known.shrink_to_fit();
    (known, others)
}

fn content_type(headers: &HeaderMap) -> Option<&'static str> {
    const OTHERS: [&str; 6] = [
        "application/octet-stream",
        "application/xml",
        MULTIPART,
        "text/html",
        "text/plain",
        "text/xml",
    ];
    let given = headers.get(CONTENT_TYPE)?.to_str().unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim();
    let mut known = [FORM].into_iter().chain(JSON).chain(OTHERS);
    let known = known.find(|known| known.eq_ignore_ascii_case(given));
    Some(known.unwrap_or("other"))
}

/// A body that notes what is read of it.
struct Watched {
    inner: Body,
    seen: Arc<Mutex<Seen>>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            lock(&self.seen).add(data);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
