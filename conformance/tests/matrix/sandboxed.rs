//! The sandbox's own faults, of its own list: what a client is told of each agrees with what the
//! sandbox did, whatever the fault.

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use cards_sandbox::{Exchange, Fault, FaultKind, Running};
use cards_transport::model::Effect;
use cards_transport::{BackendOptions, Call, CallOptions, Error, ErrorKind, Provider, Retry};
use serde_json::{Value, json};

use crate::cell::{ATTEMPTS, LONG};
use crate::column::{Column, Judged, SLACK, column};
use crate::common::clients::{AnyClient, Backend, Outcome};
use crate::common::fake::FakeClock;
use crate::common::sandbox::{Carries, provider_of, sandbox};
use crate::rows::MOST_BYTES;

/// The limit of a call, for faults that keep it waiting.
const LIMIT: Duration = Duration::from_millis(700);

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
    let sandbox = sandbox();
    if !C::is_login() {
        return Cell::<B, C>::new(&sandbox, order, None).judge();
    }
    let provider = provider_of::<C::Provider>(&sandbox, Carries::Both);
    let login = provider.login();
    Cell::<B, <C::Provider as Provider>::Login>::new(&sandbox, order, login).judge()
}

struct Cell<'a, B: Backend, C: Call> {
    sandbox: &'a Running,
    order: &'a Value,
    column: Column<C>,
    client: B::Client<C::Provider>,
}

impl<'a, B: Backend, C: Call> Cell<'a, B, C> {
    fn new(sandbox: &'a Running, order: &'a Value, call: Option<C>) -> Self {
        let mut column = column::<C>();
        if let Some(call) = call {
            column.call = call;
        }
        let options = BackendOptions::new()
            .connect_timeout(LONG)
            .read_timeout(LONG);
        let retry = Retry::new(ATTEMPTS).first_pause(Duration::from_millis(1));
        let settings = FakeClock::new().settings().retry(retry);
        let settings = settings.total_timeout(LIMIT).reply_bytes(MOST_BYTES);
        let provider = provider_of::<C::Provider>(sandbox, Carries::Token);
        Self {
            sandbox,
            order,
            column,
            client: B::client(provider, &options, settings),
        }
    }

    fn judge(self) -> Judged {
        let fault: Fault = serde_json::from_value(self.order.clone()).unwrap();
        let fault = fault.operation(C::operation().name);
        self.sandbox.faults().add(fault).unwrap();
        let (outcome, mut judged) = self.column.tried(&self.client, LIMIT, Duration::ZERO);
        judged.wrong.extend(self.wrong_with(&outcome));
        judged.wrong.extend(self.wrong_afterwards());
        judged
    }

    /// Says what is wrong with the outcome, given what the sandbox did.
    fn wrong_with(&self, outcome: &Outcome<C>) -> Option<String> {
        let is_mutation = C::operation().effect == Effect::Mutation;
        let (error, attempts) = match outcome {
            Ok(reply) => (None, reply.attempts()),
            Err(error) => (Some(error), error.attempts()),
        };
        let is_unsent = error.is_some_and(Error::is_not_sent);
        let exchanges = self.exchanges(if is_unsent { 0 } else { attempts as usize });
        let accepted = exchanges
            .iter()
            .filter(|exchange| exchange.accepted)
            .count();
        let is_bounded = attempts <= ATTEMPTS
            && exchanges.len() <= attempts as usize
            && (!is_mutation || is_unsent || exchanges.len() == 1);
        let is_right = match error {
            None => !is_mutation || accepted == 1,
            Some(error) => {
                let (said_no, is_unknown) = (is_refused(error), error.is_outcome_unknown());
                // Nobody can know of a server that says no to what it did.
                let lies = said_no && self.order["carryOut"] == true;
                is_documented(error.kind())
                    && is_unknown == (is_mutation && !is_unsent && !said_no)
                    && (is_unknown || !is_mutation || lies || accepted == 0)
            }
        };
        let outcome = outcome.as_ref().map(|_| "a value");
        (!is_right || !is_bounded).then(|| {
            let arrived = exchanges.len();
            format!("{outcome:?} of {attempts} attempts, {arrived} calls, {accepted} accepted")
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
    /// before was carried out or not.
    fn wrong_afterwards(&self) -> Option<String> {
        self.sandbox.faults().clear();
        self.sandbox.forget_exchanges();
        let options = CallOptions::new().total_timeout(LONG);
        let outcome = self.client.send_with(&self.column.call, &options);
        let arrived = self.exchanges(1).len();
        let is_answer = |error: &Error| error.transport_kind().is_none();
        let is_answered = outcome.as_ref().err().is_none_or(is_answer);
        let outcome = outcome.map(|_| "a value");
        (!is_answered || arrived != 1).then(|| format!("afterwards, {outcome:?}, {arrived} calls"))
    }
}

/// Tells whether a server has said, in a whole reply, that a call was not carried out.
fn is_refused(error: &Error) -> bool {
    let status = error.status().filter(|_| error.transport_kind().is_none());
    status.is_some_and(|status| match status.as_u16() {
        200..300 => error.refusal().is_some(),
        408 => false,
        status => (400..500).contains(&status),
    })
}

/// Tells whether a failing server can be the reason of an error of this kind.
fn is_documented(kind: ErrorKind) -> bool {
    use ErrorKind::{Config, Invalid, Paging, TokenSource};
    !matches!(kind, Config | Invalid | Paging | TokenSource)
}
