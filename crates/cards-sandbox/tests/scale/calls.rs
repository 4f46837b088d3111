//! The calls whose work is measured: of each provider, of the control API and of the page.

use std::net::SocketAddr;

use cards_sandbox::world::airpay::{CUSTOMER, MOBILE_NO, PASSWORD};

use crate::common::{self, body, exchange, registration, request, status};

/// A sandbox, and what is different from one call to the next.
pub struct Call {
    pub address: SocketAddr,
    /// The customers of each provider.
    pub customers: u32,
    pub round: u32,
}

/// A call by its name.
type Named = (&'static str, fn(&Call));

/// The kit of the card that Airpay's customer has from the start.
const KIT: &str = "100000000978";

/// The headers of each provider's calls.
const BEARER: (&str, &str) = ("authorization", "Bearer sandbox-paysafe-token");
const SAMPLE: [(&str, &str); 2] = [("authorization", "YOUR_API_KEY"), ("otp", "text")];
const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// All of them, in an order in which each can be done.
pub fn all() -> Vec<Named> {
    [&IBANERA[..], &PAYSAFE, &AIRPAY, &CONTROL, &PAGE].concat()
}

impl Call {
    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], json: &str) -> String {
        let answer = exchange(
            self.address,
            request(method, target, headers, json).as_bytes(),
        );
        let code = status(&answer);
        assert!(matches!(code, 200 | 303), "{method} {target}: {answer}");
        body(&answer).to_owned()
    }

    fn get(&self, target: &str) -> String {
        self.send("GET", target, &[], "")
    }

    fn ibanera(&self, target: &str) -> String {
        self.send(
            "GET",
            &format!("/api/v1/customer/cards/{target}"),
            &SAMPLE,
            "",
        )
    }

    /// A page of ten by its number, which has ten.
    fn ibanera_page(&self, list: &str, number: u32) {
        let page = self.ibanera(&format!("{list}?pageNumber={number}&pageSize=10"));
        let count = page.matches("\"customersReference\"").count();
        assert_eq!(count, 10, "{list} {number}: {page}");
    }

    fn paysafe(&self, method: &str, target: &str, json: &str) -> String {
        self.send(
            method,
            &format!("/customers/{target}"),
            &[BEARER, JSON],
            json,
        )
    }

    fn airpay(&self, name: &str, fields: &[(&str, &str)]) {
        let answer = common::airpay(self.address, name, fields);
        assert!(answer.contains("success"), "{name}: {answer}");
    }

    fn control(&self, method: &str, target: &str, json: &str) -> String {
        let headers = if json.is_empty() { &[][..] } else { &[JSON] };
        self.send(method, &format!("/_sandbox/{target}"), headers, json)
    }

    /// A customer of Paysafe's who has come with the others.
    fn payer(&self) -> String {
        (80_000_000 + self.customers / 2).to_string()
    }

    /// The id of a customer of Ibanera's who has come with the others, and of the card.
    fn holder(&self) -> u32 {
        100_000 + self.customers / 2 + self.round
    }
}

