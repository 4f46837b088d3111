//! The sandbox's own faults, of its own list: what a client is told of each agrees with what the
//! sandbox did, whatever the fault.

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use cards_sandbox::{Exchange, Fault, FaultKind, ProviderId, Running};
use cards_transport::model::Effect;
use cards_transport::{BackendOptions, Call, CallOptions, Error, ErrorKind, Provider, Retry};
use serde_json::{Value, json};

use crate::cell::{ATTEMPTS, LONG};
use crate::column::{Column, Judged, SLACK, column};
use crate::common::clients::{AnyClient, Backend, Outcome};
use crate::common::fake::FakeClock;
use crate::common::operations::shown;
use crate::common::sandbox::{Carries, provider_of, sandbox};
use crate::rows::{MOST_BYTES, Told};

/// The limits of a call, for faults that keep it waiting: on a busy machine the first may be over
/// before the call arrives.
const LIMITS: [Duration; 2] = [Duration::from_millis(700), Duration::from_secs(4)];

/// The orders of every kind in the sandbox's list.
pub(crate) fn orders() -> &'static [Value] {
    static ORDERS: LazyLock<Vec<Value>> = LazyLock::new(|| {
        let sandbox = sandbox();
        FaultKind::ALL
            .into_iter()
            .flat_map(|kind| orders_of(&sandbox, kind))
            .collect()
    });
    &ORDERS
}

/// The orders of a kind that a sandbox takes: with the fewest settings, each of several values,
/// and both ways where it can be said whether the call is carried out.
fn orders_of(sandbox: &Running, kind: FaultKind) -> Vec<Value> {
    let settings = [
        ("millis", json!([20, 10_000])),
        ("bytes", json!([1, 60_000, 300_000])),
        ("difference", json!([7, -7])),
        ("status", json!([200, 302, 400, 404, 408, 429, 500, 503])),
    ];
    let bare = json!({"fault": kind.as_str()});
    for most in 0..=settings.len() {
        for chosen in (0..1_usize << settings.len()).filter(|set| set.count_ones() as usize == most)
        {
            let chosen = settings
                .iter()
                .enumerate()
                .filter(|(at, _)| chosen >> at & 1 == 1);
            let mut orders = vec![bare.clone()];
            for (_, (name, values)) in chosen {
                orders = with_each(&orders, name, values.as_array().unwrap());
            }
            let carried = with_each(&orders, "carryOut", &[json!(true), json!(false)]);
            let is_taken = |order: &Value| {
                let order = serde_json::from_value::<Fault>(order.clone()).unwrap();
                let taken = sandbox.faults().add(order);
                sandbox.faults().clear();
                taken.is_ok()
            };
            let taken = [carried, orders]
                .map(|orders| orders.into_iter().filter(is_taken).collect::<Vec<_>>());
            if let Some(taken) = taken.into_iter().find(|taken| !taken.is_empty()) {
                return taken;
            }
        }
    }
    panic!("{kind} takes none of the settings that are known here: add its own");
}

fn with_each(orders: &[Value], name: &str, values: &[Value]) -> Vec<Value> {
    let with = |order: &Value, value: &Value| {
        let mut order = order.clone();
        order[name] = value.clone();
        order
    };
    let with = |order| values.iter().map(move |value| with(order, value));
    orders.iter().flat_map(with).collect()
}

/// Lets a call meet an order.
pub(crate) fn judge<B: Backend, C: Call>(order: &Value) -> Judged {
    let waits = told(order, C::operation().provider) == Told::Open(&[ErrorKind::Timeout]);
    let limits = if waits { &LIMITS[..] } else { &[LONG] };
    for limit in limits {
        let sandbox = sandbox();
        let judged = if C::is_login() {
            let provider = provider_of::<C::Provider>(&sandbox, Carries::Both);
            let login = provider.login();
            Cell::<B, <C::Provider as Provider>::Login>::new(&sandbox, order, *limit, login).judge()
        } else {
            Cell::<B, C>::new(&sandbox, order, *limit, None).judge()
        };
        if let Some(judged) = judged {
            return judged;
        }
    }
    Judged {
        wrong: vec!["the fault is not met".to_owned()],
        ..Judged::default()
    }
}

