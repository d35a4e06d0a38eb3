//! `treefall shrink`.

use crate::explore::{FAULT, RACE};
use crate::sandbox::{HELD, Sandbox, assert_output};

#[test]
fn a_smaller_schedule_fails_in_the_same_way() {
    let sandbox = Sandbox::with(&[("fault.kdl", FAULT), ("race.kdl", RACE)]);
    sandbox.run("explore fault.kdl race.kdl -q --scheduler random --out found");
    let [fault, race] = ["found/fault", "found/race"].map(|name| {
        let schedules = sandbox.tree().into_iter().find(|path| path.starts_with(name));
        schedules.expect("it has been found")
    });
    assert_output!(
        "shrink",
        sandbox.session(&[&format!("shrink {fault}"), &format!("shrink {race} --trace none")])
    );
    assert_output!("shrink-json", sandbox.run(&format!("shrink {race} --format json --out small")));
    for schedule in [fault, race].map(|path| path.replace(".schedule", ".shrunk.schedule")) {
        let text = sandbox.read(&schedule);
        assert!(text.ends_with("\ncalm\n"), "{text}");
        let replayed = sandbox.run(&format!("replay {schedule} --trace none"));
        assert!(
            replayed.starts_with(&format!("$ treefall replay {schedule} --trace none\nbroken: ")),
            "{replayed}"
        );
        // What is as small as it can be stays as it is.
        let again = sandbox.run_and_compare(&format!("shrink {schedule} -q"));
        assert!(again.contains(&format!("replay {schedule}\n\n[exit status: 1]")), "{again}");
        assert!(!again.contains("\n+ "), "{again}");
    }
}

/// Every decision that is left is needed: with the calm one in its place the run does not fail.
#[test]
fn none_of_the_decisions_can_be_left_out() {
    let sandbox = Sandbox::with(&[("race.kdl", RACE)]);
    for seed in [0, 2, 3, 5, 8] {
        let recorded = sandbox.run(&format!("run race.kdl --seed {seed} --record {seed}.schedule -q"));
        if recorded.ends_with("[exit status: 0]") {
            continue;
        }
        let shown = sandbox.run(&format!("shrink {seed}.schedule --format json"));
        let object = shown.lines().find(|line| line.starts_with('{')).expect("there is an object");
        let object: serde_json::Value = serde_json::from_str(object).expect("it is JSON");
        let decisions = object["decisions"].as_array().expect("it lists them");
        assert!(!decisions.is_empty(), "the calm run holds");
        let schedule = sandbox.read(&format!("{seed}.shrunk.schedule"));
        for decision in decisions {
            let step =
                usize::try_from(decision["step"].as_u64().expect("it has a step")).expect("it is small");
            // The lines before the decision, and then the calm run: the later ones alone do not make it fail.
            let header = schedule.lines().position(str::is_empty).expect("a header ends") + 1;
            let before: Vec<&str> = schedule.lines().take(header + step - 1).collect();
            sandbox.write("cut.schedule", format!("{}\ncalm\n", before.join("\n")));
            assert_eq!(sandbox.output("replay cut.schedule -q").status.code(), Some(0), "{decision}");
        }
    }
}

#[test]
fn what_cannot_be_shrunk() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    sandbox.run("run held.kdl --seed 1 --record held.schedule");
    sandbox.write("other.schedule", sandbox.read("held.schedule").replace("run top", "run tap"));
    assert_output!(
        "shrink-errors",
        sandbox.session(&[
            "shrink",
            "shrink nothing.schedule",
            "shrink held.schedule",
            "shrink other.schedule"
        ])
    );
}

/// Half of it has nothing to do with the race.
const CLUTTERED: &str = r#"// A comment that says nothing about what is left.
scenario "two clients and one counter" max_delay=20 {
    about "A long story."
}

expect-failure expect seed=0 "the second may be the first"

supervisor top strategy=one_for_all max_restarts=7 {
    worker log restart=transient
    worker unused
    supervisor inner {
        // Deep down.
        supervisor innermost strategy=rest_for_one { worker counter; worker other }
    }
}

