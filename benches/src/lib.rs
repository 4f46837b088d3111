//! Holds the payloads that the benches measure with, and the goals that they
//! aim at.
//!
//! # In scope
//!
//! One payload per step, the same for ours, its floor and its peers, and the
//! goals as data ([`COMPARISONS`]), which `cargo xtask bench` compares with what was measured.
//!
//! # Out of scope
//!
//! Tests. This package has none, so that `cargo test --workspace` builds none
//! of the peers.
//!
//! # Invariants
//!
//! - A goal is a ratio of two measurements of one run, never a time.
//! - No payload is a real person's.

use rustix::time::{ClockId, clock_gettime};

pub mod goals;
pub mod process;
pub mod row;
pub mod trace;

/// Gives the CPU time of this process, of all its threads, in nanoseconds.
pub fn cpu_nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec).unwrap_or_default()
}

/// The register-user form in the order of its table, valid as of [`TODAY`]: 21
/// values, 288 bytes. With [`SECRET`] behind them they fill six SHA-256 blocks.
pub const FORM: [(&str, &str); 21] = [
    ("mobile_no", "9000000513"),
    ("kit_no", "1000000012000000"),
    ("card_type", "V"),
    ("card_no", "4622940000003713"),
    ("card_expiry", "01/30"),
    ("first_name", "Padmavathi"),
    ("last_name", "Venkataraman"),
    ("title", "Mrs"),
    ("gender", "F"),
    ("dob", "1989-11-09"),
    ("email", "padmavathi.venkataraman@example.co.in"),
    (
        "address",
        "Flat 12B Lotus Residency 4th Cross Road near the Old Town Hall and Post Office Sector 7 East",
    ),
    ("city", "Thiruvananthapuram"),
    ("state", "Kerala"),
    ("pincode", "689673"),
    ("doc_type", "PASSPORT"),
    ("doc_number", "K1234567"),
    ("doc_expiry", "2031-12-31"),
    ("doc_country_issue", "India"),
    ("otp", "1234"),
    ("password", "PaSwd@1234"),
];

/// The secret key: 64 bytes, as the documents' placeholder is long.
pub const SECRET: &[u8; 64] = b"fake-secret-for-benches-fake-secret-for-benches-fake-secret-for-";

/// The day that the form is valid on: year, month, day.
pub const TODAY: (u16, u8, u8) = (2026, 11, 21);

/// The number of cards or customers on a page; 50 is the most that Paysafe
/// gives.
pub const PAGE: usize = 50;

const _: () = assert!(
    value_bytes() == 288,
    "the floors assume 288 bytes of values"
);

const fn value_bytes() -> usize {
    let (mut bytes, mut at) = (0, 0);
    while at < FORM.len() {
        bytes += FORM[at].1.len();
        at += 1;
    }
    bytes
}

/// A page of [`PAGE`] Paysafe cards: the schema's example, every field of it,
/// with the placeholders "string" replaced by what its other examples show.
pub fn paysafe_page() -> String {
    let card = |n: usize| {
        format!(
            concat!(
                r#"{{"cardId":"f16ba382-eb42-481a-b08f-c57bdc9a{n:04}","status":"ACTIVE","#,
                r#""expiry":{{"month":3,"year":2028}},"bin":"533944","lastFour":"{n:04}","#,
                r#""customerId":"12345678","cardType":"PHYSICAL","programName":"BRAND-PHYSICAL-MC","#,
                r#""currency":"EUR","mobile":"+359 888333333","deliveryAddress":{{"#,
                r#""address1":"Tsarigradsko Shose 73","address2":"floor 3","address3":"apartment 43","#,
                r#""city":"Sofia","countryCode":"BG","state":"UT","postalCode":"1000"}},"#,
                r#""createdDate":"2024-11-08T11:57:08.348Z","accountId":"127623047","scheme":"MC","#,
                r#""activationDate":"2024-11-08T11:57:08.348Z","isPinSet":true,"#,
                r#""externalId":"order-{n:04}","tokenizations":{{"mobileWalletTokenizations":[{{"#,
                r#""dpanRef":"DAPLMC00002125433c0c34a2821f4f86866e7576963baf8b","#,
                r#""walletId":"NMZlGi8-DezZZKaU06orvl0f","walletType":"GOOGLE_PAY","#,
                r#""status":"COMPLETED"}}]}},"availableActions":[{{"action":"ACTIVATE"}}]}}"#,
            ),
            n = n
        )
    };
    format!(
        r#"{{"cards":[{}],"meta":{{"numberOfRecords":{PAGE},"limit":{PAGE},"offset":0,"page":1}}}}"#,
        joined(card)
    )
}

