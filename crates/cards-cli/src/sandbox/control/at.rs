//! The flags that say which sandbox the commands are about, and the forms in which they print.

use std::str::FromStr;

use cards_sandbox::ProviderId;
use serde_json::Value;

use crate::error::Error;
use crate::output::{self, Reader, harmless_lines};
use crate::sandbox::client::Client;
use crate::sheet::{Format, Sheet};
use crate::words::{OneOf, one_of};

/// Says which sandbox is meant, and how it is told.
#[derive(clap::Args)]
pub(crate) struct At {
    /// The address of the sandbox
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8484",
        global = true
    )]
    url: String,

    /// Format to print in
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "table",
        global = true
    )]
    pub(super) output: Format,
}

impl At {
    pub(super) fn client(&self) -> Result<Client, Error> {
        Client::new(&self.url, "--url")
    }

    /// Prints what came: as it came, or as a sheet of it.
    pub(super) fn print(
        &self,
        came: &Value,
        sheet: impl FnOnce(&Value) -> Sheet,
    ) -> Result<(), Error> {
        let reader = Reader::of_stdout();
        let text = match self.output {
            Format::Json => output::json_text(came)?,
            Format::Ndjson => output::json_line(came),
            Format::Table | Format::Curl => sheet(came).to_table(None, reader),
            Format::Csv => sheet(came).to_csv(reader)?,
        };
        output::data(&text, reader)
    }

    /// Prints what a change has brought, which is carried out whether that can be printed or not.
    pub(super) fn changed(
        &self,
        came: &Value,
        sheet: impl FnOnce(&Value) -> Sheet,
    ) -> Result<(), Error> {
        self.print(came, sheet).map_err(Error::after_change)
    }

    /// Prints a word for people that a change is carried out, as a row where rows are wanted, or what came.
    pub(super) fn done(&self, came: &Value, word: &str) -> Result<(), Error> {
        self.say(came, word).map_err(Error::after_change)
    }

    fn say(&self, came: &Value, word: &str) -> Result<(), Error> {
        let reader = Reader::of_stdout();
        let text = match self.output {
            Format::Json => output::json_text(came)?,
            Format::Ndjson => output::json_line(came),
            Format::Table | Format::Curl => format!("{}\n", harmless_lines(word)),
            Format::Csv => Sheet::new(["result"], vec![vec![word.to_owned()]]).to_csv(reader)?,
        };
        output::data(&text, reader)
    }
}

/// A value as the text of a cell: empty where there is none.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Reads the name of a provider.
pub(super) fn provider() -> OneOf {
    let ids = [ProviderId::AIRPAY, ProviderId::PAYSAFE, ProviderId::IBANERA];
    one_of(ids.map(ProviderId::as_str))
}

/// Reads a number. clap's own parsers repeat what was typed.
pub(super) fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| "a number, which fits what it is for".to_owned())
}

/// The items of a list in what came.
pub(super) fn items<'a>(came: &'a Value, name: &str) -> &'a [Value] {
    came[name].as_array().map_or(&[], Vec::as_slice)
}
