//! Both backends behind one trait, and a server for them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use cards_transport::{
    AsyncTransport, BackendOptions, BlockingTransport, Limits, ReqwestTransport, TransportError,
    UreqTransport,
};
use http::{Request, Response};

type Outcome = Result<Response<Bytes>, TransportError>;

pub(crate) trait Backend {
    fn send(options: &BackendOptions, request: Request<Bytes>, limits: Limits) -> Outcome;

    fn sleep(pause: Duration);

    fn get_with(options: &BackendOptions, url: &str, reply_bytes: usize) -> Outcome {
        let request = Request::get(url).body(Bytes::new()).unwrap();
        let limits = Limits::new(Duration::from_secs(120), reply_bytes);
        Self::send(options, request, limits)
    }

    fn get(url: &str, reply_bytes: usize) -> Outcome {
        Self::get_with(&BackendOptions::new(), url, reply_bytes)
    }
}

pub(crate) struct Reqwest;
pub(crate) struct Ureq;

impl Backend for Reqwest {
    fn send(options: &BackendOptions, request: Request<Bytes>, limits: Limits) -> Outcome {
        let transport = ReqwestTransport::with_options(options).unwrap();
        runtime().block_on(transport.send(request, limits))
    }

    fn sleep(pause: Duration) {
        let transport = ReqwestTransport::new().unwrap();
        runtime().block_on(transport.sleep(pause));
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

impl Backend for Ureq {
    fn send(options: &BackendOptions, request: Request<Bytes>, limits: Limits) -> Outcome {
        let transport = UreqTransport::with_options(options).unwrap();
        transport.send(request, limits)
    }

    fn sleep(pause: Duration) {
        UreqTransport::new().unwrap().sleep(pause);
    }
}

/// Writes one test for each backend, in a module of its name.
macro_rules! for_both_backends {
    ($($name:ident),+ $(,)?) => {
        mod reqwest {
            $(#[test] fn $name() { super::$name::<crate::backends::backend::Reqwest>(); })+
        }

        mod ureq {
            $(#[test] fn $name() { super::$name::<crate::backends::backend::Ureq>(); })+
        }
    };
}

pub(crate) use for_both_backends;

/// A server that hands each request's connection to a function.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::accepting(move |mut stream| {
            if read_request(&mut stream) {
                answer(&mut stream);
            }
        })
    }

    /// The same before anything is read from the connection.
    pub(crate) fn accepting(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, serve) = (Arc::clone(&connections), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                let (stream, serve) = (stream.unwrap(), Arc::clone(&serve));
                thread::spawn(move || serve(stream));
            }
        });
        Self {
            address,
            connections,
        }
    }

    /// Answers everybody so.
    pub(crate) fn saying(reply: impl Into<Vec<u8>>) -> Self {
        let reply = reply.into();
        Self::start(move |stream| drop(stream.write_all(&reply)))
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The number of connections that came so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Tells whether a request without a body came. TLS is none.
pub(crate) fn read_request(stream: &mut impl Read) -> bool {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    while !bytes.ends_with(b"\r\n\r\n") {
        if bytes.first().is_some_and(|byte| !byte.is_ascii_uppercase()) {
            return false;
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return false,
            Ok(size) => bytes.extend_from_slice(&buffer[..size]),
        }
    }
    true
}
