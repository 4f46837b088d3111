//! Reads that leave two readings of what a call did, of which neither is told.

use cards_transport::model::Decimal;
use cards_transport::model::airpay::TopUp;
use cards_transport::reconcile::Reconcile;

use crate::reconcile::judged::is;

/// A provider may give any number for a balance.
#[test]
fn no_two_balances_are_too_far_apart() {
    let all = [
        Decimal::MIN,
        Decimal::NEGATIVE_ONE,
        Decimal::ZERO,
        Decimal::new(1, 28),
        Decimal::ONE,
        Decimal::MAX,
    ];
    for amount in ["1", "no number", "79228162514264337593543950335"] {
        let load = TopUp::new("E1", amount);
        for before in all {
            for now in all {
                let answer = load.judge(Some(&before), now);
                is(&answer, None);
                let is_grown = format!("{answer:?}").contains("grown by the amount");
                assert!(!is_grown || before < now, "{before} {now} by {amount}");
                assert!(!is_grown || load.amount.value().is_some(), "{amount}");
            }
        }
    }
}
