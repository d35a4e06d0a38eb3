//! What `docs/bugs.md` says of the bugs in `scenarios/bugs/` is so.

#[path = "../benches/bugs/campaigns.rs"]
mod campaigns;
mod explored;

use campaigns::{Row, names, repaired, row, runs, times};
use explored::explored;

/// The seeds that each file is explored with.
const SEEDS: [&str; 2] = ["--seeds", "0..400"];

const PAGE: &str = include_str!("../docs/bugs.md");

fn part(name: &str) -> &str {
    let rest = PAGE.split_once(&format!("<!-- {name} -->\n")).map(|(_, rest)| rest);
    let part = rest.and_then(|rest| rest.split_once(&format!("<!-- end of {name} -->")));
    part.expect("the page has the part").0
}

#[test]
fn the_numbers_of_runs_and_states_are_those_of_the_page() {
    // Few seeds here: `what_is_broken_is_found_and_what_is_repaired_holds` and `cargo bench` try more.
    let rows: Vec<Row> = names().iter().map(|name| row(name, 100)).collect();
    let mut differing = similar_lines(part("runs"), &runs(&rows));
    let few = repaired(&rows).replace("survives 100 ", "survives 10,000 ");
    differing.extend(similar_lines(part("repaired"), &few));
    assert!(
        differing.is_empty(),
        "`cargo bench --bench bugs` writes the page anew:\n{}",
        differing.join("\n")
    );
    let rows_of = |text: &str| text.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(rows_of(part("times")), rows_of(&times(&rows)), "every bug has its times");
}

/// The lines in which two texts differ, the old one first.
fn similar_lines(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("- {line}"));
    let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}

/// Few seeds here; `cargo bench --bench bugs` tries 10,000.
#[test]
fn what_is_broken_is_found_and_what_is_repaired_holds() {
    let verdicts = explored("scenarios/bugs", &SEEDS);
    for (file, verdict) in &verdicts {
        let other = match file.strip_suffix(".broken.kdl") {
            Some(name) => format!("{name}.repaired.kdl"),
            None => file.replace(".repaired.kdl", ".broken.kdl"),
        };
        assert!(verdicts.contains_key(&other), "{file} is no pair without {other}");
        let expected = if file.ends_with(".broken.kdl") { "broken-as-expected" } else { "held" };
        assert_eq!(verdict, expected, "{file}");
    }
    assert_eq!(verdicts.len(), 2 * names().len());
}

#[test]
fn every_design_that_the_guide_rejects_is_found() {
    let verdicts = explored("scenarios/guide", &SEEDS);
    assert!(verdicts.len() > 10);
    for (file, verdict) in verdicts {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
        let rejected = std::fs::read_to_string(path).expect("it is there").contains("\nexpect-failure ");
        assert_eq!(verdict, if rejected { "broken-as-expected" } else { "held" }, "{file}");
    }
}

#[test]
fn one_thread_and_two_print_the_same() {
    let printed = ["1", "2"].map(|jobs| {
        let out = tempfile::tempdir().expect("a temporary folder");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_treefall"))
            .args(["explore", "scenarios/bugs", "scenarios/guide", "--keep-going", "--seeds", "0..100"])
            .args(["--trace", "text", "--jobs", jobs, "--out"])
            .arg(out.path())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("treefall can be started");
        let text = String::from_utf8(output.stdout).expect("output is UTF-8");
        // Where lines are wrapped depends on the folder's name, which is as long each time.
        text.replace(out.path().to_str().expect("it is UTF-8"), "out")
    });
    assert!(printed[0].matches("\nfound ").count() > 30, "there is something to compare");
    assert_eq!(printed[0], printed[1]);
}
