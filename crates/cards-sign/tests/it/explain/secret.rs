//! Mistakes with the secret: where it stands, how often, and in what.

use cards_sign::{Explain, FieldRef, LineBreak, Mistake, Place, checksum, explain};

use super::{FIELDS, SECRET, finds_in_values};

#[test]
fn the_secret_missing() {
    finds_in_values(Mistake::SecretMissing, "", |values| values);
}

#[test]
fn the_secret_first() {
    finds_in_values(Mistake::SecretFirst, "", |values| {
        format!("{SECRET}{values}")
    });
}

#[test]
fn the_secret_twice() {
    finds_in_values(Mistake::SecretTwice, "", |values| {
        format!("{values}{SECRET}{SECRET}")
    });
}

#[test]
fn a_space_around_the_secret() {
    let spaced = |before, after| Mistake::SecretSpaced { before, after };
    finds_in_values(spaced(false, true), "", |values| {
        format!("{values}{SECRET} ")
    });
    finds_in_values(spaced(true, false), "", |values| {
        format!("{values} {SECRET}")
    });
    finds_in_values(spaced(true, true), "", |values| {
        format!("{values} {SECRET} ")
    });
}

#[test]
fn white_space_around_the_secret_configured_here() {
    let sum = checksum(FIELDS.map(|(_, value)| value), SECRET.as_bytes()).to_string();
    let configured = format!(" {SECRET}\r\n");
    let explanation = explain(&Explain::new(&FIELDS, configured.as_bytes(), &sum));
    let cause = explanation.matched().expect("a cause");
    assert_eq!(cause.mistakes, [Mistake::SecretTrimmed]);
}

#[test]
fn a_secret_that_is_no_text_is_searched_with_too() {
    let fields = [("a", "1"), ("b", "2")];
    for (made_with, values, mistake) in [
        (&b"\xff\xfe"[..], vec!["1", "2"], Mistake::SecretTrimmed),
        (
            b"\xff\xfe ",
            vec!["1"],
            Mistake::LeftOut(FieldRef::Numbered(2)),
        ),
    ] {
        let sum = checksum(values, made_with).to_string();
        let explanation = explain(&Explain::new(&fields, b"\xff\xfe ", &sum));
        assert_eq!(explanation.matched().expect("a cause").mistakes, [mistake]);
    }
}

#[test]
fn a_line_break() {
    for (line_break, text) in [(LineBreak::Lf, "\n"), (LineBreak::CrLf, "\r\n")] {
        let mistake = |place| Mistake::LineBreak(line_break, place);
        finds_in_values(mistake(Place::AfterValues), "", |values| {
            format!("{values}{text}{SECRET}")
        });
        finds_in_values(mistake(Place::AfterSecret), "", |values| {
            format!("{values}{SECRET}{text}")
        });
    }
}

#[test]
fn the_secret_in_quotation_marks() {
    for mark in ['"', '\''] {
        finds_in_values(Mistake::SecretQuoted(mark), "", |values| {
            format!("{values}{mark}{SECRET}{mark}")
        });
    }
}
