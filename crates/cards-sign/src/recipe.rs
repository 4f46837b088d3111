//! A way to sign, of which an order of the fields is the common case.

use crate::digest::{Checksum, ChecksumHex, checksum, hmac};
use crate::joint::Joint;
use crate::order::Order;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use subtle::ConstantTimeEq;

/// A way to make the checksum of a request's fields and a secret.
///
/// The documents state SHA-256 over the values and then the secret, and call the checksum "dynamic" without saying
/// what that means. Should a provider's answer turn out to be another way, it is a setting and not a new release.
/// [`Recipe::default`] is what the documents state, in the order of the parameter table; an [`Order`] converts into
/// the same with that order.
///
/// As a text it is a list of words with a comma between: the order first, then what differs from the default.
///
/// | word | values, the default first |
/// | --- | --- |
/// | the order | `table`, `example`, `sorted`, `received` |
/// | `joint=` | nothing, or up to 15 bytes between the parts; `%`, `,` and white space as `%25`, `%2C`, `%20` |
/// | `place=` | `between` the parts; `throughout`: between them and the secret too |
/// | `secret=` | `last`, `first`, `both`: at both ends, `key`: the key of an HMAC |
/// | `parts=` | `values`, `pairs`: `name=value` |
/// | `empty=` | `kept`, `dropped`: without a field whose value is empty |
/// | `case=` | `lower`, `upper`: of the hex digits |
/// | `hash=` | `sha256`, `twice`: SHA-256 over the hex digits of the first one too |
///
/// ```
/// use cards_sign::{Order, Recipe};
///
/// let recipe: Recipe = "example,joint=|,secret=first".parse()?;
/// assert_eq!(recipe.order(), Some(Order::Example));
/// let made = recipe.sign(&[("entity_id", "E1"), ("type", "ATM")], b"test-secret");
/// // From Python: hashlib.sha256(b"test-secretE1|ATM").hexdigest()
/// assert_eq!(&*made, "5a57d728c695b08708c067d215db4a2be499e36478a99ac3e619410019619160");
/// assert_eq!(recipe.to_string(), "example,joint=|,secret=first");
/// assert_eq!(Recipe::from(Order::Table), Recipe::default());
/// # Ok::<(), cards_sign::ParseRecipeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recipe {
    /// The order of the fields; `None` is the order received.
    order: Option<Order>,
    joint: Joint,
    place: JointPlace,
    secret: SecretPlace,
    parts: Parts,
    empty: Empty,
    case: Case,
    hash: Rounds,
}

impl Default for Recipe {
    fn default() -> Self {
        Self::of(Some(Order::default()))
    }
}

impl From<Order> for Recipe {
    fn from(order: Order) -> Self {
        Self::of(Some(order))
    }
}

impl Recipe {
    /// The keys of the words after the order, each with its values, the default first; for a joint a description of
    /// them.
    pub const WORDS: [(&'static str, &'static [&'static str]); 7] = [
        (
            "joint",
            &["at most 15 bytes, with `%`, `,` and white space as `%25`, `%2C`, `%20`"],
        ),
        ("place", JointPlace::WORDS),
        ("secret", SecretPlace::WORDS),
        ("parts", Parts::WORDS),
        ("empty", Empty::WORDS),
        ("case", Case::WORDS),
        ("hash", Rounds::WORDS),
    ];

    /// The values as the body has them, and then the secret.
    pub const RECEIVED: Self = Self::of(None);

    const fn of(order: Option<Order>) -> Self {
        Self {
            order,
            joint: Joint::EMPTY,
            place: JointPlace::Between,
            secret: SecretPlace::Last,
            parts: Parts::Values,
            empty: Empty::Kept,
            case: Case::Lower,
            hash: Rounds::Once,
        }
    }

    /// The order of the fields. `None` is the order in which they are sent, whatever that is.
    #[must_use]
    pub const fn order(&self) -> Option<Order> {
        self.order
    }

    /// Tells whether it differs from what the documents state in nothing but the order.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::of(self.order)
    }

    /// Tells whether the digits are written in capitals.
    pub(crate) fn is_upper(&self) -> bool {
        self.case == Case::Upper
    }

    /// Puts `fields`, which come in the order of the parameter table, into the order in which they are signed, as
    /// [`Order::arrange`] does.
    pub fn arrange<'a>(&self, fields: &mut [(&'a str, &'a str)], example: &[&str]) {
        if let Some(order) = self.order {
            order.arrange(fields, example);
        }
    }

    /// Makes the checksum of `fields`, `(name, value)`, which are in their order already. Allocates nothing.
    #[must_use]
    pub fn sign(&self, fields: &[(&str, &str)], secret: &[u8]) -> ChecksumHex {
        let values = fields.iter().map(|(_, value)| *value);
        let first = if self.is_plain() {
            return checksum(values, secret).to_hex();
        } else if self.secret == SecretPlace::Key {
            hmac(secret, |put| self.feed(fields, secret, put))
        } else {
            let mut hasher = Sha256::new();
            self.feed(fields, secret, &mut |bytes| hasher.update(bytes));
            Checksum::from_bytes(hasher.finalize().into())
        };
        let digest = match self.hash {
            Rounds::Once => first,
            Rounds::Twice => Checksum::from_bytes(Sha256::digest(first.to_hex().as_bytes()).into()),
        };
        match self.case {
            Case::Lower => digest.to_hex(),
            Case::Upper => digest.to_upper_hex(),
        }
    }

