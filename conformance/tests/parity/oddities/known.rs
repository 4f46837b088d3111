//! Lists where a backend's library judges otherwise, and nothing but a second
//! parser of HTTP could keep it from doing so.

use super::odd::Verdict::{self, Cut, Late, Protocol, Value};

/// The other verdict on the reply of this name. It is asserted like any other,
/// so that an update which mends it is noticed.
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) backend: &'static str,
    pub(super) verdict: Verdict,
    pub(super) why: &'static str,
}

/// ureq-proto 0.7: `chunk.rs`, reported as algesten/ureq#1146.
const LONG: &str = "takes no chunk-size line longer than 20 bytes";
/// ureq-proto 0.7: `chunk.rs` reads what `trim` and `from_str_radix` leave over.
const LENIENT: &str = "reads a chunk's size with more than hexadecimal digits in it";
/// ureq-proto 0.7: `chunk.rs` looks for the end of a line before at its contents.
const LATE: &str = "looks at a chunk's size once its line is whole";
/// ureq-proto 0.7: `chunk.rs` skips trailers.
const UNREAD: &str = "does not look at trailers";
/// hyper 1.12: `proto/h1/decode.rs`, against a flood of them.
const MANY: &str = "takes 16 KiB of chunk extensions in one body";
/// ureq-proto 0.7: `client/recvresp.rs`, `Error::HeadersWith100`.
const BARE: &str = "takes no headers with 100";
/// ureq-proto 0.7: `client/recvresp.rs` looks at the length of interim replies.
const LENGTH: &str = "takes no interim reply whose length is no number";
/// ureq 3.5: its buffer; hyper's holds 400 KiB.
const BUFFER: &str = "takes no head longer than 128 KiB, white space and reason included";

pub(super) fn known(body: &str) -> Vec<Known> {
    let n = body.len();
    let ureq = |name, verdict, why| Known {
        name,
        backend: "ureq",
        verdict,
        why,
    };
    let reqwest = |name, verdict, why| Known {
        name,
        backend: "reqwest",
        verdict,
        why,
    };
    vec![
        ureq("a chunk size of 21 digits", Cut(0), LONG),
        ureq("a chunk size of 100 digits", Cut(0), LONG),
        ureq("a chunk size line of 21 bytes", Cut(0), LONG),
        ureq("a chunk size line of 60 bytes", Cut(0), LONG),
        ureq("a chunk size line of 1,000 bytes", Cut(0), LONG),
        ureq("a chunk size with a plus", Value, LENIENT),
        ureq("a chunk size with a space before it", Value, LENIENT),
        ureq("a chunk size with a form feed behind it", Value, LENIENT),
        ureq(
            "a chunk size and a line feed in an extension",
            Value,
            LENIENT,
        ),
        ureq("a second chunk of no number, cut", Cut(n), LATE),
        ureq("a second chunk of no number, for ever", Late(n), LATE),
        ureq("trailers of 200 lines", Value, UNREAD),
        ureq("trailers of 20 KiB", Value, UNREAD),
        ureq("trailers without a colon", Value, UNREAD),
        ureq("trailers with a space in a name", Value, UNREAD),
        ureq("trailers with a null", Value, UNREAD),
        ureq("trailers that are folded", Value, UNREAD),
        reqwest(
            "many extensions of 15 bytes each, more than 16 KiB",
            Cut(0),
            MANY,
        ),
        ureq("100 with a header first", Protocol, BARE),
        ureq("103 with a length that is none", Protocol, LENGTH),
        ureq("103 with a header of 150 KiB", Protocol, BUFFER),
        ureq("a header padded by 150 KiB", Protocol, BUFFER),
        ureq("a reason of 150 KiB", Protocol, BUFFER),
        ureq("a head cut after 150 KiB", Protocol, BUFFER),
    ]
}
