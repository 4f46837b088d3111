//! Every call of a provider in turn, each by every way that it can take: it is answered, refused,
//! answered after a busy server, and answered after a login. One round makes each once, so that a round
//! costs the same each time, and more as soon as any step of any call does.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use cards_model::ibanera::ListCustomerCards;
use cards_model::paysafe::ListPrepaidCards;
use cards_model::{Effect, Operation};
use cards_transport::{
    Call, Client as AsyncClient, Error, ErrorKind, Provider, ReqwestTransport, Retry, Settings,
    UreqTransport, Viewed, Visit, blocking, operations, visit,
};
use serde_json::Value;

use crate::workload::{Backend, settings};
use crate::{Outcome, said};

/// The way of a call, which its base URL tells the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It is answered.
    Done,
    /// It is refused.
    Refused,
    /// The first reply is that the server is busy, and the second the answer.
    Busy,
    /// The token is refused, a login brings another, and the call is answered.
    Renewed,
}

impl Way {
    pub(crate) const ALL: [Self; 4] = [Self::Done, Self::Refused, Self::Busy, Self::Renewed];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Busy => "busy",
            Self::Renewed => "renewed",
        }
    }
}

/// The folder with the fixtures of an operation.
pub(crate) fn fixtures(operation: &Operation) -> PathBuf {
    let all = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/fixtures");
    let folder = format!("{all}/{}/{}", operation.provider, operation.name);
    folder.into()
}

/// The fields of the request with as much in every one as there may be.
pub(crate) fn largest(operation: &Operation) -> Outcome<Value> {
    let cases = ["largest", "valid"].map(|case| fixtures(operation).join(case));
    let found = cases.iter().find(|case| case.join("input.json").exists());
    let found = found.ok_or_else(|| format!("{}: no fixture", operation.name))?;
    let input = std::fs::read(found.join("input.json")).map_err(said)?;
    serde_json::from_slice(&input).map_err(said)
}

/// Makes the calls of a provider, as many rounds as the standard input says.
pub(crate) fn run(backend: Backend, provider: &str, address: SocketAddr) -> Outcome<()> {
    let own = operations().filter(|operation| operation.provider.as_str() == provider);
    let own: Vec<_> = own.collect();
    if own.is_empty() {
        return Err(format!("`{provider}` is unknown here"));
    }
    let transport = Transport::new(backend)?;
    let mut calls = Vec::new();
    for operation in own {
        let of = Of {
            transport: &transport,
            operation,
            address,
        };
        calls.extend(visit(operation.name, of).ok_or("the operation is gone")??);
    }
    let views = views(provider)?;
    crate::client::in_turn(async || {
        for call in &calls {
            call().await?;
        }
        views.iter().try_for_each(|view| view())
    })
}

type Made = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Outcome<()>>>>>;
type View = Box<dyn Fn() -> Outcome<()>>;

/// Views of the pages that a provider gives, which need no call of their own.
fn views(provider: &str) -> Outcome<Vec<View>> {
    fn of<C: Viewed>(body: String) -> View {
        let unread = |_| format!("{}: the page is not read", C::operation().name);
        Box::new(move || C::view(body.as_bytes()).map(drop).map_err(unread))
    }
    Ok(match provider {
        "paysafe" => vec![of::<ListPrepaidCards>(benches::paysafe_page())],
        "ibanera" => vec![of::<ListCustomerCards>(benches::ibanera_page())],
        _ => Vec::new(),
    })
}

/// One transport for all clients, so that all have one connection.
enum Transport {
    Reqwest(ReqwestTransport),
    Ureq(UreqTransport),
}

impl Transport {
    fn new(backend: Backend) -> Outcome<Self> {
        Ok(match backend {
            Backend::Reqwest => Self::Reqwest(ReqwestTransport::new().map_err(said)?),
            Backend::Ureq => Self::Ureq(UreqTransport::new().map_err(said)?),
        })
    }
}

