//! The documents' rules as functions over bytes.
//!
//! Every function takes an empty text for fine: that a field must be given is
//! a rule of its own ([`required`]), so that an empty field breaks one rule
//! and not five.

use std::ops::RangeInclusive;

use validator::ValidationError;

use crate::constraint::{Constraint, Dependent};
use crate::date::{CardExpiry, Date, DateError};
use crate::file_upload::FileUpload;
use crate::open_enum::OpenEnum;
use crate::rule_kind::{MUST_BE_GIVEN, Rule, unmet_rule};
use crate::sensitive::Text;
use crate::waiver::Waivers;

mod doc_expiry;

pub use self::doc_expiry::{DocExpiry, DocExpiryError};

/// Holds what a check depends on besides the request: the day, and how to read
/// the documents where they can be read in two ways.
///
/// ```
/// use cards_model::{Date, DocExpiry, Rules};
///
/// let today = Date::new(2026, 11, 21)?;
/// let rules = Rules::on(today).doc_expiry(DocExpiry::MayBeEmpty);
/// # Ok::<(), cards_model::DateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    pub(crate) today: Date,
    pub(crate) samples: Samples,
    pub(crate) doc_expiry: DocExpiry,
    pub(crate) waivers: Waivers,
}

impl Rules {
    /// The documents' rules as of `today`, none of them waived.
    pub fn on(today: Date) -> Self {
        Self {
            today,
            samples: Samples::Refuse,
            doc_expiry: DocExpiry::default(),
            waivers: Waivers::default(),
        }
    }

    /// Sets what to do with a value that breaks a rule and is the document's
    /// own.
    #[must_use]
    pub fn samples(self, samples: Samples) -> Self {
        Self { samples, ..self }
    }

    /// Sets when `doc_expiry` may be empty when registering at Airpay.
    #[must_use]
    pub fn doc_expiry(self, doc_expiry: DocExpiry) -> Self {
        Self { doc_expiry, ..self }
    }

    /// Sets the single rules that are not applied.
    #[must_use]
    pub fn waivers(self, waivers: Waivers) -> Self {
        Self { waivers, ..self }
    }

    /// The day that expiries and birth dates are measured against.
    pub const fn today(&self) -> Date {
        self.today
    }
}

/// The documents' examples break the documents' rules: an expiry in the past,
/// an empty one-time password, a 64-character id in a field of at most 50.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Samples {
    /// The rule holds for everybody.
    Refuse,
    /// A value that the document's request example itself sends is accepted in
    /// that field, but where another field forbids it. This is how the sandbox
    /// answers the examples as documented.
    Accept,
}

type Check = Result<(), ValidationError>;

/// The calendar months ahead that a card may expire: up to 25 years.
pub(crate) const CARD_EXPIRY_MONTHS: RangeInclusive<i32> = 1..=25 * 12;

/// The most digits of an amount before its point. With those behind it they are
/// fewer than a card number has, and than a float of somebody else's would change.
pub(crate) const AMOUNT_DIGITS: usize = 12;

/// The most digits of an amount behind its point.
pub(crate) const AMOUNT_DECIMALS: usize = 2;

/// The characters of a password (Airpay, User Registration, Request Body,
/// `password`).
pub(crate) const PASSWORD_LENGTH: RangeInclusive<usize> = 7..=20;

/// The segments that a URL's path reads as "here" and "one up".
pub(crate) const DOT_SEGMENTS: &[&str] = &[".", ".."];

/// The most bytes of a file, 10 MiB: an assumption, as no page names a limit.
pub(crate) const FILE_BYTES: usize = 10 * 1024 * 1024;

/// Given, and not empty.
pub fn required<T: Text>(value: &T) -> Check {
    ensure(!value.text().is_empty(), Rule::Required, MUST_BE_GIVEN)
}

/// Digits 0-9 only.
pub fn digits<T: Text>(value: &T) -> Check {
    every(value, |b| b.is_ascii_digit(), "digits 0-9 only")
}

/// Letters a-z and A-Z only, no spaces.
pub fn letters<T: Text>(value: &T) -> Check {
    every(
        value,
        |b| b.is_ascii_alphabetic(),
        "letters a-z and A-Z only, no spaces",
    )
}

/// Letters a-z and A-Z and spaces only.
pub fn letters_and_spaces<T: Text>(value: &T) -> Check {
    every(
        value,
        |b| b.is_ascii_alphabetic() || b == b' ',
        "letters a-z and A-Z and spaces only",
    )
}

/// Letters, digits and spaces only.
pub fn alphanumeric_and_spaces<T: Text>(value: &T) -> Check {
    every(
        value,
        |b| b.is_ascii_alphanumeric() || b == b' ',
        "letters, digits and spaces only",
    )
}

/// Asks for exactly 16 digits.
pub fn card_number<T: Text>(value: &T) -> Check {
    let text = value.text();
    let is_number = text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit());
    ensure(
        text.is_empty() || is_number,
        Rule::Format,
        "exactly 16 digits",
    )
}

