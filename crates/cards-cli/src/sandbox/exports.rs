//! Settings in the words of a shell, or of a file of variables.

/// The shell that `--print-env` prints for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Shell {
    /// `export NAME='value'`: sh, bash, zsh, ksh
    Sh,
    /// `set -gx NAME 'value'`
    Fish,
    /// `$env:NAME = 'value'`
    Powershell,
    /// `set "NAME=value"`, for a batch file
    Cmd,
    /// `NAME=value`: .env files, docker --env-file
    Dotenv,
}

impl Shell {
    /// A line that sets a variable. `None`: this shell has no way to write the
    /// value.
    pub(super) fn line(self, name: &str, value: &str) -> Option<String> {
        Some(match self {
            Self::Sh => format!("export {name}='{}'\n", value.replace('\'', r"'\''")),
            Self::Fish => {
                let value = value.replace('\\', r"\\").replace('\'', r"\'");
                format!("set -gx {name} '{value}'\n")
            }
            Self::Powershell => format!("$env:{name} = '{}'\n", doubled(value)),
            Self::Cmd => {
                // A line ends there, and a quotation mark begins what it would
                // take for operators.
                if value.contains(['\n', '\r', '"']) {
                    return None;
                }
                format!("set \"{name}={}\"\n", value.replace('%', "%%"))
            }
            Self::Dotenv => format!("{name}={}\n", dotenv(value)?),
        })
    }
}

/// PowerShell takes each of these for the end of a quoted text, unless it is
/// doubled.
fn doubled(value: &str) -> String {
    let quotes = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        text.push(c);
        if quotes.contains(&c) {
            text.push(c);
        }
    }
    text
}

/// A value as most readers of such files take it. Docker takes quotation marks for
/// a part of the value, so that one which needs none has none.
fn dotenv(value: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@+,=".contains(c);
    if value.chars().all(is_plain) {
        return Some(value.to_owned());
    }
    // Readers differ over escapes in these.
    match value.contains(['\n', '\r', '\'']) {
        true => None,
        false => Some(format!("'{value}'")),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_shell_has_its_quotes() {
        let lines = |value: &str| {
            let shells = <Shell as clap::ValueEnum>::value_variants().iter();
            let lines = shells.map(|shell| shell.line("A", value).unwrap_or_default());
            lines.collect::<String>()
        };
        insta::assert_snapshot!(lines("http://127.0.0.1:8484"), @r#"
        export A='http://127.0.0.1:8484'
        set -gx A 'http://127.0.0.1:8484'
        $env:A = 'http://127.0.0.1:8484'
        set "A=http://127.0.0.1:8484"
        A=http://127.0.0.1:8484
        "#);
        insta::assert_snapshot!(lines(r"C:\a b\100% $x"), @r#"
        export A='C:\a b\100% $x'
        set -gx A 'C:\\a b\\100% $x'
        $env:A = 'C:\a b\100% $x'
        set "A=C:\a b\100%% $x"
        A='C:\a b\100% $x'
        "#);
        insta::assert_snapshot!(lines("it's “it’s”"), @r#"
        export A='it'\''s “it’s”'
        set -gx A 'it\'s “it’s”'
        $env:A = 'it''s “it’’s”'
        set "A=it's “it’s”"
        "#);
    }

    #[test]
    fn a_value_that_a_shell_cannot_write_has_no_line() {
        for (shell, value, is_written) in [
            (Shell::Cmd, "a\"b", false),
            (Shell::Cmd, "a\nb", false),
            (Shell::Cmd, "a&b|c", true),
            (Shell::Dotenv, "a'b", false),
            (Shell::Dotenv, "a\nb", false),
            (Shell::Dotenv, "a\"b $c", true),
            (Shell::Fish, "a\nb", true),
        ] {
            let line = shell.line("A", value);
            assert_eq!(line.is_some(), is_written, "{shell:?} {value}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Run by the shell itself.
        #[test]
        #[cfg(unix)]
        fn sh_reads_any_value_as_it_is(value in "[^\u{0}]{0,20}|[ '\"\\\\$`!\n\t;&%-]{0,12}") {
            let line = Shell::Sh.line("A", &value).unwrap_or_default();
            let script = format!("{line}printf %s. \"$A\"");
            let out = Command::new("sh").args(["-c", &script]).output();
            let out = out.expect("a shell");
            prop_assert_eq!(String::from_utf8_lossy(&out.stdout), format!("{value}."));
        }
    }
}
