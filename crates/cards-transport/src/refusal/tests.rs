use super::*;

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