/// Requires digits where there are four characters; that there are four is a
/// rule of its own.
pub fn four_digits<T: Text>(value: &T) -> Check {
    if value.text().len() == 4 {
        digits(value)
    } else {
        Ok(())
    }
}

/// Requires one of an open enum's documented values.
pub fn listed<T: OpenEnum + Text>(value: &T) -> Check {
    ensure(
        value.is_known() || value.text().is_empty(),
        Rule::Allowed,
        T::ALLOWED,
    )
}

/// Requires what [`listed`] requires, of every item.
pub fn all_listed<T: OpenEnum>(values: &[T]) -> Check {
    ensure(values.iter().all(T::is_known), Rule::Allowed, T::ALLOWED)
}

/// A real calendar day as `YYYY-MM-DD`.
pub fn calendar_date<T: Text>(value: &T) -> Check {
    let text = value.text();
    let is_date = text.is_empty() || text.parse::<Date>().is_ok();
    ensure(is_date, Rule::Format, "a real calendar day as YYYY-MM-DD")
}

/// Requires a moment in UTC to the second or finer, as ISO 8601.
pub fn utc_time<T: Text>(value: &T) -> Check {
    let text = value.text();
    // No clock of a provider's shows a leap second.
    let is_formed = text.get(10..11) == Some("T") && text.get(17..19) != Some("60");
    let is_utc = is_formed && text.ends_with('Z');
    let holds = text.is_empty() || is_utc && crate::Timestamp::new(text).unix_millis().is_some();
    let limit = "ISO 8601 in UTC, as in 2025-07-10T16:43:50.359Z";
    ensure(holds, Rule::Format, limit)
}

/// Requires a day that is not to come: nobody was born tomorrow.
pub fn not_after_today<T: Text>(value: &T, rules: &Rules) -> Check {
    let is_future = value
        .text()
        .parse::<Date>()
        .is_ok_and(|date| date > rules.today);
    ensure(!is_future, Rule::Range, "not after today")
}

/// Asks for exactly four characters. Not `length(equal = 4)`, which would count an empty PIN as two
/// broken rules.
pub fn pin_length<T: Text>(value: &T) -> Check {
    let length = value.text().chars().count();
    ensure(
        matches!(length, 0 | 4),
        Rule::Length,
        "exactly 4 characters",
    )
}

/// Month and year as `MMYY`.
pub fn month_and_year<T: Text>(value: &T) -> Check {
    let text = value.text();
    let is_month = |month: &str| matches!(month.parse(), Ok(1_u8..=12));
    let fits = text.len() == 4
        && text.bytes().all(|b| b.is_ascii_digit())
        && text.get(..2).is_some_and(is_month);
    ensure(
        text.is_empty() || fits,
        Rule::Format,
        "month and year as MMYY",
    )
}

/// Requires one month to 25 years ahead, both included, counted in calendar
/// months.
pub fn card_expiry<T: Text>(value: &T, rules: &Rules) -> Check {
    let text = value.text();
    is_ahead(text, text.parse(), "month and year as MM/YY", rules)
}

/// Requires what [`card_expiry`] requires, of a year with all four digits.
pub fn card_expiry_in_full<T: Text>(value: &T, rules: &Rules) -> Check {
    let text = value.text();
    let expiry = CardExpiry::from_full(text);
    is_ahead(text, expiry, "month and year as MM/YYYY", rules)
}

fn is_ahead(
    text: &str,
    expiry: Result<CardExpiry, DateError>,
    format: &'static str,
    rules: &Rules,
) -> Check {
    if text.is_empty() {
        return Ok(());
    }
    let Ok(expiry) = expiry else {
        return Err(unmet_rule(Rule::Format, format));
    };
    let is_near = CARD_EXPIRY_MONTHS.contains(&expiry.months_after(rules.today));
    ensure(is_near, Rule::Range, "1 month to 25 years ahead")
}

/// Requires more than 0 in plain digits, with two decimals at most.
pub fn amount<T: Text>(value: &T) -> Check {
    let text = value.text();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    let is_shaped = are_digits(whole, AMOUNT_DIGITS) && are_digits(fraction, AMOUNT_DECIMALS);
    ensure(
        text.is_empty() || is_shaped,
        Rule::Format,
        "at most 12 digits, and 2 more behind a point",
    )?;
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    ensure(text.is_empty() || !is_zero, Rule::Range, "more than 0")
}

/// Requires a file that is not empty.
pub fn file_given(file: &FileUpload) -> Check {
    ensure(!file.bytes().is_empty(), Rule::Required, MUST_BE_GIVEN)
}

/// Requires a file of 10 MiB at most.
pub fn file_size(file: &FileUpload) -> Check {
    let is_short = file.bytes().len() <= FILE_BYTES;
    ensure(is_short, Rule::Length, "at most 10 MiB")
}

/// Asks as [`required`] does, where [`DocExpiry::Required`] is set. By default a rule over two
/// fields decides, [`given_where_it_lapses`].
pub fn doc_expiry_given<T: Text>(value: &T, rules: &Rules) -> Check {
    match rules.doc_expiry {
        DocExpiry::Required => required(value),
        DocExpiry::ByType | DocExpiry::MayBeEmpty => Ok(()),
    }
}

