//! The page of `treefall view` and `treefall observe`, in a real browser, by a script that clicks. Where there is no
//! Chromium the tests say so and pass. `TREEFALL_SCREENSHOTS` names a folder for pictures of every screen.

#[path = "page/browser.rs"]
mod browser;
#[path = "page/heard.rs"]
mod heard;
#[path = "page/many.rs"]
mod many;
#[path = "page/observed.rs"]
mod observed;
#[path = "page/perfetto.rs"]
mod perfetto;
#[path = "page/whole.rs"]
mod whole;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use browser::Browser;
use tempfile::TempDir;

/// The race that the README opens with, and a seed under which it fails.
const RACE: &str = "scenarios/guide/12a_the_test_as_it_is_written.kdl";
const SEED: &str = "15";

#[test]
fn the_race_of_the_guide_is_read_as_a_story_from_one_file() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = view(&[RACE, "--seed", SEED]);
    browser.resize(1600, 900, false);
    browser.open_file(&page, "");
    // It opens at the decision, with the sentences of `explain`, the failure's slice lit and the rest dimmed.
    let told = browser.text("#told");
    assert!(told.contains("expect is broken"), "{told}");
    assert!(told.contains("One decision makes it fail"), "{told}");
    assert!(browser.value("view.step === view.run.raw.decides && view.step > 0") == true);
    assert!(browser.value("document.querySelectorAll('#lanes svg .dim').length > 0") == true);
    assert!(browser.value("document.querySelectorAll('#lanes svg .arrow:not(.dim)').length > 0") == true);
    browser.picture("race-opened");
    // The passing run stands beside it, and the first difference is marked in both.
    browser.wait_for("!document.querySelector('#lanes-beside').hidden");
    assert!(browser.text("#lanes-beside .pane-title").contains("holds"));
    let marked = "[...document.querySelectorAll('.across-words')].filter((e) => /first difference/.test(e.textContent)).length";
    assert!(browser.value(marked) == 2, "{}", browser.value(marked));
    // Scrubbed with keys and with the mouse, the tree moves along.
    browser.click("#to-end", "");
    let end = browser.text("#tree");
    browser.click("#to-start", "");
    assert_ne!(browser.text("#tree"), end);
    (0..12).for_each(|_| browser.press("ArrowRight"));
    assert!(browser.text("#where").starts_with("step 12 of"), "{}", browser.text("#where"));
    browser.press("f");
    assert!(browser.value("view.step === view.run.raw.failure") == true);
    // The decision's past is lit, and nothing is that does not belong to it.
    browser.press("d");
    browser.press("c");
    browser.wait_for("document.querySelectorAll('#lanes svg .past').length > 0");
    let cone = "(() => { const { run, event } = view; const lit = run.cone(event); \
                return run.follows(event).every((cause) => lit[cause] === 1) && lit[event] === 3; })()";
    assert!(browser.value(cone) == true);
    browser.picture("race-decision-lit");
    // What it follows from can be followed.
    let before = browser.value("view.event");
    browser.click("#page .events .link", "");
    assert!(browser.value("view.event") != before);
    // The neighbours of the decision are there, computed.
    browser.press("Escape");
    browser.press("d");
    assert!(browser.text("#page").contains("instead of this step"), "{}", browser.text("#page"));
    browser.click("#page .choices .act", "open");
    assert!(browser.value("view.at > 0") == true);
    assert!(browser.text("#told").contains("holds"), "{}", browser.text("#told"));
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn what_is_seen_is_chosen_with_keys_and_stands_in_the_address() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = view(&[RACE, "--seed", SEED]);
    browser.resize(1200, 800, false);
    browser.open_file(&page, "");
    let rows = "view.scene.rows.list.length";
    let folded = browser.value(rows).as_u64();
    browser.press("m");
    assert!(browser.value(rows).as_u64() > folded, "machinery is shown");
    browser.press("m");
    assert_eq!(browser.value(rows).as_u64(), folded);
    // Found, and nothing but what is found.
    browser.press("/");
    browser.write("lookup");
    browser.wait_for("view.scene.rows.matches > 0");
    browser.click("#filter", "");
    assert!(browser.value(rows).as_u64() < folded);
    browser.click("#filter", "");
    // Only what touches one process, chosen in the tree; then it is hidden, and shown again.
    browser.value(
        "document.activeElement.blur(); view.wish.query = ''; view.rebuild(); view.go(view.run.steps)",
    );
    browser.click("#tree .node", "KV.Registry");
    assert!(browser.text("#page .process-name").contains("KV.Registry"));
    // Its tables are on its page, with what is in them at the cursor.
    browser.value("view.go(view.run.raw.decides)");
    assert!(browser.text("#page .memory").contains("\"shopping\""), "{}", browser.text("#page"));
    browser.value("view.go(view.run.steps)");
    browser.press("o");
    assert!(browser.value(rows).as_u64() < folded);
    browser.press("o");
    let lanes = browser.value("view.scene.lanes.list.length").as_u64();
    browser.press("h");
    assert!(browser.value("view.scene.lanes.list.length").as_u64() < lanes);
    browser.click("#unhide", "");
    assert_eq!(browser.value("view.scene.lanes.list.length").as_u64(), lanes);
    // A link opens what its sender saw.
    browser.press("d");
    browser.press("c");
    browser.press("m");
    let hash = browser.value("view.writeAddress(), location.hash").as_str().unwrap_or_default().to_owned();
    assert!(hash.len() < 400 && hash.contains("fold=no") && hash.contains("light=cause"), "{hash}");
    let seen = browser.value("JSON.stringify([view.step, view.event, view.who, view.light])");
    browser.leave();
    browser.open_file(&page, &hash);
    assert_eq!(browser.value("JSON.stringify([view.step, view.event, view.who, view.light])"), seen);
    // Everything that can be pressed has a name, and what moves is said.
    let nameless = "[...document.querySelectorAll('button, input, select, [role=treeitem], [role=listbox]')]\
                    .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.title || e.labels?.length)).length";
    assert!(browser.value(nameless) == 0);
    browser.press("ArrowDown");
    assert!(browser.text("#said").starts_with("step "));
    assert!(
        browser.value("document.querySelectorAll('#lanes [role=option][aria-selected=true]').length") == 1
    );
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn restarts_are_seen_as_restarts() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = view(&["scenarios/supervisor/strategies/rest_for_one_restarts_those_after.kdl"]);
    browser.resize(1400, 900, false);
    browser.open_file(&page, "");
    browser.press("r");
    let words = "[...document.querySelectorAll('#lanes .words')].map((e) => e.textContent).join('|')";
    let words = browser.value(words).as_str().unwrap_or_default().to_owned();
    assert!(words.contains("restarts ") && words.contains("(rest_for_one): 1 of "), "{words}");
    assert!(browser.value("document.querySelectorAll('#lanes .bracket').length > 0") == true);
    assert!(browser.value("document.querySelectorAll('#lanes .cross').length > 0") == true);
    assert!(browser.text("#tree").contains("1/"), "{}", browser.text("#tree"));
    browser.picture("restart");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn giving_up_is_seen_as_giving_up() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = view(&["scenarios/supervisor/intensity/burning_out_climbs_the_tree.kdl"]);
    browser.resize(1400, 900, true);
    browser.open_file(&page, "");
    // The tree while a child starts again has one line for it.
    browser.press("r");
    let inner = "[...document.querySelectorAll('#tree .node-name')].filter((e) => /^inner/.test(e.textContent)).length";
    assert!(browser.value(inner) == 1, "{}", browser.text("#tree"));
    // From restart to restart, until one is too many: the supervisor gives up, dies of it, and takes its own one along.
    let kind = "view.run.raw.kinds[view.run.kind[view.event]]";
    let given_up = (0..20).find(|_| {
        browser.press("r");
        browser.value(kind) == "giving_up"
    });
    assert!(given_up.is_some(), "it gives up");
    browser.picture("giving-up");
    let words = browser.value("view.run.saying(view.event)");
    assert_eq!(words, "gives up: more than 1 restart in 5 s");
    assert!(browser.text("#page").contains("gives up: more than 1 restart"), "{}", browser.text("#page"));
    let drawn = "[...document.querySelectorAll('#lanes .words')].some((e) => /gives up/.test(e.textContent))";
    assert!(browser.value(drawn) == true);
    // What follows from it is lit: the exit that its own supervisor gets, and the restart that this costs.
    browser.press("c");
    let follows = "(() => { const { run, event } = view; const lit = run.cone(event); return run.raw.kinds[5] === 'restart' \
                   && [...lit.keys()].some((other) => lit[other] === 2 && run.kind[other] === 5); })()";
    assert!(browser.value(follows) == true);
    // It is no failure that the file does not want, so nothing is red.
    assert!(browser.value("document.querySelectorAll('#lanes .bad').length") == 0);
    browser.press("End");
    let alive = browser.text("#tree");
    assert!(!alive.contains("inner"), "{alive}");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn hostile_names_are_text_and_nothing_reaches_a_network() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().expect("a folder can be made");
    let file = folder.path().join("hostile.kdl");
    let name = "<img src=x onerror=alert(1)>";
    let text = format!(
        "scenario \"</script><script>document.title='owned'</script>\"\n\
         supervisor \"{name}\" {{ worker \"<b>bold</b>\"; worker \"</script><svg onload=alert(2)>\" }}\n\
         client {{ exit \"<b>bold</b>\" reason=\"<i>boom</i>\"; settle }}\n"
    );
    fs::write(&file, text).expect("it can be written");
    let (_folder, page) = view(&[file.to_str().expect("it is text")]);
    browser.resize(1200, 800, true);
    browser.open_file(&page, "");
    assert!(browser.text("#tree").contains(name), "{}", browser.text("#tree"));
    assert!(browser.value("document.querySelectorAll('img, b, i, #tree svg').length") == 0);
    assert!(browser.value("document.title !== 'owned'") == true);
    browser.picture("hostile");
    assert_eq!(browser.complaints, Vec::<String>::new());
    let blocked = "fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'blocked')";
    assert!(browser.value(blocked) == "blocked");
    assert!(
        browser.complaints.iter().any(|said| said.contains("Content Security Policy")),
        "the policy forbids it"
    );
}

