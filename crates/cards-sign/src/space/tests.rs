use super::*;
use crate::draft::{Draft, Hash};
use crate::way::Way;

const SECRET: &[u8] = b" \"s3$cret&\\a=\" #1\n";
const FIELDS: [(&str, &str); 4] = [("a b", "1 2~*"), ("c", "é/+"), ("c", ""), ("zip", "07")];
const TABLE: [&str; 4] = ["a b", "otp", "pin", "zip"];

const KNOWN: Known<'_> = Known {
    table: &TABLE,
    example: &[],
    others: &[("affiliate", "aff"), ("token", "tok")],
    days: &[("IST", "2026-11-28"), ("UTC", "2026-11-27")],
};

fn made<'a>(mistake: &Mistake) -> Option<Draft<'a>> {
    let mut draft = Draft::new(&Way::received(&FIELDS).fields, SECRET);
    mistake.apply(&mut draft, KNOWN)?;
    Some(draft)
}

fn pre_image(draft: &Draft<'_>) -> String {
    let mut bytes = Vec::new();
    draft.feed_all(&mut |part| bytes.extend_from_slice(part));
    let hash = match draft.hash {
        Hash::Once => String::new(),
        hash => format!("{hash:?} of "),
    };
    format!("{hash}{:?}", String::from_utf8_lossy(&bytes))
}

#[test]
fn each_is_made_and_said() {
    let lines: Vec<String> = Space::of(&FIELDS, KNOWN)
        .singles
        .iter()
        .filter_map(|mistake| {
            Some(format!(
                "{}\n    {mistake}. {}",
                pre_image(&made(mistake)?),
                mistake.advice()
            ))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// A mistake that changes nothing says so. Those that take a value out, or add it once more, may be of
/// an empty one, and a charset of plain letters.
#[test]
fn a_mistake_that_is_made_changes_what_is_hashed() {
    let mut tried = 0;
    // The last two are no text.
    for (secret, count) in [
        (SECRET, 1),
        (SECRET, 2),
        (SECRET, 4),
        (b"\xff\xfe", 2),
        (b"\xff ", 2),
    ] {
        let fields = &FIELDS[..count];
        let usual = Draft::new(&Way::received(fields).fields, secret);
        for mistake in &Space::of(fields, KNOWN).singles {
            let may_be_of_nothing = matches!(
                mistake,
                Mistake::LeftOut(_)
                    | Mistake::Doubled(_)
                    | Mistake::OnceOfRepeated(_)
                    | Mistake::Charset(_)
            );
            let mut draft = usual.clone();
            if !may_be_of_nothing && mistake.apply(&mut draft, KNOWN).is_some() {
                assert_ne!(pre_image(&draft), pre_image(&usual), "{mistake:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "{tried}");
}

/// In a form that has none of what a mistake is about.
#[test]
fn a_mistake_that_cannot_be_made_is_not() {
    let draft = Draft::new(&Way::received(&[("a", "1")]).fields, b"secret");
    for mistake in [
        Mistake::OnceOfRepeated(Kept::First),
        Mistake::OnceOfRepeated(Kept::Last),
        Mistake::EmptiesDropped,
    ] {
        assert!(
            mistake.apply(&mut draft.clone(), KNOWN).is_none(),
            "{mistake:?}"
        );
    }
}

#[test]
fn a_sorted_header_goes_behind_the_field_of_its_name() {
    let mut draft = Draft::new(
        &Way::received(&[("affiliate", "1"), ("token", "2")]).fields,
        b"s",
    );
    let known = Known {
        others: &[("affiliate", "aff")],
        ..KNOWN
    };
    let mistake = Mistake::Extra("affiliate".to_owned(), End::Sorted);
    mistake.apply(&mut draft, known).unwrap();
    assert_eq!(pre_image(&draft), r#""1aff2s""#);
}

#[test]
fn another_text_takes_the_place_of_a_secret_that_is_none() {
    let mut draft = Draft::new(&[(0, "", "1")], b"\xff\xfe");
    let mistake = Mistake::SecretIs("affiliate".to_owned());
    mistake.apply(&mut draft, KNOWN).unwrap();
    assert_eq!(
        draft.digest().to_string(),
        crate::checksum(["1"], b"aff").to_string()
    );
}

#[test]
fn none_is_tried_twice() {
    let space = Space::of(&FIELDS, KNOWN);
    for (at, mistake) in space.singles.iter().enumerate() {
        assert!(!space.singles[..at].contains(mistake), "{mistake:?}");
    }
    for (firsts, seconds) in &space.pairs {
        for (first, second) in firsts
            .iter()
            .flat_map(|one| seconds.iter().map(move |two| (one, two)))
        {
            assert!(first.stage() < second.stage(), "{first:?} {second:?}");
        }
    }
}

/// RFC 4231, test cases 2 and 6 (a key longer than a block).
#[test]
fn an_hmac_matches_the_published_vectors() {
    let hmac = |text: &'static str, secret: &'static [u8]| {
        let mut draft = Draft::new(&[(0, "", text)], secret);
        Mistake::Hmac(HmacKey::Secret)
            .apply(&mut draft, KNOWN)
            .unwrap();
        draft.digest().to_string()
    };
    assert_eq!(
        hmac("what do ya want for nothing?", b"Jefe"),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    assert_eq!(
        hmac(
            "Test Using Larger Than Block-Size Key - Hash Key First",
            &[0xaa; 131]
        ),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    );
}
