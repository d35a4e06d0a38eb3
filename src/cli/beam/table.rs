//! What was compared, as a page: for each case of each suite what it proves, and the two verdicts.
//!
//! A suite is a folder with a `cases.txt` in it. Nothing in the page depends on chance: of a race it says that
//! what Erlang did is among what treefall can do, and not how much of that was seen.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::beam::{Installed, Obstacle};

use super::super::contents::snapshot_of;
use super::super::exit::Exit;
use super::super::loaded::Loaded;
use super::super::paths::shown;
use super::cases::{Case, Cases};
use super::compare::Comparison;
use super::words::release;

/// What the list of a suite's cases is called.
const CASES: &str = "cases.txt";
/// Beside the suites: what came of their scenarios with the compiled code that they are about.
const COMPILED: &str = "compiled.txt";

/// All that was compared, by suite.
#[derive(Debug)]
pub(super) struct Table {
    installed: Installed,
    /// The rows of each folder.
    suites: BTreeMap<PathBuf, Vec<ComparedScenario>>,
}

/// What was compared of one scenario.
#[derive(Debug)]
struct ComparedScenario {
    path: PathBuf,
    title: String,
    holds: bool,
    real: Real,
}

/// What the real one said.
#[derive(Debug, PartialEq, Eq)]
enum Real {
    Agrees,
    Differs,
    OtherRelease(String),
    NotComparable(String),
}

impl Table {
    /// An empty one, of comparisons with what is installed.
    pub(super) fn new(installed: &Installed) -> Self {
        Table { installed: installed.clone(), suites: BTreeMap::new() }
    }

    /// Adds a scenario, if it is one of a suite.
    pub(super) fn add(&mut self, loaded: &Loaded, comparison: &Comparison) {
        let path = loaded.path.clone();
        let Some(folder) = path.parent().filter(|folder| folder.join(CASES).is_file()) else { return };
        let title = loaded.scenario.header.title.as_ref().map_or("", |title| title.value.as_str());
        let real = match comparison {
            Comparison::Agrees { .. } => Real::Agrees,
            Comparison::Disagrees { .. } => Real::Differs,
            Comparison::NotComparable(Obstacle::Otp { wanted, .. }) => {
                Real::OtherRelease(format!("OTP {wanted}"))
            }
            Comparison::NotComparable(Obstacle::Elixir { wanted, .. }) => {
                Real::OtherRelease(format!("Elixir 1.{wanted}"))
            }
            Comparison::NotComparable(why) => Real::NotComparable(why.to_string()),
            Comparison::Failed(why) => Real::NotComparable(why.lines().next().unwrap_or("").to_owned()),
        };
        let row = ComparedScenario {
            title: title.to_owned(),
            holds: snapshot_of(loaded).1 == Exit::Held,
            real,
            path: path.clone(),
        };
        self.suites.entry(folder.to_owned()).or_default().push(row);
    }