fn kind(order: &Value) -> FaultKind {
    let is_it = |kind: &FaultKind| order["fault"] == kind.as_str();
    FaultKind::ALL.into_iter().find(is_it).unwrap()
}

/// Says what a call of a provider's is told of an order.
fn told(order: &Value, provider: ProviderId) -> Told {
    use ErrorKind::{Http, Interrupted, Malformed, Refused, Timeout, TooLarge};
    let is_carried_out = order["carryOut"] != false;
    // A whole reply: the provider's own failure where the call is not carried out.
    let whole = match is_carried_out {
        true => Told::Value,
        false => Told::Open(&[Http]),
    };
    // One whose JSON is not whole.
    let broken = match is_carried_out {
        true => Told::Open(&[Malformed]),
        false => Told::Open(&[Http]),
    };
    let late = Told::Open(&[Timeout]);
    let setting = |name: &str| order[name].as_i64().unwrap();
    match kind(order) {
        FaultKind::Delay if setting("millis") == 20 => Told::Value,
        FaultKind::Delay => late,
        FaultKind::Drip if setting("millis") == 20 && setting("bytes") > 1 => whole,
        FaultKind::Drip => late,
        FaultKind::OversizedBody if setting("bytes") > MOST_BYTES as i64 => Told::Open(&[TooLarge]),
        FaultKind::OversizedBody => whole,
        FaultKind::WrongLength if setting("difference") > 0 => late,
        FaultKind::WrongLength | FaultKind::InvalidJson => broken,
        FaultKind::Status => match setting("status") {
            // Paysafe refuses with another status: an error in a success is none that is documented.
            200 if provider == ProviderId::PAYSAFE => Told::Open(&[Http, Malformed]),
            200 => Told::Refused(&[Refused]),
            400 | 404 | 429 => Told::Refused(&[Refused]),
            _ => Told::Open(&[Http]),
        },
        FaultKind::LostReply
        | FaultKind::ResetBeforeHeaders
        | FaultKind::ResetAfterHeaders
        | FaultKind::ResetInBody
        | FaultKind::TruncatedBody
        | FaultKind::Garbage => Told::Open(&[Interrupted]),
        kind => panic!("{kind}: say here what a call is told of it"),
    }
}

struct Cell<'a, B: Backend, C: Call> {
    sandbox: &'a Running,
    order: &'a Value,
    limit: Duration,
    column: Column<C>,
    client: B::Client<C::Provider>,
}

impl<'a, B: Backend, C: Call> Cell<'a, B, C> {
    fn new(sandbox: &'a Running, order: &'a Value, limit: Duration, call: Option<C>) -> Self {
        let mut column = column::<C>();
        if let Some(call) = call {
            column.call = call;
        }
        let options = BackendOptions::new()
            .connect_timeout(LONG)
            .read_timeout(LONG);
        let retry = Retry::new(ATTEMPTS).first_pause(Duration::from_millis(1));
        let settings = FakeClock::new().settings().retry(retry);
        let settings = settings.total_timeout(limit).reply_bytes(MOST_BYTES);
        let provider = provider_of::<C::Provider>(sandbox, Carries::Token);
        Self {
            sandbox,
            order,
            limit,
            column,
            client: B::client(provider, &options, settings),
        }
    }

