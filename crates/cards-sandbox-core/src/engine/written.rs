//! A reply as the JSON that is sent.

use std::marker::PhantomData;

use axum::http::StatusCode;
use serde::Serialize;

use crate::engine::answer::Answer;

/// A reply of this shape as the JSON that is sent. Where it is large, the thread that read its
/// parts writes it, which has them at hand and is to free them: no other call waits for that.
pub struct Written<T> {
    json: Vec<u8>,
    shape: PhantomData<fn() -> T>,
}

impl<T> Written<T> {
    /// The reply with this JSON.
    pub fn json(mut json: Vec<u8>) -> Self {
        // A large one is in memory until it is taken, with all that it has room for.
        json.shrink_to_fit();
        let shape = PhantomData;
        Self { json, shape }
    }

    /// Makes a reply without a body, under 204.
    pub fn nothing() -> Self {
        Self::json(Vec::new())
    }
}

impl<T: Serialize> Written<T> {
    /// Writes a reply.
    pub fn of(reply: &T) -> Self {
        // Our own reply types have text keys and no map in them: nothing fails.
        Self::json(serde_json::to_vec(reply).unwrap_or_default())
    }
}

impl<T> From<Written<T>> for Answer {
    fn from(Written { json, .. }: Written<T>) -> Self {
        let is_nothing = json.is_empty();
        let answer = Self::accepted_json(json);
        match is_nothing {
            true => answer.status(StatusCode::NO_CONTENT),
            false => answer,
        }
    }
}
