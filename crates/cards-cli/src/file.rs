//! A file that a flag, a variable or a profile names: read in one way, and one
//! complaint about it, which says what named it, where it is and what to do.

use std::path::Path;

use crate::error::Error;
use crate::read::{self, Unreadable};
use crate::repeat::{self, Instead};

/// A file, and what named it.
#[derive(Clone, Debug)]
pub(crate) struct Named<'a> {
    by: String,
    path: &'a Path,
    /// Says whether `-` is standard input, and not a file of this name.
    may_be_stdin: bool,
    instead: Instead,
    most: u64,
}

/// A file that cannot be used.
#[derive(Debug)]
pub(crate) struct Unusable {
    /// The file and what named it.
    place: String,
    pub(crate) why: Unreadable,
    /// The way out of it.
    pub(crate) advice: String,
}

impl<'a> Named<'a> {
    /// A file that a flag, a variable or a key of a profile names.
    pub(crate) fn new(by: impl Into<String>, path: &'a Path) -> Self {
        Self {
            by: by.into(),
            path,
            may_be_stdin: false,
            instead: Instead::Content,
            most: read::MOST_BYTES,
        }
    }

    /// One for which `-` stands for standard input.
    pub(crate) fn or_stdin(self) -> Self {
        Self {
            may_be_stdin: true,
            ..self
        }
    }

    /// One in whose place somebody may have written something else.
    pub(crate) fn unless(self, instead: Instead) -> Self {
        Self { instead, ..self }
    }

    /// One of a sandbox's customers and cards, which may be many.
    pub(crate) fn of_a_world(self) -> Self {
        Self {
            most: read::MOST_BYTES_OF_A_WORLD,
            ..self
        }
    }

    /// Reads its text.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is empty.
    pub(crate) fn text(&self) -> Result<String, Unusable> {
        let text = self.text_even_empty()?;
        match read::without_line_break(&text).is_empty() {
            true => Err(self.unusable(Unreadable::Empty)),
            false => Ok(text),
        }
    }

    /// Reads its text, which may be empty.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(crate) fn text_even_empty(&self) -> Result<String, Unusable> {
        let text = match self.is_stdin() {
            true => read::stdin_text(self.most),
            false => read::text(self.path, self.most),
        };
        text.map_err(|why| self.unusable(why))
    }

    /// A file that is to be sent as it is.
    pub(crate) fn of_an_upload(self) -> Self {
        Self {
            most: read::MOST_BYTES_OF_AN_UPLOAD,
            ..self
        }
    }

    /// Reads its bytes, whatever they are.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is empty.
    pub(crate) fn raw(&self) -> Result<Vec<u8>, Unusable> {
        let bytes = match self.is_stdin() {
            true => read::stdin_raw(self.most),
            false => read::raw(self.path, self.most),
        };
        match bytes {
            Ok(bytes) if bytes.is_empty() => Err(self.unusable(Unreadable::Empty)),
            bytes => bytes.map_err(|why| self.unusable(why)),
        }
    }

    /// Reads its bytes.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is empty.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Unusable> {
        match read::bytes(self.path) {
            Ok(bytes) if bytes.is_empty() => Err(self.unusable(Unreadable::Empty)),
            bytes => bytes.map_err(|why| self.unusable(why)),
        }
    }

    /// Names what named it and its path, for a complaint about what is in it. Of
    /// standard input there is no more to say.
    pub(crate) fn place(&self) -> String {
        match self.is_stdin() {
            true => self.by.clone(),
            false => match repeat::path_of(self.path, self.instead) {
                Some(path) => format!("{}: {path}", self.by),
                None => self.by.clone(),
            },
        }
    }

    fn is_stdin(&self) -> bool {
        self.may_be_stdin && self.path == Path::new("-")
    }

    fn unusable(&self, why: Unreadable) -> Unusable {
        let file = match repeat::path_of(self.path, self.instead) {
            _ if self.is_stdin() => "standard input".to_owned(),
            Some(path) if self.instead == Instead::Value => format!("the file after @, {path}"),
            Some(path) => format!("the file {path}"),
            None if self.instead == Instead::Value => {
                "the file after @, which is not repeated: it may be the value".to_owned()
            }
            None => "the file that it names, which is not repeated: it may be a value".to_owned(),
        };
        let mut advice = why.advice().to_owned();
        if why.is_missing() && self.path.is_relative() {
            advice.push_str(", which begins at the folder that cards was started in");
        }
        Unusable {
            place: format!("{}: cannot read {file}", self.by),
            why,
            advice,
        }
    }
}

impl Unusable {
    /// Says all of it in one line.
    pub(crate) fn line(&self) -> String {
        format!("{}: {}; {}", self.place, self.why, self.advice)
    }
}

impl From<Unusable> for Error {
    fn from(unusable: Unusable) -> Self {
        Self::usage(unusable.place)
            .caused_by(unusable.why)
            .hint(unusable.advice)
    }
}
