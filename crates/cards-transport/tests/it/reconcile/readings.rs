//! Reads that leave two readings of what a call did, of which neither is told.

use cards_transport::model::Decimal;
use cards_transport::model::airpay::{CardReplacement, CustomerCards, TopUp};
use cards_transport::model::paysafe::{Card, CardStatus, UpdatePrepaidCard};
use cards_transport::reconcile::Reconcile;
use proptest::prelude::*;
use serde_json::json;

use crate::reconcile::airpay::add_card;
use crate::reconcile::judged::{card, cards, is};
use crate::reconcile::paysafe::create;

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

/// A job that is started again looks first, when the card of its lost call is there, and loses the
/// next call too, whether that one made a card or not.
#[test]
fn no_card_is_asked_for_twice_after_two_lost_calls() {
    let own = create().external_id("Own-1");
    let made = card("C3", Some("Own-1"));
    for others in [
        vec![],
        vec![card("C1", None)],
        vec![card("C1", Some("other"))],
    ] {
        for makes_another in [false, true] {
            let before = [&others[..], std::slice::from_ref(&made)].concat();
            let mut now = before.clone();
            now.extend(makes_another.then(|| card("C4", Some("Own-1"))));
            for before in [None, Some(&before)] {
                let answer = own.judge(before, now.clone());
                assert_ne!(answer.is_done(), Some(false), "{now:?} {answer:?}");
            }
        }
    }
}

/// A card in any status was made, but one that was rejected is not what was asked for.
#[test]
fn a_card_that_was_rejected_is_not_done() {
    let own = create().external_id("Own-1");
    for status in CardStatus::ALL {
        let mut made = card("C3", Some("Own-1"));
        made.status = Some(status.clone());
        let expected = (*status != CardStatus::Rejected).then_some(true);
        for before in [None, Some(&vec![])] {
            let answer = own.judge(before, vec![made.clone()]);
            assert_eq!(answer.is_done(), expected, "{status} {answer:?}");
        }
    }
}

/// Texts that are one number, and texts that are not.
const NUMBERS: [(&str, &str, bool); 12] = [
    ("0012", "12", true),
    ("12", "0012", true),
    ("000", "0", true),
    ("12.0", "0012", true),
    ("1.2e1", "0012", true),
    ("1e15", "1000000000000000", true),
    // A double has no more digits.
    ("9007199254740992", "9007199254740993", true),
    ("1000000000000001", "1000000000000002", false),
    ("0012", "120", false),
    ("12", "0012a", false),
    ("nan", "NAN2", false),
    ("1e999", "1e998", false),
];