    /// The page, whose links lead from the folder that it is for.
    ///
    /// # Errors
    ///
    /// When a list of cases cannot be read, with its path.
    pub(super) fn text(&self, page: &Path) -> Result<String, String> {
        let mut text = format!(
            "# Conformance\n\n\
             What the public test suites of Erlang/OTP and Elixir prove, said as scenarios and run twice: by \
             treefall, and by `treefall beam` on the real {}. Where the real one did something, treefall can \
             do it; where nothing is left to chance, both did the same, event for event. The page is made by \
             a command:\n\n\
             ```sh\ntreefall beam scenarios/conformance --table docs/conformance.md\n```\n\n\
             A case of another release is marked with it: treefall behaves as that release, and the one that \
             is installed cannot say whether it is right. Cases that cannot be said in a scenario are listed \
             with the reason.\n\n\
             The last column is about the same scenario once more, run by treefall with the compiled code of OTP and \
             Elixir under it ([code.md](code.md)) in place of its own behaviours: what its clients are answered and \
             how they end is the same set of outcomes, *in every order* of both, or as far as *samples* show where \
             one of the two has too many orders. Of what is left of the trees in the end it sees what the clients ask; \
             `tests/code/supervisors.rs` compares who lives, and who is another than before, for each strategy, \
             restart type and reason. The column is written by `cargo test --test code conformance`.\n",
            release(&self.installed)
        );
        let mut suites = Vec::new();
        for (folder, rows) in &self.suites {
            let list = folder.join(CASES);
            let cases = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", shown(&list)))?;
            suites.push((folder, rows, Cases::of(&cases)));
        }
        text.push_str(
            "\n| suite | cases | scenarios | agree | of another release | not compared | cases that cannot be said |\n\
             |---|---:|---:|---:|---:|---:|---:|\n",
        );
        for (folder, rows, cases) in &suites {
            let count = |real: fn(&Real) -> bool| rows.iter().filter(|row| real(&row.real)).count();
            let name = name_of(folder);
            let _ = writeln!(
                text,
                "| [{name}](#{}) | {} | {} | {} | {} | {} | {} |",
                name.to_lowercase(),
                cases.cases.len(),
                rows.len(),
                count(|real| *real == Real::Agrees),
                count(|real| matches!(real, Real::OtherRelease(_))),
                count(|real| matches!(real, Real::NotComparable(_) | Real::Differs)),
                cases.cases.iter().filter(|case| case.why_not.is_some()).count(),
            );
        }
        for (folder, rows, cases) in &suites {
            let _ = write!(text, "\n## {}\n", name_of(folder));
            if !cases.about.is_empty() {
                let _ = write!(text, "\n{}\n", cases.about);
            }
            text.push_str(
                "\n| case | what it proves | treefall | the real one | with OTP's own code |\n|---|---|---|---|---|\n",
            );
            let compiled = compiled_of(folder);
            for case in cases.cases.iter().filter(|case| case.why_not.is_none()) {
                for row in rows.iter().filter(|row| row.is_of(case)) {
                    let _ = writeln!(
                        text,
                        "| [{}]({}) | {} | {} | {} | {} |",
                        row.name(),
                        link(page, &row.path),
                        row.title.replace('|', "\\|"),
                        if row.holds { "holds" } else { "**broken**" },
                        row.real.words(),
                        match compiled.get(&row.stem()).map(String::as_str) {
                            Some("every order") => "the same in every order",
                            Some("samples") => "the same in samples",
                            _ => "",
                        },
                    );
                }
            }
            let unsaid: Vec<&Case> = cases.cases.iter().filter(|case| case.why_not.is_some()).collect();
            if !unsaid.is_empty() {
                text.push_str("\nCannot be said:\n\n| case | why |\n|---|---|\n");
                for case in unsaid {
                    let why = case.why_not.as_deref().unwrap_or_default();
                    let _ = writeln!(text, "| {} | {} |", case.name, why.replace('|', "\\|"));
                }
            }
        }
        Ok(text)
    }
}

/// What came of the scenarios of a suite with compiled code, by their names.
fn compiled_of(suite: &Path) -> BTreeMap<String, String> {
    let list = suite.parent().map(|all| fs::read_to_string(all.join(COMPILED)).unwrap_or_default());
    let list = list.unwrap_or_default();
    let of_suite = |line: &str| {
        let (name, how) = line.strip_prefix(&format!("{}/", name_of(suite)))?.split_once(": ")?;
        Some((name.to_owned(), how.to_owned()))
    };
    list.lines().filter_map(of_suite).collect()
}

impl ComparedScenario {
    fn stem(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The name of its file without what makes it a scenario.
    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_suffix(".kdl").unwrap_or(&name).replace('.', ", ")
    }

    /// `case.kdl` and `case.variant.kdl` are of one case.
    fn is_of(&self, case: &Case) -> bool {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_prefix(case.name.as_str()).is_some_and(|rest| rest.starts_with('.'))
    }
}

impl Real {
    fn words(&self) -> String {
        match self {
            Real::Agrees => "agrees".to_owned(),
            Real::Differs => "**differs**".to_owned(),
            Real::OtherRelease(release) => format!("of {release}"),
            Real::NotComparable(why) => why.replace('|', "\\|"),
        }
    }
}

fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The way from a page to a file, both below the same folder.
fn link(page: &Path, file: &Path) -> String {
    let up = page.parent().map_or(0, |folder| folder.components().count());
    if page.is_absolute() || file.is_absolute() {
        return shown(file);
    }
    let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy()).collect();
    "../".repeat(up) + &parts.join("/")
}
