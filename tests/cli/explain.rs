//! `treefall explain`.

use crate::explore::{FAULT, RACE};
use crate::sandbox::{HELD, Sandbox, assert_output};

/// The index is built from a store that dies alone.
const DESIGN: &str = r#"scenario "the index outlives what it was built from"

supervisor top strategy=one_for_one {
    worker store
    worker index
    worker bystander
}

server store {
    var items 0
    on call add   { add items 1; reply ok }
    on call items { reply $items }
}

server index {
    var seen 0
    on call refresh { call store items as=$items; set seen $items; reply ok }
    on call seen    { reply $seen }
}

client {
    call bystander hello
    call store add
    call index refresh
    kill store
    settle
    call store items as=$items
    call index seen as=$seen
    expect $seen is $items
}
"#;

/// Who enters depends on who has opened, though neither sends the other anything.
const SWITCH: &str = r#"scenario "a door that somebody else has opened"

shared open #false
shared_table visits

supervisor top { worker porter; worker door; worker bystander }

server porter {
    on cast open { set open #true }
}

server door {
    on call enter $who {
        if $open is #true { insert visits $who today; reply welcome }
        else { reply closed }
    }
}

client opener { cast porter open }

client stranger { call bystander hello }

client guest {
    sleep 50
    call door enter ann
    expect welcome
}

finally { empty visits }
"#;

/// The store that is killed comes back with what its log knows: too little, if the log hears of it too late.
const TWO: &str = r#"scenario "what was acknowledged is forgotten"

shared acknowledged 0

supervisor top { worker log; worker bystander }

server log {
    var last 0
    on cast wrote $value { set last $value }
    on call last { reply $last }
}

server store {
    var value 0
    init { call log last as=$last; set value $last }
    on cast put $new { set value $new; cast log wrote $new; set acknowledged $new }
    on call get { reply $value }
}

client stranger { call bystander hello }

client {
    start_child top { worker store }
    match result {
        when ok _ {
            cast store put 1
            settle
            if $acknowledged is 1 {
                call store get
                expect 1 or_exit=_
            }
        }
        otherwise { note "it was killed as it started" }
    }
}

fault kill store
"#;

fn found(sandbox: &Sandbox, name: &str) -> String {
    sandbox.run(&format!("explore {name}.kdl -q --out found"));
    let prefix = format!("found/{name}");
    let schedule = sandbox.tree().into_iter().find(|path| path.starts_with(&prefix));
    schedule.unwrap_or_else(|| panic!("{name} has been found"))
}

#[test]
fn a_failure_is_told_in_a_dozen_lines() {
    let sandbox = Sandbox::with(&[("race.kdl", RACE), ("fault.kdl", FAULT), ("design.kdl", DESIGN)]);
    let schedules = ["race", "fault", "design"].map(|name| found(&sandbox, name));
    let at = |width: u32| {
        let told =
            schedules.iter().map(|schedule| sandbox.run(&format!("explain {schedule} --width {width}")));
        told.collect::<Vec<_>>().join("\n\n")
    };
    let files = sandbox.tree();
    assert_output!("explain", at(80));
    assert_output!("explain-wide", at(160));
    assert_output!("explain-json", sandbox.run(&format!("explain {} --format json", schedules[1])));
    assert_eq!(sandbox.tree(), files, "nothing is written");
}

#[test]
fn what_cannot_be_explained() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    sandbox.run("run held.kdl --seed 1 --record held.schedule");
    sandbox.write("other.schedule", sandbox.read("held.schedule").replace("run top", "run tap"));
    assert_output!(
        "explain-errors",
        sandbox.session(&["explain nothing.schedule", "explain held.schedule", "explain other.schedule"])
    );
}

/// The decision that the explanation names is the one: calm before its step the run holds, after it it fails.
#[test]
fn the_verdict_flips_where_it_is_said_to() {
    let sandbox = Sandbox::with(&[("race.kdl", RACE), ("fault.kdl", FAULT)]);
    for name in ["race", "fault"] {
        let schedule = found(&sandbox, name);
        sandbox.run(&format!("shrink {schedule} -q --out small"));
        let shown = sandbox.run(&format!("explain {schedule} --format json"));
        let object = shown.lines().find(|line| line.starts_with('{')).expect("there is an object");
        let object: serde_json::Value = serde_json::from_str(object).expect("it is JSON");
        let step =
            usize::try_from(object["flip"]["step"].as_u64().expect("there is a step")).expect("it is small");
        let prefix = format!("small/{name}");
        let small = sandbox.tree().into_iter().find(|path| path.starts_with(&prefix)).expect("it is there");
        let small = sandbox.read(&small);
        let header = small.lines().position(str::is_empty).expect("a header ends") + 1;
        let status = |steps: usize| {
            let kept: Vec<&str> = small.lines().take(header + steps).collect();
            sandbox.write("cut.schedule", format!("{}\ncalm\n", kept.join("\n")));
            sandbox.output("replay cut.schedule -q").status.code()
        };
        assert_eq!((status(step - 1), status(step)), (Some(0), Some(1)), "{name}");
    }
}

/// The guest is let in by who has never heard of it.
#[test]
fn what_is_shared_is_followed() {
    let sandbox = Sandbox::with(&[("switch.kdl", SWITCH)]);
    let shown = sandbox.run(&format!("explain {} --width 80", found(&sandbox, "switch")));
    assert!(shown.contains("cast open") && shown.contains("{enter, ann}"), "{shown}");
    assert!(!shown.contains("bystander"), "{shown}");
    assert_output!("explain-shared", shown);
}