/// Makes the calls of one operation.
struct Of<'a> {
    transport: &'a Transport,
    operation: &'static Operation,
    address: SocketAddr,
}

impl Visit for Of<'_> {
    type Output = Outcome<Vec<Made>>;

    fn visit<C: Call>(self) -> Self::Output {
        let call = Arc::new(self.largest::<C>()?);
        let ways = Way::ALL.into_iter().filter(|way| match way {
            Way::Done | Way::Refused => true,
            Way::Busy => self.operation.effect == Effect::Read,
            Way::Renewed => C::NEEDS_TOKEN,
        });
        ways.map(|way| self.made(&call, way)).collect()
    }
}

impl Of<'_> {
    fn largest<C: Call>(&self) -> Outcome<C> {
        C::deserialize(largest(self.operation)?).map_err(said)
    }

    fn provider<P: Provider>(&self, way: Way) -> Outcome<P> {
        let base = format!(
            "http://{}/{}/{}",
            self.address,
            self.operation.name,
            way.name()
        );
        let is_token_set = way != Way::Renewed;
        let provider = P::from_vars(|name| {
            let value = match name {
                name if name.ends_with("_TOKEN_BASE_URL") => return None,
                name if name.ends_with("_BASE_URL") => &base,
                "CARDS_AIRPAY_SECRET_KEY" => "fake-secret-for-benches",
                "CARDS_AIRPAY_AFFILIATE" => "fake-affiliate",
                "CARDS_AIRPAY_PROCESSOR_KEY" => "fake-processor-key",
                "CARDS_AIRPAY_MOBILE_NO" => "9000000978",
                "CARDS_AIRPAY_GENERATE_OTP_PATH" => "/generate-otp",
                "CARDS_PAYSAFE_CLIENT_ID" | "CARDS_PAYSAFE_BRAND" | "CARDS_IBANERA_USERNAME" => {
                    "fake"
                }
                "CARDS_AIRPAY_PASSWORD"
                | "CARDS_PAYSAFE_CLIENT_SECRET"
                | "CARDS_IBANERA_PASSWORD" => "fake-Passw0rd",
                name if name.ends_with("_TOKEN") && is_token_set => "fake-token-for-benches",
                "CARDS_IBANERA_TOTP_SECRET" => "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
                "CARDS_IBANERA_OTP_REUSE" => "allowed",
                _ => return None,
            };
            Some(value.to_owned())
        });
        provider.map_err(said)
    }

    fn settings(&self) -> Settings {
        let pause = Duration::from_millis(1);
        let retry = Retry::new(2).first_pause(pause).longest_pause(pause);
        settings().retry(retry.seed(13))
    }

    /// Makes a call by one way, and expects what comes of it.
    fn made<C: Call>(&self, call: &Arc<C>, way: Way) -> Outcome<Made> {
        let name = self.operation.name;
        let expect = move |error: Option<Error>| match (way, error) {
            (Way::Done | Way::Busy | Way::Renewed, None) => Ok(()),
            (Way::Refused, Some(error)) if error.kind() == ErrorKind::Refused => Ok(()),
            (_, error) => {
                let came = error.map_or_else(|| "a reply".to_owned(), said);
                Err(format!("{name}, {}: {came}", way.name()))
            }
        };
        let (provider, settings, call) = (self.provider(way)?, self.settings(), Arc::clone(call));
        Ok(match self.transport {
            Transport::Ureq(transport) => {
                let transport = transport.clone();
                let client = blocking::Client::with_settings(provider, transport, settings);
                Box::new(move || {
                    let outcome = expect(client.send(&*call).err());
                    Box::pin(std::future::ready(outcome))
                })
            }
            Transport::Reqwest(transport) => {
                let client = AsyncClient::with_settings(provider, transport.clone(), settings);
                Box::new(move || {
                    let (client, call) = (client.clone(), Arc::clone(&call));
                    Box::pin(async move { expect(client.send(&*call).await.err()) })
                })
            }
        })
    }
}