server log { on cast line $text { log "line" $text } }

server counter {
    var count 0
    table seen
    on call next {
        insert seen $count #true
        add count 1
        if $count above 100 { log "many" }
        reply $count
    }
    on call reset { set count 0; reply ok }
}

server unused { on call hello { reply ok } }

client one { cast log line "one"; call counter next; expect 1; call other hello }
client two { cast log line "two"; call counter next; call other hello }
client three { call unused hello; expect ok }

finally no-leaks
"#;

#[test]
fn a_scenario_shrinks_to_what_fails() {
    let sandbox = Sandbox::with(&[("in/race.kdl", CLUTTERED)]);
    sandbox.run("explore in/race.kdl -q --seeds 0..200 --out out");
    let found = sandbox.tree().into_iter().find(|path| path.ends_with(".schedule")).expect("it was found");
    let told = sandbox.run_and_compare(&format!("shrink {found} --scenario --trace none"));
    assert_output!("shrink-scenario", format!("{told}\n\n{}", sandbox.read("out/race.shrunk.kdl")));
    assert_eq!(sandbox.read("in/race.kdl"), CLUTTERED, "the file itself stays as it is");
    let replayed = sandbox.output("replay out/race.shrunk.schedule -q");
    assert_eq!(replayed.status.code(), Some(1), "it fails");
    let before = sandbox.tree();
    let again = sandbox.run(&format!("shrink {found} --scenario --trace none"));
    assert!(told.starts_with(&again), "{again}");
    assert_eq!(sandbox.tree(), before, "the same is not written twice");
    sandbox.write("out/race.shrunk.kdl", HELD);
    sandbox.run(&format!("shrink {found} --scenario -q"));
    assert_eq!(sandbox.read("out/race.shrunk.kdl"), HELD, "what is there is kept");
    assert_eq!(sandbox.output("replay out/race.shrunk-2.schedule -q").status.code(), Some(1));
}

/// Without its handler the server would die of the cast as well, and the expectation break in the same words.
const SLIDES: &str = r#"
supervisor top { worker a restart=temporary; worker b }

server a {
    var told 0
    on cast stop $why {
        if $why is nothing { log "goes on" }
        else { add told 1; stop reason=boom }
    }
    on call told { reply $told }
}

client {
    call a told
    cast a stop now
    settle
    expect alive a
}
"#;

#[test]
fn a_scenario_shrinks_along_the_way_to_its_failure() {
    let sandbox = Sandbox::with(&[("slides.kdl", SLIDES)]);
    sandbox.run("run slides.kdl --record slides.schedule -q");
    sandbox.run("shrink slides.schedule --scenario -q");
    let small = sandbox.read("slides.shrunk.kdl");
    assert!(small.contains("on cast stop") && small.contains("stop reason=boom"), "{small}");
    assert!(!small.contains("if ") && !small.contains("worker b"), "{small}");
}

/// The calm run breaks the same line in the same words, since the server dies there of a cast that it does not know.
#[test]
fn a_schedule_shrinks_along_the_way_to_its_failure() {
    let sandbox = Sandbox::with(&[(
        "two.kdl",
        "supervisor top { worker s restart=temporary }\n\
         server s { on cast c { stop reason=hit } }\n\
         client one { cast s d }\n\
         client two { cast s c }\n\
         finally { alive s }\n",
    )]);
    assert!(sandbox.run("run two.kdl").contains("function_clause"), "the calm run fails in another way");
    let seed = (0..50).find(|seed| sandbox.run(&format!("run two.kdl --seed {seed}")).contains("died: hit"));
    let seed = seed.expect("the other cast arrives first sometimes");
    sandbox.run(&format!("run two.kdl --seed {seed} --record hit.schedule -q --trace none"));
    let shrunk = sandbox.run("shrink hit.schedule");
    assert!(shrunk.contains("it ended with hit") && !shrunk.contains("function_clause"), "{shrunk}");
    assert!(shrunk.contains("One decision makes it fail"), "{shrunk}");
}
