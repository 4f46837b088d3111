use std::future::poll_fn;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll};
use std::thread;

use tower::{Layer, Service};

use super::*;

/// A server that hands each connection to a function, and its address.
fn serving(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        listener
            .incoming()
            .for_each(|stream| serve(stream.unwrap()));
    });
    url
}

fn post(transport: &ReqwestTransport, url: &str) -> Result<Response<Bytes>, TransportError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // It looks for what has happened before each task.
        .event_interval(1)
        .build()
        .unwrap();
    let request = Request::post(url).body(Bytes::from("a=b")).unwrap();
    let limits = Limits::new(Duration::from_secs(60), 100);
    runtime.block_on(transport.send(request, limits))
}

/// Its error would be one of reqwest's, after which nobody knows whether the request was sent.
#[test]
fn a_builders_own_limits_end_no_call() {
    let url = serving(|mut stream| {
        drop(stream.read(&mut [0; 4096]));
        thread::sleep(Duration::from_millis(300));
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no";
        drop(stream.write_all(head));
        thread::sleep(Duration::from_millis(300));
        drop(stream.write_all(b"k"));
    });
    let short = Duration::from_millis(50);
    for builder in [
        ClientBuilder::new().timeout(short),
        ClientBuilder::new().read_timeout(short),
        ClientBuilder::new().connect_timeout(Duration::from_nanos(1)),
        ClientBuilder::new().timeout(short).read_timeout(short),
        ClientBuilder::new(),
    ] {
        let transport = ReqwestTransport::from_builder(builder, &BackendOptions::new()).unwrap();
        let reply = post(&transport, &url).unwrap();
        assert_eq!(reply.body(), "ok");
    }
    // Nor does one take the place of the limit on a connect, after which it is known.
    let silent = "http://127.0.0.1:1/";
    let looking_up = BackendOptions::new()
        .connect_timeout(Duration::from_millis(300))
        .resolver(|_| {
            thread::sleep(Duration::from_secs(2));
            Ok(Vec::new())
        });
    let builder = ClientBuilder::new().timeout(short);
    let transport = ReqwestTransport::from_builder(builder, &looking_up).unwrap();
    let error = post(&transport, "http://slow.test:1/").unwrap_err();
    assert!(!error.is_maybe_sent(), "{error:?}");
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
    assert!(!post(&transport, silent).unwrap_err().is_maybe_sent());
}

/// Has the server end each connection when hyper waits for its request, and waits until the end is
/// there: on a runtime of one thread, before the request is taken.
#[derive(Clone)]
struct Ending<S>(S, mpsc::Sender<()>);

impl<S: Service<T>, T> Service<T> for Ending<S>
where
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, to: T) -> Self::Future {
        let (connecting, end) = (self.0.call(to), self.1.clone());
        Box::pin(async move {
            let outcome = connecting.await;
            let mut turns = 0;
            tokio::spawn(poll_fn(move |context| {
                turns += 1;
                if turns == 1 {
                    // The task of the connection is the next.
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                end.send(()).unwrap();
                thread::sleep(Duration::from_millis(100));
                Poll::Ready(())
            }));
            outcome
        })
    }
}

#[derive(Clone)]
struct EndingLayer(mpsc::Sender<()>);

impl<S> Layer<S> for EndingLayer {
    type Service = Ending<S>;

    fn layer(&self, inner: S) -> Ending<S> {
        Ending(inner, self.0.clone())
    }
}

/// Nothing was written of a request that hyper gave back, whatever it would have changed.
#[test]
fn a_request_that_its_connection_did_not_take_was_not_sent() {
    let (end, told_to_end) = mpsc::channel();
    let told_to_end = Mutex::new(told_to_end);
    let url = serving(move |stream| {
        told_to_end.lock().unwrap().recv().unwrap();
        drop(stream);
    });
    let builder = ClientBuilder::new().connector_layer(EndingLayer(end));
    let transport = ReqwestTransport::from_builder(builder, &BackendOptions::new()).unwrap();
    let error = post(&transport, &url).unwrap_err();
    assert!(!error.is_maybe_sent(), "{error:?}");
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    // One that was taken may have been.
    let url = serving(|mut stream| drop(stream.read(&mut [0; 4096])));
    let error = post(&ReqwestTransport::new().unwrap(), &url).unwrap_err();
    assert!(error.is_maybe_sent(), "{error:?}");
}
