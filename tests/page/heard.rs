//! What is heard of the page by whoever does not see it: Chromium's own tree of accessibility, as screen readers get it.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::{RACE, SEED, view};

/// Something that is heard: its role, its name, and all else that is known of it.
struct Heard {
    role: String,
    name: String,
    of_it: Value,
}

/// Roles of what somebody can act on or go to; none of them may be without a name.
const NAMED: [&str; 15] = [
    "button",
    "checkbox",
    "combobox",
    "link",
    "listbox",
    "navigation",
    "option",
    "region",
    "searchbox",
    "slider",
    "spinbutton",
    "textbox",
    "toolbar",
    "tree",
    "treeitem",
];

fn heard(browser: &mut Browser) -> Vec<Heard> {
    let tree = browser.ask("Accessibility.getFullAXTree", &json!({}));
    let nodes = tree["nodes"].as_array().expect("there are nodes").iter();
    let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
    let known = nodes.filter(|node| node["ignored"] != true);
    known
        .map(|node| Heard {
            role: text(&node["role"]),
            name: text(&node["name"]),
            of_it: node["properties"].clone(),
        })
        .collect()
}

impl Heard {
    fn property(&self, name: &str) -> Value {
        let properties = self.of_it.as_array().map(Vec::as_slice).unwrap_or_default();
        let found = properties.iter().find(|property| property["name"] == name);
        found.map_or(Value::Null, |property| property["value"]["value"].clone())
    }
}

#[test]
fn landmarks_controls_and_the_cursor_are_heard() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = view(&[RACE, "--seed", SEED]);
    browser.resize(1600, 900, false);
    browser.open_file(&page, "");
    let all = heard(&mut browser);
    let is_heard =
        |role: &str, name: &str| all.iter().any(|heard| heard.role == role && heard.name.starts_with(name));
    for (role, name) in [
        ("banner", ""),
        ("main", ""),
        ("contentinfo", ""),
        ("navigation", "Runs"),
        ("region", "What this run comes to"),
        ("region", "The tree at the cursor"),
        ("region", "What happened"),
        ("region", "At the cursor"),
        ("toolbar", "Move through the run"),
        ("slider", "Step"),
        ("searchbox", "Find in names and messages"),
        ("checkbox", "fold machinery"),
        ("combobox", "the run beside"),
        ("tree", "tree after step"),
        ("treeitem", "KV.Supervisor 0 of 3 restarts in 5 s"),
        ("listbox", "what happened"),
        ("button", "failing breaks expect"),
        ("button", "KV.BucketSupervisor/KV.Bucket#1"),
        ("heading", "instead of this step"),
    ] {
        assert!(is_heard(role, name), "no {role} is called {name}");
    }
    for heard in all.iter().filter(|heard| NAMED.contains(&heard.role.as_str())) {
        assert!(!heard.name.trim().is_empty(), "a {} has no name: {}", heard.role, heard.of_it);
    }
    // Where the cursor goes is said as it gets there, and the row is the chosen one of the list.
    browser.value("document.querySelector('#lanes .rows').focus()");
    browser.press("ArrowDown");
    let step = browser.value("view.step");
    let said = browser.text("#said");
    assert!(said.starts_with(&format!("step {step}: ")), "{said}");
    let all = heard(&mut browser);
    let live = all.iter().filter(|heard| heard.property("live") == "polite").count();
    assert!(live >= 1, "somebody says what changes");
    let chosen: Vec<&Heard> =
        all.iter().filter(|heard| heard.role == "option" && heard.property("selected") == true).collect();
    let sentence = said.split_once(": ").expect("it says what happened").1;
    assert!(
        chosen.iter().any(
            |option| option.name.starts_with(&format!("step {step}, ")) && option.name.contains(sentence)
        ),
        "{said} is not the chosen row"
    );
    let list = all.iter().find(|heard| heard.role == "listbox" && heard.property("focused") == true);
    assert!(list.is_some(), "the list has the focus");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

/// No mouse: the tree is gone through and a process chosen, what happened is read row by row, and a link is followed.
#[test]
fn the_page_is_used_with_keys_alone() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = view(&[RACE, "--seed", SEED]);
    browser.resize(1600, 900, false);
    browser.open_file(&page, "");
    let focused = "document.activeElement.closest('[role=tree], [role=listbox], #page, #bar, #top, .skip')?.id || \
                   document.activeElement.className";
    browser.press("Tab");
    assert_eq!(browser.value(focused), "skip", "the first stop leads past what is above");
    let mut stops = Vec::new();
    for _ in 0..40 {
        browser.press("Tab");
        let stop = browser.value(focused).as_str().unwrap_or_default().to_owned();
        if stops.last() != Some(&stop) {
            stops.push(stop);
        }
    }
    for stop in ["top", "tree", "rows", "page", "bar"] {
        assert!(stops.iter().any(|found| found.contains(stop)), "{stop} is not reached: {stops:?}");
    }
    browser.value("document.querySelector('#tree [tabindex=\"0\"]').focus()");
    browser.press("Home");
    browser.press("Enter");
    assert!(browser.text("#page .process-name").contains("KV.Supervisor"), "{}", browser.text("#page"));
    assert_eq!(browser.complaints, Vec::<String>::new());
}
