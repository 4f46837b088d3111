//! Names of many alphabets, in all forms of Unicode and in what servers make of them.

use icu_normalizer::{ComposingNormalizerBorrowed as Composing, DecomposingNormalizerBorrowed};
use icu_properties::CodePointMapData;
use icu_properties::props::{CanonicalCombiningClass, GeneralCategory, GeneralCategoryGroup};
use proptest::sample::select;

use super::super::escapes::windows;
use super::escapes::percent;
use super::*;

type Write = fn(&str) -> String;

/// Names, each with two words.
const NAMES: &[&str] = &[
    "Ren\u{e9} Z\u{fc}rich",
    "J\u{f6}rg Gro\u{df}mann",
    "\u{c5}se Sm\u{f8}rgrav",
    "\u{c6}thelred \u{de}\u{f3}rsson",
    "Nu\u{f1}ez Mu\u{f1}oz",
    "Andr\u{e0} Mari\u{e0}",
    "\u{141}ukasz Wa\u{142}\u{119}sa",
    "Ng\u{f4} \u{110}\u{1eb7}ng Nguy\u{1ec5}n",
    "\u{130}brahim Y\u{131}ld\u{131}r\u{131}m \u{15e}i\u{15f}li",
    "Dvo\u{159}\u{e1}k \u{10d}esk\u{fd}",
    "\u{394}\u{3b7}\u{3bc}\u{3ae}\u{3c4}\u{3c1}\u{3b9}\u{3bf}\u{3c2} \u{398}\u{3c1}\u{1fb4}\u{3ba}\u{3b7}",
    "\u{41d}\u{438}\u{43a}\u{43e}\u{43b}\u{430}\u{439} \u{41a}\u{43e}\u{440}\u{43e}\u{43b}\u{451}\u{432}",
    "\u{d55c}\u{ae00} \u{ae40}\u{c815}\u{c740}",
    "\u{930}\u{93e}\u{91c}\u{947}\u{936} \u{936}\u{930}\u{94d}\u{92e}\u{93e}",
    "\u{932}\u{940} \u{915}\u{93c}\u{947}\u{938}\u{930}",
    "\u{645}\u{64f}\u{62d}\u{64e}\u{645}\u{64e}\u{651}\u{62f} \u{623}\u{62d}\u{645}\u{62f}",
    "\u{5e9}\u{5c1}\u{5b8}\u{5dc}\u{5d5}\u{5b9}\u{5dd} \u{5db}\u{5b9}\u{5d4}\u{5b5}\u{5df}",
    "\u{304c}\u{304e} \u{30d1}\u{30ea}\u{30b9}",
    "\u{e2a}\u{e21}\u{e0a}\u{e32}\u{e22} \u{e43}\u{e08}\u{e14}\u{e35}",
    "Prasanth Ernakulam",
    "\u{fb01}ne O\u{2019}Brien",
];

fn nfc(text: &str) -> String {
    Composing::new_nfc().normalize_iter(text.chars()).collect()
}

fn nfkc(text: &str) -> String {
    Composing::new_nfkc().normalize_iter(text.chars()).collect()
}

fn nfd(text: &str) -> String {
    let form = DecomposingNormalizerBorrowed::new_nfd();
    form.normalize_iter(text.chars()).collect()
}

fn nfkd(text: &str) -> String {
    let form = DecomposingNormalizerBorrowed::new_nfkd();
    form.normalize_iter(text.chars()).collect()
}

/// A text without the marks that are told by it.
fn stripped(text: &str, is_dropped: impl Fn(char) -> bool) -> String {
    nfd(text).chars().filter(|c| !is_dropped(*c)).collect()
}

fn is_of(c: char, group: GeneralCategoryGroup) -> bool {
    group.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

fn without_accents(text: &str) -> String {
    let classes = CodePointMapData::<CanonicalCombiningClass>::new();
    stripped(text, |c| {
        classes.get(c) != CanonicalCombiningClass::NotReordered
    })
}

fn wide(text: &str) -> String {
    each(text, |c| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).into_iter().collect(),
        c => c.to_string(),
    })
}

