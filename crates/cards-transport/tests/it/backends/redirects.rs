//! A reply that sends the caller elsewhere is a reply like any other.

use crate::backends::backend::{Backend, Server, for_both_backends};

for_both_backends! {
    a_redirect_is_not_followed,
    no_status_is_an_error,
}

fn a_redirect_is_not_followed<B: Backend>() {
    let elsewhere = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    for status in [301, 302, 303, 307, 308] {
        let location = elsewhere.url();
        let reply = format!(
            "HTTP/1.1 {status} X\r\nlocation: {location}\r\ncontent-length: 5\r\n\r\nmoved"
        );
        let reply = B::get(&Server::saying(reply).url(), 1_000).unwrap();
        assert_eq!(reply.status(), status);
        assert_eq!(reply.headers()["location"], location);
        assert_eq!(reply.body(), "moved");
    }
    assert_eq!(elsewhere.connections(), 0);
}

fn no_status_is_an_error<B: Backend>() {
    for status in [200, 204, 299, 400, 401, 404, 429, 500, 503, 599, 999] {
        let server = Server::saying(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"));
        assert_eq!(B::get(&server.url(), 1_000).unwrap().status(), status);
    }
}
