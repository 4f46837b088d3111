//! JSON Schema of a request's fields, from the constraints that `cards-model`
//! reads off its own rules.

use std::collections::BTreeMap;

use cards_model::{Constraint, Date, Dependent, Field, Form, Kind, Operation, Place, Rule, Rules};
use serde_json::{Map, Value, json};

/// The order of an object's properties, for [`render`](super::render): taken
/// out again there.
pub(super) const ORDER: &str = "x-order";

/// The object that a form's body is.
pub fn form<F: Form>() -> Value {
    let operation = F::OPERATION;
    let fields = operation.fields;
    let excused = samples_that_break_rules::<F>();
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let sample = field.sample.filter(|_| excused.contains(&field.wire));
            let schema = described(field, operation.document, text(field, sample));
            (field.wire.to_owned(), schema)
        })
        .collect();
    let names = |only: &dyn Fn(&&Field) -> bool| -> Vec<&str> {
        fields.iter().filter(only).map(|field| field.wire).collect()
    };
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "required": names(&|field| field.required),
        ORDER: names(&|_| true),
    });
    conditions(&mut schema, operation, "");
    schema
}

/// Adds the rules over two fields of an object.
fn conditions(schema: &mut Value, operation: &Operation, parent: &str) {
    let of = |wire: &str| operation.field(wire).map(Field::parent) == Some(parent);
    let rules = operation.dependents.iter().filter(|rule| of(rule.field));
    let conditions: Vec<_> = rules.map(dependent).collect();
    if !conditions.is_empty() {
        schema["allOf"] = conditions.into();
    }
}

/// A JSON body: its object, and as an example the documented samples of what must be given.
pub(super) fn json_body(operation: &'static Operation) -> Value {
    json!({"application/json": {"schema": object(operation, ""), "example": samples(operation, "")}})
}

/// A multipart body: a part for each field, and as an example the documented samples of what must
/// be given.
pub(super) fn multipart_body(operation: &'static Operation) -> Value {
    let (schema, example) = (object(operation, ""), samples(operation, ""));
    json!({"multipart/form-data": {"schema": schema, "example": example}})
}

/// A parameter of the path or the query. `None`: the field is in the body.
pub(super) fn parameter(field: &Field, document: &str) -> Option<Value> {
    let place = match field.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Form | Place::Json | Place::Part => return None,
    };
    let mut parameter = json!({
        "name": field.wire,
        "in": place,
        "required": field.required,
        "description": description(field, document),
        "schema": schema(field),
    });
    if let Some(sample) = example(field) {
        parameter["example"] = sample;
    }
    if field.kind == Kind::List {
        // A list is sent as one value, its items separated by commas.
        parameter["style"] = "form".into();
        parameter["explode"] = false.into();
    }
    Some(parameter)
}

/// The schema of a value that is no object's.
fn schema(field: &Field) -> Value {
    match field.kind {
        Kind::Integer { min, max } => integer(field, min, max),
        Kind::Decimal if field.place == Place::Json => decimal(field),
        Kind::List => list(field),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::File => json!({"type": "string", "format": "binary", "minLength": 1}),
        _ => text(field, None),
    }
}

/// The fields of a JSON or multipart body that belong to an object; to the body itself where
/// `parent` is empty.
fn within(operation: &Operation, parent: &'static str) -> impl Iterator<Item = &'static Field> {
    let fields = operation.fields.iter();
    let is_in_body = |field: &Field| matches!(field.place, Place::Json | Place::Part);
    fields.filter(move |field| is_in_body(field) && field.parent() == parent)
}

fn object(operation: &Operation, parent: &'static str) -> Value {
    let property = |field: &'static Field| {
        let mut schema = match field.kind {
            Kind::Object => object(operation, field.wire),
            _ => schema(field),
        };
        if !field.required {
            or_null(&mut schema);
        }
        let schema = described(field, operation.document, schema);
        (field.key().to_owned(), schema)
    };
    let names = |fields: &mut dyn Iterator<Item = &'static Field>| -> Vec<&str> {
        fields.map(Field::key).collect()
    };
    let mut schema = json!({
        "type": "object",
        "properties": within(operation, parent).map(property).collect::<Map<_, _>>(),
        "required": names(&mut within(operation, parent).filter(|field| field.required)),
        ORDER: names(&mut within(operation, parent)),
    });
    conditions(&mut schema, operation, parent);
    schema
}

