//! The flag of a request's field: its name, its help and its value, all of them
//! from the field's row in the table.

use cards_transport::model::{Constraint, Field, Kind, Operation};
use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, ValueHint};
use serde_json::Value;

use crate::input;
use crate::words::{self, Listed};

/// Values that fit into a flag's own description, such as `M|F|T`.
const SHORT: usize = 9;

/// The fields that have flags: an object has those of the fields within.
pub(super) fn with_flags(operation: &Operation) -> impl Iterator<Item = &'static Field> {
    let fields = operation.fields.iter();
    fields.filter(|field| field.kind != Kind::Object)
}

/// The flag of a field.
pub(super) fn arg(field: &'static Field, is_marked: bool) -> Arg {
    let arg = Arg::new(field.wire)
        .long(long(field))
        .value_name(match input::may_be_in_file(field) {
            true => format!("{}|@FILE", value_name(field)),
            false => value_name(field),
        })
        .help(help(field, is_marked))
        .action(ArgAction::Set);
    let arg = match field.kind {
        Kind::Integer { min, max } => arg
            .allow_negative_numbers(min < 0)
            .value_parser(number(min, max)),
        Kind::List => arg.action(ArgAction::Append).value_delimiter(','),
        Kind::Boolean => arg.value_parser(words::truth()).hide_possible_values(true),
        Kind::File => arg.value_hint(ValueHint::FilePath),
        _ => arg,
    };
    match listed(field) {
        // The help has them in its own words.
        Some(words) => arg.value_parser(Listed(words)).hide_possible_values(true),
        None => arg,
    }
}

/// The words of a field that has a closed list of them.
fn listed(field: &Field) -> Option<&'static [&'static str]> {
    let mut constraints = field.constraints.iter();
    constraints.find_map(|constraint| match constraint {
        Constraint::OneOf(words) | Constraint::EachOneOf(words) => Some(*words),
        _ => None,
    })
}

/// The value that a field's flag has. `None`: it was not given. A word of a
/// closed list is taken in any letter case, unless it is to be sent as it is.
pub(super) fn value(
    field: &'static Field,
    matches: &ArgMatches,
    in_any_case: bool,
) -> Option<Value> {
    let words = listed(field).filter(|_| in_any_case).unwrap_or_default();
    let text = |text: &String| Value::from(words::find(words, text).unwrap_or(text));
    match field.kind {
        Kind::Integer { .. } => matches.get_one(field.wire).cloned(),
        Kind::List => Some(matches.get_many(field.wire)?.map(text).collect()),
        Kind::Boolean => matches.get_one(field.wire).copied().map(Value::Bool),
        _ => matches.get_one(field.wire).map(text),
    }
}

/// Tells whether all of several fields have to be given, so that none is marked for it.
pub(super) fn are_all_required(operation: &Operation) -> bool {
    let mut fields = with_flags(operation);
    with_flags(operation).nth(1).is_some()
        && fields.all(|field| field.required && field.parent().is_empty())
}

/// The field that a setting allows to be empty. `None`: the operation has none.
pub(super) fn excused(operation: &Operation) -> Option<&'static Field> {
    let is_by_setting = |field: &&Field| field.constraints.contains(&Constraint::RequiredBySetting);
    operation.fields.iter().find(is_by_setting)
}

/// Tells whether a date is judged by the day that it is.
pub(super) fn depends_on_today(operation: &Operation) -> bool {
    let is_judged = |constraint: &Constraint| {
        matches!(
            constraint,
            Constraint::NotAfterToday | Constraint::CardExpiry { .. }
        )
    };
    let mut fields = operation.fields.iter();
    fields.any(|field| field.constraints.iter().any(is_judged))
}

/// The flag without its dashes.
pub(super) fn long(field: &Field) -> String {
    let flag = input::flag(field.wire);
    flag.trim_start_matches("--").to_owned()
}

