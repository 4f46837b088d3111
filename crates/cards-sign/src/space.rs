//! The mistakes that are tried, the likelier first.

use crate::apply::Known;
use crate::day::DateFormat;
use crate::encoding::Encoding;
use crate::mistake::{
    Charset, Cut, End, FieldRef, HmacKey, Json, Kept, LineBreak, Mistake, Names, Place, Reach,
    SecretForm, Twice,
};
use crate::rewrite::{Rewrite, Word};

/// The mistakes that are tried of one body.
pub(crate) struct Space {
    /// Each by itself, the likely ones first.
    pub(crate) singles: Vec<Mistake>,
    /// Two at once, in the order of their stages.
    pub(crate) pairs: Vec<Pairs>,
    /// Each two fields left out, once.
    pub(crate) two_left_out: Vec<Pairs>,
}

/// Two lists, of which each of the first is tried with each of the second.
pub(crate) type Pairs = (Vec<Mistake>, Vec<Mistake>);

impl Space {
    pub(crate) fn of(fields: &[(&str, &str)], known: Known<'_>) -> Self {
        let rewritten = rewritten(fields);
        let left_out: Vec<Mistake> = numbered(fields).map(Mistake::LeftOut).collect();
        let mut singles = plain();
        singles.extend(separators(&SEPARATORS, &[Reach::Between, Reach::Secret]));
        singles.extend(STANDING.map(Mistake::ListAs));
        singles.extend(left_out.iter().cloned());
        singles.extend(dates(known, &DateFormat::SHORT));
        singles.extend(extras(known));
        singles.extend(rewritten.iter().cloned());
        singles.extend(lists(fields, known));
        singles.extend(rarer(known));
        let two_left_out = (1..left_out.len())
            .map(|at| (vec![left_out[at - 1].clone()], left_out[at..].to_vec()))
            .collect();
        let pairs = vec![
            (likely_first(&rewritten), likely_second()),
            (dates(known, &DateFormat::SHORT[..1]), likely_second()),
            (left_out, few()),
            (likely_rewritten(&rewritten), few()),
            (extras(known), few()),
            (likely_joins(), likely_secrets()),
            (likely_joins(), likely_hashes()),
            (likely_secrets(), likely_hashes()),
            (
                STANDING.map(Mistake::ListAs).to_vec(),
                vec![Mistake::SecretMissing],
            ),
            (before_secret().collect(), vec![Mistake::SecretFirst]),
        ];
        Self {
            singles,
            pairs,
            two_left_out,
        }
    }
}

fn numbered(fields: &[(&str, &str)]) -> impl Iterator<Item = FieldRef> {
    (1..=fields.len()).map(FieldRef::Numbered)
}

/// The mistakes that are usual anywhere.
fn plain() -> Vec<Mistake> {
    let spaced = [(false, true), (true, false), (true, true)]
        .map(|(before, after)| Mistake::SecretSpaced { before, after });
    let plain = [
        Mistake::SecretMissing,
        Mistake::LineBreak(LineBreak::Lf, Place::AfterSecret),
        Mistake::LineBreak(LineBreak::CrLf, Place::AfterSecret),
        Mistake::LineBreak(LineBreak::Lf, Place::AfterValues),
        Mistake::LineBreak(LineBreak::CrLf, Place::AfterValues),
        Mistake::SecretFirst,
        Mistake::SecretTwice,
        Mistake::SecretBothEnds,
        Mistake::SecretTrimmed,
        Mistake::Hmac(HmacKey::Secret),
        Mistake::Names(Names::Pairs),
        Mistake::Names(Names::Body(Encoding::Percent)),
        Mistake::Names(Names::Body(Encoding::Form)),
        Mistake::Names(Names::Joined),
        Mistake::Names(Names::Json(Json::Compact)),
        Mistake::SecretQuoted('"'),
        Mistake::SecretQuoted('\''),
        Mistake::Twice(Twice::Hex),
        Mistake::Twice(Twice::Bytes),
        Mistake::Charset(Charset::Latin1),
        Mistake::Charset(Charset::Utf16Le),
        Mistake::Charset(Charset::Utf16Be),
    ];
    plain.into_iter().chain(spaced).collect()
}