/// A page of [`PAGE`] Ibanera customers with one card each: the document's
/// example, with amounts that have decimals.
pub fn ibanera_page() -> String {
    let customer = |n: usize| {
        format!(
            concat!(
                r#"{{"customersId":{id},"customersReference":"CUST-{n:04}","cards":[{{"#,
                r#""id":{id},"currency":"usd","totalBalance":{n}.50,"availableBalance":440.25,"#,
                r#""pendingBalance":12.05,"bSuppressed":false}}]}}"#,
            ),
            id = 11_000 + n,
            n = n
        )
    };
    format!(
        concat!(
            r#"{{"status":"1","errors":[],"id":null,"details":[{}],"#,
            r#""pageSize":{},"pageNumber":1,"numberOfPages":3}}"#
        ),
        joined(customer),
        PAGE
    )
}

fn joined(item: impl Fn(usize) -> String) -> String {
    (0..PAGE).map(item).collect::<Vec<_>>().join(",")
}

/// Two measurements whose ratio says something, each named as criterion files
/// it: `group/bench`.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// The step that is measured.
    pub step: &'static str,
    /// Our measurement.
    pub ours: &'static str,
    /// The floor below it, or the peer beside it.
    pub beside: &'static str,
    /// The ratio to stay at or below; `None` where the ratio only informs.
    pub goal: Option<f64>,
}

const fn compare(
    step: &'static str,
    ours: &'static str,
    beside: &'static str,
    goal: Option<f64>,
) -> Comparison {
    Comparison {
        step,
        ours,
        beside,
        goal,
    }
}

/// Every comparison of what criterion measures.
pub const COMPARISONS: &[Comparison] = &[
    compare("checksum", "sign/checksum", "sign/floor", Some(1.52)),
    compare("checksum", "sign/checksum", "sign/concat", None),
    compare("checksum", "sign/checksum", "sign/format", None),
    compare("checksum", "sign/checksum", "sign/aws-sigv4", None),
    compare("recipe", "sign/recipe", "sign/checksum-header", Some(1.05)),
    compare(
        "recipe",
        "sign/recipe-example",
        "sign/order-example",
        Some(1.05),
    ),
    compare("recipe", "sign/recipe-joint", "sign/recipe", None),
    compare("verify", "sign/verify", "sign/checksum", None),
    compare("explain", "sign/explain-order", "sign/checksum", None),
    compare("explain", "sign/explain-nothing", "sign/checksum", None),
    compare(
        "explain",
        "sign/explain-nothing-beside",
        "sign/checksum",
        None,
    ),
    compare("hex", "hex/encode_to_slice", "hex/encode", None),
    compare("hex", "hex/encode_to_slice", "hex/write", None),
    compare(
        "encode",
        "encode/encode_form",
        "encode/serde_urlencoded",
        Some(0.35),
    ),
    compare("encode", "encode/encode_form", "encode/floor", None),
    compare(
        "validate",
        "validate/check",
        "validate/validator-regex",
        Some(0.35),
    ),
    compare("validate", "validate/check", "validate/floor", None),
    compare(
        "decode Paysafe",
        "decode-paysafe/parse",
        "decode-paysafe/from_slice",
        Some(0.75),
    ),
    compare(
        "view Paysafe",
        "decode-paysafe/view",
        "decode-paysafe/from_slice",
        Some(0.50),
    ),
    compare(
        "decode Paysafe",
        "decode-paysafe/parse",
        "decode-paysafe/floor",
        None,
    ),
    compare(
        "decode Ibanera",
        "decode-ibanera/parse",
        "decode-ibanera/from_slice",
        Some(0.75),
    ),
    compare(
        "view Ibanera",
        "decode-ibanera/view",
        "decode-ibanera/from_slice",
        Some(0.50),
    ),
    compare(
        "decode Ibanera",
        "decode-ibanera/parse",
        "decode-ibanera/floor",
        None,
    ),
    // In half of memory's calls a second, twice its time for each.
    compare(
        "durable write",
        "sandbox-write/file-64",
        "sandbox-write/memory-64",
        Some(2.00),
    ),
    compare(
        "durable write",
        "sandbox-write/file-64",
        "sandbox-write/commit-each",
        None,
    ),
    compare(
        "durable write",
        "sandbox-write/file-64",
        "sandbox-write/file-1",
        None,
    ),
    compare(
        "durable write",
        "sandbox-write/commit-each",
        "sandbox-write/fdatasync",
        None,
    ),
    compare(
        "read",
        "sandbox-read/file-16",
        "sandbox-read/memory-16",
        None,
    ),
];