/// Reads a whole number into the type that its bounds are those of.
fn number(min: i64, max: u64) -> ValueParser {
    if min < 0 {
        ValueParser::from(|text: &str| input::number::<i64>(text).map(Value::from))
    } else if max <= u32::MAX.into() {
        ValueParser::from(|text: &str| input::number::<u32>(text).map(Value::from))
    } else {
        ValueParser::from(|text: &str| input::number::<u64>(text).map(Value::from))
    }
}

/// Names the value in help texts: its form, its few values, or the last word of the
/// field's name.
fn value_name(field: &Field) -> String {
    let last = input::flag(field.wire);
    let last = last.rsplit('-').next().unwrap_or_default().to_uppercase();
    match field.kind {
        Kind::Integer { .. } => return "N".to_owned(),
        Kind::List => return format!("{last},..."),
        Kind::Decimal => return "AMOUNT".to_owned(),
        Kind::Boolean => return "true|false".to_owned(),
        Kind::File => return "FILE".to_owned(),
        _ => {}
    }
    let form = field
        .constraints
        .iter()
        .find_map(|constraint| match constraint {
            Constraint::CardExpiry { year_digits: 4, .. } => Some("MM/YYYY".to_owned()),
            Constraint::CardExpiry { .. } => Some("MM/YY".to_owned()),
            Constraint::Date => Some("YYYY-MM-DD".to_owned()),
            Constraint::Amount { .. } => Some("AMOUNT".to_owned()),
            Constraint::UtcTime => Some("UTC-TIME".to_owned()),
            Constraint::Email(_) => Some("ADDRESS".to_owned()),
            Constraint::Characters("0-9") => Some("DIGITS".to_owned()),
            Constraint::Characters("A-Za-z") => Some("LETTERS".to_owned()),
            Constraint::Format([pattern]) if pattern.starts_with("^[0-9]") => {
                Some("DIGITS".to_owned())
            }
            Constraint::OneOf(values) => {
                let values = values.join("|");
                Some(if values.len() <= SHORT {
                    values
                } else {
                    last.clone()
                })
            }
            _ => None,
        });
    form.unwrap_or_else(|| match last.as_str() {
        "ID" => last,
        _ => "TEXT".to_owned(),
    })
}

/// The beginning of what is said of the field, its values, and whether it is
/// required.
fn help(field: &Field, is_marked: bool) -> String {
    let prose = field.prose();
    let end = [". ", "; "].iter().filter_map(|end| prose.find(end)).min();
    let prose = &prose[..end.unwrap_or(prose.len())];
    let mut help = prose.trim_end_matches('.').replace('`', "");
    for constraint in field.constraints {
        match constraint {
            Constraint::OneOf(values) if values.join("|").len() > SHORT => {
                help.push_str(": ");
                help.push_str(&series(values, " or "));
            }
            Constraint::EachOneOf(values) => {
                help.push_str(": ");
                help.push_str(&series(values, ", "));
            }
            Constraint::RequiredBySetting => {
                let flag = input::flag(field.wire);
                help.push_str(&format!("; '' for one that has none: see {flag}-rule"));
            }
            _ => {}
        }
    }
    if field.kind == Kind::File {
        help.push_str("; - is standard input. In --json it is the content, in base64");
    }
    if is_marked && field.required {
        match field.parent() {
            "" => help.push_str(" (required)"),
            parent => help.push_str(&format!(" (required where {parent} is given)")),
        }
    }
    help
}

