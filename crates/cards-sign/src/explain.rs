//! Finds out which order, or which mistake, a refused checksum comes from.

use crate::digest::{Checksum, checksum};
use crate::given::Given;
use crate::mistake::{FieldRef, Mistake};
use crate::order::{Order, arrange_by};
use crate::rewrite::Rewrite;
use std::fmt;
use zeroize::Zeroizing;

/// A body of more fields than this is compared in the order received only.
pub const MAX_FIELDS: usize = 64;

/// A body of more bytes than this, names, values and secret together, is compared in the order received only.
pub const MAX_BYTES: usize = 16 * 1024;

/// No more digests than this are made to explain one checksum.
pub const MAX_TRIED: usize = 10_000;

/// In a body of more bytes than this, a change is not tried of each value by itself.
const MAX_BYTES_OF_SINGLES: usize = 4 * 1024;

/// Works out what a checksum was made from.
///
/// Tried are four orders (as received, table, example, sorted), each by itself and with each [`Mistake`], one at a
/// time: those of all values, and those of each single one. That is at most [`MAX_TRIED`] digests, and none but that
/// of the check for a checksum that is right. Changes of single values are tried in a body of at most 4 KiB, and a
/// body over [`MAX_FIELDS`] or [`MAX_BYTES`] costs a single digest.
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
    let (given, digest) = Given::read(input.given);
    let mut explanation = Explanation {
        given,
        readable: digest.is_some(),
        matched: None,
        tried: 0,
        limited: input.is_large(),
        secret_is_empty: input.secret.is_empty(),
        absent: Vec::new(),
    };
    if let Some(digest) = digest {
        explanation.matched = input.search(Checksum::from_bytes(digest), &mut explanation.tried);
    }
    if explanation.matched.is_none() {
        explanation.absent = input.absent();
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

    fn bytes(&self) -> usize {
        let fields = self.fields.iter();
        let bytes: usize = fields.map(|(name, value)| name.len() + value.len()).sum();
        bytes + self.secret.len()
    }

    fn is_large(&self) -> bool {
        self.fields.len() > MAX_FIELDS || self.bytes() > MAX_BYTES
    }

    fn search(&self, wanted: Checksum, tried: &mut usize) -> Option<Cause> {
        let ways = self.ways();
        // The check itself, of which nothing is to be explained where it holds.
        if let Some(received) = ways.first()
            && checksum(received.values(None), self.secret) == wanted
        {
            return Some(received.cause(None));
        }
        let mut is_wanted = |made: Checksum| {
            *tried += 1;
            made == wanted
        };
        for way in ways.iter().skip(1) {
            if is_wanted(checksum(way.values(None), self.secret)) {
                return Some(way.cause(None));
            }
        }
        if self.is_large() {
            return None;
        }
        for mistake in Mistake::all() {
            for way in &ways {
                if is_wanted(mistake.checksum(&way.fields, self.secret)) {
                    return Some(way.cause(Some(mistake)));
                }
            }
        }
        for way in &ways {
            for (at, field) in way.fields.iter().enumerate() {
                if !field.1.is_empty() && is_wanted(checksum(way.values(Some(at)), self.secret)) {
                    return Some(way.cause(Some(Mistake::LeftOut(self.name(*field)))));
                }
            }
        }
        self.search_rewritten(&ways, is_wanted)
    }

    /// Tries each change of the values: of all that it changes, and then of each alone.
    fn search_rewritten(
        &self,
        ways: &[Way<'a>],
        mut is_wanted: impl FnMut(Checksum) -> bool,
    ) -> Option<Cause> {
        for rewrite in Rewrite::ALL {
            for way in ways {
                let changed = way.rewritten(rewrite);
                let places: Vec<usize> = (0..changed.len())
                    .filter(|at| changed[*at].is_some())
                    .collect();
                let made = |only: Option<usize>| checksum(way.changed(&changed, only), self.secret);
                let cause = |mistake| Some(way.cause(Some(mistake)));
                let field = |at: usize| Mistake::RewrittenField(self.name(way.fields[at]), rewrite);
                match *places {
                    [] => {}
                    [at] => {
                        if is_wanted(made(None)) {
                            return cause(field(at));
                        }
                    }
                    _ => {
                        if is_wanted(made(None)) {
                            return cause(Mistake::Rewritten(rewrite));
                        }
                        if self.bytes() <= MAX_BYTES_OF_SINGLES
                            && let Some(at) = places.iter().find(|at| is_wanted(made(Some(**at))))
                        {
                            return cause(field(*at));
                        }
                    }
                }
            }
        }
        None
    }

    /// The different sequences that the orders give, the one received first.
    fn ways(&self) -> Vec<Way<'a>> {
        let mut ways = vec![Way {
            order: Arrangement::Received,
            same_as: Vec::new(),
            fields: self.fields.to_vec(),
        }];
        if self.is_large() {
            return ways;
        }
        let mut table = self.fields.to_vec();
        arrange_by(&mut table, self.table);
        for order in Order::ALL {
            let known = match order {
                Order::Table => !self.table.is_empty(),
                Order::Example => !self.example.is_empty(),
                Order::Sorted => true,
            };
            if !known {
                continue;
            }
            let mut fields = table.clone();
            order.arrange(&mut fields, self.example);
            match ways.iter_mut().find(|way| way.fields == fields) {
                Some(way) => way.same_as.push(Arrangement::Strategy(order)),
                None => ways.push(Way {
                    order: Arrangement::Strategy(order),
                    same_as: Vec::new(),
                    fields,
                }),
            }
        }
        ways
    }

    fn name(&self, field: (&str, &str)) -> FieldRef {
        if self.table.contains(&field.0) || self.example.contains(&field.0) {
            return FieldRef::Named(field.0.to_owned());
        }
        let place = self.fields.iter().position(|other| *other == field);
        FieldRef::Numbered(place.map_or(0, |at| at + 1))
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

/// Holds what [`explain`] found. `Display` says it in a few sentences, for a developer; neither they nor `Debug`
/// hold the secret, a field's value, or the checksum that was given. Of names they hold those that the caller
/// listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    given: Given,
    readable: bool,
    matched: Option<Cause>,
    tried: usize,
    limited: bool,
    secret_is_empty: bool,
    absent: Vec<String>,
}

impl Explanation {
    /// The order and the mistake that the checksum was made with, if one of the known ways gives it.
    #[must_use]
    pub const fn matched(&self) -> Option<&Cause> {
        self.matched.as_ref()
    }

    /// Whether nothing is wrong with the checksum: its form is right, and it was made from the values in the
    /// order received and then the secret.
    #[must_use]
    pub fn is_right(&self) -> bool {
        let plain = |cause: &Cause| cause.order == Arrangement::Received && cause.mistake.is_none();
        self.given == Given::Lowercase && self.matched.as_ref().is_some_and(plain)
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

    /// Whether the body was over [`MAX_FIELDS`] or [`MAX_BYTES`].
    #[must_use]
    pub const fn is_limited(&self) -> bool {
        self.limited
    }

    /// Without a match: the names that the table has and the body has not.
    #[must_use]
    pub fn absent(&self) -> &[String] {
        &self.absent
    }
}

/// Describes how a checksum was made: from the values in this order, and with one mistake or none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cause {
    /// The order of the values.
    pub order: Arrangement,
    /// The other orders that put this body's fields into the same sequence.
    pub same_as: Vec<Arrangement>,
    /// The mistake. With `None`, values and secret are right, and only the order can be wrong.
    pub mistake: Option<Mistake>,
}

/// The order of the values in a [`Cause`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// As the body has them.
    Received,
    /// As this strategy puts them.
    Strategy(Order),
}

