//! Makes the schema of what `POST /_sandbox/faults` takes: the limits are those
//! that [`check`](super::check) applies.

use serde_json::{Value, json};

use super::FaultKind;
use super::check::{
    LARGEST_BODY, LARGEST_DROP, LONGEST_HEADER, MOST_BYTES, MOST_HEADERS, MOST_MILLIS,
};
use crate::provider::ProviderId;
use crate::served::Operations;

const KINDS: [FaultKind; 12] = [
    FaultKind::Delay,
    FaultKind::Drip,
    FaultKind::ResetBeforeHeaders,
    FaultKind::ResetAfterHeaders,
    FaultKind::ResetInBody,
    FaultKind::TruncatedBody,
    FaultKind::WrongLength,
    FaultKind::Garbage,
    FaultKind::InvalidJson,
    FaultKind::OversizedBody,
    FaultKind::Status,
    FaultKind::LostReply,
];

/// Describes a [`Fault`](super::Fault) as it is ordered, of one of these operations.
pub(crate) fn order(operations: &Operations) -> Value {
    // One form for each kind and provider, so that each says all there is.
    let providers = operations.by_provider().map(|(provider, _)| Some(provider));
    let forms = providers.chain([None]).flat_map(|provider| {
        let names = operations.of(provider).map(|served| served.operation.name);
        let names: Vec<_> = names.collect();
        let forms = KINDS.iter().map(move |kind| form(*kind, provider, &names));
        forms.flat_map(|form| with_probability(&form))
    });
    json!({
        "description": "A fault and the calls that it is of. Without a provider and an \
            operation it is of every call below the providers' paths.",
        "type": "object",
        "required": ["fault"],
        "anyOf": forms.collect::<Vec<_>>(),
    })
}

/// The same with a probability, which may have a seed, and without.
fn with_probability(form: &Value) -> [Value; 2] {
    let mut with = form.clone();
    with["properties"]["probability"] = json!({
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "Of each call.",
    });
    with["properties"]["seed"] = json!({
        "type": "integer",
        "minimum": 0,
        "maximum": u64::MAX,
        "description": "What the draws are made from: the same seed, the same calls.",
    });
    if let Value::Array(required) = &mut with["required"] {
        required.push("probability".into());
    }
    [form.clone(), with]
}

fn form(kind: FaultKind, provider: Option<ProviderId>, names: &[&str]) -> Value {
    let mut form = json!({
        "type": "object",
        "required": ["fault"],
        "additionalProperties": false,
        "properties": {
            "fault": {"type": "string", "const": kind.as_str()},
            "operation": {"type": "string", "enum": names},
            "times": {
                "type": "integer",
                "minimum": 1,
                "maximum": u64::MAX,
                "description": "How often it fires; always, where it is not given.",
            },
        },
    });
    let mut set = |name: &str, schema: Value, is_required: bool| {
        form["properties"][name] = schema;
        if let (true, Value::Array(required)) = (is_required, &mut form["required"]) {
            required.push(name.into());
        }
    };
    if let Some(provider) = provider {
        set(
            "provider",
            json!({"type": "string", "const": provider.as_str()}),
            true,
        );
    }
    let from_one = |most: u64| json!({"type": "integer", "minimum": 1, "maximum": most});
    match kind {
        FaultKind::Delay => set("millis", from_one(MOST_MILLIS), true),
        FaultKind::Drip => {
            set("millis", from_one(MOST_MILLIS), true);
            set("bytes", from_one(LARGEST_DROP), true);
        }
        FaultKind::OversizedBody => set("bytes", from_one(MOST_BYTES), true),
        FaultKind::WrongLength => {
            let most = i64::try_from(MOST_BYTES).unwrap_or(i64::MAX);
            let range = json!({
                "type": "integer",
                "minimum": -most,
                "maximum": most,
                "not": {"const": 0},
            });
            set("difference", range, true);
        }
        FaultKind::Status => {
            let status = json!({"type": "integer", "minimum": 200, "maximum": 999});
            set("status", status, true);
            set("headers", headers(), false);
            let body = json!({"type": "string", "maxLength": LARGEST_BODY});
            set("body", body, false);
        }
        _ => {}
    }
    let carry_out = "Whether the call is carried out all the same.";
    match kind {
        FaultKind::Delay => {}
        FaultKind::LostReply => set("carryOut", json!({"type": "boolean", "const": true}), false),
        _ => set(
            "carryOut",
            json!({"type": "boolean", "description": carry_out}),
            false,
        ),
    }
    form
}

fn headers() -> Value {
    json!({
        "type": "object",
        "maxProperties": MOST_HEADERS,
        "description": "More headers of the reply; not those that frame it: connection, \
            content-length, transfer-encoding, upgrade.",
        "propertyNames": {
            "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
            "not": {"pattern": FRAMING},
        },
        "additionalProperties": {
            "type": "string",
            "maxLength": LONGEST_HEADER,
            "pattern": r"^[^\x00-\x08\x0a-\x1f\x7f]*$",
        },
    })
}

/// Names have no case.
const FRAMING: &str = "^([cC][oO][nN][nN][eE][cC][tT][iI][oO][nN]\
    |[cC][oO][nN][tT][eE][nN][tT]-[lL][eE][nN][gG][tT][hH]\
    |[tT][rR][aA][nN][sS][fF][eE][rR]-[eE][nN][cC][oO][dD][iI][nN][gG]\
    |[uU][pP][gG][rR][aA][dD][eE])$";
