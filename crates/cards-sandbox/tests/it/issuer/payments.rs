//! Payments: what they do to balances and lists, and what they are refused for.

use cards_sandbox::World;

use super::*;

fn airpay_balance(sandbox: &Running) -> String {
    let answer = crate::common::airpay(sandbox.addr(), "card-balance", &[("entity_id", CUSTOMER)]);
    let body = crate::common::body(&answer);
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    json["data"]["balance"]
        .as_str()
        .unwrap_or_else(|| panic!("{body}"))
        .to_owned()
}

/// Total, available and pending.
fn ibanera_balances(sandbox: &Running) -> [String; 3] {
    let customers = sandbox.ibanera_customers().unwrap();
    let mut cards = customers.iter().flat_map(|customer| &customer.cards);
    let card = cards.find(|card| card.id.to_string() == CARD).unwrap();
    [
        &card.total_balance,
        &card.available_balance,
        &card.pending_balance,
    ]
    .map(|balance| balance.as_str().to_owned())
}

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
fn payments_are_saved_with_their_world_and_go_on_in_another() {
    let sandbox = Sandbox::start_blocking().unwrap();
    load(&sandbox, "100");
    let paid = done(&sandbox, AIRPAY, at_airpay(A::Authorise).amount("30.50"));
    done(&sandbox, AIRPAY, order(A::Clear).transaction(&*paid));
    done(
        &sandbox,
        AIRPAY,
        order(A::Refund).transaction(&*paid).amount("0.50"),
    );
    let held = done(&sandbox, AIRPAY, at_airpay(A::Authorise).amount("10"));
    let pending = done(
        &sandbox,
        IBANERA,
        order(A::Authorise).card(CARD).amount("100.25"),
    );
    let file = crate::common::get(sandbox.addr(), "/_sandbox/world/file", &[]);
    let world = World::from_json(crate::common::body(&file)).unwrap();
    let other = Sandbox::builder().world(world).start_blocking().unwrap();
    assert_eq!(airpay_balance(&other), airpay_balance(&sandbox));
    assert_eq!(ibanera_balances(&other), ibanera_balances(&sandbox));
    let transactions =
        |sandbox: &Running| sandbox.airpay_customers().unwrap()[1].transactions.clone();
    assert_eq!(transactions(&other), transactions(&sandbox));
    for sandbox in [&sandbox, &other] {
        done(
            sandbox,
            AIRPAY,
            order(A::Refund).transaction(&*paid).amount("30"),
        );
        done(sandbox, AIRPAY, order(A::Reverse).transaction(&*held));
        done(sandbox, IBANERA, order(A::Clear).transaction(&*pending));
        assert_eq!(airpay_balance(sandbox), "100.0");
        assert_eq!(ibanera_balances(sandbox), ["1150.50", "1100.00", "50.50"]);
    }
}

/// Makes the same payments at both, with so many zeros before each amount. Gives the lists.
fn paid_with(zeros: &str) -> (Vec<String>, Vec<String>) {
    let sandbox = Sandbox::start_blocking().unwrap();
    let typed = |amount: &str| format!("{zeros}{amount}");
    load(&sandbox, "100");
    let at_ibanera = order(A::Authorise).card(CARD);
    for (provider, pay) in [(AIRPAY, at_airpay(A::Authorise)), (IBANERA, at_ibanera)] {
        let of = |action, paid: &str| order(action).transaction(paid);
        let paid = done(&sandbox, provider, pay.clone().amount(typed("20.50")));
        let cleared = of(A::Clear, &paid).amount(typed("12.50"));
        done(&sandbox, provider, cleared);
        let back = of(A::Refund, &paid).amount(typed("9.50"));
        done(&sandbox, provider, back);
        done(
            &sandbox,
            provider,
            of(A::Refund, &paid).amount(typed("0.5")),
        );
        done(&sandbox, provider, pay.amount(typed("7")));
    }
    save_and_load(&sandbox);
    let target = format!("/api/v1/customer/cards/transactions?CardsId={CARD}");
    let otp = sandbox.ibanera().otp.unwrap();
    let token = "Bearer sandbox-ibanera-token";
    let headers = [("authorization", token), ("otp", &*otp)];
    let answer = crate::common::get(sandbox.addr(), &target, &headers);
    let page: serde_json::Value = serde_json::from_str(crate::common::body(&answer)).unwrap();
    let list = page["details"].as_array().unwrap();
    let customer = &sandbox.airpay_customers().unwrap()[1];
    let of_airpay = customer.transactions.iter();
    (
        of_airpay.map(|one| one.amount.clone()).collect(),
        list.iter().map(|one| one["amount"].to_string()).collect(),
    )
}

#[test]
fn zeros_before_an_amount_are_written_down_by_no_action() {
    let (airpay, ibanera) = paid_with("");
    assert_eq!(airpay, ["100.00", "-12.50", "9.50", "0.50", "-7.00"]);
    assert_eq!(ibanera[..4], ["-7", "0.5", "9.5", "-12.5"]);
    for zeros in ["0", "000"] {
        let paid = paid_with(zeros);
        assert_eq!(paid, (airpay.clone(), ibanera.clone()), "{zeros}");
    }
}

/// Saves a sandbox's world, and loads it there again.
fn save_and_load(sandbox: &Running) {
    let file = crate::common::get(sandbox.addr(), "/_sandbox/world/file", &[]);
    put(sandbox, "/_sandbox/world", crate::common::body(&file));
}

