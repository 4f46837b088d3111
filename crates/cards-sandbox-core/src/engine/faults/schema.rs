//! Makes the schema of what `POST /_sandbox/faults` takes: the limits are those
//! that [`check`](super::check) applies.

use cards_model::ProviderId;
use serde_json::{Value, json};

use super::FaultKind;
use super::kind::CarryOut;
use super::setting::Setting;
use crate::engine::operations::Operations;

/// Describes a [`Fault`](super::Fault) as it is ordered, of one of these operations.
pub(crate) fn order(operations: &Operations) -> Value {
    let mut kinds = FaultKind::ALL;
    kinds.sort_unstable();
    // One form for each kind and provider, so that each says all there is.
    let providers = operations.providers().map(Some);
    let forms = providers.chain([None]).flat_map(|provider| {
        let names = operations.names(provider);
        let forms = kinds.map(|kind| form(kind, provider, &names));
        forms.into_iter().flat_map(|form| with_probability(&form))
    });
    let mut all = any_kind(&kinds, operations);
    all["anyOf"] = forms.collect::<Vec<_>>().into();
    all
}

/// Describes every field that an order may have, whatever its kind is: the object of which
/// generators make a type. What goes together the forms say.
fn any_kind(kinds: &[FaultKind], operations: &Operations) -> Value {
    let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    let providers: Vec<_> = operations.providers().map(ProviderId::as_str).collect();
    let mut all = json!({
        "description": "A fault and the calls that it is of. Without a provider and an \
            operation it is of every call below the providers' paths.",
        "type": "object",
        "required": ["fault"],
        "additionalProperties": false,
        "properties": {
            "fault": {"type": "string", "enum": kinds},
            "provider": {"type": "string", "enum": providers},
            "operation": {"type": "string", "description": "One of the provider's, by the name that its document has."},
            "times": times(),
            "carryOut": {"type": "boolean", "description": CARRY_OUT},
            "probability": probability(),
            "seed": seed(),
        },
    });
    for setting in Setting::ALL {
        all["properties"][setting.name()] = setting.schema();
    }
    all
}

const CARRY_OUT: &str = "Whether the call is carried out all the same.";

fn times() -> Value {
    json!({
        "type": "integer",
        "minimum": 1,
        "maximum": u64::MAX,
        "description": "Times that it fires; always, where it is not given.",
    })
}

fn probability() -> Value {
    json!({"type": "number", "minimum": 0, "maximum": 1, "description": "Of each call."})
}

fn seed() -> Value {
    json!({
        "type": "integer",
        "minimum": 0,
        "maximum": u64::MAX,
        "description": "What the draws are made from: the same seed, the same calls.",
    })
}

/// Gives the form with a probability, which may have a seed, and without.
fn with_probability(form: &Value) -> [Value; 2] {
    let mut with = form.clone();
    with["properties"]["probability"] = probability();
    with["properties"]["seed"] = seed();
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
            "times": times(),
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
    for setting in kind.settings() {
        set(setting.name(), setting.schema(), setting.is_required());
    }
    match kind.carry_out() {
        CarryOut::Untouched => {}
        CarryOut::Always => set("carryOut", json!({"type": "boolean", "const": true}), false),
        CarryOut::Usually(_) => set(
            "carryOut",
            json!({"type": "boolean", "description": CARRY_OUT}),
            false,
        ),
    }
    form
}
