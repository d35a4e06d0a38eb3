//! Results as JUnit XML, which every CI can read: a test suite a folder, a test case a scenario.
//!
//! It says nothing of how long anything took, so the same results are the same bytes.

use std::path::Path;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::super::exit::Exit;
use super::super::paths::shown;
use super::entry::Entry;

/// The text of the whole file.
pub(super) fn text(title: &str, entries: &[Entry]) -> String {
    let mut suites: Vec<(String, Vec<TestCase>)> = Vec::new();
    for entry in entries {
        let folder = match entry.path.parent() {
            Some(folder) if folder != Path::new("") => shown(folder),
            _ => ".".to_owned(),
        };
        let case = case(entry, &folder);
        match suites.iter_mut().find(|(known, _)| *known == folder) {
            Some((_, cases)) => cases.push(case),
            None => suites.push((folder, vec![case])),
        }
    }
    let mut report = Report::new(title);
    for (folder, cases) in suites {
        let mut suite = TestSuite::new(folder);
        suite.add_test_cases(cases);
        report.add_test_suite(suite);
    }
    report.to_string().expect("a string takes anything")
}

fn case(entry: &Entry, folder: &str) -> TestCase {
    let status = match entry.exit {
        Exit::Held => TestCaseStatus::success(),
        exit => {
            let kind = if exit == Exit::Wrong { NonSuccessKind::Error } else { NonSuccessKind::Failure };
            let mut status = TestCaseStatus::non_success(kind);
            status
                .set_type(entry.word.as_str())
                .set_message(entry.why.as_str())
                .set_description(entry.told.as_str());
            status
        }
    };
    let name = entry.path.file_name().map_or_else(|| shown(&entry.path), |name| shown(Path::new(name)));
    let mut case = TestCase::new(name, status);
    case.set_classname(folder);
    // GitLab links to it, and others ignore it.
    case.extra.insert("file".into(), shown(&entry.path).into());
    case
}