#[test]
fn an_id_that_came_as_a_number_may_be_the_one_with_zeros_before_it() {
    for (shown, asked, is_one) in NUMBERS {
        let expected = (!is_one).then_some(false);
        let text = |answer: Option<bool>| assert_eq!(answer, expected, "{shown} for {asked}");

        let mut added = add_card();
        added.kit_no = asked.into();
        text(added.judge(None, cards(&[(shown, "A")])).is_done());
        let replaced = CardReplacement::new("E1").new_kit_no(asked);
        text(replaced.judge(None, cards(&[(shown, "A")])).is_done());
        let before = cards(&[]);
        text(
            replaced
                .judge(Some(&before), cards(&[(shown, "A")]))
                .is_done(),
        );

        let own = create().external_id(asked);
        let seen = vec![card("C1", Some(shown))];
        text(own.judge(None, seen.clone()).is_done());
        text(own.judge(Some(&vec![]), seen.clone()).is_done());
        text(own.judge(Some(&seen), seen.clone()).is_done());
    }
    let number = json!([{"kit_no": 12}]);
    let number: CustomerCards = serde_json::from_value(number).unwrap();
    let mut added = add_card();
    added.kit_no = "0012".into();
    is(&added.judge(None, number.items().to_vec()), None);
    let number: Card = serde_json::from_str(r#"{"cardId":"C1","externalId":12}"#).unwrap();
    is(
        &create().external_id("0012").judge(None, vec![number]),
        None,
    );
    // Without a number of its own, no kit is told from those that are not shown.
    added.kit_no = String::new();
    is(&added.judge(None, cards(&[("", "A")])), None);
}

/// The answers to all calls that are told by an id, which is shown so: with a look before, and
/// without.
fn told_by_id(sent: &str, shown: &str) -> Vec<Option<bool>> {
    let mut answers = Vec::new();
    let kits = cards(&[("1111", "A"), (shown, "A")]);
    for before in [None, Some(&cards(&[("1111", "A")]))] {
        let mut added = add_card();
        added.kit_no = sent.into();
        answers.push(added.judge(before, kits.clone()).is_done());
        let replaced = CardReplacement::new("E1").new_kit_no(sent);
        answers.push(replaced.judge(before, kits.clone()).is_done());
    }
    let own = create().external_id(sent);
    let seen = vec![card("C1", Some("1111")), card("C2", Some(shown))];
    for before in [None, Some(&vec![]), Some(&seen)] {
        answers.push(own.judge(before, seen.clone()).is_done());
    }
    answers
}

/// A piece of an id, and the same as another system may write it: in the other case, in the
/// other form of Unicode, with a space lost or added.
fn piece() -> impl Strategy<Value = (String, String)> {
    const SAME: [(&str, &str); 16] = [
        ("é", "e\u{301}"),
        ("e\u{301}", "é"),
        ("Å", "A\u{30a}"),
        ("\u{212b}", "Å"),
        ("\u{212a}", "K"),
        ("\u{37e}", ";"),
        ("\u{1fef}", "`"),
        ("ß", "SS"),
        ("ë", "e"),
        ("ë", "?"),
        ("é", "Ã©"),
        ("\u{ff11}", "1"),
        ("각", "\u{1100}\u{1161}\u{11a8}"),
        (" ", ""),
        ("\u{a0}", " "),
        ("\t", ""),
    ];
    let same = (0..SAME.len()).prop_map(|at| (SAME[at].0.to_owned(), SAME[at].1.to_owned()));
    let letter = prop_oneof![4 => "[a-zA-Z0-9_./;-]", 1 => "\\PC"];
    let letter = (letter, 0..3_u8).prop_map(|(letter, case)| {
        let other = match case {
            0 => letter.to_uppercase(),
            1 => letter.to_lowercase(),
            _ => letter.clone(),
        };
        (letter, other)
    });
    prop_oneof![1 => same, 3 => letter]
}

/// An id, and the same as another system may write it.
fn variants() -> impl Strategy<Value = (String, String)> {
    let spaces = || prop_oneof![Just(""), Just(" "), Just("\u{a0}\n")];
    let pieces = proptest::collection::vec(piece(), 1..8);
    let of_pieces = (pieces, spaces(), spaces()).prop_map(|(pieces, front, end)| {
        let (sent, shown): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
        (sent.concat(), format!("{front}{}{end}", shown.concat()))
    });
    // A number that has lost its zeros.
    let number = (0..10_usize, 0..10_usize, any::<u32>(), spaces());
    let of_number = number.prop_map(|(zeros, others, number, space)| {
        let with = |zeros: usize| format!("{}{number}", "0".repeat(zeros));
        (with(zeros), format!("{}{space}", with(others)))
    });
    prop_oneof![3 => of_pieces, 1 => of_number]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// No call is told as not done whose id may be shown, however it is written.
    #[test]
    fn an_id_that_is_written_otherwise_may_be_the_one((sent, shown) in variants()) {
        prop_assume!(!sent.trim().is_empty());
        for answer in told_by_id(&sent, &shown) {
            prop_assert_ne!(answer, Some(false), "{:?} for {:?}", shown, sent);
        }
    }

    /// An id of other letters is another. A kit with an x in it may be hidden.
    #[test]
    fn an_id_of_other_letters_is_another(
        sent in "[a-wyzA-WYZ0-9/-]{1,12}",
        shown in "[a-wyzA-WYZ0-9é/-]{1,12}",
    ) {
        let number = |text: &str| text.parse::<f64>().ok().filter(|it| it.is_finite());
        let is_one = sent.eq_ignore_ascii_case(&shown)
            || number(&sent).is_some_and(|sent| number(&shown) == Some(sent));
        prop_assume!(!is_one && number(&sent) != Some(1111.0));
        for answer in told_by_id(&sent, &shown) {
            prop_assert_eq!(answer, Some(false), "{:?} for {:?}", shown, sent);
        }
    }
}

/// A line for each status that is asked for, a column for each that is shown: x done, . not done,
/// ? either.
fn told_by_status(before: impl Fn(&CardStatus) -> Option<Card>) -> String {
    let mut table = String::new();
    for wanted in CardStatus::ALL {
        let change = UpdatePrepaidCard::new("12345678", "C1").status(wanted.clone());
        table.push_str(&format!("{wanted:10}"));
        for shown in CardStatus::ALL {
            let mut now = card("C1", None);
            now.status = Some(shown.clone());
            table.push_str(match change.judge(before(shown).as_ref(), now).is_done() {
                Some(true) => " x",
                Some(false) => " .",
                None => " ?",
            });
        }
        table.push('\n');
    }
    table
}

#[test]
fn each_status_tells_of_each_change_what_it_can() {
    let of = |status: &CardStatus| {
        let mut card = card("C1", None);
        card.status = Some(status.clone());
        Some(card)
    };
    let without_a_look = "\
ACTIVE     x . . ? ? ? . ? ? ?
PENDING    ? x ? ? ? ? ? ? ? ?
CANCELLED  . . x . ? . . . . .
SUSPENDED  . . . x ? . . ? ? .
APPLIED    ? ? ? ? x ? ? ? ? ?
DIGITAL    ? . . ? ? x . ? ? ?
REJECTED   . . . . ? . x . . .
LOCKED     . . . ? ? . . x ? .
EXPIRED    . . . . ? . . . x .
ISSUED     ? . . ? ? ? . ? ? x
";
    assert_eq!(told_by_status(|_| None), without_a_look);
    // A look at a card without a status is none.
    assert_eq!(told_by_status(|_| Some(card("C1", None))), without_a_look);
    let unchanged = "\
ACTIVE     x . . . ? . . . ? .
PENDING    ? x ? ? ? ? ? ? ? ?
CANCELLED  . . x . ? . . . . .
SUSPENDED  . . . x ? . . ? ? .
APPLIED    ? ? ? ? x ? ? ? ? ?
DIGITAL    . . . . ? x . . ? .
REJECTED   . . . . ? . x . . .
LOCKED     . . . ? ? . . x ? .
EXPIRED    . . . . ? . . . x .
ISSUED     . . . . ? . . . ? x
";
    assert_eq!(told_by_status(of), unchanged);
    let third = |(at, status): (usize, &CardStatus)| {
        let mut columns = vec!["?"; CardStatus::ALL.len()];
        columns[at] = "x";
        format!("{status:10} {}\n", columns.join(" "))
    };
    let third: String = CardStatus::ALL.iter().enumerate().map(third).collect();
    let another = |shown: &CardStatus| match shown {
        CardStatus::Locked => of(&CardStatus::Active),
        _ => of(&CardStatus::Locked),
    };
    assert_eq!(told_by_status(another), third);
}