    /// Makes the call under the fault, and judges what it told. `None`: it did not meet the fault.
    fn judge(self) -> Option<Judged> {
        let fault: Fault = serde_json::from_value(self.order.clone()).unwrap();
        let fault = fault.operation(C::operation().name);
        self.sandbox.faults().add(fault).unwrap();
        let (outcome, mut judged) = self.column.tried(&self.client, self.limit, Duration::ZERO);
        let attempts = match &outcome {
            Ok(reply) => reply.attempts(),
            Err(error) if error.is_not_sent() => 0,
            Err(error) => error.attempts(),
        };
        let exchanges = self.exchanges(attempts as usize);
        let kind = kind(self.order);
        let is_met = |exchange: &Exchange| exchange.faults.iter().any(|fired| fired.kind == kind);
        if !exchanges.iter().any(is_met) {
            return None;
        }
        if !exchanges.iter().all(is_met) {
            judged.wrong.push("a call has not met the fault".to_owned());
        }
        judged.wrong.extend(self.wrong_with(&outcome, &exchanges));
        judged.wrong.extend(self.wrong_afterwards(&outcome));
        Some(judged)
    }

    /// Says what is wrong with the outcome, given what the sandbox did.
    fn wrong_with(&self, outcome: &Outcome<C>, exchanges: &[Exchange]) -> Option<String> {
        let is_mutation = C::operation().effect == Effect::Mutation;
        let (error, attempts) = match outcome {
            Ok(reply) => (None, reply.attempts()),
            Err(error) => (Some(error), error.attempts()),
        };
        let accepted = exchanges
            .iter()
            .filter(|exchange| exchange.accepted)
            .count();
        let arrived = exchanges.len();
        let is_bounded =
            attempts <= ATTEMPTS && arrived <= attempts as usize && (!is_mutation || arrived == 1);
        let told = told(self.order, C::operation().provider);
        let is = |kinds: &[ErrorKind]| error.is_some_and(|error| kinds.contains(&error.kind()));
        let is_unknown = error.is_some_and(Error::is_outcome_unknown);
        let is_unsent = error.is_some_and(Error::is_not_sent);
        // Nobody can know of a server that says no to what it did.
        let lies = self.order["carryOut"] == true;
        let is_right = match told {
            Told::Value => error.is_none() && (!is_mutation || accepted == 1),
            Told::NotSent(_) => false,
            Told::Open(_) if is_mutation => is(&[ErrorKind::OutcomeUnknown]) && is_unknown,
            Told::Open(kinds) => is(kinds) && !is_unknown,
            Told::Refused(kinds) => {
                is(kinds) && !is_unknown && (!is_mutation || lies || accepted == 0)
            }
        };
        let outcome = outcome.as_ref().map(|_| "a value");
        (!is_right || !is_bounded || is_unsent).then(|| {
            format!(
                "{told:?} is expected, not {outcome:?} of {attempts} attempts, {arrived} calls, \
                 {accepted} accepted"
            )
        })
    }

    /// The calls of the operation: so many, once the sandbox is done with them.
    fn exchanges(&self, expected: usize) -> Vec<Exchange> {
        let name = C::operation().name;
        let start = Instant::now();
        loop {
            let mut exchanges = self.sandbox.exchanges();
            exchanges.retain(|exchange| exchange.operation == Some(name));
            if exchanges.len() >= expected || start.elapsed() > SLACK {
                return exchanges;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Calls again once the fault is over, and says what is wrong: it is answered, whether the call
    /// before was carried out or not, and a read with the value that it had before, if it had one.
    fn wrong_afterwards(&self, before: &Outcome<C>) -> Option<String> {
        self.sandbox.faults().clear();
        self.sandbox.forget_exchanges();
        let options = CallOptions::new().total_timeout(LONG);
        let outcome = self.client.send_with(&self.column.call, &options);
        let arrived = self.exchanges(1).len();
        let is_read = C::operation().effect == Effect::Read;
        let is_answered = match (&outcome, before) {
            (Ok(after), Ok(before)) if is_read => shown(after.value()) == shown(before.value()),
            (Ok(_), _) => true,
            (Err(error), _) => !is_read && error.transport_kind().is_none(),
        };
        let outcome = outcome.map(|_| "a value, maybe another one");
        (!is_answered || arrived != 1).then(|| format!("afterwards, {outcome:?}, {arrived} calls"))
    }
}
