//! Says what was found about a checksum.

use crate::given::Given;
use crate::mistake::Mistake;
use crate::recipe::Recipe;
use crate::way::Arrangement;
use std::fmt;

/// Holds what [`explain`](crate::explain()) found. `Display` says it in a few sentences, for a developer; neither they nor `Debug`
/// hold the secret, a field's value, or the checksum that was given. Of names they hold those that the caller
/// listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub(crate) given: Given,
    pub(crate) readable: bool,
    pub(crate) matched: Option<Cause>,
    pub(crate) tried: usize,
    pub(crate) limited: bool,
    /// The most digests were made before all that is known was tried.
    pub(crate) cut: bool,
    pub(crate) secret_is_empty: bool,
    pub(crate) absent: Vec<String>,
    /// The body was a JSON text, and its members were taken for the fields.
    pub(crate) json: bool,
    /// Says whether the body's content type is that of a form, where it is known.
    pub(crate) says_form: Option<bool>,
    /// The recipe of whoever verifies.
    pub(crate) asked: Recipe,
}

impl Explanation {
    /// Takes in what was found, and the form of the checksum where only the match told it.
    pub(crate) fn found(&mut self, cause: Cause, form: Option<Given>) {
        self.matched = Some(cause);
        self.given = form.unwrap_or(self.given);
        self.readable = true;
    }

    /// The order and the mistake that the checksum was made with, if one of the known ways gives it.
    #[must_use]
    pub const fn matched(&self) -> Option<&Cause> {
        self.matched.as_ref()
    }

    /// Tells whether nothing is wrong with the checksum: its form is right, and it was made from the values
    /// in the order received and then the secret.
    #[must_use]
    pub fn is_right(&self) -> bool {
        let plain =
            |cause: &Cause| cause.order == Arrangement::Received && cause.mistakes.is_empty();
        self.given == Given::Lowercase && !self.json && self.matched.as_ref().is_some_and(plain)
    }

    /// The form of the checksum that was given.
    #[must_use]
    pub const fn given(&self) -> Given {
        self.given
    }

    /// The number of digests that were compared.
    #[must_use]
    pub const fn tried(&self) -> usize {
        self.tried
    }

    /// Tells whether the search ended at [`MAX_TRIED`](crate::MAX_TRIED) digests or [`MAX_HASHED`](crate::MAX_HASHED)
    /// bytes, so that the rarest mistakes were not tried. This is so for the largest forms alone.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.cut
    }

    /// Tells whether the body was over [`MAX_FIELDS`](crate::MAX_FIELDS) or
    /// [`MAX_BYTES`](crate::MAX_BYTES).
    #[must_use]
    pub const fn is_limited(&self) -> bool {
        self.limited
    }

    /// Tells whether the body was a JSON text that was read as a form, which is looked for in bodies
    /// of up to [`MAX_BYTES`](crate::MAX_BYTES). The fields are its members then.
    #[must_use]
    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// Lists what is missing where there is no match: the names that the table has and the body has
    /// not.
    #[must_use]
    pub fn absent(&self) -> &[String] {
        &self.absent
    }
}

/// Describes how a checksum was made: from the values in this order, and with these mistakes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cause {
    /// The order of the values.
    pub order: Arrangement,
    /// The documents' orders that put this body's fields into the same sequence.
    pub same_as: Vec<Arrangement>,
    /// None to two mistakes, in the order in which they were made. Without any, values and secret are right, and only
    /// the order can be wrong.
    pub mistakes: Vec<Mistake>,
    /// Other mistakes, each of which gives the same bytes.
    pub or: Vec<Mistake>,
}

impl Cause {
    /// The words for what was done to the values besides ordering them: `without the secret`. `None` where nothing was.
    #[must_use]
    pub fn mistake(&self) -> Option<String> {
        if let [Mistake::LeftOut(one), Mistake::LeftOut(other)] = &*self.mistakes {
            return Some(format!(
                "without {one} and {other} (or with them empty, which hashes the same)"
            ));
        }
        let mut said = self.mistakes.first()?.to_string();
        for mistake in &self.mistakes[1..] {
            let more = mistake.to_string();
            said.push_str(if more.starts_with("and ") {
                ", "
            } else {
                ", and "
            });
            said.push_str(&more);
        }
        Some(said)
    }
}

/// Says it to somebody who verifies as the documents state, in the order received.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.say(&Recipe::RECEIVED, f)
    }
}

