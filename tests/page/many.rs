//! Ten thousand processes and a quarter of a million events: what a key makes the page do depends on what is to be seen,
//! and not on how much there is. What can be counted is counted; time is that of the page's own thread, so that it says
//! the same on a machine that is busy with other things.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::view;

/// Whoever presses a key does not notice a tenth of a second.
const KEY_MS: f64 = 100.0;
/// To open the page may take so long.
const OPEN_MS: f64 = 5_000.0;
/// So many elements are made anew with a key: those of a screen and of the columns beside.
const MADE_MAX: u64 = 700;
/// So many processes are looked at with a key.
const LOOKED_MAX: u64 = 80;

/// Counts what is made, and who is looked at.
const COUNTING: &str = "(() => { window.counted = { made: 0, looked: 0 }; \
    for (const name of ['createElement', 'createElementNS']) { const make = document[name].bind(document); \
    document[name] = (...how) => { counted.made++; return make(...how); }; } \
    const look = Run.prototype.lookAt; \
    Run.prototype.lookAt = function (...whom) { counted.looked++; return look.apply(this, whom); }; })()";

/// A page of so many processes that work one after another, and stay.
fn opened(browser: &mut Browser, jobs: u32) -> TempDir {
    let folder = TempDir::new().expect("a folder can be made");
    let file = folder.path().join("many.kdl");
    let text = format!(
        "scenario \"many processes\"\n\
         server Job restart=temporary {{ on call work {{ reply done }} }}\n\
         dynamic_supervisor pool\n\
         client {{ repeat {jobs} {{ start_child pool Job as=$job; call $job work }} }}\n"
    );
    fs::write(&file, text).expect("it can be written");
    let (_folder, page) = view(&[file.to_str().expect("it is text")]);
    browser.resize(1600, 900, false);
    browser.open_file(&page, "");
    browser.value(COUNTING);
    folder
}

/// What this key costs when it is pressed: milliseconds, elements that are made, processes that are looked at.
fn cost(browser: &mut Browser, key: &str) -> (f64, u64, u64) {
    browser.value("counted.made = counted.looked = 0");
    let before = browser.busy();
    browser.press(key);
    // What it has made is drawn before the next frame.
    browser.value("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
    let busy = browser.busy() - before;
    let counted = browser.value("[counted.made, counted.looked]");
    let number = |value: &Value| value.as_u64().expect("it is a number");
    (busy, number(&counted[0]), number(&counted[1]))
}

#[test]
fn many_processes_and_many_events_do_not_stall() {
    let Some(mut browser) = Browser::start() else { return };
    let idle = browser.busy();
    let _folder = opened(&mut browser, 10_000);
    let opening = browser.busy() - idle;
    let there = browser.value("[view.run.people.length, view.run.count]");
    assert!(there[0].as_u64() > Some(10_000) && there[1].as_u64() > Some(100_000), "{there}");
    assert!(browser.text("#folded").contains("9,994 processes folded"), "{}", browser.text("#folded"));
    assert!(opening < OPEN_MS, "it takes {opening:.0} ms to open");
    browser.value("view.go(Math.floor(view.run.steps / 2))");
    let mut told = format!("{there}: opened in {opening:.0} ms;");
    let mut press = |browser: &mut Browser, what: &str, keys: &[&str]| {
        for key in keys {
            let (busy, made, looked) = cost(browser, key);
            told.push_str(&format!(" {what}{key} {busy:.0} ms, {made} made, {looked} looked at;"));
            assert!(busy < KEY_MS, "{what}{key} keeps the page busy for {busy:.0} ms");
            assert!(made < MADE_MAX, "{what}{key} makes {made} elements");
            assert!(looked < LOOKED_MAX, "{what}{key} looks at {looked} processes");
        }
    };
    let keys = [
        "ArrowRight",
        "ArrowDown",
        "PageDown",
        "r",
        "c",
        "ArrowUp",
        "l",
        "Escape",
        "Home",
        "End",
        "ArrowLeft",
    ];
    press(&mut browser, "", &keys);
    browser.picture("many");
    // Machinery is unfolded, which is another run to look at; what is pressed then costs no more.
    browser.press("m");
    press(&mut browser, "unfolded, ", &["ArrowRight", "PageDown", "c"]);
    browser.press("m");
    // A process far down is found, and seen in the tree although most of its like are not.
    browser.press("/");
    browser.write("Job#9505");
    browser.wait_for("view.scene.rows.matches > 0");
    browser.value("document.activeElement.blur()");
    press(&mut browser, "found, ", &["n", "n", "N"]);
    browser.value("view.choose(view.run.numberOf('pool/Job#9505'))");
    assert!(browser.text("#tree").contains("Job#9505"), "{}", browser.text("#tree"));
    assert!(browser.text("#tree").contains(" more"), "{}", browser.text("#tree"));
    // All lanes at once.
    browser.click("#lanes .head.more", "more");
    assert!(browser.value("view.scene.lanes.list.length > 10000") == true);
    press(&mut browser, "every lane, ", &keys);
    browser.picture("many-lanes");
    eprintln!("{told}");
    assert_eq!(browser.complaints, Vec::<String>::new());
}
