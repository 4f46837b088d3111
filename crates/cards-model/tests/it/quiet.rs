//! Errors of reading that repeat no value, wherever one of another type stands. Names of members are no
//! values, and are told. All requests are read by one macro, of which those here are samples.

use cards_model::airpay::{self, CustomerCards, Registered};
use cards_model::ibanera::{self, CardApproval, CardBalance, CardReview, CardTransaction, Page};
use cards_model::paysafe::{self, CardPage, CardPageView};
use cards_model::{Kind, Request};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The letters and digits that stand in every value, and in no error.
const MARKERS: [&str; 2] = ["QZ7MARK", "73019458"];

/// Values of every type of JSON, each with a marker where it can have one.
fn values() -> Vec<Value> {
    let text = json!("QZ7MARK 12");
    let number = json!(4_622_947_301_945_803_u64);
    let singles = [
        text.clone(),
        number.clone(),
        json!(73_019_458.5),
        json!(-73_019_458),
        json!(7.301_945_8e300),
        json!("73019458.5.5"),
        json!(true),
        Value::Null,
    ];
    let nested = [
        json!([text, number]),
        json!([[text], { "a": number }]),
        json!({ "cardId": [text], "id": text, "cards": number, "QZ": text }),
    ];
    singles.into_iter().chain(nested).collect()
}

/// Every body with another value in one place of it.
fn changed(whole: &Value) -> Vec<String> {
    fn places(value: &Value, path: String, all: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    places(value, format!("{path}/{name}"), all);
                }
            }
            Value::Array(list) => {
                for (at, value) in list.iter().enumerate() {
                    places(value, format!("{path}/{at}"), all);
                }
            }
            _ => {}
        }
        if !path.is_empty() {
            all.push(path);
        }
    }
    let mut all = Vec::new();
    places(whole, String::new(), &mut all);
    let each = all.iter().flat_map(|path| {
        values().into_iter().map(|value| {
            let mut body = whole.clone();
            *body.pointer_mut(path).expect("a place of it") = value;
            body.to_string()
        })
    });
    each.collect()
}

/// Fails where a body is refused in words that repeat a value, and returns how many are.
fn refused<E: std::error::Error>(
    what: &str,
    whole: &Value,
    read: impl Fn(&str) -> Option<E>,
) -> usize {
    let mut refused = 0;
    for body in changed(whole) {
        let Some(error) = read(&body) else { continue };
        refused += 1;
        let told = format!("{error} {error:?}");
        let marker = MARKERS.iter().find(|marker| told.contains(**marker));
        assert_eq!(marker, None, "{what}: {told} of {body}");
    }
    refused
}

fn reply<T: DeserializeOwned>(whole: &Value) {
    let what = std::any::type_name::<T>();
    assert!(lenient::<T>(whole) > 0, "{what}: nothing is refused");
    for body in with_lists_for_objects(whole) {
        let read = serde_json::from_value::<T>(body.clone());
        assert!(read.is_err(), "{what}: a list is read as an object: {body}");
    }
}

/// Every body with a list of the values of one object within it in the object's place. What reads
/// such a list by the order of its items reads what nobody wrote.
fn with_lists_for_objects(whole: &Value) -> Vec<Value> {
    fn places(value: &Value, path: &str, all: &mut Vec<String>) {
        let below: Vec<_> = match value {
            Value::Object(object) => {
                if !path.is_empty() && !object.is_empty() {
                    all.push(path.to_owned());
                }
                let each = object.iter();
                each.map(|(name, value)| (format!("{path}/{name}"), value))
                    .collect()
            }
            Value::Array(list) => {
                let each = list.iter().enumerate();
                each.map(|(at, value)| (format!("{path}/{at}"), value))
                    .collect()
            }
            _ => Vec::new(),
        };
        for (path, value) in below {
            places(value, &path, all);
        }
    }
    let mut all = Vec::new();
    places(whole, "", &mut all);
    let each = all.iter().map(|path| {
        let mut body = whole.clone();
        let object = body.pointer_mut(path).expect("a place of it");
        let values = object.as_object().expect("an object").values().cloned();
        *object = Value::Array(values.collect());
        body
    });
    each.collect()
}

