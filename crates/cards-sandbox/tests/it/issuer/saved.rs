//! Payments of a world that is saved and put again, or that a file has.

use cards_sandbox::World;

use super::*;

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
