//! Rows of text as a table or as CSV, and what stands in their columns.

use std::borrow::Cow;

use cards_transport::model::CardSummary;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};

use crate::error::Error;
use crate::output::{BOLD, Reader, harmless_lines};

/// The format of a printed reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// The reply as it came, sensitive values redacted and numbers as they are
    /// read; with --all, a list of the pages
    Json,
    /// Each item of a list that has pages on a line of JSON; with --all, as its
    /// page arrives. Any other reply on one line
    Ndjson,
    /// For spreadsheets, with a header line
    Csv,
    /// A curl command: of a request, and of nothing else
    #[value(skip)]
    Curl,
}

impl Format {
    /// Tells whether it is for programs, which are told of errors as JSON too.
    pub(crate) const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// Rows of text under a head.
pub(crate) struct Sheet {
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// The first column of figures: from there on, aligned to the right.
    pub(crate) figures_from: usize,
}

impl Sheet {
    pub(crate) fn new(head: impl IntoIterator<Item: Into<String>>, rows: Vec<Vec<String>>) -> Self {
        Self {
            head: head.into_iter().map(Into::into).collect(),
            rows,
            figures_from: usize::MAX,
        }
    }

    /// Columns two spaces apart, or one where that keeps them within 80
    /// columns. On a terminal that tells its width, and where `width` is given, wrapped to it. It is for people, who
    /// may look at it with a program behind a pipe: nothing of a text commands their terminal.
    pub(crate) fn to_table(&self, width: Option<u16>, reader: Reader) -> String {
        if self.rows.is_empty() {
            return "nothing found\n".to_owned();
        }
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        let of_terminal = || table.width().filter(|width| *width > 0);
        if let Some(width) = width.or_else(of_terminal) {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
        }
        table.set_header(self.head.iter().map(|name| name.to_uppercase()));
        for row in &self.rows {
            table.add_row(row.iter().map(|text| {
                Cell::new(match text.is_empty() {
                    true => "-".to_owned(),
                    false => harmless_lines(text),
                })
            }));
        }
        let last = self.head.len() - 1;
        let natural: usize = table
            .column_max_content_widths()
            .iter()
            .map(|w| usize::from(*w))
            .sum();
        let gap = if natural + 2 * last <= 80 { 2 } else { 1 };
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { gap }));
            if index >= self.figures_from {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let text = table.trim_fmt();
        match text.split_once('\n') {
            Some((head, rows)) if reader.takes_colour => {
                format!("{BOLD}{head}{BOLD:#}\n{rows}\n")
            }
            _ => text + "\n",
        }
    }

    pub(crate) fn to_csv(&self, reader: Reader) -> Result<String, Error> {
        let failed = |error: csv::Error| Error::failure("cannot write CSV").caused_by(error);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.head).map_err(failed)?;
        for row in &self.rows {
            let cells = row.iter().map(|text| inert(text));
            let written = match reader.is_terminal {
                true => writer.write_record(cells.map(|text| harmless_lines(&text))),
                false => writer.write_record(cells.map(Cow::into_owned)),
            };
            written.map_err(failed)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| failed(error.into_error().into()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The text of a cell, with an apostrophe before it where a spreadsheet would run it as a formula. A number stays one.
fn inert(text: &str) -> Cow<'_, str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && digits.matches('.').count() <= 1;
    // The wide forms are taken for the narrow ones by some.
    let runs = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    match text.starts_with(runs) && !is_number {
        true => format!("'{text}").into(),
        false => text.into(),
    }
}

/// The number with its first six and last four digits at most, whatever the
/// provider sent as the BIN.
pub(crate) fn number(card: &CardSummary) -> String {
    let Some(masked) = card.masked_number.as_deref() else {
        return String::new();
    };
    let shown = |c: &char| c.is_ascii_digit();
    let first: String = masked.chars().take_while(shown).take(6).collect();
    let last: Vec<char> = masked.chars().rev().take_while(shown).take(4).collect();
    let last: String = last.into_iter().rev().collect();
    match masked.contains('*') {
        true => format!("{first}******{last}"),
        false => "[redacted]".to_owned(),
    }
}

/// The same, short enough for a table.
pub(crate) fn short_number(card: &CardSummary) -> String {
    number(card).replace("******", "…")
}

pub(crate) fn state(card: &CardSummary) -> String {
    card.state
        .as_ref()
        .map_or_else(String::new, |state| state.as_str().to_owned())
}

pub(crate) fn text(value: Option<&impl ToString>) -> String {
    value.map_or_else(String::new, ToString::to_string)
}

#[cfg(test)]
mod tests {
    use cards_transport::model::paysafe;

    use super::*;
    use crate::output::is_command;
    use proptest::prelude::*;

    #[test]
    fn amounts_stay_numbers_and_formulas_do_not_run() {
        for number in ["0", "-5.00", "12.5", "7", "-1", "4000001234.10"] {
            assert_eq!(inert(number), number);
        }
        for text in [
            "-", "-1+1", "-1.2.3", "-A1", "+1", "@SUM(A1)", "=1", "\t=1", "\r=1", "＝1",
        ] {
            assert_eq!(inert(text), format!("'{text}"));
        }
        for text in ["", "Kochi", "a=b", "1-2", "'=1", " -"] {
            assert_eq!(inert(text), text);
        }
    }

    proptest! {
        #[test]
        fn no_cell_of_a_csv_begins_a_formula(rows in proptest::collection::vec(proptest::collection::vec("[-=+@\t\r\n\"',0-9a-z.]{0,6}", 3), 1..5)) {
            let sheet = Sheet::new(["a", "b", "c"], rows.clone());
            let reader = Reader { is_terminal: false, takes_colour: false };
            let text = sheet.to_csv(reader).ok().unwrap();
            let mut read = csv::Reader::from_reader(text.as_bytes());
            for (record, row) in read.records().zip(&rows) {
                for (cell, was) in record.unwrap().iter().zip(row) {
                    // Nothing else is changed.
                    prop_assert!(cell == was || cell.strip_prefix('\'') == Some(was), "{cell:?} {was:?}");
                    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && cell.parse::<f64>().is_err();
                    prop_assert!(!is_formula, "{cell:?}");
                }
            }
        }
    }

    proptest! {
        /// A table may be looked at through a pipe too.
        #[test]
        fn no_text_in_a_table_commands_a_terminal(
            rows in proptest::collection::vec(proptest::collection::vec("([a-z ]|[\\x00-\\x1f\\x7f\u{9b}\u{202e}]){0,9}", 3), 1..5),
            is_terminal in any::<bool>(),
        ) {
            let reader = Reader { is_terminal, takes_colour: false };
            let table = Sheet::new(["a", "b", "c"], rows).to_table(None, reader);
            prop_assert!(!table.contains(|c| !['\n', '\t'].contains(&c) && is_command(c)), "{table:?}");
        }
    }

    #[test]
    fn no_more_than_six_and_four_digits_are_shown() {
        let mut card = paysafe::Card::new("c");
        card.bin = Some("53394412".into());
        card.last_four = Some("7009".into());
        assert_eq!(number(&CardSummary::from(&card)), "533944******7009");
        assert_eq!(short_number(&CardSummary::from(&card)), "533944…7009");
        card.bin = None;
        assert_eq!(number(&CardSummary::from(&card)), "******7009");
        card.last_four = None;
        assert_eq!(number(&CardSummary::from(&card)), "");
    }
}
