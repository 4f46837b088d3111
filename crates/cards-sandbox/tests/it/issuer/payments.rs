//! Payments: what they do to balances and lists, and what they are refused for.

use super::*;

#[test]
fn airpays_balance_follows_a_payment_from_its_authorisation_to_its_refund() {
    let sandbox = Sandbox::start_blocking().unwrap();
    load(&sandbox, "100");
    let paid = done(&sandbox, AIRPAY, at_airpay(A::Authorise).amount("30.50"));
    assert_eq!(airpay_balance(&sandbox), "69.5");
    let of = |action| order(action).transaction(&*paid);
    done(&sandbox, AIRPAY, of(A::Clear).amount("30"));
    assert_eq!(airpay_balance(&sandbox), "70.0");
    done(&sandbox, AIRPAY, of(A::Refund).amount("10"));
    assert_eq!(airpay_balance(&sandbox), "80.0");
    let refunded = done(&sandbox, AIRPAY, of(A::Refund));
    assert_eq!(airpay_balance(&sandbox), "100.0");
    assert_eq!(
        why(&sandbox, AIRPAY, of(A::Refund)),
        "409 less is left to refund than that"
    );
    assert_eq!(
        why(&sandbox, AIRPAY, order(A::Refund).transaction(refunded)),
        "404 there is no payment of this id"
    );
    let taken_back = done(&sandbox, AIRPAY, at_airpay(A::Authorise).amount("100"));
    assert_eq!(airpay_balance(&sandbox), "0.0");
    done(
        &sandbox,
        AIRPAY,
        order(A::Reverse).transaction(&*taken_back),
    );
    assert_eq!(airpay_balance(&sandbox), "100.0");
    let customer = &sandbox.airpay_customers().unwrap()[1];
    let kinds: Vec<_> = customer
        .transactions
        .iter()
        .map(|one| format!("{} {}", one.kind.as_str(), one.amount))
        .collect();
    assert_eq!(
        kinds,
        [
            "load 100.00",
            "cleared -30.00",
            "refund 10.00",
            "refund 20.00"
        ]
    );
    assert!(sandbox.events().unwrap().is_empty(), "Airpay has none");
}

#[test]
fn a_payment_is_no_load_of_the_month() {
    let sandbox = Sandbox::start_blocking().unwrap();
    load(&sandbox, "10000");
    done(&sandbox, AIRPAY, at_airpay(A::Authorise).amount("5000"));
    let fields = [("entity_id", CUSTOMER), ("amount", "1")];
    let answer = crate::common::airpay(sandbox.addr(), "topup", &fields);
    assert!(answer.contains("fail"), "{answer}");
    done(&sandbox, AIRPAY, order(A::ApproveKyc).customer(CUSTOMER));
    load(&sandbox, "90000");
    let balance = airpay_balance(&sandbox);
    assert_eq!(balance, "95000.0");
}

