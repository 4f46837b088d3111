use std::collections::BTreeSet;

use super::*;
use crate::cli;

/// Every argument with a closed list, with the way to its command.
fn closed(command: &Command, path: &[String]) -> Vec<(Vec<String>, Arg)> {
    let path = [path, &[command.get_name().to_owned()]].concat();
    let args = command.get_arguments();
    let args = args.filter(|arg| is_closed(arg));
    let here: Vec<_> = args.map(|arg| (path.clone(), arg.clone())).collect();
    let below = command
        .get_subcommands()
        .flat_map(|below| closed(below, &path));
    here.into_iter().chain(below).collect()
}

#[test]
fn each_word_of_a_closed_list_is_read_in_any_letter_case() {
    let all = closed(&cli::command(), &[]);
    let flags: BTreeSet<_> = all.iter().filter_map(|(_, arg)| arg.get_long()).collect();
    for flag in [
        "output",
        "backend",
        "status",
        "include",
        "gender",
        "operation",
        "order",
    ] {
        assert!(flags.contains(flag), "{flag}");
    }
    for (path, arg) in all {
        let words: Vec<_> = arg.get_possible_values();
        let words: Vec<_> = words
            .iter()
            .map(|word| word.get_name().to_owned())
            .collect();
        let folded: BTreeSet<_> = words.iter().map(|word| word.to_lowercase()).collect();
        assert_eq!(folded.len(), words.len(), "{words:?}");
        for word in words {
            let [small, large] = [word.to_lowercase(), word.to_uppercase()];
            for text in [&word, &small, &large] {
                let value = match arg.get_long() {
                    Some(long) => format!("--{long}={text}"),
                    None => text.clone(),
                };
                let command = Command::new("one").arg(arg.clone().required(false));
                let matches = command.try_get_matches_from(["one", &value]);
                assert!(matches.is_ok(), "{path:?} {value}: {matches:?}");
            }
        }
    }
}

#[test]
fn a_closed_list_refuses_another_word_and_says_what_there_is() {
    let command =
        Command::new("one").arg(Arg::new("x").long("x").value_parser(one_of(["ab", "cd"])));
    let read = |value: &str| command.clone().try_get_matches_from(["one", "--x", value]);
    for (typed, word) in [("ab", "ab"), ("AB", "ab"), ("cD", "cd")] {
        assert_eq!(read(typed).unwrap().get_one::<&str>("x"), Some(&word));
    }
    let error = read("ef").unwrap_err().to_string();
    assert!(error.contains("[possible values: ab, cd]"), "{error}");
}
