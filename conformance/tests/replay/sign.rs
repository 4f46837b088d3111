//! Stage 2: the fields in order, the pre-image, the digest.

use cards_model::Form;
use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer, UserLogin};
use cards_sign::Order;
use conformance::fixture::{Case, Stages};

use crate::common::operations::Operation;
use crate::stage::{input, requests, same};

#[test]
fn each_stage_of_each_order() {
    let mut signed = 0;
    for case in requests() {
        let Some(stages) = &case.stages else { continue };
        signed += 1;
        match &*case.operation {
            "register-user" => each_order::<RegisterUser>(&case, stages),
            "update-customer" => each_order::<UpdateCustomer>(&case, stages),
            "customer-preference" => each_order::<CustomerPreference>(&case, stages),
            "user-login" => each_order::<UserLogin>(&case, stages),
            other => panic!("{other} is not signed"),
        }
    }
    assert!(signed >= 13, "{signed}");
}

fn each_order<F: Form + Operation>(case: &Case, stages: &Stages) {
    let form = input::<F>(case);
    let pairs = |fields: &[(&str, &str)]| -> Vec<(String, String)> {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        fields.iter().map(owned).collect()
    };
    same(case, "fields", &pairs(&form.fields()), &stages.fields);
    for order in Order::ALL {
        let stage = &stages.orders[order.as_str()];
        let mut fields = form.fields();
        order.arrange(&mut fields, F::EXAMPLE_ORDER);
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