const IBANERA: [Named; 14] = [
    ("ibanera first customers", |call| {
        call.ibanera_page("byuser/list", 1);
    }),
    ("ibanera middle customers", |call| {
        call.ibanera_page("byuser/list", call.customers / 20);
    }),
    ("ibanera last customers", |call| {
        call.ibanera_page("byuser/list", call.customers / 10);
    }),
    ("ibanera customers past the end", |call| {
        let page = call.ibanera("byuser/list?pageNumber=4294967295&pageSize=100");
        assert!(page.contains("\"details\":[]"));
    }),
    ("ibanera first balances", |call| {
        call.ibanera_page("balances", 1);
    }),
    ("ibanera middle balances", |call| {
        call.ibanera_page("balances", call.customers / 20);
    }),
    ("ibanera last balances", |call| {
        call.ibanera_page("balances", call.customers / 10);
    }),
    ("ibanera balances of one", |call| {
        let page = call.ibanera(&format!("balances?CustomersID={}", call.holder()));
        assert_eq!(page.matches("\"customersReference\"").count(), 1);
    }),
    ("ibanera cards of one", |call| {
        call.ibanera(&format!("byuser?customersId={}", call.holder()));
    }),
    ("ibanera transactions", |call| {
        call.ibanera(&format!("transactions?CardsId={}", call.holder()));
    }),
    ("ibanera create", |call| {
        let answer = common::create_ibanera_card(call.address, call.holder().into());
        assert_eq!(status(&answer), 200, "{answer}");
    }),
    ("ibanera payment", |call| {
        let order = format!(
            r#"{{"action":"authorise","card":"{}","amount":"1.00"}}"#,
            call.holder()
        );
        call.control("POST", "issuer/ibanera", &order);
    }),
    ("ibanera suppress", |call| {
        let card = format!("ibanera/cards/{}", call.holder());
        call.control("PUT", &card, r#"{"bSuppressed":true}"#);
    }),
    ("ibanera reference", |call| {
        call.ibanera(&format!("balances?CustomersID={}", 11057));
    }),
];

const PAYSAFE: [Named; 7] = [
    ("paysafe list", |call| {
        call.paysafe("GET", &format!("{}/prepaid/cards", call.payer()), "");
    }),
    ("paysafe filter", |call| {
        let query = "87654321/prepaid/cards?status=ACTIVE&cardType=VIRTUAL&limit=50";
        call.paysafe("GET", query, "");
    }),
    ("paysafe page", |call| {
        call.paysafe("GET", "87654321/prepaid/cards?limit=10&offset=100", "");
    }),
    ("paysafe card", |call| {
        let (customer, card) = (call.payer(), call.customers / 2);
        call.paysafe("GET", &format!("{customer}/prepaid/cards/scale-{card}"), "");
    }),
    ("paysafe create", |call| {
        let card = r#"{"programName":"BRAND-VIRTUAL-MC","currency":"EUR"}"#;
        call.paysafe("POST", "12345678/prepaid/cards", card);
    }),
    ("paysafe lock", |call| {
        let card = format!(
            "paysafe/cards/scale-{}/actions",
            call.customers / 2 + call.round
        );
        call.control("POST", &card, r#"{"action":"LOCK"}"#);
    }),
    ("paysafe token", |call| {
        let basic = (
            "authorization",
            "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0",
        );
        let form = "grant_type=client_credentials";
        call.send("POST", "/auth/brands/sandbox/token", &[basic, FORM], form);
    }),
];

const AIRPAY: [Named; 10] = [
    ("airpay card details", |call| {
        call.airpay("card-details", &[("entity_id", CUSTOMER)]);
    }),
    ("airpay balance", |call| {
        call.airpay("card-balance", &[("entity_id", CUSTOMER)]);
    }),
    ("airpay topup", |call| {
        call.airpay("topup", &[("entity_id", CUSTOMER), ("amount", "1")]);
    }),
    ("airpay preference", |call| {
        let status = ["ALLOWED", "NOTALLOWED"][call.round as usize % 2];
        let fields = [("entity_id", CUSTOMER), ("status", status), ("type", "ATM")];
        call.airpay("customer-preference", &fields);
    }),
    ("airpay login", |call| {
        call.airpay(
            "user-login",
            &[("mobile_no", MOBILE_NO), ("password", PASSWORD)],
        );
    }),
    ("airpay code", |call| {
        let mobile_no = format!("900000100{}", call.round);
        call.airpay("generate-otp", &[("mobile_no", &mobile_no)]);
    }),
    ("airpay lock", |call| {
        let flag = ["UL", "L"][call.round as usize % 2];
        let fields = [
            ("entity_id", CUSTOMER),
            ("kit_no", KIT),
            ("flag", flag),
            ("reason", "Lost"),
        ];
        call.airpay("lock-unlock", &fields);
    }),
    ("airpay update", |call| {
        let city = ["Kochi", "Pune", "Delhi"][call.round as usize];
        call.airpay(
            "update-customer",
            &[("entity_id", CUSTOMER), ("city", city)],
        );
    }),
    ("airpay register", |call| {
        let card = ["", "4111111111111111", "4242424242424242"][call.round as usize];
        let (mobile_no, kit_no) = (format!("900000200{}", call.round), call.round.to_string());
        let email = format!("asha{}@example.com", call.round);
        call.airpay(
            "register-user",
            &registration(&[
                ("mobile_no", &mobile_no),
                ("kit_no", &kit_no),
                ("card_no", card),
                ("email", &email),
            ]),
        );
    }),
    ("airpay password reset", |call| {
        let mobile_no = format!("900000200{}", call.round);
        call.airpay(
            "forgot-password",
            &[("mobile_no", &mobile_no), ("dob", "1990-02-28")],
        );
    }),
];

const CONTROL: [Named; 9] = [
    ("control health", |call| {
        drop(call.control("GET", "health", ""));
    }),
    ("control add to airpay", |call| {
        let customer = format!(
            r#"{{"mobile_no":"900000300{}","cards":[{{}}]}}"#,
            call.round
        );
        call.control("POST", "world/airpay/customers", &customer);
    }),
    ("control add to paysafe", |call| {
        call.control("POST", "world/paysafe/customers", r#"{"cards":[{}]}"#);
    }),
    ("control add to ibanera", |call| {
        call.control("POST", "world/ibanera/customers", r#"{"cards":[{}]}"#);
    }),
    ("control remove a card", |call| {
        let id = call.customers - 10 - call.round;
        let card = format!(
            "world/paysafe/customers/{}/cards/scale-{id}",
            80_000_000 + id
        );
        call.control("DELETE", &card, "");
    }),
    ("control remove from paysafe", |call| {
        let id = 80_000_000 + call.customers - 20 - call.round;
        call.control("DELETE", &format!("world/paysafe/customers/{id}"), "");
    }),
    ("control remove from ibanera", |call| {
        let id = 100_000 + call.customers - 20 - call.round;
        call.control("DELETE", &format!("world/ibanera/customers/{id}"), "");
    }),
    ("control remove from airpay", |call| {
        let id = 1000 + call.customers - 20 - call.round;
        call.control(
            "DELETE",
            &format!("world/airpay/customers/AIRPAYCUST{id:04}"),
            "",
        );
    }),
    ("control exchanges", |call| {
        drop(call.control("GET", "exchanges?limit=10", ""));
    }),
];

const PAGE: [Named; 4] = [
    ("page of customers", |call| {
        let page = call.get("/_sandbox/page/customers");
        assert_eq!(
            page.matches("\"Next of ").count() + page.matches(">Next of ").count(),
            3
        );
    }),
    ("page of customers further on", |call| {
        let last = 100_000 + call.customers / 2;
        let page = call.get(&format!(
            "/_sandbox/page/customers?provider=ibanera&after={last}"
        ));
        assert!(page.contains(&format!("<code class=\"id\">{}</code>", last + 1)));
    }),
    ("page of one customer", |call| {
        let page = call.get(&format!(
            "/_sandbox/page/customers?customer={}",
            call.payer()
        ));
        assert!(page.contains("scale-"));
    }),
    ("page of exchanges", |call| drop(call.get("/"))),
];
