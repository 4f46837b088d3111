use super::*;
use crate::cli;

/// Command lines with `value` in every place of every command, each with the
/// argument that it stands at, if any.
fn everywhere(command: &Command, path: &[String], value: &str) -> Vec<(Vec<String>, Option<bool>)> {
    let path = [path, &[command.get_name().to_owned()]].concat();
    let mut tails = vec![(vec![value.to_owned()], None)];
    for arg in command.get_arguments() {
        let Some(long) = arg.get_long() else { continue };
        let secret = Some(is_secret(arg));
        tails.push((vec![format!("--{long}"), value.to_owned()], secret));
        tails.push((vec![format!("--{long}={value}")], secret));
        tails.push((vec![format!("--{long}{value}")], None));
    }
    let here = tails
        .iter()
        .map(|(tail, secret)| ([&path[..], tail].concat(), *secret));
    let below = command.get_subcommands();
    here.chain(below.flat_map(|command| everywhere(command, &path, value)))
        .collect()
}

fn said(command: &Command, args: &[String]) -> Option<String> {
    let args: Vec<_> = args.iter().map(OsString::from).collect();
    let error = cli::read(&mut command.clone(), &args).err();
    error.map(|error| error.to_string())
}

#[test]
fn no_command_repeats_a_secret() {
    let command = cli::command();
    let mut refused = 0;
    for (value, secret) in [
        ("4622940000003713", "4622"),
        ("+4622940000003713X", "4622"),
        ("Secretpassword", "Secret"),
    ] {
        for (args, at_secret) in everywhere(&command, &[], value) {
            let Some(said) = said(&command, &args) else {
                continue;
            };
            refused += 1;
            let is_call = ["airpay", "paysafe", "ibanera", "sign", "verify"].contains(&&*args[1]);
            let may_show = match at_secret {
                Some(is_secret) => !is_secret,
                None => !is_call && args.len() > 2,
            };
            if secret == "4622" || !may_show {
                assert!(!said.contains(secret), "{args:?}: {said}");
            }
        }
    }
    assert!(refused > 500, "{refused}");
}

/// A recipe says where the key goes, and somebody writes the key there.
#[test]
fn a_recipe_is_not_repeated() {
    let command = cli::command();
    let recipe = "table,secret=MarkerOfAKey";
    for line in [
        &["cards", "sign", "--order", recipe, "a=b"][..],
        &["cards", "verify", "--order", recipe],
        &["cards", "sandbox", "--checksum-order", recipe],
        &["cards", "airpay", "card-balance", "--waive", "MarkerOfAKey"],
    ] {
        let args: Vec<_> = line.iter().map(|&arg| arg.to_owned()).collect();
        let said = said(&command, &args).unwrap();
        assert!(!said.contains("MarkerOfAKey"), "{line:?}: {said}");
        assert!(said.contains("--"), "{line:?}: {said}");
    }
}

#[test]
fn each_argument_that_is_called_secret_is_there() {
    fn ids(command: &Command, all: &mut Vec<String>) {
        all.extend(command.get_arguments().map(|arg| arg.get_id().to_string()));
        command.get_subcommands().for_each(|below| ids(below, all));
    }
    let mut all = Vec::new();
    ids(&cli::command(), &mut all);
    for id in SECRET.iter().chain(&PERSONAL) {
        assert!(all.iter().any(|other| other == id), "{id}");
    }
}

#[test]
fn a_refused_value_is_shown_unless_it_may_be_secret() {
    let command = cli::command();
    for (line, says) in [
        (
            "sandbox --port many",
            "invalid value 'many' for '--port <N>'",
        ),
        (
            "sandbox --log-format xml",
            "invalid value 'xml' for '--log-format <FORMAT>'",
        ),
        (
            "paysafe prepaid-cards --limit many",
            "invalid value 'many' for '--limit <N>'",
        ),
        (
            "paysafe prepaid-cards --limit 4622940000003713",
            "'[a value]' for '--limit <N>'",
        ),
        (
            "ibanera customer-cards --otp-reuse 123456",
            "'[a value]' for '--otp-reuse",
        ),
        (
            "sandbox --receiver paysafe=ftp://user:password@localhost/",
            "invalid value '[a value]' for '--receiver",
        ),
        ("openapi xml", "invalid value 'xml' for '<API>'"),
        ("completions tcsh", "invalid value 'tcsh' for '<SHELL>'"),
        ("completions bash zsh", "unexpected argument 'zsh' found"),
        ("sandbox stray", "'[a value] after sandbox'"),
        (
            "airpay update-customer --city New Delhi",
            "'[a value] after --city' found",
        ),
        (
            "airpay update-customer --city=New Delhi",
            "'[a value] after --city' found",
        ),
        (
            "airpay update-customer stray",
            "'[a value] after update-customer' found",
        ),
        (
            "-v airpay update-customer stray",
            "'[a value] after update-customer' found",
        ),
        ("airpay Secretpassword", "'[a value] after airpay'"),
    ] {
        let words = ["cards"].into_iter().chain(line.split(' '));
        let args: Vec<_> = words.map(str::to_owned).collect();
        let said = said(&command, &args).unwrap();
        assert!(said.contains(says), "{line}: {said}");
    }
}

#[test]
fn what_is_secret_is_an_argument() {
    let ids = |command: &Command| -> Vec<String> {
        fn all(command: &Command, ids: &mut Vec<String>) {
            ids.extend(command.get_arguments().map(|arg| arg.get_id().to_string()));
            command.get_subcommands().for_each(|below| all(below, ids));
        }
        let mut ids = Vec::new();
        all(command, &mut ids);
        ids
    };
    let ids = ids(&cli::command());
    for id in SECRET.iter().chain(&PERSONAL) {
        assert!(ids.iter().any(|known| known == id), "{id}");
    }
}