#[test]
fn ibaneras_balances_and_list_follow_a_payment() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let [total, available, pending] = ["1250.75", "1200.25", "50.50"];
    assert_eq!(ibanera_balances(&sandbox), [total, available, pending]);
    let pay = order(A::Authorise).card(CARD).amount("200.25");
    let paid = done(&sandbox, IBANERA, pay.description("Coffee"));
    assert_eq!(
        ibanera_balances(&sandbox),
        ["1050.50", "1000.00", "-149.75"]
    );
    let of = |action| order(action).transaction(&*paid);
    done(&sandbox, IBANERA, of(A::Clear).amount("200"));
    assert_eq!(ibanera_balances(&sandbox), ["1050.75", "1000.25", "50.50"]);
    let refund = done(&sandbox, IBANERA, of(A::Refund).amount("50.5"));
    assert_eq!(ibanera_balances(&sandbox), ["1101.25", "1050.75", "50.50"]);
    assert_eq!(
        why(&sandbox, IBANERA, of(A::Refund).amount("149.51")),
        "409 less is left to refund than that"
    );
    let other = done(
        &sandbox,
        IBANERA,
        order(A::Authorise).card(CARD).amount("1"),
    );
    done(&sandbox, IBANERA, order(A::Reverse).transaction(&*other));
    assert_eq!(ibanera_balances(&sandbox), ["1101.25", "1050.75", "50.50"]);

    let otp = sandbox.ibanera().otp.unwrap();
    let headers = [
        ("authorization", "Bearer sandbox-ibanera-token"),
        ("otp", &*otp),
    ];
    let target = format!("/api/v1/customer/cards/transactions?CardsId={CARD}");
    let answer = crate::common::get(sandbox.addr(), &target, &headers);
    let page: serde_json::Value = serde_json::from_str(crate::common::body(&answer)).unwrap();
    let list = page["details"].as_array().unwrap();
    let shown: Vec<_> = list
        .iter()
        .take(2)
        .map(|one| {
            format!(
                "{} {} {} {} {}",
                one["id"],
                one["amount"],
                one["description"],
                one["bPending"],
                one["RefundTransactionsID"]
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            format!("{refund} 50.5 \"Refund\" false {paid}"),
            format!("{paid} -200 \"Coffee\" false null"),
        ]
    );
}

#[test]
fn what_the_state_of_money_or_card_forbids_changes_nothing() {
    let sandbox = Sandbox::start_blocking().unwrap();
    load(&sandbox, "10");
    let pay = || at_airpay(A::Authorise);
    for (order, why_not) in [
        (
            pay().amount("10.01"),
            "409 the customer has less to spend than that",
        ),
        (
            pay().amount("0"),
            "400 amount: rupees above 0, with two decimals at most: 99.50",
        ),
        (
            pay().amount("-1"),
            "400 amount: rupees above 0, with two decimals at most: 99.50",
        ),
        (
            pay().amount("1.001"),
            "400 amount: rupees above 0, with two decimals at most: 99.50",
        ),
        (pay(), "400 amount: this action needs it"),
        (
            pay().amount("1").card("1"),
            "404 the customer has no card of this kit",
        ),
        (
            pay().amount("1").customer("nobody"),
            "404 there is no customer of this id",
        ),
        (
            order(A::Authorise).amount("1").card(KIT),
            "400 customer: this action needs it",
        ),
        (order(A::Clear), "400 transaction: this action needs it"),
        (
            order(A::Reverse).transaction("1").amount("5"),
            "400 amount: this action has none",
        ),
        (
            at_airpay(A::Clear).transaction("1"),
            "400 customer: this action has none",
        ),
        (
            order(A::Clear).transaction("AIRPAYTXN0001"),
            "404 there is no payment of this id",
        ),
        (
            order(A::ApproveCard).request("1"),
            "400 action: one of airpay's: authorise, clear, reverse, refund, expire, ship, deliver, approve-kyc, reject-kyc",
        ),
    ] {
        assert_eq!(why(&sandbox, AIRPAY, order), why_not);
    }
    let paid = done(&sandbox, AIRPAY, pay().amount("4"));
    let of = |action| order(action).transaction(&*paid);
    assert_eq!(
        why(&sandbox, AIRPAY, of(A::Clear).amount("4.01")),
        "409 less was authorised than that"
    );
    assert_eq!(
        why(&sandbox, AIRPAY, of(A::Refund)),
        "409 the payment is not settled: reverse it"
    );
    done(&sandbox, AIRPAY, of(A::Clear));
    for action in [A::Clear, A::Reverse] {
        assert_eq!(
            why(&sandbox, AIRPAY, of(action)),
            "409 the payment is settled: refund it"
        );
    }
    assert_eq!(airpay_balance(&sandbox), "6.0");

    let customers = sandbox.ibanera_customers().unwrap();
    let mut cards = customers.iter().flat_map(|customer| &customer.cards);
    let suppressed = cards.find(|card| card.suppressed).unwrap().id.to_string();
    let pay = || order(A::Authorise).card(CARD);
    let amount = "400 amount: a number above 0 of at most 28 digits, without an exponent";
    for (order, why_not) in [
        (
            pay().amount("1200.26"),
            "409 the card has less to spend than that",
        ),
        (pay().amount("0.00"), amount),
        (pay().amount("1e2"), amount),
        (pay().amount("-1"), amount),
        (
            pay().card(suppressed).amount("1"),
            "409 the card is deactivated",
        ),
        (pay().card("x").amount("1"), "404 there is no such card"),
        (
            order(A::Clear).transaction("1"),
            "404 there is no payment of this id",
        ),
        (
            order(A::Clear).transaction("x"),
            "404 there is no payment of this id",
        ),
        (
            order(A::ApproveKyc),
            "400 action: one of ibanera's: authorise, clear, reverse, refund, expire, ship, deliver, approve-card, reject-card",
        ),
    ] {
        assert_eq!(why(&sandbox, IBANERA, order), why_not);
    }
    assert_eq!(ibanera_balances(&sandbox)[0], "1250.75");
}