/// Tries a reply of which anything may be read.
fn lenient<T: DeserializeOwned>(whole: &Value) -> usize {
    let what = std::any::type_name::<T>();
    let read = serde_json::from_value::<T>(whole.clone());
    assert!(read.is_ok(), "{what}: {:?}", read.err());
    refused(what, whole, |body| serde_json::from_str::<T>(body).err());
    refused(what, whole, |body| {
        serde_json::from_reader::<_, T>(body.as_bytes()).err()
    })
}

fn card() -> Value {
    json!({
        "cardId": "c", "status": "ACTIVE", "expiry": {"month": 3, "year": 2028}, "bin": "533944",
        "lastFour": "7009", "customerId": "1", "cardType": "PHYSICAL", "programName": "P",
        "currency": "EUR", "mobile": "+359 888", "createdDate": "2019-08-24T14:15:22Z",
        "deliveryAddress": {
            "address1": "1 Street", "address2": "a", "address3": "b", "city": "Sofia",
            "countryCode": "BG", "state": "S", "postalCode": "1000",
        },
        "accountId": "a", "scheme": "VISA", "activationDate": "2019-08-24T14:15:22Z",
        "isPinSet": true, "externalId": "e",
        "tokenizations": {"mobileWalletTokenizations": [
            {"dpanRef": "d", "walletId": "w", "walletType": "APPLE_PAY", "status": "COMPLETED"},
        ]},
        "availableActions": [{"action": "LOCK"}],
    })
}

#[test]
fn no_error_of_a_reply_of_paysafe_repeats_a_value() {
    let meta = json!({"numberOfRecords": 1, "limit": 10, "offset": 0, "page": 1});
    let page = json!({"cards": [card()], "meta": meta});
    reply::<CardPage>(&page);
    refused("CardPageView", &page, |body| {
        let read = serde_json::from_str::<CardPageView<'_>>(body);
        read.map(|view| drop(view.into_owned())).err()
    });
    reply::<paysafe::Card>(&card());
    reply::<paysafe::Expiry>(&json!({"month": 3, "year": 2028}));
    reply::<paysafe::AccessToken>(&json!({
        "access_token": "t", "expires_in": 3600, "token_type": "Bearer", "scope": "s",
    }));
    let time = "2019-08-24T14:15:22Z";
    reply::<paysafe::CardStatusUpdate>(&json!({
        "id": "i", "cardId": "c", "customerId": "1", "oldStatus": "ISSUED", "newStatus": "ACTIVE",
        "eventTimestamp": time,
    }));
    reply::<paysafe::CardTokenUpdate>(&json!({
        "id": "i", "cardId": "c", "customerId": "1", "tokenAction": "CREATED", "eventId": "e",
        "eventTimestamp": time,
    }));
    reply::<paysafe::CardTokenization>(&json!({
        "id": "i", "cardId": "c", "customerId": "1", "walletType": "APPLE", "eventTimestamp": time,
        "enrollmentStatus": "S", "activationMethod": "M", "activationMethodData": "x",
        "eventId": "e",
    }));
    let error = json!({
        "code": "1", "message": "m", "details": ["d"],
        "fieldErrors": [{"field": "f", "error": "e"}],
    });
    lenient::<paysafe::ErrorBody>(&json!({"error": error, "error_description": "s"}));
}