impl fmt::Display for Arrangement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Received => "the order received",
            Self::Strategy(Order::Table) => "the order of the parameter table",
            Self::Strategy(Order::Example) => "the order of the request example",
            Self::Strategy(Order::Sorted) => "the order of their names",
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The sender hashed the values in {}", self.order)?;
        // Which of the orders it was matters only where the order may be the whole trouble.
        if self.mistake.is_none() && !self.same_as.is_empty() {
            let names: Vec<String> = self.same_as.iter().map(Arrangement::to_string).collect();
            write!(f, " (here the same as {})", names.join(" and "))?;
        }
        match (&self.mistake, self.order) {
            (Some(mistake), _) => write!(f, ", {mistake}. {}", mistake.advice()),
            (None, Arrangement::Received) => f.write_str(", and then the secret, which is right."),
            (None, Arrangement::Strategy(order)) => write!(
                f,
                ", and then the secret, but sent them in another order. \
                 Send them as they are signed, or let the verifier use the order `{order}`."
            ),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.given != Given::Lowercase {
            write!(f, "{}", self.given)?;
            if !self.readable {
                return Ok(());
            }
            f.write_str(" ")?;
        }
        if let Some(cause) = &self.matched {
            cause.fmt(f)?;
            if self.is_right() {
                f.write_str(" A verifier that refuses this joins them in another order.")?;
            }
            return Ok(());
        }
        if self.limited {
            f.write_str(
                "The values in the order received do not give this checksum; \
                 the body is too large to try other orders and mistakes.",
            )?;
        } else {
            write!(
                f,
                "No order of the fields and no known mistake gives this checksum ({} tried).",
                self.tried
            )?;
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

/// The fields in one sequence, and the orders that give it.
struct Way<'a> {
    order: Arrangement,
    same_as: Vec<Arrangement>,
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> Way<'a> {
    fn values(&self, without: Option<usize>) -> impl Iterator<Item = &'a str> {
        let fields = self.fields.iter().enumerate();
        fields.filter_map(move |(at, (_, value))| (Some(at) != without).then_some(*value))
    }

    /// The values that a change gives, where it changes one.
    fn rewritten(&self, rewrite: Rewrite) -> Vec<Option<Zeroizing<String>>> {
        let values = self.fields.iter().map(|(_, value)| rewrite.apply(value));
        values.map(|text| text.map(Zeroizing::new)).collect()
    }

    /// The values as changed, all of them or only one.
    fn changed<'b>(
        &'b self,
        changed: &'b [Option<Zeroizing<String>>],
        only: Option<usize>,
    ) -> impl Iterator<Item = &'b str> {
        let fields = self.fields.iter().zip(changed).enumerate();
        fields.map(move |(at, ((_, value), text))| match text {
            Some(text) if only.is_none_or(|only| only == at) => text.as_str(),
            _ => *value,
        })
    }

    fn cause(&self, mistake: Option<Mistake>) -> Cause {
        Cause {
            order: self.order,
            same_as: self.same_as.clone(),
            mistake,
        }
    }
}