/// The separators that are usual anywhere.
const SEPARATORS: [&str; 17] = [
    ",", "|", "&", " ", "\n", ";", ":", "~", "#", "-", "_", ".", "/", "\t", "^", "+", "*",
];

/// The separators alone between secret and values, of which one is Airpay's in other interfaces: `@`.
fn before_secret() -> impl Iterator<Item = Mistake> {
    let usual = ["@", "|", ":", "-", "_", "#", "~", ".", "&"];
    usual.into_iter().map(|separator| Mistake::Separator {
        separator,
        reach: Reach::SecretOnly,
    })
}

/// The texts that stand for a list of values: nothing, where a variable is empty, and what languages write for a list.
const STANDING: [&str; 7] = [
    "",
    "Array",
    "[object Object]",
    "[object FormData]",
    "undefined",
    "null",
    "None",
];

const RARE_SEPARATORS: [&str; 22] = [
    "\r\n", ", ", "||", "::", "; ", " | ", "--", "__", "=", "@", "!", "$", "%", "?", "\\", "'",
    "\"", "\0", "~~", "##", "<br>", "\\n",
];

fn separators<'s>(
    separators: &'s [&'static str],
    reaches: &'s [Reach],
) -> impl Iterator<Item = Mistake> + use<'s> {
    separators.iter().flat_map(|separator| {
        reaches.iter().map(|reach| Mistake::Separator {
            separator,
            reach: *reach,
        })
    })
}

/// Each change of the values: of all that it changes where these are several, and of each alone.
fn rewritten(fields: &[(&str, &str)]) -> Vec<Mistake> {
    let mut found = Vec::new();
    for rewrite in Rewrite::all() {
        let changed: Vec<usize> = (0..fields.len())
            .filter(|at| {
                fields
                    .get(*at)
                    .is_some_and(|(_, value)| rewrite.apply(value).is_some())
            })
            .collect();
        if changed.len() > 1 {
            found.push(Mistake::Rewritten(rewrite));
        }
        let each = changed.iter().map(|at| FieldRef::Numbered(at + 1));
        found.extend(each.map(|field| Mistake::RewrittenField(field, rewrite)));
    }
    found
}

/// The changes of values that come together with other mistakes.
fn likely_rewritten(rewritten: &[Mistake]) -> Vec<Mistake> {
    let is_likely = |mistake: &&Mistake| {
        matches!(
            mistake,
            Mistake::Rewritten(
                Rewrite::RawPlus
                    | Rewrite::Trimmed
                    | Rewrite::EncodedTwice
                    | Rewrite::SpaceForPlus
                    | Rewrite::ZerosLost
                    | Rewrite::Word(_)
                    | Rewrite::JsonSlashes
                    | Rewrite::Html
            ) | Mistake::RewrittenField(
                _,
                Rewrite::RawPlus
                    | Rewrite::LeadingPlus
                    | Rewrite::Trimmed
                    | Rewrite::EncodedTwice
                    | Rewrite::SpaceForPlus
                    | Rewrite::ZerosLost
                    | Rewrite::Word(Word::Null | Word::Undefined | Word::None)
                    | Rewrite::Decimals(_)
                    | Rewrite::DecimalsLost
                    | Rewrite::Thousands
            )
        )
    };
    rewritten.iter().filter(is_likely).cloned().collect()
}

/// The days that the caller passed, at each place.
fn dates(known: Known<'_>, formats: &[DateFormat]) -> Vec<Mistake> {
    let mut found: Vec<Mistake> = Vec::new();
    for format in formats {
        for end in [End::Back, End::Front, End::AfterSecret] {
            for (zone, _) in known.days {
                found.push(Mistake::Date {
                    format: *format,
                    zone: (*zone).to_owned(),
                    end,
                });
            }
        }
    }
    found
}

/// The values that the caller passed, each and all of them.
fn extras(known: Known<'_>) -> Vec<Mistake> {
    const ENDS: [End; 4] = [End::Back, End::Front, End::Sorted, End::AfterSecret];
    let names = known.others.iter().map(|(name, _)| *name);
    let each = names.flat_map(|name| ENDS.map(|end| Mistake::Extra(name.to_owned(), end)));
    let all = (known.others.len() > 1).then(|| ENDS.map(Mistake::Extras));
    each.chain(all.into_iter().flatten()).collect()
}

