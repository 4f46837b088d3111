//! Replies that cannot be read, and refusals that repeat what was sent.

use std::sync::{Arc, Mutex};

use cards_model::{Field, Kind};
use cards_transport::blocking::Client;
use cards_transport::{Call, Provider, Visit, operations, visit};
use conformance::canary::word;
use conformance::trust::{Report, length};
use serde_json::{Value, json};

use super::Met;
use super::filled::{Style, bodies, each, filled, having, pointers};
use crate::common::cases;
use crate::common::clients::{AnyClient, Backend, Ureq};
use crate::common::fake::{Fake, FakeClock, json as answer};
use crate::markers::{DIGITS, MARK, WORD, found, told};
use crate::traces::{clean_traces, traces};
use crate::values::{marked, marked_by, provider, unchecked};

/// A server that answers as it was told last.
pub(super) struct Told<P: Provider> {
    client: Client<P, Fake>,
    next: Arc<Mutex<(u16, String)>>,
}

impl<P: Provider> Told<P> {
    /// Makes a server for the call `C`. It answers every login that the call needs with a token.
    pub(super) fn new<C: Call<Provider = P>>() -> Self {
        let next = Arc::new(Mutex::new((200, String::new())));
        let told = Arc::clone(&next);
        let (_, login) = P::Login::operation().path.rsplit_once('/').unwrap();
        let token = bodies::<P::Login>().swap_remove(0).to_string();
        let fake = Fake::new(&FakeClock::new(), move |request, _| {
            if !C::is_login() && request.uri().path().ends_with(login) {
                return answer(200, token.clone());
            }
            let (status, body) = told.lock().unwrap().clone();
            answer(status, body)
        });
        Self {
            client: Ureq::faked(provider("http://localhost"), &fake, unchecked()),
            next,
        }
    }

    /// Looks through what comes of a call that is answered so. Gives all that an error shows.
    pub(super) fn answers<C: Call<Provider = P>>(
        &self,
        call: &C,
        answer: (u16, String),
        met: &mut Met,
    ) -> Option<Vec<String>> {
        *self.next.lock().unwrap() = answer;
        match AnyClient::send(&self.client, call) {
            Ok(reply) => {
                met.value(&C::operation().to_string(), reply.value());
                None
            }
            Err(error) => {
                let told = told(&error);
                for text in &told {
                    met.clean(&format!("an error of {}", C::operation()), text, &[]);
                }
                Some(told)
            }
        }
    }
}

/// Breaks the fullest body of a call at every place, in every way.
struct Broken<'a>(&'a mut Met);

impl Visit for Broken<'_> {
    type Output = usize;

    fn visit<C: Call>(self) -> usize {
        let having = |body: &Value| having(&C::parse(body.to_string().as_bytes()).unwrap());
        let fullest = bodies::<C>().into_iter().max_by_key(having).unwrap();
        let body = filled::<C>(&fullest, Style::Texts);
        let server = Told::new::<C>();
        let all = broken(&body).into_iter().step_by(length(4, 1));
        let errors = all.filter(|body| {
            assert!(found(body).is_some(), "no marker in {body}");
            let answer = (200, body.clone());
            if C::is_login() {
                let login = provider::<C::Provider>("http://localhost").login();
                return server.answers(&login.unwrap(), answer, self.0).is_some();
            }
            server.answers(&marked::<C>(), answer, self.0).is_some()
        });
        errors.count()
    }
}

/// A body with each of its values replaced, renamed, taken away and cut off.
fn broken(body: &Value) -> Vec<String> {
    let mut places = Vec::new();
    each(body, String::new(), &mut |at, value| {
        places.push((at.to_owned(), value.clone()));
    });
    let whole = body.to_string();
    let mut all = Vec::new();
    for (number, (at, value)) in places.iter().enumerate() {
        let mark = Style::Texts.mark(number % 100);
        let text = mark.as_str().unwrap();
        let changes = [
            json!({text: text}),
            json!([text, Style::Digits.mark(number % 100)]),
            json!([[{text: value}]]),
            json!(text),
            json!(format!("{text} is odd")),
            Style::Digits.mark(number % 100),
            json!(format!("{DIGITS}.5 {text}")),
            json!(73_019_458.5),
            json!(u64::MAX),
            json!(true),
            Value::Null,
        ];
        for change in changes {
            let mut changed = body.clone();
            *changed.pointer_mut(at).unwrap() = change;
            all.push(changed.to_string());
        }
        let mut cut = body.clone();
        *cut.pointer_mut(at).unwrap() = json!("here");
        let cut = cut.to_string();
        let end = cut.find("\"here\"").unwrap();
        all.push(format!("{}\"{text}", &cut[..end]));
        all.push(format!("{}{text}", &cut[..end]));
        all.extend(renamed(body, at, text));
    }
    all.push(format!("{whole}{MARK}"));
    // Numbers beyond every type, of the right digits.
    all.push(whole.replace(DIGITS, &DIGITS.repeat(60)));
    all.retain(|body| found(body).is_some());
    all
}

