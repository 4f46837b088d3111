//! A client that asks again and again on one connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.set_write_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// An Airpay call with all credentials and a right checksum; status and
    /// body. An error means that the server is gone.
    pub fn airpay(&mut self, name: &str, fields: &[(&str, &str)]) -> io::Result<(u16, String)> {
        let (target, headers, body) = super::airpay_request(super::TOKEN, name, fields);
        let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
        self.send("POST", &target, &headers, &body)
    }

    pub fn get(&mut self, target: &str, headers: &[(&str, &str)]) -> io::Result<(u16, String)> {
        self.send("GET", target, headers, "")
    }

    /// An Ibanera call with the credentials that its document prints.
    #[allow(dead_code, reason = "not every test has use for it")]
    pub fn ibanera(&mut self, method: &str, target: &str, body: &str) -> io::Result<(u16, String)> {
        let headers = [
            ("authorization", "YOUR_API_KEY"),
            ("otp", "text"),
            ("content-type", "application/json"),
        ];
        let target = format!("/api/v1/customer/{target}");
        self.send(method, &target, &headers, body)
    }

    /// A call of the control API.
    #[allow(dead_code, reason = "not every test has use for it")]
    pub fn control(&mut self, method: &str, target: &str, body: &str) -> io::Result<(u16, String)> {
        let headers = [("content-type", "application/json")];
        self.send(method, target, &headers, body)
    }

    fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<(u16, String)> {
        let request = super::request(method, target, headers, body);
        let request = request.replacen("connection: close\r\n", "", 1);
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|length| length.parse().ok())
            .unwrap();
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((super::status(&head), String::from_utf8(body).unwrap()))
    }
}