fn put(sandbox: &Running, target: &str, body: &str) {
    let headers = [("content-type", "application/json")];
    let asked = crate::common::request("PUT", target, &headers, body);
    let answer = crate::common::exchange(sandbox.addr(), asked.as_bytes());
    assert_eq!(crate::common::status(&answer), 200, "{answer}");
}

#[test]
fn airpay_gives_no_more_back_than_a_world_file_may_have() {
    const MOST: &str = "999999999999.99";
    let builder = Sandbox::builder().unlimited_loads();
    let sandbox = builder.start_blocking().unwrap();
    load(&sandbox, MOST);
    let first = done(&sandbox, AIRPAY, at_airpay(A::Authorise).amount(MOST));
    load(&sandbox, "5");
    let of = |action| order(action).transaction(&*first);
    for order in [of(A::Reverse), of(A::Clear).amount("1")] {
        let too_much = "409 the balance would have more digits than an amount";
        assert_eq!(why(&sandbox, AIRPAY, order), too_much);
    }
    assert_eq!(airpay_balance(&sandbox), "5.0");
    save_and_load(&sandbox);
    done(&sandbox, AIRPAY, at_airpay(A::Authorise).amount("5"));
    done(&sandbox, AIRPAY, of(A::Reverse));
    assert_eq!(airpay_balance(&sandbox), MOST);
    // Before the last payment the transactions come to more.
    save_and_load(&sandbox);
    assert_eq!(airpay_balance(&sandbox), MOST);
}

#[test]
fn ibanera_gives_no_more_back_than_a_world_file_may_have() {
    const MOST: &str = "9999999999999999999999999999";
    let world =
        r#"{"ibanera":{"customers":[{"cards":[{"id":1005,"transactions":[{"amount":MOST}]}]}]}}"#;
    let world = World::from_json(&world.replace("MOST", MOST)).unwrap();
    let sandbox = Sandbox::builder().world(world).start_blocking().unwrap();
    let pay = order(A::Authorise).card(CARD).amount(MOST);
    let first = done(&sandbox, IBANERA, pay);
    let adjust = |to: u8| {
        let balances = format!(r#"{{"totalBalance":{to},"availableBalance":{to}}}"#);
        put(&sandbox, "/_sandbox/ibanera/cards/1005", &balances);
    };
    adjust(1);
    let of = |action| order(action).transaction(&*first);
    for order in [of(A::Reverse), of(A::Clear).amount("0.5")] {
        let too_much = "409 a balance would have more digits than any client reads";
        assert_eq!(why(&sandbox, IBANERA, order), too_much);
    }
    save_and_load(&sandbox);
    adjust(0);
    done(&sandbox, IBANERA, of(A::Reverse));
    assert_eq!(ibanera_balances(&sandbox)[0], MOST);
    save_and_load(&sandbox);
    assert_eq!(ibanera_balances(&sandbox)[0], MOST);
}

#[test]
fn only_payments_are_settled_and_given_back() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let target = format!("/_sandbox/ibanera/cards/{CARD}");
    let headers = [("content-type", "application/json")];
    let lowered = r#"{"totalBalance":1200.75,"availableBalance":1150.25}"#;
    let asked = crate::common::request("PUT", &target, &headers, lowered);
    assert_eq!(
        crate::common::status(&crate::common::exchange(sandbox.addr(), asked.as_bytes())),
        200
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

#[test]
fn what_a_world_holds_back_cannot_be_spent() {
    let world = r#"{"ibanera":{"customers":[{"cards":[{"id":1005,"transactions":[
        {"amount":100},{"amount":-30,"bPending":true,"description":"Coffee","id":7}]}]}]}}"#;
    let world = World::from_json(world).unwrap();
    let sandbox = Sandbox::builder().world(world).start_blocking().unwrap();
    assert_eq!(ibanera_balances(&sandbox), ["70", "70", "-30"]);
    done(&sandbox, IBANERA, order(A::Reverse).transaction("7"));
    assert_eq!(ibanera_balances(&sandbox), ["100", "100", "0"]);
}

#[test]
fn a_world_gives_back_no_more_than_was_paid_and_to_nobody_else() {
    let world = |refund_of: &str, amount: &str| {
        let mut customer = serde_json::json!({"transactions": [
            {"transaction_id": "L", "amount": "50", "at": 0},
            {"transaction_id": "P", "amount": "-10", "at": 1, "kind": "cleared"},
            {"transaction_id": "H", "amount": "-1", "at": 1, "kind": "authorised"},
            {"transaction_id": "R", "amount": amount, "at": 2, "kind": "refund", "refund_of": refund_of},
        ]});
        customer["entity_id"] = "one".into();
        let other = serde_json::json!({"entity_id": "other", "transactions": [
            {"transaction_id": "l", "amount": "50", "at": 0},
            {"transaction_id": "p", "amount": "-10", "at": 1, "kind": "cleared"},
        ]});
        let world = serde_json::json!({"airpay": {"customers": [customer, other]}});
        let world = World::from_json(&world.to_string()).unwrap();
        Sandbox::builder().world(world).start_blocking()
    };
    assert!(world("P", "10").is_ok());
    for (refund_of, amount) in [
        ("P", "10.01"),
        ("L", "1"),
        ("H", "1"),
        ("p", "1"),
        ("x", "1"),
        ("x", "0"),
    ] {
        let error = world(refund_of, amount).unwrap_err().to_string();
        assert!(
            error.contains("airpay.customers[0].transactions"),
            "{refund_of}: {error}"
        );
    }
}
