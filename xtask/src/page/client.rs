//! The calls that a program under development makes to the sandbox.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use base64::prelude::{BASE64_STANDARD, Engine};
use cards_sandbox::world::airpay::{SECRET_KEY, TOKEN};
use cards_sandbox::world::paysafe::{BRAND, CLIENT_ID, CLIENT_SECRET};
use form_urlencoded::Serializer;

/// `customer-preference`, signed over `signed` and not over what is sent.
pub(super) fn preference(
    address: SocketAddr,
    fields: &[(&str, &str)],
    signed: &[&str],
) -> std::io::Result<()> {
    let sum = cards_sign::checksum(signed.iter().copied(), SECRET_KEY.as_bytes());
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    send(
        address,
        &format!(
            "POST /airpay/ms/cards/api/customer-preference HTTP/1.1\r\nhost: {address}\r\n\
             connection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             token: {TOKEN}\r\nchecksum: {sum}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

/// A list of cards, without a token or with the sandbox's.
pub(super) fn cards(address: SocketAddr, token: Option<&str>) -> std::io::Result<()> {
    let authorization = token.map_or_else(String::new, |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    send(
        address,
        &format!(
            "GET /customers/12345678/prepaid/cards?limit=5 HTTP/1.1\r\nhost: {address}\r\n\
             connection: close\r\n{authorization}\r\n"
        ),
    )
}

/// A new Paysafe token.
pub(super) fn access_token(address: SocketAddr) -> std::io::Result<String> {
    let basic = BASE64_STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    let body = "grant_type=client_credentials";
    let reply = exchange(
        address,
        &format!(
            "POST /digitalwallets/v1/auth/brands/{BRAND}/token HTTP/1.1\r\nhost: {address}\r\n\
             connection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             authorization: Basic {basic}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ),
    )?;
    let body = reply.split("\r\n\r\n").nth(1).unwrap_or_default();
    let body: serde_json::Value = serde_json::from_str(body)?;
    let token = body["access_token"].as_str();
    token
        .map(str::to_owned)
        .ok_or_else(|| std::io::Error::other("no token"))
}

fn send(address: SocketAddr, request: &str) -> std::io::Result<()> {
    exchange(address, request).map(drop)
}

fn exchange(address: SocketAddr, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    Ok(reply)
}
