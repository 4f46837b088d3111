//! Finds out which order, or which mistake, a refused checksum comes from.

use crate::apply::Known;
use crate::digest::checksum;
use crate::explanation::{Cause, Explanation};
use crate::given::{Given, Wanted};
use crate::json_body::JsonBody;
use crate::mistake::{FieldRef, Json, Mistake, Names};
use crate::recipe::Recipe;
use crate::search::Search;
use crate::space::Space;
use crate::way::{Way, Ways};
use std::fmt;

/// A body of more fields than this is compared in the order received only.
pub const MAX_FIELDS: usize = 64;

/// A body of more bytes than this, names, values and secret together, is compared in the order received only.
pub const MAX_BYTES: usize = 16 * 1024;

/// Works out what a checksum was made from.
///
/// Tried is a space rather than a list. A checksum is made in stages: which fields are hashed, which text of each, in
/// which order, how they are joined, where the secret stands and how it is spoiled, which bytes, which hash, how the
/// result is written. Each [`Mistake`] belongs to one stage, and is tried in each order by itself; two of different
/// stages, or two fields left out, are tried together where that is likely, the orders first that the documents can be
/// read to ask for. That is at most [`MAX_TRIED`](crate::MAX_TRIED) digests and [`MAX_HASHED`](crate::MAX_HASHED) bytes, and
/// nothing beyond the check itself for a checksum that is right or for a body over [`MAX_FIELDS`] or [`MAX_BYTES`].
///
/// This is help for whoever integrates, to be shown where the secret's owner looks: in a log, or in a sandbox. It
/// is no answer to an unknown caller, as it tells a near miss from a wild guess.
///
/// ```
/// use cards_sign::{Explain, checksum, explain};
///
/// let given = checksum(["E1", "|", "ALLOWED"], b"test-secret").to_string();
/// let fields = [("entity_id", "E1"), ("status", "ALLOWED")];
/// let explanation = explain(&Explain::new(&fields, b"test-secret", &given));
/// assert_eq!(
///     explanation.to_string(),
///     "The sender hashed the values in the order received, with `|` between them. \
///      Join the values, and the secret, with nothing between."
/// );
/// ```
#[must_use]
pub fn explain(input: &Explain<'_>) -> Explanation {
    // A body that is too large for a search is not parsed for one either.
    let is_readable = input.bytes() <= MAX_BYTES;
    let Some(body) = is_readable.then(|| JsonBody::read(input.fields)).flatten() else {
        return input.explain();
    };
    let fields = body.fields();
    let members = Explain {
        fields: &fields,
        ..*input
    };
    let mut explanation = members.explain();
    explanation.json = true;
    if explanation.matched.is_none()
        && let (_, Some(wanted)) = Given::read(input.given)
        && let Some(form) = wanted.is(checksum([&**body.text], input.secret))
    {
        let received = Way::received(&fields);
        let mistake = Mistake::Names(Names::Json(Json::Sent));
        explanation.found(members.cause(&received, vec![mistake], Vec::new()), form);
    }
    explanation
}

/// Holds what [`explain`] works on. `Debug` shows neither values nor secret.
#[derive(Clone, Copy)]
pub struct Explain<'a> {
    fields: &'a [(&'a str, &'a str)],
    secret: &'a [u8],
    given: &'a str,
    table: &'a [&'a str],
    example: &'a [&'a str],
    others: &'a [(&'a str, &'a str)],
    days: &'a [(&'a str, &'a str)],
    says_form: Option<bool>,
    asked: Recipe,
}

impl<'a> Explain<'a> {
    /// The body's decoded `fields`, `(name, value)`, in the order received; the secret; and the checksum that
    /// came with them.
    #[must_use]
    pub const fn new(fields: &'a [(&'a str, &'a str)], secret: &'a [u8], given: &'a str) -> Self {
        Self {
            fields,
            secret,
            given,
            table: &[],
            example: &[],
            others: &[],
            days: &[],
            says_form: Some(true),
            asked: Recipe::RECEIVED,
        }
    }

