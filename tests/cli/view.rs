//! `treefall view`, as far as it needs no browser, and what `treefall observe` refuses before it serves.

use crate::sandbox::{BROKEN, HELD, Sandbox, assert_output};

#[test]
fn a_page_is_written_and_says_what_the_run_came_to() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("broken.kdl", BROKEN)]);
    assert_output!(
        "view",
        sandbox.session(&[
            "view held.kdl --out held.html",
            "view held.kdl --out held.html -q",
            "view held.kdl --seed 3 --out held.html --format json",
            "view broken.kdl --out broken.html",
            "run broken.kdl --trace none -q --record broken.schedule",
            "view broken.schedule --out broken.html --format json",
        ])
    );
    let page = sandbox.read("broken.html");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert!(
        !page.contains("http://")
            || page.matches("http://").count() == page.matches("http://www.w3.org/").count()
    );
    assert!(page.contains("connect-src 'none'"));
}

#[test]
fn the_same_run_is_the_same_page() {
    let sandbox = Sandbox::with(&[("broken.kdl", BROKEN)]);
    sandbox.run("view broken.kdl --seed 5 --out one.html");
    sandbox.run("view broken.kdl --seed 5 --out other.html");
    assert_eq!(sandbox.read("one.html"), sandbox.read("other.html"));
}

#[test]
fn what_cannot_be_shown_is_said() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("wrong.kdl", "supervisr top")]);
    assert_output!(
        "view-errors",
        sandbox.session(&[
            "view missing.kdl --out run.html",
            "view missing.schedule --out run.html",
            "view wrong.kdl --out run.html",
            "view held.kdl",
            "view held.kdl --out held.kdl",
            "view held.kdl --out folder/run.html",
            "run held.kdl --trace none -q --record held.schedule",
            "view held.schedule --seed 3 --out run.html",
            "view held.schedule --out held.kdl",
            "observe missing.kdl",
            "observe wrong.kdl",
            "observe held.kdl --port 99999",
        ])
    );
}