#[test]
fn a_fault_and_a_late_signal_are_told_together() {
    let sandbox = Sandbox::with(&[("two.kdl", TWO)]);
    let shown = sandbox.run(&format!("explain {} --width 80", found(&sandbox, "two")));
    assert!(!shown.contains("bystander"), "{shown}");
    assert_output!("explain-fault-and-late", shown);
}

/// What a state comes from: a timer that has fired, one that was cancelled and does not, and what has changed it back.
#[test]
fn timers_and_what_became_of_them_are_causes() {
    for (name, scenario, told) in [
        (
            "closes by itself",
            "server door { var state open; init { send_after 100 self close }; on info close { set state closed }\n\
             on call state { reply $state } }\nsupervisor top { worker door }\n\
             client { sleep 200; call door state; expect open }\n",
            "100 ms  door           timer fires close",
        ),
        (
            "never closes",
            "server breaker { var state closed; var timer nil\n\
             on cast trip { set state open; send_after 50 self reset as=$t; set timer $t }\n\
             on cast hold { cancel_timer $timer }\non info reset { set state closed }\n\
             on call state { reply $state } }\nsupervisor top { worker breaker }\n\
             client { cast breaker trip; cast breaker hold; sleep 100; call breaker state; expect closed }\n",
            "└ breaker         cancels its timer reset",
        ),
        (
            "is done twice",
            "shared done 0\nserver jobs { queue waiting; var held nil\n\
             on call add { push waiting job; reply ok }\n\
             on call next { pop waiting as=$job; set held $job; send_after 20 self requeue; reply $job }\n\
             on info requeue { push waiting $held; set held nil } }\nsupervisor top { worker jobs }\n\
             client { call jobs add; call jobs next; expect job; sleep 25; call jobs next; expect nil }\n",
            "20 ms  jobs           timer fires requeue",
        ),
    ] {
        let sandbox = Sandbox::with(&[("case.kdl", scenario)]);
        sandbox.run("explore case.kdl --out found --prove 0");
        let shown = sandbox.run("explain found/case-calm.schedule");
        assert!(shown.contains(told), "{name}: {shown}");
    }
}

/// Why a child is not there again: somebody else has had it taken away, dead as it was, or while it was being tried again.
#[test]
fn whoever_has_had_a_child_taken_away_is_told() {
    for (name, start, one, two) in [
        ("dead as it was", "", "", ""),
        ("tried again", "init start=\"2..\" { sleep 20; fail no_database }\n", "sleep 30; ", "sleep 100; "),
    ] {
        let tree = "supervisor top max_restarts=50 { worker a }\n";
        let server = format!("server a {{ {start} on cast crash {{ stop reason=boom }} }}\n");
        let clients = format!(
            "client one {{ cast a crash }}\nclient two {{ {one}terminate_child top a }}\n\
             client three {{ {two}settle; call a hello; expect ok }}\n"
        );
        let sandbox = Sandbox::with(&[("case.kdl", &format!("{tree}{server}{clients}"))]);
        let schedule = found(&sandbox, "case");
        let shown = sandbox.run(&format!("explain {schedule}"));
        assert!(shown.contains("two → top  terminate_child a"), "{name}: {shown}");
    }
}

/// Of a loop, the rounds are told that come last, and how it began; and not the others.
#[test]
fn of_a_loop_the_last_rounds_are_told() {
    let sandbox = Sandbox::with(&[(
        "case.kdl",
        "server light { var state off; on cast on { set state on }; on cast off { set state off }\n\
         on call state { reply $state } }\nsupervisor top { worker light }\n\
         process hand { cast light on; cast light off }\n\
         client { repeat 50 { spawn hand; settle }; call light state; expect on }\n",
    )]);
    sandbox.run("explore case.kdl --out found --prove 0");
    let shown = sandbox.run("explain found/case-calm.schedule");
    let rounds = shown.matches("cast off").count();
    assert!((1..10).contains(&rounds), "{rounds} rounds: {shown}");
}

/// A registry of Elixir's is two processes, of which one may outlive the other.
const SLOW_PARTITION: &str = r#"supervisor top {
    registry names keys=unique
    supervisor database { worker db }
    dynamic_supervisor cache
}

server db {
    init { register (names)db self }
    on call get { reply ok }
}

client {
    kill names
    settle
    call (names)db get
    expect ok
    expect untouched top
}
"#;

/// What is said of another strategy is what `run` and `explore` say of it, seed for seed.
#[test]
fn seeds_of_other_strategies_are_those_that_anybody_can_run() {
    let sandbox = Sandbox::with(&[("case.kdl", SLOW_PARTITION)]);
    let schedule = found(&sandbox, "case");
    let output = sandbox.output(&format!("explain {schedule} --format json"));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let strategies = told["strategies"].as_array().expect("other strategies were tried");
    let of_top = strategies.iter().filter(|tried| tried["supervisor"] == "top");
    for tried in of_top {
        let strategy = tried["strategy"].as_str().expect("a word");
        let changed =
            SLOW_PARTITION.replace("supervisor top {", &format!("supervisor top strategy={strategy} {{"));
        let other = Sandbox::with(&[("other.kdl", &changed)]);
        let explored = other.run("explore other.kdl --trace none --prove 0 --seeds 0..100");
        let seed = tried["run"].as_str().and_then(|run| run.strip_prefix("under seed ")?.split(' ').next());
        match (tried["verdict"].as_str(), seed) {
            (Some("held"), _) => assert!(explored.contains("\nheld"), "{strategy}: {explored}"),
            (_, Some(seed)) => {
                assert!(explored.contains(&format!("--seed {seed}")), "{strategy}, {seed}: {explored}");
            }
            _ => assert!(!explored.contains("\nheld"), "{strategy}: {explored}"),
        }
    }
}
