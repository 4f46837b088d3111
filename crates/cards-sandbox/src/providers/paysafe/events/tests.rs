use cards_sandbox_core::store::StoreError;

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

/// Each way in which a row of a card may be damaged.
#[tokio::test]
async fn a_damaged_card_is_passed_over_and_the_others_expire() {
    const OPEN: &str = "expiry_told = 0 AND status NOT IN ('CANCELLED', 'REJECTED', 'EXPIRED')";
    let month = i64::from(9999 * 12);
    for damage in [
        "body = '{}'",
        "body = CAST(x'ff' AS TEXT)",
        "status = CAST(x'ff' AS TEXT)",
        "tokenizations = '[7]'",
        "card_id = CAST(x'ff' AS TEXT)",
    ] {
        let today = "2026-11-21".parse().unwrap();
        let store = crate::testing::open(&crate::Store::Memory, today).unwrap();
        let expired = move |transaction: &Transaction<'_>| -> Result<_, StoreError> {
            let count = |of: &str| transaction.query_row(of, [], |row| row.get::<_, u32>(0));
            let first = format!(
                "SELECT card_id FROM paysafe_card WHERE {OPEN}
                 ORDER BY expires, customer_id, position LIMIT 1"
            );
            transaction.execute_batch(&format!(
                "UPDATE paysafe_card SET {damage} WHERE card_id = ({first})"
            ))?;
            let open = count(&format!("SELECT count(*) FROM paysafe_card WHERE {OPEN}"))?;
            let mut gone = 0_u32;
            while let some @ 1.. = expire(transaction, 0, month)? {
                gone += u32::try_from(some).unwrap();
                assert!(gone <= open, "{damage}");
            }
            let told = count(
                "SELECT count(*) FROM event WHERE name = 'card-status' AND body GLOB '*EXPIRED*'",
            )?;
            Ok((open, gone, told))
        };
        let (open, gone, told) = store.write(expired).await.unwrap();
        assert!(open > 1);
        // A card whose id is damaged tells of itself by the one in its body.
        let readable = open - u32::from(!damage.starts_with("card_id"));
        assert_eq!((gone, told), (open, readable), "{damage}");
    }
}