/// Allows `null`, which reads as absent.
fn or_null(schema: &mut Value) {
    schema["type"] = json!([schema["type"].take(), "null"]);
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
}

/// The samples of the fields that an object must have.
fn samples(operation: &Operation, parent: &'static str) -> Value {
    let sample = |field: &'static Field| {
        let sample = match field.kind {
            Kind::Object => samples(operation, field.wire),
            _ => example(field)?,
        };
        Some((field.key().to_owned(), sample))
    };
    let required = within(operation, parent).filter(|field| field.required);
    Value::Object(required.filter_map(sample).collect())
}

/// The fields whose documented sample breaks the documented rules, other than
/// by the day that it is. The sandbox takes these samples all the same.
fn samples_that_break_rules<F: Form>() -> Vec<&'static str> {
    let fields = F::OPERATION.fields;
    let pairs = fields
        .iter()
        .map(|field| (field.wire, field.sample.unwrap_or("0")));
    let broken = F::from_fields(pairs).check(&Rules::on(Date::from_unix_seconds(0)));
    let broken = broken.err();
    let is_broken = |field: &&Field| {
        broken
            .iter()
            .flatten()
            .any(|violation| violation.field == field.wire && violation.rule != Rule::Range)
    };
    fields
        .iter()
        .filter(|field| field.sample.is_some())
        .filter(is_broken)
        .map(|field| field.wire)
        .collect()
}

/// A text, or the sample that is taken beside what the rules take.
fn text(field: &Field, sample: Option<&str>) -> Value {
    let mut schema = Text::default();
    for constraint in field.constraints {
        schema.add(*constraint);
    }
    let is_absent = schema.takes_empty && schema.min_length.is_none();
    let mut taken: Vec<_> = is_absent.then_some("").into_iter().chain(sample).collect();
    taken.dedup();
    schema.beside(&taken)
}

/// Holds what the constraints of a text say in a schema.
#[derive(Default)]
struct Text {
    min_length: Option<u64>,
    /// Keywords that an empty text keeps.
    loose: Map<String, Value>,
    /// Keywords that no empty text keeps.
    strict: Map<String, Value>,
    patterns: Vec<String>,
    takes_empty: bool,
}

