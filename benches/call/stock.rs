//! Signing, encoding and decoding as a program without our client does them.

use std::borrow::Cow;
use std::hint::black_box;
use std::net::SocketAddr;

use benches::{FORM, PAGE, SECRET};
use bytes::Bytes;
use cards_model::airpay::Registered;
use cards_model::paysafe::CardPage;
use http::Method;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::bare::Texts;
use crate::workload::{AFFILIATE, CUSTOMER, PROCESSOR_KEY, Page, Registration, TOKEN};
use crate::{Outcome, said};

/// A call out of parts that everybody has.
pub(crate) trait Stock: 'static {
    /// Makes the parts of a request with the same bytes as our client's.
    fn stock_request(address: SocketAddr) -> Outcome<Texts>;

    /// Reads the same types.
    fn stock_reply(body: &[u8]) -> Outcome<()>;
}

const ACCEPT: (&str, &str) = ("accept", "application/json");
const USER_AGENT: (&str, &str) = (
    "user-agent",
    concat!("cards-transport/", env!("CARGO_PKG_VERSION")),
);

impl Stock for Registration {
    fn stock_request(address: SocketAddr) -> Outcome<Texts> {
        let mut text: Vec<u8> = FORM.iter().flat_map(|(_, value)| value.bytes()).collect();
        text.extend_from_slice(SECRET);
        let checksum = hex::encode(Sha256::digest(&text));
        let form_type = "application/x-www-form-urlencoded";
        Ok(Texts {
            method: Method::POST,
            url: format!("http://{address}/airpay/ms/cards/api/register-user"),
            headers: vec![
                plain(("affiliate", AFFILIATE)),
                plain(("processor-key", PROCESSOR_KEY)),
                ("checksum".into(), checksum.into()),
                plain(("content-type", form_type)),
                plain(ACCEPT),
                plain(USER_AGENT),
            ],
            body: serde_urlencoded::to_string(FORM).map_err(said)?.into(),
        })
    }

    fn stock_reply(body: &[u8]) -> Outcome<()> {
        #[derive(Deserialize)]
        struct Envelope {
            status: u16,
            message: String,
            data: Registered,
        }
        let reply: Envelope = serde_json::from_slice(body).map_err(said)?;
        let is_success = reply.status == 200 && reply.message == "success";
        match is_success && !black_box(&reply.data).entity_id.is_empty() {
            true => Ok(()),
            false => Err("refused".to_owned()),
        }
    }
}

impl Stock for Page {
    fn stock_request(address: SocketAddr) -> Outcome<Texts> {
        Ok(Texts {
            method: Method::GET,
            url: format!("http://{address}/customers/{CUSTOMER}/prepaid/cards?limit={PAGE}"),
            headers: vec![
                ("authorization".into(), format!("Bearer {TOKEN}").into()),
                plain(ACCEPT),
                plain(USER_AGENT),
            ],
            body: Bytes::new(),
        })
    }

    fn stock_reply(body: &[u8]) -> Outcome<()> {
        let page: CardPage = serde_json::from_slice(body).map_err(said)?;
        match black_box(&page).cards.len() {
            PAGE => Ok(()),
            cards => Err(format!("{cards} cards")),
        }
    }
}

fn plain((name, value): (&'static str, &'static str)) -> (Cow<'static, str>, Cow<'static, str>) {
    (name.into(), value.into())
}
