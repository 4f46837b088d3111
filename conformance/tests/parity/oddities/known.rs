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

#[rustfmt::skip]
pub(super) fn known(body: &str) -> Vec<Known> {
    let n = body.len();
    let all: [(_, _, _, &[&str]); 9] = [
        ("ureq", Cut(0), LONG, &["a chunk size of 21 digits", "a chunk size of 100 digits", "a chunk size line of 21 bytes", "a chunk size line of 60 bytes", "a chunk size line of 1,000 bytes"]),
        ("ureq", Value, LENIENT, &["a chunk size with a plus", "a chunk size with a space before it", "a chunk size with a form feed behind it", "a chunk size and a line feed in an extension"]),
        ("ureq", Cut(n), LATE, &["a second chunk of no number, cut"]),
        ("ureq", Late(n), LATE, &["a second chunk of no number, for ever"]),
        ("ureq", Value, UNREAD, &["trailers of 200 lines", "trailers of 20 KiB", "trailers without a colon", "trailers with a space in a name", "trailers with a null", "trailers that are folded"]),
        ("reqwest", Cut(0), MANY, &["many extensions of 15 bytes each, more than 16 KiB"]),
        ("ureq", Protocol, BARE, &["100 with a header first"]),
        ("ureq", Protocol, LENGTH, &["103 with a length that is none"]),
        ("ureq", Protocol, BUFFER, &["103 with a header of 150 KiB", "a header padded by 150 KiB", "a reason of 150 KiB", "a head cut after 150 KiB"]),
    ];
    let known = |(backend, verdict, why, names): (_, _, _, &'static [&'static str])| {
        names.iter().map(move |name| Known { name, backend, verdict, why })
    };
    all.into_iter().flat_map(known).collect()
}
