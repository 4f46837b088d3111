//! The report for CI systems: a suite per test program, and one in which each
//! row of the ledger is a test.

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::judge::Verdict;
use super::suites::{Outcome, telling_line};
use super::{Error, Report};

pub(crate) fn document(report: &Report) -> Result<String, Error> {
    let mut junit = Junit::new("conformance");
    for suite in &report.suites {
        let mut out = TestSuite::new(suite.name.clone());
        for (name, outcome) in &suite.tests {
            let status = match outcome {
                Outcome::Passed => TestCaseStatus::success(),
                Outcome::Ignored => TestCaseStatus::skipped(),
                Outcome::Failed(lines) => failure(telling_line(lines).to_owned()),
            };
            out.add_test_case(TestCase::new(name.clone(), status));
        }
        junit.add_test_suite(out);
    }
    let mut rows = TestSuite::new("ledger");
    for (id, verdict) in &report.verdicts.rows {
        let status = match verdict {
            Verdict::Held => TestCaseStatus::success(),
            Verdict::NotRun => TestCaseStatus::skipped(),
            Verdict::Broken => failure("a check of this row failed or is missing".to_owned()),
        };
        rows.add_test_case(TestCase::new(id.clone(), status));
    }
    junit.add_test_suite(rows);
    junit
        .to_string()
        .map_err(|error| Error::Tool(error.to_string()))
}

fn failure(message: String) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(message);
    status
}
