//! Replies as a table, as JSON and as CSV: lists of cards in columns of their
//! own, every other reply as one row of its values.

mod airpay;
mod columns;
mod ledger;

use cards_transport::Shown;
use serde::Serialize;

pub(crate) use self::columns::Columns;
use crate::error::Error;
use crate::output::{self, Reader, harmless_json};
use crate::sheet::{Format, Sheet};
use crate::written::{Object, Written};

/// The JSON of a row for a reply that holds nothing.
const ACCEPTED: &str = r#"{"result": "accepted"}"#;

/// Prints a reply on standard output as a sheet, CSV where that is asked for:
/// whole where it is data for somebody, and harmless where a terminal shows it.
pub(crate) fn print<R: Serialize + 'static>(
    reply: &R,
    format: Format,
    columns: Columns,
) -> Result<(), Error> {
    let reader = Reader::of_stdout();
    let text = match format {
        Format::Csv => sheet(columns.csv(reply), reply)?.to_csv(reader)?,
        _ => sheet(columns.table(reply), reply)?.to_table(None, reader),
    };
    output::data(&text, reader)
}

/// Prints a reply as it came, between these texts.
pub(crate) fn print_json(before: &str, reply: &Shown, after: &str) -> Result<(), Error> {
    let json = serde_json::to_string_pretty(reply).map_err(unwritten)?;
    print_text(&format!("{before}{json}{after}"))
}

/// Prints each of these on a line of its own.
pub(crate) fn print_lines(items: &[Shown]) -> Result<(), Error> {
    let mut lines = String::new();
    for item in items {
        lines.push_str(&serde_json::to_string(item).map_err(unwritten)?);
        lines.push('\n');
    }
    print_text(&lines)
}

/// Prints JSON, or a part of it.
pub(crate) fn print_text(json: &str) -> Result<(), Error> {
    output::data(&harmless_json(json), Reader::of_stdout())
}

fn unwritten(error: serde_json::Error) -> Error {
    Error::failure("cannot write JSON").caused_by(error)
}

/// The sheet that a type of reply has of its own, or a row of its values.
fn sheet(own: Option<Sheet>, reply: &impl Serialize) -> Result<Sheet, Error> {
    match own {
        Some(sheet) => Ok(sheet),
        None => values(reply),
    }
}

/// A row of a reply's texts, numbers and truths by their names. What is nested is
/// left to JSON.
fn values(reply: &impl Serialize) -> Result<Sheet, Error> {
    // From text and not from a value: amounts keep their digits.
    let json = match serde_json::to_string(reply).map_err(unwritten)? {
        json if json == "{}" || json == "null" => ACCEPTED.to_owned(),
        json => json,
    };
    let Object(members) = serde_json::from_str(&json).map_err(unwritten)?;
    let (mut head, mut row) = (Vec::new(), Vec::new());
    for (name, value) in members {
        let Written::Leaf(raw) = value else {
            continue;
        };
        let value = raw.get();
        match value.as_bytes().first() {
            Some(b'"') => row.push(serde_json::from_str(value).map_err(unwritten)?),
            Some(b'n') => row.push(String::new()),
            _ => row.push(value.to_owned()),
        }
        head.push(name);
    }
    Ok(Sheet::new(head, vec![row]))
}

#[cfg(test)]
mod tests {
    use cards_transport::model::airpay::Acknowledged;
    use serde_json::json;
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn a_reply_without_columns_of_its_own_is_a_row_of_its_values() {
        #[derive(Serialize)]
        struct Reply {
            name: &'static str,
            is_new: bool,
            nested: serde_json::Value,
            amount: Box<RawValue>,
            absent: Option<u8>,
        }

        let reply = Reply {
            name: "a \"b\"",
            is_new: true,
            nested: json!([1]),
            amount: RawValue::from_string("1.10".to_owned()).unwrap(),
            absent: None,
        };
        let sheet = sheet(None, &reply).unwrap();
        assert_eq!(sheet.head, ["name", "is_new", "amount", "absent"]);
        assert_eq!(sheet.rows, [["a \"b\"", "true", "1.10", ""]]);
    }

    #[test]
    fn a_reply_that_holds_nothing_is_told_as_accepted() {
        let sheet = sheet(None, &Acknowledged::default()).unwrap();
        assert_eq!(
            (&*sheet.head[0], &*sheet.rows[0][0]),
            ("result", "accepted")
        );
    }
}