/// The most CPU time that a whole signed POST may cost with 16 in flight, in
/// units of what the bare client costs that sends the same bytes; by backend.
pub const CALL_GOALS: [(&str, f64); 2] = [("reqwest", 1.03), ("ureq", 0.90)];

/// Limits what one call of our clients may do on a pooled connection with one in
/// flight, as `cargo xtask bench --check` counts it.
#[derive(Clone, Copy, Debug)]
pub struct CallLimit {
    /// The call, as the bench `call` names it.
    pub workload: &'static str,
    /// The library under the client.
    pub backend: &'static str,
    /// The client that the instructions are compared with, as the bench names it.
    pub beside: &'static str,
    /// The most instructions, in units of that client's.
    pub instructions: f64,
    /// The most instructions, whatever the other client takes: it may read the same types, and would
    /// grow with ours. They were counted with rustc 1.95.
    pub most_instructions: f64,
    /// The most allocations.
    pub allocations: f64,
    /// The most system calls.
    pub system_calls: f64,
}

const fn limit(
    workload: &'static str,
    backend: &'static str,
    beside: &'static str,
    (instructions, most_instructions): (f64, f64),
    allocations: f64,
    system_calls: f64,
) -> CallLimit {
    CallLimit {
        workload,
        backend,
        beside,
        instructions,
        most_instructions,
        allocations,
        system_calls,
    }
}

/// The limits of each call over each backend: what was counted, and four in a hundred
/// instructions more beside another client, and six in a hundred by themselves, by which two compilers or
/// machines may differ. System calls are limited by
/// themselves too, as over `ureq` the bare client makes three more of a POST. A page is decoded, which
/// the bare client does not do, and the stock client does.
pub const CALL_LIMITS: [CallLimit; 4] = [
    limit(
        "register-user",
        "reqwest",
        "bare",
        (1.47, 126_600.0),
        76.0,
        3.0,
    ),
    limit("register-user", "ureq", "bare", (1.88, 92_100.0), 41.0, 8.0),
    limit(
        "list-cards",
        "reqwest",
        "stock",
        (0.90, 1_940_600.0),
        1186.0,
        3.0,
    ),
    limit(
        "list-cards",
        "ureq",
        "stock",
        (0.90, 2_017_500.0),
        1149.0,
        8.0,
    ),
];

/// Limits what all calls of a provider may do together, each made once by every way that it can take: it
/// is answered, it is refused, the server is busy first, the token has to be renewed first.
#[derive(Clone, Copy, Debug)]
pub struct PathLimit {
    /// The provider.
    pub provider: &'static str,
    /// The library under the client.
    pub backend: &'static str,
    /// The most allocations.
    pub allocations: f64,
    /// The most system calls.
    pub system_calls: f64,
}

const fn paths(
    provider: &'static str,
    backend: &'static str,
    allocations: f64,
    system_calls: f64,
) -> PathLimit {
    PathLimit {
        provider,
        backend,
        allocations,
        system_calls,
    }
}

/// The limits of each provider's calls over each backend: what was counted. Over `reqwest` a timer
/// allocates in some rounds, of which one in two is allowed for.
pub const PATH_LIMITS: [PathLimit; 6] = [
    paths("airpay", "reqwest", 26744.4, 265.0),
    paths("airpay", "ureq", 24185.0, 515.0),
    paths("paysafe", "reqwest", 12538.4, 121.0),
    paths("paysafe", "ureq", 11389.0, 227.0),
    paths("ibanera", "reqwest", 14329.4, 254.0),
    paths("ibanera", "ureq", 11822.0, 478.0),
];

/// Limits what it may cost to build the smallest consumer, beside the library that
/// people would use without the toolkit.
#[derive(Clone, Copy, Debug)]
pub struct BuildGoal {
    /// The measurement, as the report names it.
    pub step: &'static str,
    /// The bound to stay at or below.
    pub bound: Bound,
}

/// Bounds a measurement.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// In units of what stands beside it.
    Ratio(f64),
    /// By itself.
    Most(f64),
}

/// The goals of building a consumer.
pub const BUILD_GOALS: [BuildGoal; 3] = [
    BuildGoal {
        step: "build time of cards-ureq",
        bound: Bound::Ratio(1.4),
    },
    BuildGoal {
        step: "crates of cards-ureq",
        bound: Bound::Most(75.0),
    },
    BuildGoal {
        step: "build time of cards-reqwest",
        bound: Bound::Ratio(0.9),
    },
];
