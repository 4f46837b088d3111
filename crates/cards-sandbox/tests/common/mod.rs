//! A client of nothing but a socket, so that what is tested is the wire.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

pub mod keep_alive;
pub mod receiver;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub use cards_sandbox::world::airpay::TOKEN;
use cards_sandbox::world::airpay::{AFFILIATE, PROCESSOR_KEY, SECRET_KEY};

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
        .set_write_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

/// Sends bytes and reads until the server closes.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(address);
    // The server may answer and close before all is written.
    drop(stream.write_all(bytes));
    rest(&mut stream)
}

pub fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset after the answer ends it as well.
    drop(stream.read_to_end(&mut answer));
    String::from_utf8(answer).unwrap()
}

pub fn status(answer: &str) -> u16 {
    let code = answer
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3));
    code.and_then(|code| code.parse().ok())
        .unwrap_or_else(|| panic!("no answer: {answer:?}"))
}

pub fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

pub fn get(address: SocketAddr, target: &str, headers: &[(&str, &str)]) -> String {
    exchange(address, request("GET", target, headers, "").as_bytes())
}

pub fn post(address: SocketAddr, target: &str, headers: &[(&str, &str)], body: &str) -> String {
    exchange(address, request("POST", target, headers, body).as_bytes())
}

pub fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> String {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!(
        "{method} {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// An Airpay call with all credentials and a right checksum.
pub fn airpay(address: SocketAddr, name: &str, fields: &[(&str, &str)]) -> String {
    airpay_as(address, TOKEN, name, fields)
}

/// The same with a token of one's own.
pub fn airpay_as(address: SocketAddr, token: &str, name: &str, fields: &[(&str, &str)]) -> String {
    let (target, headers, body) = airpay_request(token, name, fields);
    let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
    post(address, &target, &headers, &body)
}

/// Target, headers and body of such a call.
pub fn airpay_request(
    token: &str,
    name: &str,
    fields: &[(&str, &str)],
) -> (String, [(&'static str, String); 5], String) {
    let values = fields.iter().map(|(_, value)| *value);
    let sum = cards_sign::checksum(values, SECRET_KEY.as_bytes()).to_string();
    let headers = [
        ("affiliate", AFFILIATE.to_owned()),
        ("processor-key", PROCESSOR_KEY.to_owned()),
        ("token", token.to_owned()),
        ("checksum", sum),
        (
            "content-type",
            "application/x-www-form-urlencoded".to_owned(),
        ),
    ];
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    (format!("/airpay/ms/cards/api/{name}"), headers, form)
}

/// A registration that keeps every rule, with some values of its own.
pub fn registration<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("mobile_no", "9000000777"),
        ("kit_no", "100000007777"),
        ("card_type", "V"),
        ("card_no", "4111111111111111"),
        ("card_expiry", "01/40"),
        ("first_name", "Asha"),
        ("last_name", "Nair"),
        ("title", "Ms"),
        ("gender", "F"),
        ("dob", "1990-02-28"),
        ("email", "asha@example.com"),
        ("address", "12 MG Road"),
        ("city", "Kochi"),
        ("state", "Kerala"),
        ("pincode", "682001"),
        ("doc_type", "PASSPORT"),
        ("doc_number", "P1234567"),
        ("doc_expiry", "2049-05-31"),
        ("doc_country_issue", "India"),
        ("otp", "1234"),
        ("password", "Quiet#Sea42"),
    ];
    let changed = |name| changes.iter().find(|(other, _)| *other == name).copied();
    usual
        .iter()
        .map(|&field| changed(field.0).unwrap_or(field))
        .collect()
}

/// The body of Ibanera's `create`, of a card for a customer.
pub fn ibanera_card(customers_id: i64) -> String {
    format!(
        r#"{{"customersId":{customers_id},"currency":"USD","cardReferenceId":"r","shippingMethod":"Standard","cardProgramID":1001,"shippingAddress":{{"shippingAddressLine1":"Suite 500","shippingAddressCity":"Austin","shippingAddressState":"Texas","shippingAddressPostcode":"73301","shippingAddressCountry":"USA"}}}}"#
    )
}

/// Calls Ibanera's `create` with the headers that the document prints.
pub fn create_ibanera_card(address: SocketAddr, customers_id: i64) -> String {
    let headers = [
        ("authorization", "YOUR_API_KEY"),
        ("otp", "text"),
        ("content-type", "application/json"),
    ];
    let target = "/api/v1/customer/cards/create";
    post(address, target, &headers, &ibanera_card(customers_id))
}
