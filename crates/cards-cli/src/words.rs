//! Closed lists of words as the values of flags: known to completions, read in
//! any letter case.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Command};

/// A parser of one of these words. It gives the word as the list has it.
#[derive(Clone, Debug)]
pub(crate) struct OneOf(Vec<&'static str>);

/// Takes one of these words, and refuses what is none of them with the list.
pub(crate) fn one_of(words: impl IntoIterator<Item = &'static str>) -> OneOf {
    OneOf(words.into_iter().collect())
}

/// Takes `true` or `false`.
pub(crate) fn truth() -> impl TypedValueParser<Value = bool> {
    one_of(["true", "false"]).map(|word| word == "true")
}

impl TypedValueParser for OneOf {
    type Value = &'static str;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<&'static str, clap::Error> {
        if let Some(word) = value.to_str().and_then(|text| find(&self.0, text)) {
            return Ok(word);
        }
        // It fails too, and says what there is.
        let words = PossibleValuesParser::new(self.0.iter().copied());
        words.parse_ref(command, arg, value).map(|_| "")
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            self.0.iter().map(|word| PossibleValue::new(*word)),
        ))
    }
}

/// A parser that tells of these words, and takes any other text too: whoever has
/// the rules judges it, together with everything else that is given.
#[derive(Clone, Debug)]
pub(crate) struct Listed(pub(crate) &'static [&'static str]);

impl TypedValueParser for Listed {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        clap::builder::StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            self.0.iter().map(|word| PossibleValue::new(*word)),
        ))
    }
}

/// The word of a list that a text is, in any letter case.
pub(crate) fn find<'a>(words: &[&'a str], text: &str) -> Option<&'a str> {
    let is_it = |word: &&&str| word.eq_ignore_ascii_case(text);
    words.iter().find(is_it).copied()
}

/// Tells whether an argument takes one of a closed list of words.
pub(crate) fn is_closed(arg: &Arg) -> bool {
    // A flag without a value is said to have true and false.
    arg.get_action().takes_values() && !arg.get_possible_values().is_empty()
}

/// Has every closed list of a command and of those below it read in any letter
/// case.
pub(crate) fn in_any_case(command: Command) -> Command {
    let command = command.mut_args(|arg| match is_closed(&arg) {
        true => arg.ignore_case(true),
        false => arg,
    });
    command.mut_subcommands(in_any_case)
}

#[cfg(test)]
mod tests;
