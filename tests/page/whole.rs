//! The guide's race from its first sight to a schedule that is kept, with nothing but a mouse: opened from one file,
//! scrubbed to the decision, its past lit, the passing run beside it; then in `observe` the other choice taken.

use serde_json::json;

use crate::browser::Browser;
use crate::observed::Server;
use crate::{RACE, SEED, view};

/// Scrubs with the mouse to where the slider says this step is, and the last steps with the buttons.
fn scrub(browser: &mut Browser, step: &str) {
    let place = format!(
        "(() => {{ const scrub = document.querySelector('#scrub'), box = scrub.getBoundingClientRect(); \
         const part = ({step}) / scrub.max, thumb = 16; \
         return [box.left + thumb / 2 + (box.width - thumb) * part, box.top + box.height / 2]; }})()"
    );
    let place = browser.value(&place);
    browser.click_at(&place[0], &place[1]);
    let away = format!("view.step - ({step})");
    assert!(browser.value(&away).as_i64().is_some_and(|away| away.abs() <= 2), "the slider goes there");
    for _ in 0..2 {
        match browser.value(&away).as_i64() {
            Some(0) => break,
            Some(1..) => browser.click("#to-previous", ""),
            _ => browser.click("#to-next", ""),
        }
    }
    assert_eq!(browser.value(&away), 0);
}

/// Clicks where the cursor's row crosses the lane of whoever that row is about.
fn click_the_cursor(browser: &mut Browser) {
    let place = browser.value(
        "(() => { const { scene, pane } = view, row = scene.rows.list[scene.cursor]; \
         const box = pane.body.getBoundingClientRect(), lane = scene.lanes.of[view.run.who[row.arrived || row.main]]; \
         return [box.left + scene.time + (lane + 0.5) * pane.laneWidth(), box.top + (scene.cursor + 0.5) * ROW]; })()",
    );
    browser.click_at(&place[0], &place[1]);
}

#[test]
fn the_race_is_opened_scrubbed_lit_compared_and_forked() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = view(&[RACE, "--seed", SEED]);
    browser.resize(1600, 900, false);
    browser.open_file(&page, "");
    assert!(browser.text("#told").contains("One decision makes it fail"), "{}", browser.text("#told"));
    // Scrubbed to the decision, from the start.
    browser.click("#to-start", "");
    assert!(browser.text("#tree").contains("Nobody is alive"), "{}", browser.text("#tree"));
    scrub(&mut browser, "view.run.raw.decides");
    assert!(browser.text("#tree").contains("KV.Registry✉ 1"), "{}", browser.text("#tree"));
    // Its past is lit, in blue, and so is what follows from it; what neither is stands back.
    click_the_cursor(&mut browser);
    let lit = browser.value(
        "['past', 'future', 'self', 'dim'].map((light) => document.querySelectorAll(`#lanes svg .words.${light}`).length)",
    );
    for (light, count) in ["past", "future", "self", "dim"].iter().zip(lit.as_array().expect("four")) {
        assert!(count.as_u64() > Some(0), "nothing is drawn as {light}: {lit}");
    }
    let right = "[...document.querySelectorAll('#lanes svg .words.past')].every((words) => \
                 getComputedStyle(words).fill === getComputedStyle(document.querySelector('.cursor-edge')).fill)";
    assert!(browser.value(right) == true, "the past has the colour of the past");
    let follows = browser.text("#page");
    assert!(
        follows.contains("call {:lookup, \"shopping\"}") && follows.contains("follows from"),
        "{follows}"
    );
    browser.picture("whole-lit");
    // The passing run stands beside it, equal up to the first difference, which is the decision.
    assert!(browser.text("#lanes-beside .pane-title").contains("passing: holds"));
    let marks =
        "[...document.querySelectorAll('.across-words.differs')].map((words) => words.closest('.pane').id)";
    assert_eq!(browser.value(marks), json!(["lanes", "lanes-beside"]));
    let same = "(() => { const other = view.runs[view.beside]; for (let step = 1; step < view.differs; step++) \
                if (view.run.line(step) !== other.line(step)) return step; \
                return view.differs === view.run.raw.decides && view.run.line(view.differs) !== other.line(view.differs); })()";
    assert!(browser.value(same) == true, "{}", browser.value(same));
    assert_eq!(browser.complaints, Vec::<String>::new());

    // The same run with an engine behind it: the choice that was not taken is taken, and the run holds.
    let server = Server::of(&[RACE, "--seed", SEED]);
    browser.open(&server.address);
    browser.click("#to-start", "");
    scrub(&mut browser, "view.run.raw.decides");
    assert!(browser.text("#page").contains("instead of this step"), "{}", browser.text("#page"));
    // The neighbour that came with the page is forgotten, so that the engine has to make it.
    browser.value("view.forks.fill([{ step: 0, what: '', then: 'calm' }], 1); view.refresh(false)");
    let runs = browser.value("view.runs.length").as_u64().unwrap_or_default();
    browser.click("#page .choices .act", "take");
    browser.wait_for(&format!("view.runs.length === {} && !view.engineBusy", runs + 1));
    assert!(browser.text("#runs .run.chosen").contains("fork at"), "{}", browser.text("#runs"));
    assert!(browser.text("#runs .run.chosen").contains("holds"), "{}", browser.text("#runs"));
    let beside = browser.text("#lanes-beside .pane-title");
    assert!(beside.contains("breaks expect"), "it stands beside the run that it was forked off: {beside}");
    browser.picture("whole-forked");
    let told = server.replayed(&mut browser);
    assert!(told.contains("\nheld: "), "what was kept holds again: {told}");
    assert!(!told.contains("expectation_failed"), "{told}");
    assert_eq!(browser.complaints, Vec::<String>::new());
}