#[test]
fn no_error_of_a_reply_of_ibanera_repeats_a_value() {
    let card = json!({
        "id": 1, "currency": "usd", "cardNumber": "4622940000003713", "totalBalance": 1.5,
        "availableBalance": "1.5", "pendingBalance": 0, "bSuppressed": false, "status": "Active",
    });
    let customer = json!({"customersId": 7, "customersReference": "r", "cards": [card]});
    reply::<ibanera::CustomerCards>(&customer);
    refused("CustomerCardsView", &customer, |body| {
        let read = serde_json::from_str::<ibanera::CustomerCardsView<'_>>(body);
        read.map(|view| drop(view.into_owned())).err()
    });
    reply::<ibanera::CustomerCard>(&json!({
        "customersId": 7, "customersReference": "r", "card": card, "status": "Pending",
    }));
    let paged = |item: Value| json!({"details": [item], "pageSize": 1, "pageNumber": 1, "numberOfPages": 1});
    reply::<Page<CardBalance>>(&paged(json!({
        "id": 1, "customersReference": "r", "cardHolderName": "n", "cardLast4": "3713",
        "customersID": 7, "currency": "usd", "totalBalance": 1, "availableBalance": 1,
        "pendingBalance": 1, "status": "Active",
    })));
    reply::<Page<CardTransaction>>(&paged(json!({
        "id": 1, "cardsId": 2, "amount": 1.5, "currency": "usd", "description": "d",
        "dateTime": "2019-08-24T14:15:22Z", "bPending": true, "RefundTransactionsID": null,
    })));
    reply::<CardReview>(&json!({
        "personalReviewDetails": {
            "sourceOfFunds": ["Salary"], "estimatedGrossAnnualIncome": 1.5,
            "estimatedNetWorth": "2",
            "activelyEmployed": true, "employedCompanyName": "c", "employedJobTitle": "t",
        },
        "types": {"sourceOfFunds": ["Salary"]}, "requiredDocuments": ["d"],
    }));
    reply::<CardApproval>(&json!({
        "Id": "i", "Type": "MANAGEE_CARD_APPROVAL_UPDATED",
        "Data": {"TopUpCardsId": 1, "RequestedTopUpCardsId": 2, "Status": "Approved",
            "bManuallyUpdated": true},
    }));
    reply::<ibanera::LoggedIn>(&json!({"accessToken": "t", "expiresIn": 3600}));
    reply::<ibanera::Login>(&json!({"username": "u", "password": "p", "otp": "1"}));
    let body = json!({
        "status": "1", "id": 1, "pageSize": 1, "pageNumber": 1, "numberOfPages": 1,
        "errors": [{"errorType": "t", "fieldName": "f", "messageCode": "m"}], "details": {},
    });
    refused("Envelope", &body, |body| {
        serde_json::from_str::<ibanera::Envelope<'_>>(body)
            .map(drop)
            .err()
    });
}

#[test]
fn no_error_of_a_reply_of_airpay_repeats_a_value() {
    reply::<Registered>(&json!({
        "entity_id": "1", "kyc_status": "MIN_KYC", "kyc_expiry_date": "2027-01-01",
        "kycRefNo": null,
    }));
    let card = json!({
        "card_no": "4622940000003713", "kit_no": "1", "expiry_date": "03/27", "card_status": "A",
        "card_type": "P",
    });
    reply::<CustomerCards>(&json!({"cards": [card]}));
    reply::<CustomerCards>(&json!([card]));
    reply::<airpay::Balance>(&json!({
        "entityId": "1", "balance": "1.50", "productId": "GENERAL", "entity_id": "1",
    }));
    reply::<airpay::LoggedIn>(&json!({"token": "t"}));
    reply::<airpay::ResetLink>(&json!({"url": "https://example.com"}));
    lenient::<airpay::ToppedUp>(&json!({"transaction_id": "1"}));
    let body = json!({"status": 200, "message": "success", "data": {"token": "t"}});
    refused("Envelope", &body, |body| {
        serde_json::from_str::<airpay::Envelope<'_>>(body)
            .map(drop)
            .err()
    });
}

fn request<R: Request + DeserializeOwned>() {
    let mut whole = json!({});
    for row in R::OPERATION.fields {
        let place = row.wire.split('.');
        let place = place.fold(&mut whole, |object, key| &mut object[key]);
        *place = match row.kind {
            Kind::Integer { .. } => json!(7),
            Kind::Decimal => json!(7.5),
            Kind::Boolean => json!(true),
            Kind::List => json!(["A"]),
            Kind::Object => json!({}),
            _ => json!("AAAA"),
        };
    }
    reply::<R>(&whole);
    // The whole may be of another type too.
    for value in values() {
        if let Err(error) = serde_json::from_str::<R>(&value.to_string()) {
            let told = error.to_string();
            assert!(
                !MARKERS.iter().any(|marker| told.contains(marker)),
                "{told}"
            );
        }
    }
}

#[test]
fn no_error_of_a_request_repeats_a_value() {
    request::<paysafe::CreatePrepaidCard>();
    request::<paysafe::UpdatePrepaidCard>();
    request::<paysafe::ListPrepaidCards>();
    request::<paysafe::GetPrepaidCard>();
    request::<ibanera::CreateCard>();
    request::<ibanera::UploadDocument>();
    request::<ibanera::SimulatePayin>();
    request::<ibanera::ListCardTransactions>();
    request::<ibanera::CardsByCustomer>();
    request::<ibanera::ActivateCard>();
    request::<airpay::RegisterUser>();
    request::<airpay::UpdateCustomer>();
    request::<airpay::SetPin>();
    request::<airpay::TopUp>();
}
