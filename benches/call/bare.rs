//! The two libraries without us, set up as our backends set them up.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, Uri};
use rustls::{ClientConfig, RootCertStore};
use ureq::config::{AutoHeaderValue, Config};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};

use crate::{Outcome, said};

/// The limits of `BackendOptions` and `Settings`.
const CONNECT: Duration = Duration::from_secs(10);
const READ: Duration = Duration::from_secs(30);
const TOTAL: Duration = Duration::from_secs(60);

/// Idle connections to a host: as many as calls are in flight at most.
const IDLE: usize = 64;

/// The largest body that is read.
const REPLY_BYTES: u64 = 8 * 1024 * 1024;

/// The parts of a request as a program has them before it uses a library.
#[derive(Clone)]
pub(crate) struct Texts {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    pub(crate) body: Bytes,
}

impl Texts {
    pub(crate) fn of(request: &Request<Bytes>) -> Outcome<Self> {
        let headers = request.headers().iter().map(|(name, value)| {
            let value = value.to_str().map_err(said)?.to_owned();
            Ok((name.as_str().to_owned().into(), value.into()))
        });
        Ok(Self {
            method: request.method().clone(),
            url: request.uri().to_string(),
            headers: headers.collect::<Outcome<_>>()?,
            body: request.body().clone(),
        })
    }
}

pub(crate) struct BareUreq(Agent);

impl BareUreq {
    /// Makes an agent with a resolver that reads addresses: with a limit set,
    /// ureq's own has a thread look even these up.
    pub(crate) fn new() -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::WebPki)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .max_idle_connections(IDLE)
            .max_idle_connections_per_host(IDLE)
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_per_read(Some(READ))
            .timeout_global(Some(TOTAL))
            .tls_config(tls.build())
            .build();
        let connector = DefaultConnector::default();
        Self(Agent::with_parts(config, connector, Addresses))
    }

    /// Builds and sends as ureq's documentation shows it.
    pub(crate) fn build_and_send(&self, texts: &Texts) -> Outcome<Vec<u8>> {
        let headers = texts.headers.iter();
        if texts.method == Method::GET {
            let request = headers.fold(self.0.get(&texts.url), |request, (name, value)| {
                request.header(&**name, &**value)
            });
            return read(request.call());
        }
        let request = headers.fold(self.0.post(&texts.url), |request, (name, value)| {
            request.header(&**name, &**value)
        });
        read(request.send(&texts.body[..]))
    }

    pub(crate) fn send(&self, request: Request<Bytes>) -> Outcome<Vec<u8>> {
        let (head, body) = request.into_parts();
        read(match body.is_empty() {
            true => self.0.run(Request::from_parts(head, ())),
            false => self.0.run(Request::from_parts(head, &body[..])),
        })
    }
}

fn read(response: Result<Response<Body>, ureq::Error>) -> Outcome<Vec<u8>> {
    let mut response = response.map_err(said)?;
    if response.status() != 200 {
        return Err(format!("HTTP {}", response.status()));
    }
    let body = response.body_mut().with_config().limit(REPLY_BYTES);
    body.read_to_vec().map_err(said)
}

/// Takes an address in the place of a name, and nothing else.
#[derive(Debug)]
struct Addresses;

impl Resolver for Addresses {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let authority = uri.authority().ok_or(ureq::Error::HostNotFound)?;
        let address = authority.as_str().parse::<SocketAddr>();
        let mut addresses = self.empty();
        addresses.push(address.map_err(|_| ureq::Error::HostNotFound)?);
        Ok(addresses)
    }
}

#[derive(Clone)]
pub(crate) struct BareReqwest(reqwest::Client);

impl BareReqwest {
    pub(crate) fn new() -> Outcome<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(said)?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .pool_max_idle_per_host(IDLE)
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .timeout(TOTAL)
            .tls_backend_preconfigured(tls)
            .build();
        client.map(Self).map_err(said)
    }

    /// Builds as reqwest's documentation shows it.
    pub(crate) fn build(&self, texts: &Texts) -> reqwest::RequestBuilder {
        let request = self.0.request(texts.method.clone(), &texts.url);
        let headers = texts.headers.iter();
        let request = headers.fold(request, |request, (name, value)| {
            request.header(&**name, &**value)
        });
        match texts.body.is_empty() {
            true => request,
            false => request.body(texts.body.clone()),
        }
    }

    pub(crate) async fn send(&self, request: reqwest::Request) -> Outcome<Bytes> {
        let response = self.0.execute(request).await.map_err(said)?;
        if response.status() != 200 {
            return Err(format!("HTTP {}", response.status()));
        }
        response.bytes().await.map_err(said)
    }
}
