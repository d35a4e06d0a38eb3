//! `treefall merge`: a campaign on several machines is the campaign on one.

use crate::explore::{FAULT, RACE};
use crate::sandbox::{HELD, Sandbox, assert_output};

/// A failure that only a few runs meet, so that whole parts of a campaign find nothing.
const RARE: &str = r#"scenario "five in a row"

supervisor top { worker a }

server a {
    var count 0
    var right 0
    on cast hit $n { add count 1; if $count is $n { add right 1 } }
    on call check { if $right is 5 { reply bad }; else { reply fine } }
}

client five { cast a hit 5 }
client four { cast a hit 4 }
client three { cast a hit 3 }
client two { cast a hit 2 }
client one { cast a hit 1 }
client reader { sleep 50; call a check; expect fine }
"#;

fn sandbox() -> Sandbox {
    Sandbox::with(&[("race.kdl", RACE), ("fault.kdl", FAULT), ("held.kdl", HELD), ("rare.kdl", RARE)])
}

const FILES: &str = "race.kdl fault.kdl held.kdl rare.kdl";

/// What a command prints, without what it took, and its exit status.
fn printed(sandbox: &Sandbox, arguments: &str) -> (String, Option<i32>) {
    let output = sandbox.output(arguments);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments}");
    let text = String::from_utf8(output.stdout).expect("output is UTF-8");
    let without_seconds = |line: &str| match serde_json::from_str::<serde_json::Value>(line) {
        Ok(mut object) => {
            object["seconds"] = "…".into();
            format!("{object}\n")
        }
        Err(_) => format!("{line}\n"),
    };
    (text.lines().map(without_seconds).collect(), output.status.code())
}

#[test]
fn the_parts_together_are_the_whole() {
    for flags in ["", "--keep-going", "--scheduler random", "--scheduler pct --depth 2 --keep-going"] {
        let explore = format!("explore {FILES} --trace none --seeds 3..403 {flags}");
        let alone = sandbox();
        let whole = ["", "--format json"].map(|format| printed(&alone, &format!("{explore} {format}")));
        for of in [1, 2, 5] {
            let sandbox = sandbox();
            for nth in (1..=of).rev() {
                sandbox.output(&format!("{explore} -q --shard {nth}/{of} --result {nth}.json --jobs {nth}"));
            }
            let parts: Vec<String> = (1..=of).map(|nth| format!("{nth}.json")).collect();
            let merge = format!("merge {}", parts.join(" "));
            let merged = ["", "--format json"].map(|format| printed(&sandbox, &format!("{merge} {format}")));
            assert_eq!(merged, whole, "{flags}, {of} parts");
        }
    }
}

#[test]
fn a_campaign_on_two_machines() {
    let sandbox = sandbox();
    assert_output!(
        "merge",
        sandbox.session(&[
            "explore held.kdl rare.kdl --trace none --seeds 0..10 --shard 1/2 --result one.json",
            "explore held.kdl rare.kdl --trace none --seeds 0..10 --shard 2/2 --result two.json",
            "merge one.json two.json",
            "merge two.json one.json -q",
            "merge one.json",
            "explore held.kdl --seeds 20..30 --result three.json",
            "merge one.json two.json three.json -q",
        ])
    );
}

#[test]
fn what_does_not_fit_together() {
    let sandbox = sandbox();
    for (name, flags) in [
        ("a", "--seeds 0..10"),
        ("b", "--seeds 5..15"),
        ("c", "--seeds 10..20 --scheduler pos"),
        ("d", "--seeds 10..20 --keep-going"),
    ] {
        sandbox.output(&format!("explore held.kdl {flags} --result {name}.json"));
    }
    sandbox.write("held.kdl", HELD.replace("boom", "bang"));
    sandbox.output("explore held.kdl --seeds 10..20 --result e.json");
    sandbox.write("other.json", "{\"verdict\":\"held\"}\n");
    sandbox.write("empty.json", "");
    let older = sandbox.read("a.json").replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    sandbox.write("older.json", older);
    assert_output!(
        "merge-errors",
        sandbox.session(&[
            "merge",
            "merge nothing.json",
            "merge empty.json",
            "merge other.json",
            "merge older.json",
            "merge a.json a.json",
            "merge a.json b.json",
            "merge a.json c.json",
            "merge a.json d.json",
            "merge a.json e.json",
            "explore held.kdl --shard 3/2",
            "explore held.kdl --shard half",
            "explore held.kdl --seeds 0..5 --result held.kdl/a.json",
        ])
    );
}

#[test]
fn nothing_holds_while_something_of_the_campaign_is_missing() {
    let sandbox = sandbox();
    sandbox.write("wrong.kdl", "supervisr top");
    // A file that was wrong on one machine.
    sandbox.output("explore held.kdl wrong.kdl --seeds 0..10 --result wrong.json");
    // A part of a campaign that only time ends.
    for nth in [1, 2, 3] {
        sandbox.output(&format!("explore held.kdl --for 50ms --shard {nth}/3 --result time-{nth}.json"));
    }
    // One that was interrupted: what it has not come to is not in it.
    let whole = "explore held.kdl rare.kdl --seeds 0..10 --result whole.json";
    sandbox.output(whole);
    let text = sandbox.read("whole.json");
    let mut lines: Vec<&str> = text.lines().collect();
    let header = lines[0].replace("\"ended\":true", "\"ended\":false");
    lines[0] = &header;
    sandbox.write("interrupted.json", format!("{}\n{}\n", lines[0], lines[1]));
    sandbox.write("twice.json", format!("{}\n{}\n{}\n", lines[0], lines[1], lines[1]));
    let without_counts = |text: String| {
        let line = |line: &str| match line.split_once(" runs, ") {
            Some((head, _)) => {
                format!("{} runs, …\n", head.trim_end_matches(|letter: char| letter.is_ascii_digit()))
            }
            None => format!("{line}\n"),
        };
        text.lines().map(line).collect::<String>()
    };
    assert_output!(
        "merge-missing",
        without_counts(sandbox.session(&[
            "merge wrong.json",
            "merge interrupted.json",
            "merge twice.json",
            "merge time-1.json time-3.json",
            "merge time-1.json time-2.json time-3.json -q",
        ]))
    );
}

#[cfg(target_os = "linux")]
#[test]
fn what_has_no_end_is_not_read_to_its_end() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    sandbox.output("explore held.kdl --seeds 0..5 --result r.json");
    let result = sandbox.read("r.json");
    sandbox.write("many.json", result.clone() + &"{}\n".repeat(100_000));
    sandbox.write(
        "endless.schedule",
        format!(
            "treefall schedule 1\nversion 0\nscenario a\nhash 1\nseed none\n{}",
            "run a\n".repeat(4_000_001)
        ),
    );
    for (arguments, why) in [
        ("merge /dev/zero", "this line is longer than any of a result"),
        ("merge many.json", "many.json:3: this is no result"),
        ("replay /dev/zero", "larger than the limit"),
        ("replay endless.schedule", "a schedule has at most 4000000 choices"),
    ] {
        let output = sandbox.output(arguments);
        let told = String::from_utf8(output.stderr).expect("output is UTF-8");
        assert!(told.contains(why), "{arguments}: {told}");
        assert_eq!(output.status.code(), Some(2), "{arguments}");
    }
}