#[test]
fn nobody_pays_with_a_card_that_is_locked_or_has_ended() {
    for (action, why_not) in [
        ("L", "409 the card is locked"),
        ("BL", "409 the card is blocked for good"),
    ] {
        let sandbox = Sandbox::start_blocking().unwrap();
        load(&sandbox, "10");
        let fields = [
            ("entity_id", CUSTOMER),
            ("kit_no", KIT),
            ("flag", action),
            ("reason", "x"),
        ];
        let answer = crate::common::airpay(sandbox.addr(), "lock-unlock", &fields);
        assert!(answer.contains("success"), "{answer}");
        assert_eq!(
            why(&sandbox, AIRPAY, at_airpay(A::Authorise).amount("1")),
            why_not
        );
    }
    let sandbox = Sandbox::start_blocking().unwrap();
    load(&sandbox, "10");
    done(&sandbox, AIRPAY, at_airpay(A::Expire));
    assert_eq!(
        why(&sandbox, AIRPAY, at_airpay(A::Authorise).amount("1")),
        "409 the card has expired"
    );
    assert_eq!(
        why(&sandbox, AIRPAY, at_airpay(A::Expire)),
        "409 the card has expired"
    );
    done(&sandbox, IBANERA, order(A::Expire).card(CARD));
    assert_eq!(
        why(
            &sandbox,
            IBANERA,
            order(A::Authorise).card(CARD).amount("1")
        ),
        "409 the card is deactivated"
    );
}

#[test]
fn an_id_is_not_given_again_to_another_payment() {
    let sandbox = Sandbox::start_blocking().unwrap();
    load(&sandbox, "10");
    let first = done(&sandbox, AIRPAY, at_airpay(A::Authorise).amount("1"));
    done(&sandbox, AIRPAY, order(A::Reverse).transaction(&*first));
    assert_ne!(
        done(&sandbox, AIRPAY, at_airpay(A::Authorise).amount("1")),
        first
    );
    let pay = || order(A::Authorise).card(CARD).amount("1");
    let first = done(&sandbox, IBANERA, pay());
    done(&sandbox, IBANERA, order(A::Reverse).transaction(&*first));
    assert_ne!(done(&sandbox, IBANERA, pay()), first);
}

#[test]
fn only_payments_are_settled_and_given_back() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let lowered = r#"{"totalBalance":1200.75,"availableBalance":1150.25}"#;
    put(
        &sandbox,
        &format!("/_sandbox/ibanera/cards/{CARD}"),
        lowered,
    );
    let none = "404 there is no payment of this id";
    for id in 5000..5040 {
        let order = order(A::Refund).transaction(id.to_string());
        assert_eq!(why(&sandbox, IBANERA, order), none);
    }
    let pay = order(A::Authorise)
        .card(CARD)
        .amount("1")
        .description("Adjustment");
    let own = "400 description: another text: this one is of what is no payment";
    assert_eq!(why(&sandbox, IBANERA, pay), own);
}