/// Lists other lists of fields than the body's.
fn lists(fields: &[(&str, &str)], known: Known<'_>) -> Vec<Mistake> {
    let absent: Vec<&str> = known
        .table
        .iter()
        .copied()
        .filter(|name| fields.iter().all(|(other, _)| other != name))
        .collect();
    let mut found = vec![
        Mistake::UnlistedOut,
        Mistake::OnceOfRepeated(Kept::Last),
        Mistake::OnceOfRepeated(Kept::First),
    ];
    found.extend(numbered(fields).map(Mistake::Doubled));
    for word in Word::ALL {
        if absent.len() > 1 {
            found.push(Mistake::AbsentAs(word));
        }
    }
    for name in &absent {
        let words = [
            Word::Null,
            Word::Undefined,
            Word::None,
            Word::False,
            Word::Zero,
        ];
        found.extend(words.map(|word| Mistake::AbsentFieldAs((*name).to_owned(), word)));
    }
    found
}

/// Joints, secrets and hashes that are rare.
fn rarer(known: Known<'_>) -> Vec<Mistake> {
    let mut found = secrets();
    found.extend(
        known
            .others
            .iter()
            .map(|(name, _)| Mistake::SecretIs((*name).to_owned())),
    );
    found.extend(hashes());
    found.extend(names());
    let few = [Reach::SecretOnly, Reach::End, Reach::Start];
    // Alone before the secret, white space has a name of its own.
    found.extend(
        separators(&SEPARATORS, &few)
            .chain(separators(
                &RARE_SEPARATORS,
                &[Reach::Between, Reach::Secret],
            ))
            .filter(|mistake| {
                !matches!(
                    mistake,
                    Mistake::Separator {
                        separator: " " | "\n" | "\r\n",
                        reach: Reach::SecretOnly
                    }
                )
            }),
    );
    found
}

fn names() -> impl Iterator<Item = Mistake> {
    let encodings = Encoding::ALL.into_iter().skip(2);
    let with = ["=", ":", "|"].into_iter().flat_map(|equals| {
        ["", "|", ",", ";", "~", " ", "\n", ":", "#", "_", "-"]
            .map(|between| Mistake::Names(Names::With(equals, between)))
    });
    let json = [Json::Php, Json::Python, Json::CompactAscii]
        .map(Names::Json)
        .map(Mistake::Names);
    let lists = [Json::Compact, Json::Php, Json::Python, Json::CompactAscii]
        .map(Names::JsonList)
        .map(Mistake::Names);
    encodings
        .map(|encoding| Mistake::Names(Names::Body(encoding)))
        .chain([Mistake::Names(Names::Only)])
        .chain(json)
        .chain(lists)
        .chain(with)
        .filter(|mistake| *mistake != Mistake::Names(Names::With("|", "")))
}

fn secrets() -> Vec<Mistake> {
    let forms = [
        SecretForm::Uppercase,
        SecretForm::Lowercase,
        SecretForm::Hashed,
        SecretForm::Base64,
        SecretForm::FromBase64,
        SecretForm::Hex,
        SecretForm::FromHex,
        SecretForm::Percent,
        SecretForm::Decoded,
        SecretForm::Marked,
    ];
    let words = [
        Word::Undefined,
        Word::Null,
        Word::None,
        Word::SqlNull,
        Word::Nil,
        Word::False,
    ];
    let labels = [
        "&",
        "&key=",
        "&secret=",
        "&secret_key=",
        "&secretKey=",
        "secret_key",
        "secret_key=",
        "secret=",
        "key=",
        "&salt=",
    ];
    cuts()
        .map(Mistake::SecretCut)
        .chain(forms.map(Mistake::SecretAs))
        .chain(words.map(SecretForm::Word).map(Mistake::SecretAs))
        .chain(labels.map(Mistake::SecretLabelled))
        .chain([Mistake::SecretQuoted('`')])
        .collect()
}

