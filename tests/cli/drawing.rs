//! Runs and trees in other people's formats, read by those who read them: Graphviz, librsvg and Mermaid where they are
//! installed, and the trace of Chrome by its rules.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::explore::RACE;
use crate::sandbox::{HELD, Sandbox, assert_output};

/// What would be markup, code or syntax in one format or another, as names, values and reasons.
const HOSTILE: &str = r#"scenario "hostile"

supervisor top {
    worker "<script>alert(1)</script>" m
    worker "end" m
    worker "a\"b\\N`c`;%% -->>x: #35; {x} [y] | & '" m
}

server m {
    on call get { reply "</text><a href='x'>\"]; n0 --> n9 \\" }
    on cast crash { exit reason="<b>;\n%%{init: {}}%%" }
}

client "participant p0 as x; Note over p0: y" {
    log "</svg><script>" "wrap:" "--> ```"
    call "<script>alert(1)</script>" get
    cast "end" crash
    cast "a\"b\\N`c`;%% -->>x: #35; {x} [y] | & '" crash
}
"#;

/// Timers, restarts until somebody gives up, and a late signal.
const BUSY: &str = r#"scenario "busy"

supervisor top max_restarts=2 max_seconds=5 { worker a; worker b }

server a {
    init { send_after 10 self tick }
    on info tick { exit reason=tired }
}

client {
    sleep 5
    call b x
    sleep 100
}

allow meltdown
"#;

/// Whether a program is there; a test that goes without it says so.
fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if there.is_err() {
        eprintln!("skipped: there is no {program}");
    }
    there.is_ok()
}

/// Everything that can be drawn, as files, by what draws it.
fn drawn(sandbox: &Sandbox, format: &str, commands: &[&str]) -> Vec<PathBuf> {
    let draw = |(place, command): (usize, &&str)| {
        let output = sandbox.output(&format!("{command} --format {format}"));
        assert!(output.stderr.is_empty(), "{command}: {output:?}");
        let path = sandbox.path().join(format!("{place}.{format}"));
        fs::write(&path, &output.stdout).expect("it can be written");
        path
    };
    commands.iter().enumerate().map(draw).collect()
}

fn assert_read(output: &Output, by: &str) {
    assert!(output.status.success(), "{by}: {}", String::from_utf8_lossy(&output.stderr));
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with(&[
        ("held.kdl", HELD),
        ("hostile.kdl", HOSTILE),
        ("busy.kdl", BUSY),
        ("race.kdl", RACE),
    ]);
    sandbox.output("explore -q --trace none race.kdl");
    sandbox
}

const RUNS: [&str; 6] = [
    "run held.kdl",
    "run hostile.kdl",
    "run hostile.kdl --seed 3",
    "run busy.kdl",
    "replay treefall-failures/race-exhaustive.schedule",
    "explain treefall-failures/race-exhaustive.schedule",
];
const TREES: [&str; 3] = ["tree held.kdl", "tree hostile.kdl", "tree busy.kdl --at 50"];

#[test]
fn runs_and_trees_in_every_format() {
    let sandbox = sandbox();
    let shown = sandbox.session(&[
        "run held.kdl --format mermaid",
        "run hostile.kdl --format mermaid",
        "explain treefall-failures/race-exhaustive.schedule --format mermaid",
        "tree hostile.kdl --format mermaid",
        "tree hostile.kdl --format dot",
    ]);
    assert_output!("drawing", shown);
    assert_output!(
        "drawing-svg",
        sandbox.run("explain treefall-failures/race-exhaustive.schedule --format svg")
    );
}

#[test]
fn a_format_that_a_command_does_not_print_is_refused() {
    let sandbox = sandbox();
    assert_output!(
        "drawing-refused",
        sandbox.session(&[
            "check held.kdl --format svg",
            "tree held.kdl --format chrome",
            "run held.kdl --format markdown",
            "run held.kdl busy.kdl --format svg",
            "tree held.kdl busy.kdl --format dot",
            "run held.kdl --format png",
        ])
    );
}

#[test]
fn graphviz_reads_trees() {
    if !has("dot") {
        return;
    }
    let sandbox = sandbox();
    for path in drawn(&sandbox, "dot", &TREES) {
        let output = Command::new("dot").arg("-Tplain").arg(&path).output().expect("dot can be started");
        assert_read(&output, "dot");
        let plain = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!plain.contains("n9"), "a name has become an edge: {plain}");
    }
}

#[test]
fn pictures_are_well_formed() {
    let sandbox = sandbox();
    let pictures = drawn(&sandbox, "svg", &RUNS);
    for path in &pictures {
        let text = fs::read_to_string(path).expect("it is there");
        assert!(!text.contains("<script") && !text.contains("<a "), "a name has become markup: {text}");
    }
    if has("rsvg-convert") {
        for path in pictures {
            let output = Command::new("rsvg-convert").arg(&path).output().expect("it can be started");
            assert_read(&output, "rsvg-convert");
        }
    }
}

