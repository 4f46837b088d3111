//! Card numbers in texts of a Paysafe card that older sandboxes did not look at.

use super::held;
use super::older::{GROUPED, body};
use crate::Sandbox;
use crate::testing::{Harness, older_file};

/// A card number behind a plus was kept whole; numbers that may be a telephone's stay.
#[tokio::test]
async fn a_card_number_in_a_mobile_number_is_not_kept_by_an_older_file() {
    for (mobile, kept) in [
        ("+4111111111111111", "+359 888333333"),
        ("+4111 111111111111", "+359 888333333"),
        ("+7 4111111111111111", "+359 888333333"),
        ("+4111111111111112", "+4111111111111112"),
        ("+4111111111119", "+4111111111119"),
        ("+411111 1111119", "+411111 1111119"),
    ] {
        let body = body("card-0", "ACTIVE", "").replace("+4111111111119", mobile);
        let body = body.replace("4111-1111-11119", "1000");
        let rows = format!(
            "INSERT INTO paysafe_customer VALUES ('1');
             INSERT INTO paysafe_card
                 (customer_id, position, card_id, status, card_type, expires, body)
             VALUES ('1', 0, 'card-0', 'ACTIVE', 'PHYSICAL', {}, '{body}');",
            2049 * 12
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        older_file(
            &path,
            16,
            &rows
                .replace(GROUPED, "7")
                .replace("4111 1111 1111 9", "77777"),
        );
        let sandbox = Harness::with(Sandbox::builder().store(crate::Store::File(path)));
        crate::providers::paysafe::stored_as_listed(&sandbox.app.store).await;
        let file = held(&sandbox).await;
        assert!(file.contains(&format!(r#""mobile":"{kept}""#)), "{file}");
    }
}
