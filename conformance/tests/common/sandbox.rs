//! A sandbox on the fixtures' day, the providers as its environment has them,
//! and what it shows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cards_sandbox::openapi::{Api, document};
use cards_sandbox::{Running, RunningWorld, Sandbox, world};
use cards_sign::Order;
use cards_transport::{BlockingTransport, Limits, Provider, UreqTransport};
use http::{Request, Response};
use serde_json::Value;

pub(crate) fn sandbox() -> Running {
    let builder = Sandbox::builder().clock(Arc::new(super::noon));
    builder.start_blocking().unwrap()
}

/// The values that a provider takes from the sandbox's environment beside its address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carries {
    /// The token that the sandbox starts with.
    Token,
    /// The credentials that a token is given out for.
    Login,
    Both,
}

/// A provider of the sandbox. Ibanera's codes may be used again, or each attempt
/// would wait for the next.
pub(crate) fn provider_of<P: Provider>(sandbox: &RunningWorld, carries: Carries) -> P {
    provider_of_in_order(sandbox, carries, Order::default())
}

/// The same, where forms are sent and signed in this order.
pub(crate) fn provider_of_in_order<P: Provider>(
    sandbox: &RunningWorld,
    carries: Carries,
    order: Order,
) -> P {
    const LOGIN: [&str; 5] = ["_MOBILE_NO", "_PASSWORD", "_USERNAME", "_BRAND", "_CLIENT_"];
    let mut vars = vars_of(sandbox);
    vars.insert("CARDS_AIRPAY_ORDER", order.as_str().into());
    vars.retain(|name, _| match carries {
        Carries::Token => !LOGIN.iter().any(|part| name.contains(part)),
        Carries::Login => !name.ends_with("_TOKEN"),
        Carries::Both => true,
    });
    P::from_vars(|name| vars.get(name).cloned()).unwrap()
}

/// The variables of a world's environment, with those of a login at each provider.
pub(crate) fn vars_of(sandbox: &RunningWorld) -> BTreeMap<&'static str, String> {
    let mut vars: BTreeMap<_, _> = sandbox.env().into_iter().collect();
    vars.insert("CARDS_AIRPAY_MOBILE_NO", world::airpay::MOBILE_NO.into());
    vars.insert("CARDS_AIRPAY_PASSWORD", world::airpay::PASSWORD.into());
    vars.insert("CARDS_IBANERA_OTP_REUSE", "allowed".into());
    vars
}

/// The answer to one request, whatever its status.
pub(crate) fn answer(request: Request<Bytes>) -> Result<Response<Bytes>, String> {
    let transport = UreqTransport::new().map_err(|error| error.to_string())?;
    let limits = Limits::new(Duration::from_secs(10), 1 << 20);
    let answer = transport.send(request, limits);
    answer.map_err(|error| error.to_string())
}

/// The body that the sandbox shows at a path.
pub(crate) fn shown_at(sandbox: &Running, path: &str) -> String {
    let request = Request::get(format!("{}{path}", sandbox.url()));
    let answer = answer(request.body(Bytes::new()).unwrap()).unwrap();
    String::from_utf8(answer.body().to_vec()).unwrap()
}

/// The sandbox's own paths that only show something, and have no name in them.
pub(crate) fn own_paths() -> Vec<String> {
    let control: Value = serde_json::from_str(&document(Api::Control)).unwrap();
    let base = control["servers"][0]["url"].as_str().unwrap_or_default();
    let base = base.trim_end_matches('/');
    let base = base.find("/_sandbox").map_or("", |at| &base[at..]);
    let paths = control["paths"].as_object().unwrap();
    let shows =
        |(path, methods): &(&String, &Value)| methods["get"].is_object() && !path.contains('{');
    let paths = paths.iter().filter(shows);
    let mut all = vec!["/".to_owned(), "/_sandbox/page/customers".to_owned()];
    all.extend(paths.map(|(path, _)| format!("{base}{path}")));
    all
}