fn cuts() -> impl Iterator<Item = Cut> {
    let marks = [
        '$', '#', '&', ';', ' ', '=', '!', '%', '+', ':', '@', '"', '\'', '|',
    ];
    [Cut::Expanded, Cut::Unescaped]
        .into_iter()
        .chain([1, 2, 3].map(Cut::WithoutLast))
        .chain([1, 2, 3].map(Cut::WithoutFirst))
        .chain(marks.map(Cut::Before))
        .chain(marks.map(Cut::After))
        .chain([16, 32, 8, 24, 64, 10, 12, 20].map(Cut::First))
        .chain([16, 32, 8].map(Cut::Last))
}

fn hashes() -> Vec<Mistake> {
    let charsets = [
        Charset::Utf8Marked,
        Charset::Utf8Twice,
        Charset::Utf16LeMarked,
        Charset::Utf16BeMarked,
        Charset::Ascii,
    ];
    let twice = [Twice::UpperHex, Twice::InnerHex, Twice::InnerBytes];
    let keys = [HmacKey::SecretOverBoth, HmacKey::Values];
    charsets
        .map(Mistake::Charset)
        .into_iter()
        .chain(twice.map(Mistake::Twice))
        .chain(keys.map(Mistake::Hmac))
        .collect()
}

/// Mistakes over all values or the whole list that come together with one of the next.
fn likely_first(rewritten: &[Mistake]) -> Vec<Mistake> {
    let rewrites = [
        Rewrite::Trimmed,
        Rewrite::Uppercase,
        Rewrite::Lowercase,
        Rewrite::Encoded(Encoding::Percent),
        Rewrite::Encoded(Encoding::Form),
        Rewrite::RawPlus,
        Rewrite::Quoted,
        Rewrite::SingleQuoted,
    ];
    // Where a single value changes, it is said of that one.
    let all = rewrites.into_iter().filter_map(|wanted| {
        let is_of = |mistake: &&Mistake| match mistake {
            Mistake::Rewritten(rewrite) | Mistake::RewrittenField(_, rewrite) => *rewrite == wanted,
            _ => false,
        };
        rewritten.iter().find(is_of).cloned()
    });
    [
        Mistake::EmptiesDropped,
        Mistake::AbsentKept,
        Mistake::UnlistedOut,
    ]
    .into_iter()
    .chain(all)
    .collect()
}

fn likely_second() -> Vec<Mistake> {
    let mut found = likely_joins();
    found.extend(likely_secrets());
    found.extend(likely_hashes());
    found
}

fn likely_joins() -> Vec<Mistake> {
    let usual = ["|", ",", "&", "~", "-", "_", ":", ";", " ", "#"];
    let mut found: Vec<Mistake> = separators(&usual, &[Reach::Secret, Reach::Between]).collect();
    found.extend([
        Mistake::Names(Names::Pairs),
        Mistake::Names(Names::Json(Json::Compact)),
        Mistake::Names(Names::With("=", "|")),
        Mistake::Names(Names::Joined),
        Mistake::Names(Names::Body(Encoding::Form)),
        Mistake::Names(Names::Body(Encoding::Percent)),
    ]);
    found
}

fn likely_secrets() -> Vec<Mistake> {
    vec![
        Mistake::SecretFirst,
        Mistake::SecretMissing,
        Mistake::LineBreak(LineBreak::Lf, Place::AfterSecret),
        Mistake::SecretQuoted('"'),
        Mistake::SecretTrimmed,
        Mistake::SecretLabelled("&"),
        Mistake::SecretLabelled("&key="),
        Mistake::SecretLabelled("&secret_key="),
        Mistake::SecretBothEnds,
        Mistake::SecretAs(SecretForm::Hashed),
    ]
}

fn likely_hashes() -> Vec<Mistake> {
    vec![
        Mistake::Hmac(HmacKey::Secret),
        Mistake::Twice(Twice::Hex),
        Mistake::Charset(Charset::Latin1),
    ]
}

fn few() -> Vec<Mistake> {
    let mut found: Vec<Mistake> =
        separators(&["|", ",", "&"], &[Reach::Secret, Reach::Between]).collect();
    found.extend([
        Mistake::SecretFirst,
        Mistake::SecretMissing,
        Mistake::Hmac(HmacKey::Secret),
        Mistake::LineBreak(LineBreak::Lf, Place::AfterSecret),
        Mistake::Names(Names::Pairs),
    ]);
    found
}

#[cfg(test)]
mod tests;
