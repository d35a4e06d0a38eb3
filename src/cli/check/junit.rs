//! What was checked as JUnit XML, which every CI can read: a test suite a folder, a test case a scenario.
//!
//! It says nothing of how long anything took, so the same results are the same bytes.

use std::path::Path;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::super::paths::shown;

/// The results so far.
#[derive(Debug, Default)]
pub(super) struct Junit {
    suites: Vec<(String, Vec<TestCase>)>,
}

/// How a scenario came out that did not come out well.
#[derive(Debug)]
pub(super) struct Bad<'a> {
    /// It could not be run at all.
    pub(super) wrong: bool,
    /// The word that it is printed with.
    pub(super) word: &'a str,
    /// In one line.
    pub(super) why: &'a str,
    /// All there is to say.
    pub(super) told: &'a str,
}

impl Junit {
    /// Adds a scenario, or a snapshot that has none.
    pub(super) fn add(&mut self, path: &Path, bad: Option<&Bad<'_>>) {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => shown(folder),
            _ => ".".to_owned(),
        };
        let status = match bad {
            None => TestCaseStatus::success(),
            Some(bad) => {
                let kind = if bad.wrong { NonSuccessKind::Error } else { NonSuccessKind::Failure };
                let mut status = TestCaseStatus::non_success(kind);
                status.set_type(bad.word).set_message(bad.why).set_description(bad.told);
                status
            }
        };
        let name = path.file_name().map_or_else(|| shown(path), |name| shown(Path::new(name)));
        let mut case = TestCase::new(name, status);
        case.set_classname(folder.as_str());
        // GitLab links to it, and others ignore it.
        case.extra.insert("file".into(), shown(path).into());
        match self.suites.iter_mut().find(|(known, _)| *known == folder) {
            Some((_, cases)) => cases.push(case),
            None => self.suites.push((folder, vec![case])),
        }
    }

    /// The text of the whole file.
    pub(super) fn text(self) -> String {
        let mut report = Report::new("treefall check");
        for (folder, cases) in self.suites {
            let mut suite = TestSuite::new(folder);
            suite.add_test_cases(cases);
            report.add_test_suite(suite);
        }
        report.to_string().expect("a string takes anything")
    }
}
