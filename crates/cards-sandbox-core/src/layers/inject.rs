//! The layer around the providers' paths: asks what a call meets, has it
//! carried out or not, and changes the reply.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::response::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::{Frame, SizeHint};

use super::called;
use crate::engine::answer::Verdict;
use crate::engine::app::App;
use crate::engine::faults::{
    ActiveFault, ConnectionFault, End, Fault, FaultKind, FiredFault, Script, Step,
};
use crate::engine::intake;
use crate::engine::large_replies::{framed, whole};
use crate::engine::operations::KnownOperation;
use crate::engine::provider::Provider;
use crate::engine::surface::Surface;

/// The time that a connection stays open for the bytes that were announced and
/// never come.
const HOLD: Duration = Duration::from_secs(60);

/// Holds no status line and no header; and an empty line, so that nobody waits for more.
const GARBAGE: &[u8] = b"\x00\xff\xfe this is no HTTP \x7f\x80\r\n\r\n";

/// Applies faults to a call, which has to be below a provider's paths.
pub(crate) async fn inject(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(Surface::Provider(provider)) = request.extensions().get().cloned() else {
        return next.run(request).await;
    };
    let provider = &*provider;
    let known = called::operation_of(&app, &request);
    let operation = known.map(|known| known.operation);
    let Some(decision) = app.faults.decide(provider.id(), operation) else {
        return next.run(request).await;
    };
    let is_head = request.method() == Method::HEAD;
    let mut response = if decision.carry_out {
        next.run(request).await
    } else {
        // For the journal, which notes what is read.
        intake::drain(request.into_body(), app.config.limits).await;
        let fault = decision.fault.as_ref();
        refuse(provider, known, fault.map(|met| &*met.fault))
    };
    let verdict = response.extensions_mut().remove::<Verdict>();
    let verdict = explained(verdict.unwrap_or_default(), &decision.fired);
    if decision.carry_out
        && let Some(ActiveFault { fault, .. }) = &decision.fault
        && fault.kind == FaultKind::Status
    {
        response = refuse(provider, known, Some(fault));
    }
    let (mut response, script) = match &decision.fault {
        Some(met) => applied(met, response, is_head).await,
        None => (response, None),
    };
    let connection_fault = ConnectionFault {
        fired: decision.fired,
        delays: decision.delays,
        script,
    };
    response.extensions_mut().insert(connection_fault);
    response.extensions_mut().insert(verdict);
    response
}

/// The answer to a call that is not carried out.
fn refuse(
    provider: &dyn Provider,
    known: Option<&'static KnownOperation>,
    fault: Option<&Fault>,
) -> Response {
    let status = fault.and_then(|fault| fault.status);
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    called::failure(provider, known, status).into_response()
}

/// Adds the faults that fired to what the journal is to say.
fn explained(mut verdict: Verdict, fired: &[FiredFault]) -> Verdict {
    let each: Vec<_> = fired
        .iter()
        .map(|fault| format!("{} ({})", fault.id, fault.kind))
        .collect();
    let plural = if each.len() == 1 { "" } else { "s" };
    let faults = format!("fault{plural} {} fired", each.join(" and "));
    let is_carried_out = fired.iter().all(|fault| fault.carried_out);
    verdict.why = if is_carried_out {
        format!("{}. Then {faults}.", verdict.why.trim_end_matches('.')).into()
    } else {
        format!("not carried out: {faults}").into()
    };
    verdict
}

/// The reply with the fault on it, and what is done in its place where it is
/// not to be sent at all.
async fn applied(
    met: &ActiveFault,
    response: Response,
    is_head: bool,
) -> (Response, Option<Script>) {
    let ActiveFault { fault, in_force } = met;
    let (parts, body) = response.into_parts();
    // Replies are this crate's own and are held in memory anyway.
    let body = whole(&parts, body).await;
    let length = body.len() as u64;
    let half = body.slice(..body.len() / 2);
    let head = Step::Head(length);
    // A HEAD's reply announces a body and has none.
    let written = |body: &Bytes| Step::Write(if is_head { Bytes::new() } else { body.clone() });
    let script = match fault.kind {
        FaultKind::Delay => None,
        FaultKind::Status => return (with_status(fault, parts, body), None),
        FaultKind::InvalidJson => return (Response::from_parts(parts, framed(half)), None),
        FaultKind::OversizedBody => {
            let padding = fault.bytes.unwrap_or_default().saturating_sub(length);
            let body = Body::new(Padded {
                body: framed(body),
                padding,
            });
            return (Response::from_parts(parts, body), None);
        }
        FaultKind::ResetBeforeHeaders => Some(Script::new(vec![], End::Reset)),
        FaultKind::LostReply => Some(Script::new(vec![], End::Close)),
        FaultKind::Garbage => {
            let garbage = Step::Write(Bytes::from_static(GARBAGE));
            Some(Script::new(vec![garbage], End::Close))
        }
        FaultKind::ResetAfterHeaders => Some(Script::new(vec![head], End::Reset)),
        FaultKind::ResetInBody => Some(Script::new(vec![head, written(&half)], End::Reset)),
        FaultKind::TruncatedBody => Some(Script::new(vec![head, written(&half)], End::Close)),
        FaultKind::WrongLength => {
            let difference = fault.difference.unwrap_or_default();
            let wrong = length.saturating_add_signed(difference);
            let mut steps = vec![Step::Head(wrong), written(&body)];
            if wrong > length {
                steps.push(Step::Hold(in_force.pause(HOLD)));
            }
            Some(Script::new(steps, End::Close))
        }
        FaultKind::Drip => {
            let steps = vec![Step::LastHead(length), written(&body)];
            let size = usize::try_from(fault.bytes.unwrap_or(1)).unwrap_or(usize::MAX);
            let pause = in_force.pause(fault.pause());
            Some(Script::new(steps, End::Close).paced(size, pause))
        }
    };
    (Response::from_parts(parts, framed(body)), script)
}

/// A reply with another status, and perhaps another body.
fn with_status(fault: &Fault, mut parts: Parts, body: Bytes) -> Response {
    if let Some(status) = fault.status.and_then(|it| StatusCode::from_u16(it).ok()) {
        parts.status = status;
    }
    for (name, value) in &fault.headers {
        let (name, value) = (
            HeaderName::try_from(name.as_str()),
            HeaderValue::try_from(value.as_str()),
        );
        if let (Ok(name), Ok(value)) = (name, value) {
            parts.headers.insert(name, value);
        }
    }
    let body = fault.body.clone().map_or(body, Bytes::from);
    Response::from_parts(parts, framed(body))
}

/// A body with so many blanks behind it, which are never in memory at once.
struct Padded {
    body: Body,
    padding: u64,
}

impl HttpBody for Padded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        const BLANKS: &[u8] = &[b' '; 16 * 1024];
        if let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context)) {
            return Poll::Ready(Some(frame));
        }
        let size = BLANKS
            .len()
            .min(usize::try_from(self.padding).unwrap_or(usize::MAX));
        if size == 0 {
            return Poll::Ready(None);
        }
        self.padding -= size as u64;
        let blanks = Bytes::from_static(&BLANKS[..size]);
        Poll::Ready(Some(Ok(Frame::data(blanks))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.body.size_hint().lower().saturating_add(self.padding))
    }
}
