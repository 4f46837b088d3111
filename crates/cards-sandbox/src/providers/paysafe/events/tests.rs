use super::*;

#[test]
fn every_event_is_signed_with_the_published_key() {
    let key: SignatureKey = SIGNATURE_KEY.parse().unwrap();
    let headers = Paysafe::default().sign(b"{}");
    let [(name, value)] = &headers[..] else {
        panic!("one header");
    };
    assert_eq!(name, "signature");
    assert!(key.sign(b"{}").verify(value.to_str().unwrap()));
}

#[test]
fn tokens_follow_their_card() {
    let mut table = String::new();
    for old in CardStatus::ALL {
        for new in CardStatus::ALL.iter().filter(|new| *new != old) {
            if let Some(action) = token_action(old, new) {
                table.push_str(&format!("{old} {new} {action}\n"));
            }
        }
    }
    let frozen = table
        .lines()
        .filter(|line| line.ends_with("FROZEN"))
        .count();
    let unfrozen = table
        .lines()
        .filter(|line| line.ends_with("UNFROZEN"))
        .count();
    // From each of eight into the two that stop a card, and out of these into three that do not.
    assert_eq!((frozen - unfrozen, unfrozen), (16, 6), "{table}");
    // To their end from each of nine others.
    let cancelled = table
        .lines()
        .filter(|line| line.ends_with("CANCELLED"))
        .count();
    assert_eq!(cancelled, 18, "{table}");
}

#[test]
fn no_id_looks_like_a_card_number() {
    for _ in 0..10_000 {
        assert!(!cards_sandbox_core::card_number::is_in(&uuid()));
    }
}