/// The kinds of identity documents that expire.
const LAPSING: &[&str] = &["DL", "PASSPORT"];

/// The kinds of identity documents that do not.
const LASTING: &[&str] = &["AADHAAR", "PAN", "VOTERID"];

/// Tells whether a document of this type expires, as far as is known.
pub(crate) fn lapses(doc_type: &str) -> bool {
    !LASTING.contains(&doc_type)
}

/// Given where the document expires.
pub const fn given_where_it_lapses() -> Dependent {
    Dependent {
        field: "doc_expiry",
        constraint: Constraint::Required,
        on: "doc_type",
        words: LAPSING,
        or_absent: false,
    }
}

/// The shape of an e-mail address: a local part of at most 64 characters, one
/// `@`, and a domain of at least two labels.
pub fn email<T: Text>(value: &T) -> Check {
    let text = value.text();
    ensure(
        text.is_empty() || is_email(text),
        Rule::Format,
        "an e-mail address",
    )
}

/// Airpay, User Registration, Request Body, `password`. Not `length(min = 7)`,
/// which would count an empty password as two broken rules.
pub fn password_length<T: Text>(value: &T) -> Check {
    let length = value.text().chars().count();
    ensure(
        length == 0 || PASSWORD_LENGTH.contains(&length),
        Rule::Length,
        "7 to 20 characters",
    )
}

/// Airpay, User Registration, Request Body, `password`.
pub fn password<T: Text>(value: &T) -> Check {
    let text = value.text();
    let has = |class: fn(&u8) -> bool| text.as_bytes().iter().any(class);
    let is_mixed = has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && text
            .chars()
            .any(|c| !c.is_alphanumeric() && !c.is_whitespace());
    ensure(
        text.is_empty() || is_mixed,
        Rule::Composition,
        "upper and lower case letters, a digit and a special character",
    )
}

/// Paysafe's pattern for a mobile number, `^\+\d+\s?\d{1,16}$`.
pub fn international_mobile<T: Text>(value: &T) -> Check {
    let text = value.text();
    let fits = text.is_empty() || matches_mobile_pattern(text.as_bytes());
    ensure(
        fits,
        Rule::Format,
        "+ and digits, with at most one space, as in +359 888333333",
    )
}

/// A city of Paysafe's delivery address.
pub fn city<T: Text>(value: &T) -> Check {
    let text = value.text();
    let fits = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '.');
    ensure(
        text.chars().all(fits),
        Rule::Characters,
        "letters, spaces, hyphens and periods only",
    )
}

/// A value that becomes one segment of a path: `.` and `..` would name another
/// resource once the URL is normalised.
pub fn path_segment<T: Text>(value: &T) -> Check {
    let text = value.text();
    ensure(
        !DOT_SEGMENTS.contains(&text),
        Rule::Format,
        "an id that can be a part of a path",
    )
}

/// The digits of a pincode in India.
pub(crate) const INDIAN_PINCODE: usize = 6;

const INDIA: &str = "india";

/// Six digits for India, where `on` names the country.
pub const fn indian_pincode(on: &'static str, or_absent: bool) -> Dependent {
    Dependent {
        field: "pincode",
        constraint: Constraint::Length {
            min: Some(INDIAN_PINCODE as u64),
            max: Some(INDIAN_PINCODE as u64),
        },
        on,
        words: &[INDIA],
        or_absent,
    }
}

/// Six digits, as in India.
pub(crate) fn is_indian_pincode(text: &str) -> bool {
    text.len() == INDIAN_PINCODE && text.bytes().all(|b| b.is_ascii_digit())
}

pub(crate) fn is_india(country: &str) -> bool {
    country.trim().eq_ignore_ascii_case(INDIA)
}

fn ensure(holds: bool, rule: Rule, limit: &'static str) -> Check {
    if holds {
        Ok(())
    } else {
        Err(unmet_rule(rule, limit))
    }
}

fn every<T: Text>(value: &T, fits: impl Fn(u8) -> bool, limit: &'static str) -> Check {
    ensure(value.text().bytes().all(fits), Rule::Characters, limit)
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let is_atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    let is_local = local.len() <= 64
        && local
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(is_atom));
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    is_local && domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label)
}

/// `\+\d+\s?\d{1,16}`: with the space, one to 16 digits follow it; without,
/// the first run of digits may be of any length as long as there are two.
fn matches_mobile_pattern(text: &[u8]) -> bool {
    let [b'+', rest @ ..] = text else {
        return false;
    };
    let all_digits = |run: &[u8]| run.iter().all(u8::is_ascii_digit);
    match rest.iter().position(u8::is_ascii_whitespace) {
        None => rest.len() >= 2 && all_digits(rest),
        Some(space) => {
            let (head, tail) = (&rest[..space], &rest[space + 1..]);
            !head.is_empty()
                && all_digits(head)
                && (1..=16).contains(&tail.len())
                && all_digits(tail)
        }
    }
}

#[cfg(test)]
mod tests;