/// A body in which the value at a place has another name.
fn renamed(body: &Value, at: &str, name: &str) -> Option<String> {
    let (parent, key) = at.rsplit_once('/')?;
    let mut changed = body.clone();
    let object = changed.pointer_mut(parent)?.as_object_mut()?;
    let value = object.remove(key)?;
    object.insert(name.to_owned(), value);
    Some(changed.to_string())
}

#[test]
fn no_reply_that_cannot_be_read_is_quoted() {
    traces();
    let mut met = Met::default();
    let errors: usize = operations()
        .map(|operation| visit(operation.name, Broken(&mut met)).unwrap())
        .sum();
    clean_traces();
    assert!(errors > 300, "{errors}");
    let mut report = Report::new("canary-broken");
    report.figure("errors", errors);
    met.report(report);
}

/// Has the documented refusals of a call repeat each sensitive value that was sent.
struct Repeated<'a>(&'a mut Met);

impl Visit for Repeated<'_> {
    type Output = usize;

    fn visit<C: Call>(self) -> usize {
        let word = |field: &Field| word(field.rust);
        let fields = sensitive_texts::<C>();
        if fields.is_empty() {
            return 0;
        }
        let call = marked_by::<C>(word);
        let server = Told::new::<C>();
        let mut refusals = 0;
        for (status, body) in refused::<C>() {
            for (number, field) in fields.iter().enumerate() {
                let sent = word(field);
                let forms = [
                    sent.clone(),
                    format!("{sent} is taken"),
                    format!("not {}, please", sent.to_uppercase()),
                ];
                let forms = forms.into_iter().cycle().skip(number);
                for form in forms.take(length(1, 3)) {
                    let said = saying(&body, &form);
                    assert!(found(&said).is_some(), "no marker in {said}");
                    refusals +=
                        usize::from(server.answers(&call, (status, said), self.0).is_some());
                }
            }
        }
        refusals
    }
}

/// The fields of a call's request that hold a sensitive text.
pub(super) fn sensitive_texts<C: Call>() -> Vec<&'static Field> {
    let fields = C::operation().fields.iter();
    fields
        .filter(|field| field.is_sensitive() && field.kind == Kind::Text)
        .collect()
}

/// The documented bodies that bring no value, each with its status.
pub(super) fn refused<C: Call>() -> Vec<(u16, Value)> {
    let provider = C::operation().provider;
    let all = cases().into_iter().filter_map(|case| {
        let reply = case.reply.filter(|_| case.provider == provider.as_str())?;
        let body: Value = serde_json::from_slice(&reply.body).ok()?;
        let is_value = C::parse(&reply.body).is_ok();
        let has_words = found(&saying(&body, WORD)).is_some();
        (has_words && (reply.status >= 400 || !is_value)).then_some((reply.status, body))
    });
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(status, body)| (*status, body.to_string()));
    // Those of one shape say the same once each of their texts is another.
    all.dedup_by_key(|(status, body)| (*status, pointers(body)));
    all
}

/// A body each of whose texts says this, but for those that say how the call went.
pub(super) fn saying(body: &Value, text: &str) -> String {
    let mut said = body.clone();
    for pointer in pointers(body) {
        let value = said.pointer_mut(&pointer).unwrap();
        if value.is_string() && pointer != "/status" {
            *value = json!(text);
        }
    }
    said.to_string()
}

#[test]
fn no_refusal_shows_what_was_sent() {
    traces();
    let mut met = Met::default();
    let refusals: usize = operations()
        .map(|operation| visit(operation.name, Repeated(&mut met)).unwrap())
        .sum();
    clean_traces();
    assert!(refusals > 100, "{refusals}");
    let mut report = Report::new("canary-refusals");
    report.figure("refusals", refusals);
    met.report(report);
}
