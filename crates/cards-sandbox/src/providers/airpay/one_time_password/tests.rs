use cards_model::airpay::RegisterUser;
use cards_model::{Date, Form, Request, Rules};

use super::*;
use crate::testing::{DRAWS, in_a_store, registration};

/// The test draws one an hour: those that were used up are remembered for a day.
#[test]
fn every_code_is_taken_as_it_was_given_out() {
    let rules = Rules::on(Date::new(2026, 11, 21).unwrap());
    let mut form = RegisterUser::from_fields(registration(&[]));
    let used = in_a_store(move |transaction| {
        let fingerprints = Fingerprints::of(transaction)?;
        for at in 0..DRAWS {
            let mobile_no = form.mobile_no.expose();
            let whose = at.is_multiple_of(2).then_some(mobile_no);
            let now = at as i64 * 3600;
            let code = issue(transaction, whose, now, 60)?.unwrap();
            let row = test_values::find(RegisterUser::TEST_VALUES, "otp", &code);
            assert!(row.is_none(), "{code} is a test value");
            let used = use_up(transaction, &fingerprints, mobile_no, &code, now + 59)?;
            assert_eq!(used, Use::Done);
            form.otp = code.into();
            assert_eq!(form.check(&rules), Ok(()));
        }
        Ok(())
    });
    used.unwrap();
}

/// One-time passwords never end on a clock that stands, and may be asked for with any number.
#[test]
fn as_many_are_kept_as_there_may_be() {
    const MOST: i64 = 100_000;
    let filled = in_a_store(move |transaction| {
        let fingerprints = Fingerprints::of(transaction)?;
        let late = issue(transaction, Some("6000000001"), 0, 90)?.unwrap();
        let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
            INSERT INTO airpay_one_time_password (digest, expires_at)
            SELECT CAST('o' || i AS BLOB), 60 FROM n";
        transaction.execute(fill, [MOST - 1])?;
        let rows = |sql: &str| transaction.query_row(sql, [], |row| row.get::<_, i64>(0));
        let counted = "SELECT rows FROM row_count WHERE name = 'airpay_one_time_password'";
        for _ in 0..3 {
            let code = issue(transaction, Some("6000000002"), 0, 60)?.unwrap();
            let count = rows("SELECT count(*) FROM airpay_one_time_password")?;
            assert_eq!((count, rows(counted)?), (MOST, MOST));
            let used = use_up(transaction, &fingerprints, "6000000002", &code, 0)?;
            assert_eq!(used, Use::Done);
            assert_eq!(rows(counted)?, MOST - 1);
            issue(transaction, Some("6000000003"), 0, 60)?.unwrap();
        }
        let used = use_up(transaction, &fingerprints, "6000000001", &late, 0)?;
        assert_eq!(used, Use::Done);
        // Given out anew once it is over, a code is one row still.
        let mut codes = (0..3 * CODES).map(|_| issue(transaction, None, 61, 0));
        assert!(codes.all(|code| matches!(code, Ok(Some(_)))));
        let count = rows("SELECT count(*) FROM airpay_one_time_password")?;
        assert_eq!(rows(counted)?, count);
        Ok(())
    });
    filled.unwrap();
}