impl Text {
    fn add(&mut self, constraint: Constraint) {
        let mut strict = |key: &str, value: Value| drop(self.strict.insert(key.to_owned(), value));
        match constraint {
            Constraint::Required => self.min_length = self.min_length.max(Some(1)),
            Constraint::RequiredBySetting => self.takes_empty = true,
            Constraint::Length { min, max } => {
                self.min_length = self.min_length.max(min);
                if let Some(max) = max {
                    self.loose.insert("maxLength".to_owned(), max.into());
                }
            }
            Constraint::Characters(class) => {
                let pattern = format!("^[{class}]*$");
                if self.loose.contains_key("pattern") {
                    self.patterns.push(pattern);
                } else {
                    self.loose.insert("pattern".to_owned(), pattern.into());
                }
            }
            Constraint::Format(all) | Constraint::Composition(all) => self.shaped(all),
            Constraint::Email(all) => {
                strict("format", "email".into());
                self.shaped(all);
            }
            Constraint::Date => {
                strict("format", "date".into());
                self.shaped(&["^[0-9]{4}-[0-9]{2}-[0-9]{2}$"]);
            }
            Constraint::UtcTime => {
                strict("format", "date-time".into());
                self.shaped(&[
                    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\\.[0-9]+)?Z$",
                ]);
            }
            Constraint::CardExpiry { year_digits, .. } => {
                // The years of this century, which have a two-digit form.
                let century = if year_digits == 4 { "20" } else { "" };
                self.shaped(&[&format!("^(0[1-9]|1[0-2])/{century}[0-9]{{2}}$")]);
            }
            Constraint::Amount { digits, decimals } => self.shaped(&[
                &format!("^[0-9]{{1,{digits}}}(\\.[0-9]{{1,{decimals}}})?$"),
                "[1-9]",
            ]),
            Constraint::OneOf(values) => {
                self.takes_empty = true;
                self.loose.insert("enum".to_owned(), values.into());
            }
            Constraint::NoneOf(values) => {
                self.loose.insert("not".to_owned(), json!({"enum": values}));
            }
            // They depend on the day, or are about no text: told in words.
            _ => {}
        }
    }

    /// Adds patterns that no empty text has.
    fn shaped(&mut self, patterns: &[&str]) {
        self.takes_empty = true;
        self.patterns
            .extend(patterns.iter().copied().map(str::to_owned));
    }

    /// The schema of what keeps the rules and, beside that, of what is `taken` all the same. It
    /// is of one type, whatever the rules are.
    fn beside(mut self, taken: &[&str]) -> Value {
        if let Some(Value::Array(values)) = self.loose.get_mut("enum") {
            values.extend(taken.iter().copied().map(Value::from));
        } else if let Some(min) = self.min_length
            && !(min == 1 && taken.contains(&""))
        {
            // No listed value is empty.
            self.strict.insert("minLength".to_owned(), min.into());
        }
        let mut more = Vec::new();
        for pattern in self.patterns {
            if self.strict.contains_key("pattern") || self.loose.contains_key("pattern") {
                more.push(json!({"pattern": pattern}));
            } else {
                self.strict.insert("pattern".to_owned(), pattern.into());
            }
        }
        if !more.is_empty() {
            self.strict.insert("allOf".to_owned(), more.into());
        }
        let mut schema = Map::from_iter([("type".to_owned(), "string".into())]);
        let is_loose = taken.iter().all(|text| text.is_empty());
        match is_loose || self.loose.contains_key("enum") {
            true => schema.extend(self.loose),
            false => self.strict.extend(self.loose),
        }
        match taken {
            [] => schema.extend(self.strict),
            _ if self.strict.is_empty() => {}
            [""] => {
                schema.insert("if".to_owned(), json!({"minLength": 1}));
                schema.insert("then".to_owned(), self.strict.into());
            }
            taken => {
                schema.insert("if".to_owned(), json!({"not": {"enum": taken}}));
                schema.insert("then".to_owned(), self.strict.into());
            }
        }
        schema.into()
    }
}

fn integer(field: &Field, min: i64, max: u64) -> Value {
    let mut schema = json!({"type": "integer", "minimum": min, "maximum": max});
    for constraint in field.constraints {
        if let Constraint::Range { min, max } = constraint {
            if let Some(min) = min {
                schema["minimum"] = (*min).into();
            }
            if let Some(max) = max {
                schema["maximum"] = (*max).into();
            }
        }
    }
    schema
}

/// A number of a JSON body. Its decimals are told in words: a `multipleOf` of 0.01 is judged by
/// floats in many validators, which then refuse 0.07.
fn decimal(field: &Field) -> Value {
    let mut schema = json!({"type": "number"});
    for constraint in field.constraints {
        if let Constraint::Amount { digits, .. } = constraint {
            schema["exclusiveMinimum"] = 0.into();
            schema["exclusiveMaximum"] = 10_u64.saturating_pow(*digits).into();
        }
    }
    schema
}

/// The document's own value of a field, of the kind that it has in JSON.
fn example(field: &Field) -> Option<Value> {
    if field.kind == Kind::File {
        return Some("%PDF-1.7 ...".into());
    }
    let sample = field.sample?;
    let is_json = match field.kind {
        Kind::Integer { .. } | Kind::Boolean => true,
        Kind::Decimal => field.place == Place::Json,
        _ => false,
    };
    let value = is_json.then(|| serde_json::from_str(sample).ok()).flatten();
    Some(value.unwrap_or_else(|| sample.into()))
}

fn list(field: &Field) -> Value {
    let mut items = json!({"type": "string"});
    for constraint in field.constraints {
        if let Constraint::EachOneOf(values) = constraint {
            items["enum"] = (*values).into();
        }
    }
    let mut schema = json!({"type": "array", "items": items});
    // In a query, a list of nothing is an empty text; in JSON it is a field that is not given.
    if field.place != Place::Json {
        schema["minItems"] = 1.into();
    }
    schema
}

