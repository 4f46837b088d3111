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