#[test]
fn every_width_and_both_lights_have_room_for_it() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = view(&[RACE, "--seed", SEED]);
    for (width, height) in [(400, 860), (1000, 760), (1600, 900), (3000, 1500)] {
        for dark in [false, true] {
            browser.resize(width, height, dark);
            browser.leave();
            browser.open_file(&page, "");
            let wide = browser.value("document.documentElement.scrollWidth").as_u64();
            assert!(wide <= Some(u64::from(width)), "{width}: the page is {wide:?} wide");
            let aside =
                "[view.pane, view.other].some(({ scroller }) => scroller.scrollWidth > scroller.clientWidth)";
            assert!(browser.value(aside) == false, "{width}: nobody has to scroll aside for five lanes");
            assert!(browser.value("document.querySelectorAll('#lanes svg .words').length > 3") == true);
            let ground = browser.value("getComputedStyle(document.body).backgroundColor");
            assert_eq!(ground == "rgb(21, 24, 28)", dark, "{ground}");
            browser.picture(&format!("race-{width}-{}", if dark { "dark" } else { "light" }));
        }
    }
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn the_page_is_typed() {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/view/page/web");
    let installed = std::env::var_os("TREEFALL_READERS").map(PathBuf::from);
    let installed = installed.map(|readers| readers.join("node_modules/.bin/tsc"));
    let checked = [Some(PathBuf::from("tsc")), installed]
        .iter()
        .flatten()
        .find_map(|tsc| Command::new(tsc).arg("-p").arg(&web).output().ok());
    let Some(checked) = checked else {
        return eprintln!("skipped: there is no tsc here (npm install typescript, in TREEFALL_READERS)");
    };
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// Writes the page of a run, and says where it is.
fn view(arguments: &[&str]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder can be made");
    let page = folder.path().join("run.html");
    let done = Command::new(env!("CARGO_BIN_EXE_treefall"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("view")
        .args(arguments)
        .arg("--out")
        .arg(&page)
        .output()
        .expect("treefall starts");
    assert!(page.is_file(), "{}", String::from_utf8_lossy(&done.stderr));
    (folder, page)
}
