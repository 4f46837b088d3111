use cards_model::Request;
use cards_model::airpay::UpdateCustomer;

use super::*;

#[test]
fn words_parse_back() {
    for order in ChecksumOrder::ALL {
        assert_eq!(order.to_string().parse(), Ok(order));
    }
    insta::assert_snapshot!(
        "Table".parse::<ChecksumOrder>().unwrap_err(),
        @"unknown order of the checksum: expected `received`, `table`, `example` or `sorted`"
    );
}

#[test]
fn four_orders_of_one_body() {
    let received = [
        ("zip", "5"),
        ("country", "1"),
        ("email", "2"),
        ("city", "3"),
        ("entity_id", "4"),
    ];
    let joined = |order| -> String {
        arrange(UpdateCustomer::OPERATION, order, &received)
            .iter()
            .map(|(_, value)| *value)
            .collect()
    };
    assert_eq!(joined(ChecksumOrder::Received), "51234");
    assert_eq!(joined(ChecksumOrder::Table), "42135");
    assert_eq!(joined(ChecksumOrder::Example), "42315");
    assert_eq!(joined(ChecksumOrder::Sorted), "31245");
}