/// A rule that depends on another field, as far as the field keeps its own rules.
fn dependent(rule: &Dependent) -> Value {
    let key = |wire: &'static str| wire.rsplit_once('.').map_or(wire, |(_, key)| key);
    let (field, on) = (key(rule.field), key(rule.on));
    let in_any_case = |word: &&str| -> String {
        word.chars()
            .map(|c| format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()))
            .collect()
    };
    let words: Vec<_> = rule.words.iter().map(in_any_case).collect();
    let is_there = json!({"required": [on], "properties": {on: {"type": "string"}}});
    let is_filled = json!({"required": [on], "properties": {on: {"pattern": "\\S"}}});
    let names_it = match words.is_empty() {
        true => is_there,
        false => json!({
            "required": [on],
            "properties": {on: {"pattern": format!("^\\s*({})\\s*$", words.join("|"))}},
        }),
    };
    let condition = if rule.or_absent {
        json!({"anyOf": [names_it, {"not": is_filled}]})
    } else {
        names_it
    };
    let then = match rule.constraint {
        Constraint::Length { min, max } => {
            let bounds = [("minLength", min), ("maxLength", max)];
            let bounds = bounds
                .into_iter()
                .filter_map(|(name, it)| Some((name, it?)));
            json!({"properties": {field: bounds.collect::<BTreeMap<_, _>>()}})
        }
        Constraint::Characters(class) => {
            json!({"properties": {field: {"pattern": format!("^[{class}]*$")}}})
        }
        _ => {
            json!({"required": [field], "properties": {field: {"type": "string", "minLength": 1}}})
        }
    };
    json!({"if": condition, "then": then})
}

fn described(field: &Field, document: &str, mut schema: Value) -> Value {
    schema["description"] = description(field, document).into();
    if let Some(sample) = example(field) {
        schema["examples"] = json!([sample]);
    }
    schema
}

/// Says what the field is, what its constraints add that a schema cannot say,
/// and where the document says so.
fn description(field: &Field, document: &str) -> String {
    let mut text = field.prose();
    for constraint in field.constraints {
        match constraint {
            Constraint::NotAfterToday => text.push_str(" Not after today."),
            Constraint::Amount { decimals, .. } if field.place == Place::Json => {
                text.push_str(&format!(" At most {decimals} decimals."));
            }
            Constraint::FileSize { max } => {
                text.push_str(&format!(" At most {max} bytes."));
            }
            Constraint::RequiredBySetting => {
                text.push_str(" Always sent, and filled for documents that expire.");
            }
            _ => {}
        }
    }
    format!("{text}\n\n{document}, {}.", field.row)
}

#[cfg(test)]
mod tests {
    use cards_model::Request;
    use cards_model::ibanera::{CreateCard, UploadDocument};
    use cards_model::paysafe::ListPrepaidCards;

    use super::*;

    /// A sample is of the kind that its field has in JSON.
    #[test]
    fn an_example_is_of_its_fields_kind() {
        let all = [
            ListPrepaidCards::OPERATION,
            CreateCard::OPERATION,
            UploadDocument::OPERATION,
        ];
        let mut kinds = [0; 3];
        for field in all.iter().flat_map(|operation| operation.fields) {
            let example = example(field);
            match field.kind {
                Kind::File => assert_eq!(example, Some("%PDF-1.7 ...".into())),
                _ if field.sample.is_none() => assert_eq!(example, None),
                Kind::Integer { .. } => {
                    assert!(example.unwrap().is_i64(), "{}", field.wire);
                    kinds[0] += 1;
                }
                Kind::Boolean => assert!(example.unwrap().is_boolean(), "{}", field.wire),
                Kind::Decimal if field.place == Place::Json => {
                    assert!(example.unwrap().is_number(), "{}", field.wire);
                }
                _ => {
                    assert_eq!(example.unwrap().as_str(), field.sample, "{}", field.wire);
                    kinds[1] += 1;
                }
            }
            kinds[2] += 1;
        }
        assert!(kinds.iter().all(|count| *count > 0), "{kinds:?}");
    }
}
