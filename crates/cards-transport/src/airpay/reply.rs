//! Reads the replies of Airpay, whose bodies say whether they are successes.

use cards_model::airpay::{Acknowledged, Envelope, LoggedIn};
use serde::de::DeserializeOwned;

use crate::authorization;
use crate::json::{Object, body_text, is_object, read_object, read_part};
use crate::refusal::{Meaning, Refusal};
use crate::unreadable::Unreadable;

/// The `data` of a success, which is an object.
pub(crate) fn data<'de, T: serde::Deserialize<'de>>(body: &'de [u8]) -> Result<T, Unreadable> {
    /// A success reply of the documented shape, read in one pass.
    #[derive(serde::Deserialize)]
    struct Documented<T> {
        status: i64,
        data: Object<T>,
    }
    let text = body_text(body)?;
    match serde_json::from_str(text) {
        Ok(Documented { status: 200, data }) if is_object(text) => Ok(data.0),
        // It is no success, or written otherwise, or at fault.
        _ => {
            let (body, data) = success(body)?;
            read_object("data", body, data)
        }
    }
}

/// The `data` of a success of which nothing is needed: what cannot be read of it is not there, and
/// the change was made all the same (E-AT-07, E-X-23).
pub(crate) fn data_if_any<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Unreadable> {
    let (_, data) = success(body)?;
    let read = serde_json::from_str(data);
    Ok(read.map_or_else(|_| T::default(), |Object(data)| data))
}

/// The token that a login brings, which has to fit a header.
#[inline]
pub(crate) fn issued(body: &[u8]) -> Result<LoggedIn, Unreadable> {
    let issued: LoggedIn = data(body)?;
    authorization::issued("data.token", &issued.token)?;
    Ok(issued)
}

/// A success whose `data` says nothing, whatever it is.
#[inline]
pub(crate) fn acknowledged(body: &[u8]) -> Result<Acknowledged, Unreadable> {
    part(body)
}

/// The `data` of a success, which may be no object.
pub(crate) fn part<'de, T: serde::Deserialize<'de>>(body: &'de [u8]) -> Result<T, Unreadable> {
    let (body, data) = success(body)?;
    read_part("data", body, data)
}

/// The text of a success and that of its `data`; Airpay says in the body
/// whether it is one.
pub(super) fn success(body: &[u8]) -> Result<(&str, &str), Unreadable> {
    let body = body_text(body)?;
    let envelope: Envelope<'_> = read_object("", body, body)?;
    match envelope.status {
        None => Err(Unreadable::missing(body, "status")),
        Some(200) => Ok((body, envelope.data_text())),
        Some(status) => Err(refusal(status, envelope.message).into()),
    }
}

/// The documented words of a success and of a failure, in any case (E-X-20).
const SUCCESS: &str = "success";
const FAIL: &str = "fail";

fn says(message: Option<&str>, word: &str) -> bool {
    message.is_some_and(|message| message.trim().eq_ignore_ascii_case(word))
}

/// Makes a refusal of a status in the body other than success. The documents
/// know 400 and "fail". Another status means what it means over HTTP: 401 and 403
/// are about the token, the rest of 4xx but 408 says that the call was not carried
/// out, and after 408, a 2xx or a 5xx it may have been; also after a 401 or 403
/// beside the word of a success, which would be sent again. A status of no such kind
/// says no beside "fail", and leaves the outcome to the HTTP status otherwise.
fn refusal(status: i64, message: Option<String>) -> Refusal {
    let is_documented = status == 400;
    let says_no = says(message.as_deref(), FAIL);
    let says_yes = matches!(status, 401 | 403) && says(message.as_deref(), SUCCESS);
    let word = message.clone().filter(|_| says_no && is_documented);
    let mut refusal = Refusal::new(word, message).meaning(match status {
        _ if says_yes => Meaning::Failure,
        401 | 403 => Meaning::Credentials,
        408 | 200..300 | 500..600 => Meaning::Failure,
        400..500 => Meaning::No,
        _ if says_no => Meaning::No,
        _ => Meaning::Undocumented,
    });
    refusal.status = Some(status).filter(|_| !is_documented);
    if matches!(status, 401 | 403) {
        refusal = refusal.names_credentials();
    }
    refusal
}