    /// The field names in the order of the document's parameter table. Without them that order is not tried.
    #[must_use]
    pub const fn table(mut self, names: &'a [&'a str]) -> Self {
        self.table = names;
        self
    }

    /// The field names in the order of the document's request example. Without them that order is not tried.
    #[must_use]
    pub const fn example(mut self, names: &'a [&'a str]) -> Self {
        self.example = names;
        self
    }

    /// Values that the sender knew and did not put into the body, `(name, value)`: those of headers above all. An
    /// explanation repeats the names, and so these have to be documented ones.
    ///
    /// ```
    /// use cards_sign::{Explain, checksum, explain};
    ///
    /// let given = checksum(["E1", "ALLOWED", "aff"], b"test-secret").to_string();
    /// let fields = [("entity_id", "E1"), ("status", "ALLOWED")];
    /// let others = [("affiliate", "aff")];
    /// let explanation = explain(&Explain::new(&fields, b"test-secret", &given).others(&others));
    /// assert_eq!(
    ///     explanation.to_string(),
    ///     "The sender hashed the values in the order received, with `affiliate`, which is not of the body, after them. \
    ///      Hash the values of the body alone."
    /// );
    /// ```
    #[must_use]
    pub const fn others(mut self, values: &'a [(&'a str, &'a str)]) -> Self {
        self.others = values;
        self
    }

    /// The days that it may have been for the sender, `(zone, day)`: `("IST", "2026-11-27")`. Other interfaces of
    /// Airpay append the day to the values. There is no clock here, so without them no day is tried.
    #[must_use]
    pub const fn days(mut self, days: &'a [(&'a str, &'a str)]) -> Self {
        self.days = days;
        self
    }

    /// Tells whether the body's content type is that of a form, which it is taken for without this.
    /// `None`: it is not known.
    #[must_use]
    pub const fn says_form(mut self, says_form: Option<bool>) -> Self {
        self.says_form = says_form;
        self
    }

    /// The recipe of whoever verifies, without which that is what the documents state, in the order
    /// received. What is searched is the same; where the recipe asks for something else than the
    /// documents, the explanation says so, and advises nothing that leads to what they state.
    ///
    /// ```
    /// use cards_sign::{Explain, checksum, explain};
    ///
    /// let given = checksum(["E1", "ALLOWED"], b"test-secret").to_string();
    /// let fields = [("entity_id", "E1"), ("status", "ALLOWED")];
    /// let explain_by = Explain::new(&fields, b"test-secret", &given);
    /// assert_eq!(
    ///     explain(&explain_by.recipe("received,secret=first".parse()?)).to_string(),
    ///     "The sender hashed the values in the order received (here the same as the order of \
    ///      their names), and then the secret, as documented. The recipe `received,secret=first` \
    ///      asks for another way: sign by it, or verify by the way of the sender."
    /// );
    /// # Ok::<(), cards_sign::ParseRecipeError>(())
    /// ```
    #[must_use]
    pub const fn recipe(mut self, recipe: Recipe) -> Self {
        self.asked = recipe;
        self
    }

    fn name(&self, place: usize) -> Option<String> {
        let (name, _) = self.fields.get(place.checked_sub(1)?)?;
        let listed = self.table.contains(name) || self.example.contains(name);
        listed.then(|| (*name).to_owned())
    }

    fn bytes(&self) -> usize {
        let fields = self.fields.iter().chain(self.others);
        let bytes: usize = fields.map(|(name, value)| name.len() + value.len()).sum();
        bytes + self.secret.len()
    }

    fn is_large(&self) -> bool {
        self.fields.len() > MAX_FIELDS || self.bytes() > MAX_BYTES
    }

    fn explain(&self) -> Explanation {
        let (given, wanted) = Given::read(self.given);
        let mut explanation = Explanation {
            given,
            readable: matches!(wanted, Some(Wanted::Whole(_))),
            matched: None,
            tried: 0,
            limited: self.is_large(),
            cut: false,
            secret_is_empty: self.secret.is_empty(),
            absent: Vec::new(),
            json: false,
            says_form: self.says_form,
            asked: self.asked,
        };
        if let Some(wanted) = &wanted {
            self.search(wanted, &mut explanation);
        }
        if explanation.matched.is_none() {
            explanation.absent = self.absent();
        }
        explanation
    }

    fn known(&self) -> Known<'a> {
        Known {
            table: self.table,
            example: self.example,
            others: self.others,
            days: self.days,
        }
    }

    fn search(&self, wanted: &Wanted, explanation: &mut Explanation) {
        let ways = Ways::of(self.fields, self.table, self.example);
        // The check itself, of which nothing is to be explained where it holds.
        let right = |way: &Way<'_>| wanted.is(checksum(way.values(), self.secret));
        let right = ways.all.first().and_then(|way| Some((way, right(way)?)));
        if let Some((received, form)) = right {
            explanation.found(self.cause(received, Vec::new(), Vec::new()), form);
            return;
        }
        if self.is_large() {
            return;
        }
        let known = self.known();
        let mut search = Search::new(self.secret, known, wanted);
        let found = search.run(&ways, || Space::of(self.fields, known));
        explanation.tried = search.tried;
        explanation.cut = search.is_spent();
        if let Some(found) = found {
            explanation.found(self.cause(found.way, found.mistakes, found.or), search.form);
        }
    }

    /// The cause, its fields by their names where the caller listed these.
    fn cause(&self, way: &Way<'_>, mut mistakes: Vec<Mistake>, mut or: Vec<Mistake>) -> Cause {
        for mistake in mistakes.iter_mut().chain(&mut or) {
            if let Some(field) = mistake.field()
                && let FieldRef::Numbered(place) = *field
                && let Some(name) = self.name(place)
            {
                *field = FieldRef::Named(name);
            }
        }
        Cause {
            order: way.order,
            same_as: way.same_as.clone(),
            mistakes,
            or,
        }
    }

    /// The names that the table has and the body has not.
    fn absent(&self) -> Vec<String> {
        let received = |wanted: &str| self.fields.iter().any(|(name, _)| *name == wanted);
        let names = self.table.iter().filter(|name| !received(name));
        names.map(|name| (*name).to_owned()).collect()
    }
}

impl fmt::Debug for Explain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explain")
            .field("fields", &self.fields.len())
            .field("table", &self.table)
            .field("example", &self.example)
            .finish_non_exhaustive()
    }
}