/// Mermaid needs a browser's document, which `jsdom` is.
const PARSE: &str = r#"
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const require = createRequire(process.argv[2] + "/x.js");
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const path = process.argv[2] + "/node_modules/mermaid/dist/mermaid.core.mjs";
const mermaid = (await import(pathToFileURL(path).href)).default;
for (const file of process.argv.slice(3)) {
  const { diagramType } = await mermaid.parse(readFileSync(file, "utf8"));
  console.log(diagramType);
}
"#;

/// `npm install mermaid jsdom` in a folder that `TREEFALL_READERS` names brings what this needs.
#[test]
fn mermaid_reads_sequences_and_flow_charts() {
    let Some(modules) = std::env::var_os("TREEFALL_READERS").filter(|_| has("node")) else {
        return eprintln!(
            "skipped: TREEFALL_READERS names no folder in which mermaid and jsdom are installed"
        );
    };
    let sandbox = sandbox();
    sandbox.write("parse.mjs", PARSE);
    let diagrams = drawn(&sandbox, "mermaid", &[&RUNS[..], &TREES[..]].concat());
    let output =
        Command::new("node").arg(sandbox.path().join("parse.mjs")).arg(modules).args(&diagrams).output();
    let output = output.expect("node can be started");
    assert_read(&output, "mermaid");
    let types = String::from_utf8_lossy(&output.stdout).into_owned();
    let count = |wanted: &str| types.lines().filter(|line| line.starts_with(wanted)).count();
    assert_eq!((count("sequence"), count("flowchart")), (RUNS.len(), TREES.len()), "{types}");
}

/// A slice of a trace: its lane, its begin and its end.
fn slice(event: &Value) -> (u64, u64, u64) {
    let number = |field: &str| event[field].as_u64().unwrap_or_else(|| panic!("no {field} in {event}"));
    (number("tid"), number("ts"), number("ts") + number("dur"))
}

/// The rules of the format: which fields there are, that slices of a lane lie within each other, that a flow begins and
/// ends in slices, and that counters are numbers.
fn assert_trace(trace: &Value) {
    let events = trace["traceEvents"].as_array().expect("there are events");
    let slices: Vec<_> = events.iter().filter(|event| event["ph"] == "X").map(slice).collect();
    let mut flows: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for event in events {
        assert!(event["name"].is_string() && event["pid"].is_u64() && event["tid"].is_u64(), "{event}");
        match event["ph"].as_str().expect("there is a phase") {
            "M" => assert!(event["args"].is_object(), "{event}"),
            "X" => assert!(event["cat"].is_string(), "{event}"),
            "C" => {
                let args = event["args"].as_object().expect("a counter counts");
                assert!(!args.is_empty() && args.values().all(Value::is_number), "{event}");
            }
            phase @ ("s" | "f") => {
                flows.entry(event["id"].as_u64().expect("it has a number")).or_default().push(phase);
                let (lane, at) = (event["tid"].as_u64(), event["ts"].as_u64().expect("it has a time"));
                let is_in =
                    |(tid, from, to): &(u64, u64, u64)| Some(*tid) == lane && *from <= at && at <= *to;
                assert!(slices.iter().any(is_in), "a flow hangs in the air: {event}");
            }
            phase => panic!("no phase that is written: {phase}"),
        }
    }
    assert!(flows.values().all(|ends| *ends == ["s", "f"]), "{flows:?}");
    for (place, (lane, from, to)) in slices.iter().enumerate() {
        for (other, begin, end) in &slices[place + 1..] {
            let apart = end <= from || begin >= to;
            let within = (begin >= from && end <= to) || (from >= begin && to <= end);
            assert!(lane != other || apart || within, "slices cross at {from} and {begin}");
        }
    }
}

#[test]
fn the_trace_of_chrome_follows_its_rules() {
    let sandbox = sandbox();
    for path in drawn(&sandbox, "chrome", &RUNS) {
        let trace =
            serde_json::from_str(&fs::read_to_string(path).expect("it is there")).expect("it is JSON");
        assert_trace(&trace);
    }
    let output = sandbox.output("run busy.kdl --format chrome");
    let trace: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let events = trace["traceEvents"].as_array().expect("there are events");
    let used: Vec<u64> = events
        .iter()
        .filter(|event| event["name"] == "restarts of top")
        .filter_map(|event| event["args"]["used"].as_u64())
        .collect();
    assert_eq!(used, [0, 1, 2], "the counter of a supervisor");
}

/// The picture on the first page is what the command beside it draws.
#[test]
fn the_picture_of_the_readme_is_drawn_by_treefall() {
    let sandbox = Sandbox::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = "scenarios/guide/12a_the_test_as_it_is_written.kdl";
    sandbox.write(guide, fs::read(root.join(guide)).expect("it is part of the project"));
    sandbox.output(&format!("explore -q --trace none {guide}"));
    let schedule = "treefall-failures/12a_the_test_as_it_is_written-exhaustive.schedule";
    let drawn = sandbox.output(&format!("explain {schedule} --format svg")).stdout;
    let picture = root.join("docs/race.svg");
    if std::env::var_os("TREEFALL_ACCEPT").is_some() {
        return fs::write(picture, drawn).expect("it can be written");
    }
    let kept = fs::read(picture).unwrap_or_default();
    assert!(kept == drawn, "docs/race.svg is another picture; TREEFALL_ACCEPT=1 draws it anew");
}
