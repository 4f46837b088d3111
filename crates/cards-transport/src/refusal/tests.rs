use super::*;
use crate::redact::READ;

/// A refusal with a text in each place, of so many characters each, and how many
/// characters that is.
fn refusal(length: usize, details: usize, fields: usize) -> (Refusal, usize) {
    let mut parts = 0;
    let mut text = || {
        parts += 1;
        format!("{parts:0>length$}")
    };
    let mut refusal = Refusal::new(Some(text()), Some(text()));
    refusal.details = (0..details).map(|_| text()).collect();
    refusal.fields = (0..fields)
        .map(|_| FieldRefusal::new(Some(text()), Some(text())))
        .collect();
    (refusal, parts * length)
}

#[test]
fn each_part_is_searched_once() {
    let (mut refusal, characters) = refusal(12, 3, 2);
    let redaction = Redaction::default();
    refusal.redact(&redaction);
    assert_eq!(redaction.searched.get(), characters);
}

#[test]
fn a_long_refusal_is_searched_as_far_as_it_is_shown() {
    let (mut refusal, _) = refusal(2 * READ, 100, 100);
    let redaction = Redaction::default();
    refusal.redact(&redaction);
    // The code, the sentences, and the fields with their errors.
    let parts = 1 + MOST + 2 * MOST;
    assert_eq!(redaction.searched.get(), parts * READ);
    assert_eq!(refusal.to_string().matches('…').count(), parts);
}