impl Cause {
    /// Says it to somebody who verifies by the recipe `asked`. The cures are told where that recipe is
    /// what the documents state: another asks for something else than they bring.
    fn say(&self, asked: &Recipe, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mistakes.first() {
            // There is no order of none.
            Some(Mistake::ListAs(_)) => f.write_str("The sender hashed the values")?,
            _ => write!(f, "The sender hashed the values in {}", self.order)?,
        }
        if let Some(mistake) = self.mistake() {
            write!(f, ", {mistake}.")?;
            return self.say_cures(asked, f);
        }
        // Which of the orders it was matters only where the order may be the whole trouble.
        if !self.same_as.is_empty() {
            let names: Vec<String> = self.same_as.iter().map(Arrangement::to_string).collect();
            write!(f, " (here the same as {})", names.join(" and "))?;
        }
        f.write_str(", and then the secret")?;
        match (self.order, asked.order()) {
            (Arrangement::Received, _) => f.write_str(", as documented."),
            _ if !asked.is_plain() => f.write_str("."),
            (Arrangement::Strategy(order), None) => write!(
                f,
                ", but sent them in another order. \
                 Send them as they are signed, or let the verifier use the order `{order}`."
            ),
            (_, None) => {
                f.write_str(", but sent them in another order. Send them as they are signed.")
            }
            (Arrangement::Strategy(order), Some(asked)) => write!(
                f,
                ". The verifier joins them in the order `{asked}`: \
                 sign them in that, or let it use the order `{order}`."
            ),
            (_, Some(asked)) => write!(
                f,
                ". The verifier joins them in the order `{asked}`: sign them in that."
            ),
        }
    }

    fn say_cures(&self, asked: &Recipe, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said: Vec<&str> = Vec::new();
        for mistake in self.mistakes.iter().filter(|_| asked.is_plain()) {
            let advice = mistake.advice();
            if !said.contains(&advice) {
                write!(f, " {advice}")?;
                said.push(advice);
            }
        }
        for other in &self.or {
            write!(f, " Or, which hashes the same: {other}.")?;
            if asked.is_plain() {
                write!(f, " {}", other.advice())?;
            }
        }
        let arranged = |order| {
            let order = Arrangement::Strategy(order);
            self.order == order || self.same_as.contains(&order)
        };
        match asked.order() {
            Some(order) if asked.is_plain() && !arranged(order) => {
                write!(f, " The verifier joins them in the order `{order}`.")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.json {
            f.write_str(match self.says_form {
                Some(true) => {
                    "The body is a JSON text, though its content type says that it is a form: "
                }
                Some(false) => {
                    "The body is a JSON text, and its content type is not that of a form: "
                }
                None => "The body is a JSON text: ",
            })?;
            f.write_str("send the fields urlencoded, as `name=value&name=value`. ")?;
        }
        // A recipe of capitals asks for no small letters.
        let is_asked = self.given == Given::Uppercase && self.asked.is_upper();
        if self.given != Given::Lowercase && !is_asked {
            write!(f, "{}", self.given)?;
            if !self.readable {
                return Ok(());
            }
            f.write_str(" ")?;
        }
        let asked = &self.asked;
        if let Some(cause) = &self.matched {
            cause.say(asked, f)?;
            if !asked.is_plain() {
                write!(
                    f,
                    " The recipe `{asked}` asks for another way: \
                     sign by it, or verify by the way of the sender."
                )?;
            } else if self.is_right() {
                f.write_str(" A verifier that refuses this joins them in another order.")?;
            }
            return Ok(());
        }
        self.say_unknown(f)
    }
}

impl Explanation {
    /// Says that nothing which is tried gives the checksum.
    fn say_unknown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.limited {
            f.write_str(
                "The values in the order received do not give this checksum; \
                 the body is too large to try other orders and mistakes.",
            )?;
        } else {
            let which = if self.cut {
                "; the rarest were not tried"
            } else {
                ""
            };
            write!(
                f,
                "No order of the fields and no known mistake gives this checksum ({} tried{which}).",
                self.tried
            )?;
            if !self.asked.is_plain() {
                write!(f, " None of them is by the recipe `{}`.", self.asked)?;
            }
        }
        f.write_str(if self.secret_is_empty {
            " The secret configured here is empty."
        } else {
            " Compare the secret on both sides first, then look for a value that changed after it was hashed."
        })?;
        for (at, name) in self.absent.iter().enumerate() {
            let lead = if at == 0 {
                " Not in the body, so not to be hashed: "
            } else {
                ", "
            };
            write!(f, "{lead}`{name}`")?;
        }
        f.write_str(if self.absent.is_empty() { "" } else { "." })
    }
}