fn latin_1(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn windows_1252(text: &str) -> String {
    text.bytes().map(windows).collect()
}

fn unchanged(text: &str) -> String {
    text.to_owned()
}

const SENT: &[Write] = &[nfc, nfd, nfkc, nfkd];
const CASES: &[Write] = &[unchanged, str::to_uppercase, str::to_lowercase];
const MARKS: &[Write] = &[
    unchanged,
    nfc,
    nfd,
    nfkc,
    nfkd,
    without_accents,
    |text| stripped(text, |c| is_of(c, GeneralCategoryGroup::NonspacingMark)),
    |text| stripped(text, |c| is_of(c, GeneralCategoryGroup::Mark)),
    wide,
    |text| each(text, |c| format!("{c}\u{301}")),
    |text| each(text, |c| format!("{c}\u{200d}\u{ad}")),
];
const READINGS: &[Write] = &[unchanged, latin_1, windows_1252, |text| {
    latin_1(&latin_1(text))
}];
const ESCAPES: &[Write] = &[
    unchanged,
    percent,
    |text| each(text, |c| format!("&#x{:x};", u32::from(c))),
    |text| each(text, |c| format!("\\u{{{:x}}}", u32::from(c))),
];

/// Takes a sentence's frame off, and tells whether anything that says something is left.
fn is_hidden(shown: &str, frame: [&str; 2]) -> bool {
    let inner = shown.strip_prefix(frame[0]).unwrap_or(shown);
    let inner = inner.strip_suffix(frame[1]).unwrap_or(inner);
    inner.contains(OUT) && !inner.replace(OUT, "").contains(char::is_alphanumeric)
}

const FRAME: [&str; 2] = ["City (", ") is not known."];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn no_form_of_a_name_is_shown(
        name in select(NAMES),
        (sent, case, marks) in (select(SENT), select(CASES), select(MARKS)),
        (reading, escape) in (select(READINGS), select(ESCAPES)),
    ) {
        let redaction = redaction(&[&sent(name)]);
        let words = name.split(' ').filter(|word| {
            // As those that are too short to tell something.
            word.chars().filter(|c| c.is_alphabetic()).count() > 5
        });
        for part in std::iter::once(name).chain(words) {
            let written = escape(&reading(&marks(&case(part))));
            for text in [format!("{}{written}{}", FRAME[0], FRAME[1]), written] {
                for shown in [redaction.sentence(&text), redaction.code(&text)] {
                    prop_assert!(is_hidden(&shown, FRAME), "{part}: {text:?}: {shown:?}");
                }
            }
        }
    }

    /// In whatever case bytes come back that were taken for characters, and in whatever form.
    #[test]
    fn no_misread_name_is_shown_in_any_form(
        name in select(NAMES),
        (sent, case, marks) in (select(SENT), select(CASES), select(MARKS)),
        reading in select(&READINGS[..3]),
    ) {
        let name = sent(name);
        let text = marks(&case(&reading(&name)));
        let shown = redaction(&[&name]).sentence(&format!("{}{text}{}", FRAME[0], FRAME[1]));
        prop_assert!(is_hidden(&shown, FRAME), "{name}: {text:?}: {shown:?}");
    }

    /// In place of what a server does not know.
    #[test]
    fn no_name_with_signs_in_the_place_of_letters_is_shown(
        name in select(NAMES),
        sent in select(SENT),
        sign in select(&['?', char::REPLACEMENT_CHARACTER][..]),
    ) {
        let name = sent(name);
        let lost = |c: char| if c.is_ascii() { c } else { sign };
        let by_character: String = name.chars().map(lost).collect();
        let by_byte: String = name.bytes().map(|byte| lost(char::from(byte))).collect();
        for text in [by_character, by_byte] {
            let shown = redaction(&[&name]).sentence(&text);
            prop_assert!(!shown.contains(char::is_alphanumeric) || shown.contains(OUT), "{shown}");
        }
    }
}

#[test]
fn a_word_of_a_value_is_hidden_where_its_letters_were_lost() {
    let redaction = redaction(&["Bahnhofstra\u{df}e 7, 8001 (Z\u{fc}rich)"]);
    for word in [
        "Z?rich",
        "Z??rich",
        "Z\u{fffd}rich",
        "Z\u{c3}\u{bc}rich",
        "z\u{e3}\u{bc}rich",
        "BAHNHOFSTRA?E",
        "Bahnhofstra\u{c3}\u{178}e",
    ] {
        let shown = redaction.sentence(&format!("{word} is unknown"));
        assert_eq!(shown, "[redacted] is unknown", "{word}");
    }
}

#[test]
fn a_value_goes_with_its_accents_and_the_rest_stays_as_it_came() {
    let redaction = redaction(&["Z\u{fc}rich", "Jose", "\u{932}\u{940}", "\u{c4}\u{d6}"]);
    for (text, left) in [
        ("Zu\u{308}rich, a cafe\u{301}", "[redacted], a cafe\u{301}"),
        ("Jose\u{301} is unknown", "[redacted] is unknown"),
        (
            "Z\u{c3}\u{bc}rich caf\u{c3}\u{a9}",
            "[redacted] caf\u{c3}\u{a9}",
        ),
        ("\u{ff3a}\u{fc}rich \u{2460}", "[redacted] \u{2460}"),
        ("Z?rich is unknown?", "[redacted] is unknown?"),
        ("\u{932}\u{940} \u{932}", "[redacted] \u{932}"),
        ("of a and o, a o", "of a and o, a o"),
        ("a\u{85}b\u{200b}c\u{1b}", "a b\u{fffd}c\u{fffd}"),
    ] {
        assert_eq!(redaction.sentence(text), left, "{text:?}");
    }
    for address in ["a.b\u{ff20}c.example", "\u{ff41}\u{fe6b}b.example"] {
        assert_eq!(Redaction::default().sentence(address), OUT);
    }
}

#[test]
fn names_take_no_words_of_ours_with_them() {
    let redaction = redaction(NAMES);
    for said in [
        "Email already exists",
        "limit must be between 1 and 50",
        "The field 'entity_id' is required.",
        "City is not known? Try again in 300 s",
        "The card's status forbids it: a new one is on its way.",
        "Username_Or_Password_Incorrect",
    ] {
        assert_eq!(redaction.sentence(said), said);
    }
    // One character names nobody, whatever accents it has.
    for one in [
        "\u{e9}",
        "e\u{301}",
        "\u{c5}",
        "\u{ff21}",
        "I\u{307}\u{323}",
    ] {
        let redaction = super::redaction(&[one]);
        assert_eq!(
            redaction.sentence("a, e or i is not ok"),
            "a, e or i is not ok"
        );
    }
}

/// Signs that stand for many characters make no text longer than one of letters.
#[test]
fn a_text_that_grows_too_long_is_not_shown() {
    let redaction = redaction(&["Prasanth", &"\u{d55c}".repeat(READ)]);
    assert_eq!(redaction.sentence(&"\u{fdfa}".repeat(READ)), OUT);
    let korean = "\u{ae00}".repeat(READ);
    assert!(redaction.sentence(&korean).starts_with('\u{ae00}'));
}
