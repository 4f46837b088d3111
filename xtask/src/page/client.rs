//! The calls that a program under development makes to the sandbox.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use cards_sandbox::world::airpay::{SECRET_KEY, TOKEN};
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

fn send(address: SocketAddr, request: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(())
}