    /// Tells whether `given` is exactly the checksum of `fields`, which are in their order already. The time
    /// does not depend on where the two differ.
    #[must_use]
    pub fn verify(&self, fields: &[(&str, &str)], secret: &[u8], given: &str) -> bool {
        let made = self.sign(fields, secret);
        made.as_bytes().ct_eq(given.as_bytes()).into()
    }

    fn feed(&self, fields: &[(&str, &str)], secret: &[u8], put: &mut dyn FnMut(&[u8])) {
        let joint = self.joint.as_str().as_bytes();
        let throughout = self.place == JointPlace::Throughout;
        if matches!(self.secret, SecretPlace::First | SecretPlace::Both) {
            put(secret);
            put(if throughout { joint } else { b"" });
        }
        let dropped = self.empty == Empty::Dropped;
        let fields = fields
            .iter()
            .filter(|(_, value)| !(dropped && value.is_empty()));
        for (at, (name, value)) in fields.enumerate() {
            put(if at > 0 { joint } else { b"" });
            if self.parts == Parts::Pairs {
                put(name.as_bytes());
                put(b"=");
            }
            put(value.as_bytes());
        }
        if matches!(self.secret, SecretPlace::Last | SecretPlace::Both) {
            put(if throughout { joint } else { b"" });
            put(secret);
        }
    }
}

/// Makes an enum whose variants have words, the default first.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        enum $name { $($variant),+ }

        impl $name {
            const ALL: &[(Self, &str)] = &[$((Self::$variant, $word)),+];
            const WORDS: &[&str] = &[$($word),+];

            fn word(self) -> &'static str {
                let found = Self::ALL.iter().find(|(one, _)| *one == self);
                found.map_or("", |(_, word)| word)
            }

            fn read(word: &str) -> Option<Self> {
                Self::ALL.iter().find(|(_, other)| *other == word).map(|(one, _)| *one)
            }
        }
    };
}

words!(JointPlace { Between = "between", Throughout = "throughout" });
words!(SecretPlace { Last = "last", First = "first", Both = "both", Key = "key" });
words!(Parts { Values = "values", Pairs = "pairs" });
words!(Empty { Kept = "kept", Dropped = "dropped" });
words!(Case { Lower = "lower", Upper = "upper" });
words!(Rounds { Once = "sha256", Twice = "twice" });

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.order.map_or("received", Order::as_str))?;
        let plain = Self::of(self.order);
        if self.joint != plain.joint {
            write!(f, ",joint={}", self.joint)?;
        }
        for (key, word, default) in [
            ("place", self.place.word(), plain.place.word()),
            ("secret", self.secret.word(), plain.secret.word()),
            ("parts", self.parts.word(), plain.parts.word()),
            ("empty", self.empty.word(), plain.empty.word()),
            ("case", self.case.word(), plain.case.word()),
            ("hash", self.hash.word(), plain.hash.word()),
        ] {
            if word != default {
                write!(f, ",{key}={word}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Recipe {
    type Err = ParseRecipeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.split(',').map(str::trim);
        let first = words.next().unwrap_or_default().to_ascii_lowercase();
        let order = match &*first {
            "received" => None,
            word => Some(word.parse().map_err(|_| ParseRecipeError("the order"))?),
        };
        let mut recipe = Self::of(order);
        for word in words {
            let (key, value) = word.split_once('=').ok_or(ParseRecipeError("a word"))?;
            let small = value.trim().to_ascii_lowercase();
            match &*key.trim().to_ascii_lowercase() {
                "joint" => {
                    recipe.joint = Joint::read(value.trim()).ok_or(ParseRecipeError("joint"))?;
                }
                "place" => {
                    recipe.place = JointPlace::read(&small).ok_or(ParseRecipeError("place"))?;
                }
                "secret" => {
                    recipe.secret = SecretPlace::read(&small).ok_or(ParseRecipeError("secret"))?;
                }
                "parts" => {
                    recipe.parts = Parts::read(&small).ok_or(ParseRecipeError("parts"))?;
                }
                "empty" => {
                    recipe.empty = Empty::read(&small).ok_or(ParseRecipeError("empty"))?;
                }
                "case" => {
                    recipe.case = Case::read(&small).ok_or(ParseRecipeError("case"))?;
                }
                "hash" => {
                    recipe.hash = Rounds::read(&small).ok_or(ParseRecipeError("hash"))?;
                }
                _ => return Err(ParseRecipeError("a word")),
            }
        }
        Ok(recipe)
    }
}

/// A text that is no [`Recipe`]. It says which part is wrong and what can stand there, and does not repeat the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of the recipe is wrong: expected {}", self.0, self.expected())]
pub struct ParseRecipeError(&'static str);

impl ParseRecipeError {
    fn expected(&self) -> String {
        let list = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            let (last, rest) = words
                .split_last()
                .map_or(("", &[][..]), |(last, rest)| (&**last, rest));
            if rest.is_empty() {
                last.to_owned()
            } else {
                format!("{} or {last}", rest.join(", "))
            }
        };
        match self.0 {
            "the order" => list(&["table", "example", "sorted", "received"]),
            "joint" => Recipe::WORDS[0].1.join(" "),
            "a word" => {
                let keys = Recipe::WORDS.map(|(key, _)| format!("{key}="));
                list(&keys.each_ref().map(|key| &**key))
            }
            key => {
                let words = Recipe::WORDS.iter().find(|(known, _)| *known == key);
                list(words.map_or(&[][..], |(_, words)| words))
            }
        }
    }
}

#[cfg(test)]
mod tests;