/// Words with commas between, and with another word before the last.
fn series(words: &[&str], before_last: &str) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => {
            format!("{}{before_last}{last}", first.join(", "))
        }
        _ => words.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use cards_transport::model::airpay::{CustomerPreference, RegisterUser};
    use cards_transport::model::ibanera::CardsByCustomer;
    use cards_transport::model::paysafe::ListPrepaidCards;
    use cards_transport::model::{Place, Request, Sensitivity};

    use super::*;

    /// A flag's value and help, as its field's row makes them.
    fn shown<R: Request>(wire: &str, is_marked: bool) -> String {
        let field = R::OPERATION.field(wire).unwrap();
        format!("<{}> {}", value_name(field), help(field, is_marked))
    }

    #[test]
    fn a_flag_is_told_as_its_row_says() {
        for (wire, told) in [
            ("card_type", "<P|V> Physical or virtual"),
            ("card_no", "<DIGITS> Card number: 16 digits"),
            (
                "card_expiry",
                "<MM/YY> Expiry as MM/YY, 1 month to 25 years ahead",
            ),
            (
                "first_name",
                "<LETTERS> First name: 1 to 30 letters, no spaces",
            ),
            ("gender", "<M|F|T> Gender"),
            ("dob", "<YYYY-MM-DD> Date of birth as YYYY-MM-DD"),
            (
                "email",
                "<ADDRESS> E-mail address, 1 to 50 characters, not used by another customer",
            ),
            (
                "address",
                "<TEXT> Address: 1 to 100 letters, digits and spaces",
            ),
            (
                "doc_type",
                "<TYPE> Kind of identity document: AADHAAR, PAN, VOTERID, DL or PASSPORT",
            ),
            (
                "doc_expiry",
                "<YYYY-MM-DD> Expiry of the identity document as YYYY-MM-DD; '' for one \
                 that has none: see --doc-expiry-rule",
            ),
        ] {
            assert_eq!(shown::<RegisterUser>(wire, false), told);
        }
        let told = "<ID> The customer's id: 1 to 50 characters (required)";
        assert_eq!(shown::<CustomerPreference>("entity_id", true), told);
        let told = "<STATUS> Allowed or not: ALLOWED or NOTALLOWED";
        assert_eq!(shown::<CustomerPreference>("status", true), told);
        let told = "<N> The customer's id, at least 1 (required)";
        assert_eq!(shown::<CardsByCustomer>("customersId", true), told);
        let told = "<N> Records a page: 1 to 50, 10 where absent";
        assert_eq!(shown::<ListPrepaidCards>("limit", true), told);
        let told = "<TYPE,...> Only cards of these types: PHYSICAL, VIRTUAL";
        assert_eq!(shown::<ListPrepaidCards>("cardType", true), told);
    }

    #[test]
    fn all_of_several_fields_are_required_or_each_is_marked() {
        assert!(are_all_required(RegisterUser::OPERATION));
        assert!(!are_all_required(CustomerPreference::OPERATION));
        assert!(!are_all_required(CardsByCustomer::OPERATION));
    }

    /// A row of an object's fields, of this kind.
    const fn nested(kind: Kind) -> Field {
        Field {
            wire: "deliveryAddress.isNew",
            rust: "is_new",
            place: Place::Json,
            required: true,
            row: "Body",
            sample: None,
            kind,
            sensitivity: Sensitivity::Plain,
            is_page: false,
            constraints: &[],
            docs: &[" Whether it is new."],
        }
    }

    #[test]
    fn a_field_of_an_object_within_is_told_with_the_object() {
        static FIELD: Field = nested(Kind::Boolean);
        let told = "<true|false> Whether it is new (required where deliveryAddress is given)";
        let shown = format!("<{}> {}", value_name(&FIELD), help(&FIELD, true));
        assert_eq!(shown, told);
        let command = clap::Command::new("call").arg(arg(&FIELD, true));
        let read = |words: &[&str]| command.clone().try_get_matches_from(words);
        let matches = read(&["call", "--delivery-address-is-new", "true"]).unwrap();
        assert_eq!(value(&FIELD, &matches, true), Some(Value::Bool(true)));
        assert_eq!(value(&FIELD, &read(&["call"]).unwrap(), true), None);
        assert!(read(&["call", "--delivery-address-is-new", "yes"]).is_err());
    }
}
