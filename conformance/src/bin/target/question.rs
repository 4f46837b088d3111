//! A question, the rows of the ledger that it stands for, and its answer.

use cards_transport::Error;

pub(crate) struct Question {
    pub(crate) provider: &'static str,
    pub(crate) asked: &'static str,
    pub(crate) rows: Vec<String>,
    pub(crate) verdict: Verdict,
}

pub(crate) enum Verdict {
    Holds,
    Skipped(String),
    Fails(String),
}

/// Asks one after the other; a failure stops nothing.
pub(crate) struct Asker {
    provider: &'static str,
    asked: Vec<Question>,
}

impl Asker {
    pub(crate) fn new(provider: &'static str) -> Self {
        Self {
            provider,
            asked: Vec::new(),
        }
    }

    pub(crate) fn ask(
        &mut self,
        asked: &'static str,
        rows: &[&str],
        question: impl FnOnce() -> Result<(), String>,
    ) {
        let verdict = match question() {
            Ok(()) => Verdict::Holds,
            Err(why) => Verdict::Fails(why),
        };
        self.asked.push(Question {
            provider: self.provider,
            asked,
            rows: rows.iter().map(ToString::to_string).collect(),
            verdict,
        });
    }

    pub(crate) fn skip(&mut self, asked: &'static str, rows: &[&str], why: &str) {
        let verdict = Verdict::Skipped(why.to_owned());
        self.asked.push(Question {
            provider: self.provider,
            asked,
            rows: rows.iter().map(ToString::to_string).collect(),
            verdict,
        });
    }

    pub(crate) fn done(self) -> Vec<Question> {
        self.asked
    }
}

/// Requires that something holds, or says what does not.
pub(crate) fn ensure(holds: bool, otherwise: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

/// Requires that a call fails, and in the expected way.
pub(crate) fn fails<T>(
    outcome: Result<T, Error>,
    expected: impl Fn(&Error) -> bool,
) -> Result<(), String> {
    match outcome {
        Ok(_) => Err("the server accepts it".to_owned()),
        Err(error) if expected(&error) => Ok(()),
        Err(error) => Err(format!("the server answers otherwise: {error}")),
    }
}

pub(crate) fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A variable of the environment, with the address of one provider replaced.
pub(crate) fn vars(base: &'static str, url: String) -> impl Fn(&str) -> Option<String> {
    move |name| {
        if name == base {
            Some(url.clone())
        } else {
            std::env::var(name).ok()
        }
    }
}
