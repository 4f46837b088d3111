//! Stage 2: the fields in order, the pre-image, the digest.

use cards_sign::Order;
use cards_transport::Call;
use conformance::fixture::Case;

use crate::common::fake::request;
use crate::stage::{Stage, input, provider, replay, requests, same};

#[test]
fn each_stage_of_each_order() {
    let mut signed = 0;
    for case in requests() {
        if case.stages.is_some() {
            signed += 1;
            replay::<InEachOrder>(&case);
        }
    }
    assert!(signed >= 13, "{signed}");
}

struct InEachOrder;

impl Stage for InEachOrder {
    fn replay<C: Call>(case: &Case) {
        let stages = case.stages.as_ref().unwrap();
        // Without another order, those of the table.
        let sent = request(&input::<C>(case), provider::<C>(case, "http://localhost:1"));
        let sent: Vec<(String, String)> = form_urlencoded::parse(sent.unwrap().body())
            .into_owned()
            .collect();
        same(case, "fields", &sent, &stages.fields);
        let fields: Vec<(&str, &str)> = sent
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        for order in Order::ALL {
            let stage = &stages.orders[order.as_str()];
            let mut fields = fields.clone();
            order.arrange(&mut fields, C::operation().example_order);
            let names: Vec<String> = fields.iter().map(|(name, _)| (*name).to_owned()).collect();
            same(
                case,
                &format!("{order}: fields in order"),
                &names,
                &stage.fields,
            );
            let mut pre_image: String = fields.iter().map(|(_, value)| *value).collect();
            pre_image.push_str("<secret>");
            same(
                case,
                &format!("{order}: pre-image"),
                &pre_image,
                &stage.pre_image,
            );
            let values = || fields.iter().map(|(_, value)| *value);
            let secret = stages.secret.as_bytes();
            let digest = cards_sign::checksum(values(), secret).to_string();
            same(case, &format!("{order}: digest"), &digest, &stage.digest);
            assert!(cards_sign::verify(values(), secret, &stage.digest));
        }
    }
}
