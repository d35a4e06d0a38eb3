//! `treefall judge`: what it finds, of the guide's argument, of the bugs whose repair is a change of the tree, and of
//! the questions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use treefall::judge::{
    Budget, DesignVerdict, Judged, Judging, Lowered, Mutation, Sample, Sweep, judge, mutate, outages,
};
use treefall::kernel::StopFlag;
use treefall::scenario::ast::Knob;
use treefall::scenario::{Simulation, parse};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What `judge` prints.
fn printed(file: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_treefall"))
        .arg("judge")
        .arg(file)
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("treefall can be started");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", file.display());
    (String::from_utf8(output.stdout).expect("output is UTF-8"), output.status.code())
}

/// The same for programs.
fn judged(file: &str, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--format", "json"]].concat();
    let (text, _) = printed(Path::new(file), &arguments);
    serde_json::from_str(&text).expect("it is an object")
}

/// The changes of a design, in words.
fn words(design: &Value) -> String {
    let changes = design["changes"].as_array().expect("changes are a list").iter().map(|change| {
        let field = |name: &str| change[name].as_str().expect("it is a text").to_owned();
        format!("{} {}", field("of"), field("told")).trim().to_owned()
    });
    changes.collect::<Vec<_>>().join(" and ")
}

/// The designs that came out so, by their changes.
fn designs(judged: &Value, verdict: &str) -> Vec<String> {
    let all = judged["designs"].as_array().expect("designs are a list").iter();
    all.filter(|design| design["verdict"] == verdict).map(words).collect()
}

fn design<'v>(judged: &'v Value, changes: &str) -> &'v Value {
    let all = judged["designs"].as_array().expect("designs are a list");
    let found = all.iter().find(|design| words(design) == changes);
    found.unwrap_or_else(|| {
        panic!("{changes} was not tried: {:#?}", all.iter().map(words).collect::<Vec<_>>())
    })
}

const GUIDE: &str = "scenarios/guide/15_which_tree_holds.kdl";

#[test]
fn the_argument_of_the_guide_is_found_by_machine() {
    let judged = judged(GUIDE, &["--vary", "strategy,order", "--distance", "2"]);
    assert_eq!(judged["verdict"], "broken");
    let last = design(&judged, "KV.Supervisor strategy=one_for_all");
    assert_eq!((&last["verdict"], &last["proved"]), (&"held".into(), &true.into()), "{last}");
    let reason = |changes: &str| design(&judged, changes)["property"].as_str().expect("it breaks").to_owned();
    assert_eq!(reason("KV.Supervisor strategy=rest_for_one"), "no-leaks");
    let other_order = "KV.Supervisor strategy=rest_for_one and \
                       KV.Supervisor swap KV.BucketSupervisor and KV.Registry";
    assert_eq!(reason(other_order), "no-double-restart");
}

/// The broken file, the change that is its repair, and a line of the repaired file that says the same.
const REPAIRS: &[(&str, &str, &str)] = &[
    ("acceptors_fail_together", "acceptors max_restarts=", "max_restarts=3 max_seconds=5"),
    ("background_job_ends_the_node", "language_server max_seconds=", "max_restarts=10 max_seconds=10"),
    ("brutal_kill_of_a_supervisor", "channel_sup shutdown=infinity", "channel_sup shutdown=infinity"),
    (
        "children_started_backwards",
        "swap start_link web name=web and start_link network name=network",
        "start_link web name=web\n",
    ),
    ("crash_that_its_own_supervisor_hides", "library max_restarts=0", "library max_restarts=0"),
    ("drained_shard_comes_back", "shard restart=transient", "worker shard restart=transient"),
    ("dynamic_supervisor_forgets_the_restarted", "elixir", "elixir="),
    ("endpoint_before_its_tasks", "app swap endpoint and tasks", "tasks\n    worker endpoint"),
    ("endpoint_before_what_it_needs", "endpoint after", "worker endpoint\n}"),
    ("extra_arguments_lost_on_restart", "elixir", "elixir="),
    ("flush_outlasts_its_shutdown", "room shutdown=", "server room restart=temporary shutdown=15000"),
    ("ignored_restart_crashes_the_shutdown", "otp=27", "otp=27"),
    ("links_that_begin_too_late", "spawn_link camera self", "spawn_link camera self"),
    ("monitor_fills_a_sibling_once", "rexi strategy=rest_for_one", "rexi strategy=rest_for_one"),
    ("noproc_instead_of_the_reason", "otp=", "otp=27"),
    ("one_bad_child_spends_the_intensity_of_all", "entity broken_sensor below", "sensor_guard"),
    ("outage_shorter_than_the_health_check", "listeners max_restarts=", "max_restarts=30"),
    ("pool_that_is_in_no_tree", "start_link pool name=pool", "start_link pool name=pool"),
    ("registry_comes_back_empty", "runtime strategy=rest_for_one", "runtime strategy=rest_for_one"),
    ("rest_for_one_hits_the_innocent", "signals strategy=one_for_one", "strategy=one_for_one"),
    ("session_ends_without_a_word", "session trap_exit #true", "trap_exit #true"),
    ("slow_stop_outruns_the_intensity", "top max_seconds=", "max_seconds=20"),
    ("supervisor_has_five_seconds", "storage shutdown=infinity", "storage shutdown=infinity"),
    ("supervisor_unlinks_before_shutdown", "otp=24", "otp=24"),
    ("terminate_without_trap_exit", "producer trap_exit #true", "trap_exit #true"),
    (
        "watcher_in_the_row_of_all",
        "file_watcher below a supervisor of its own",
        "supervisor services { worker file_watcher }",
    ),
];

#[test]
fn the_repair_of_a_bug_is_among_the_changes_that_hold() {
    assert!(REPAIRS.len() >= 24);
    let mut missing = Vec::new();
    for (name, change, line) in REPAIRS {
        let repaired = root().join(format!("scenarios/bugs/{name}.repaired.kdl"));
        let text = fs::read_to_string(&repaired).expect("there is a pair");
        assert!(text.contains(line), "{} does not say `{line}`", repaired.display());
        let file = format!("scenarios/bugs/{name}.broken.kdl");
        let judged = judged(&file, &["--max-states", "5000", "--seeds", "100", "--max-pairs", "400"]);
        let holding = designs(&judged, "held");
        if !holding.iter().any(|held| held.contains(change)) {
            missing.push(format!("{name}: {change}, but {holding:#?}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_answer_of_each_question_is_among_the_changes_that_hold() {
    let page = fs::read_to_string(root().join("scenarios/questions/README.md")).expect("there is a page");
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("scenarios/questions"))
        .expect("there is such a folder")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "kdl"))
        .collect();
    files.sort();
    assert!(files.len() >= 15);
    let mut missing = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("it can be read");
        let name = file.file_name().expect("it is a file").to_string_lossy().into_owned();
        let thread =
            text.lines().next().and_then(|line| line.strip_prefix("// ")).expect("it names its thread");
        assert!(page.contains(&format!("]({name})")) && page.contains(thread), "{name} is not on the page");
        let answer =
            text.lines().find_map(|line| line.strip_prefix("// answer: ")).expect("it has an answer");
        let judged =
            judged(&format!("scenarios/questions/{name}"), &["--max-states", "5000", "--seeds", "100"]);
        let holding = designs(&judged, "held");
        if !holding.iter().any(|held| held == answer) {
            missing.push(format!("{name}: {answer}, but {holding:#?}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn one_thread_and_three_print_the_same() {
    for format in ["text", "json", "markdown"] {
        let of = |jobs: &str| {
            printed(
                Path::new(GUIDE),
                &["--jobs", jobs, "--format", format, "--vary", "strategy,order,restart"],
            )
        };
        let (one, three) = (of("1"), of("3"));
        assert_eq!(one, three);
        assert_eq!(one.1, Some(1), "its own design is broken");
    }
}

#[test]
fn what_is_written_is_the_scenario_with_the_change_and_holds() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = folder.path().join("mended.kdl");
    let path = target.to_string_lossy().into_owned();
    printed(Path::new(GUIDE), &["--vary", "strategy", "--write", &path]);
    let text = fs::read_to_string(&target).expect("it was written");
    let was = fs::read_to_string(root().join(GUIDE)).expect("it is there");
    assert_eq!(text, was.replace("strategy=one_for_one", "strategy=one_for_all"));
    let (told, status) = printed(&target, &["--distance", "0"]);
    assert_eq!(status, Some(0), "{told}");
    let output = Command::new(env!("CARGO_BIN_EXE_treefall"))
        .args(["judge", GUIDE, "--vary", "strategy", "--write", GUIDE])
        .current_dir(root())
        .output()
        .expect("treefall can be started");
    assert_eq!(output.status.code(), Some(2), "what is read is not written over");
    assert_eq!(fs::read_to_string(root().join(GUIDE)).expect("it is there"), was);
}

#[test]
fn what_is_fixed_is_not_varied() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("fixed.kdl");
    let text = "supervisor top { worker a; worker b }\nserver a { }\nfixed strategy of=top\nfixed restart shutdown\n\
                client { kill a; settle; expect restarted b }\n";
    fs::write(&file, text).expect("it can be written");
    let (text, _) = printed(&file, &["--format", "json", "--distance", "1"]);
    let judged: Value = serde_json::from_str(&text).expect("it is an object");
    let knobs: Vec<&str> = judged["designs"]
        .as_array()
        .expect("designs are a list")
        .iter()
        .map(|design| design["changes"][0]["knob"].as_str().expect("it is a word"))
        .collect();
    assert!(knobs.contains(&"order") && knobs.contains(&"nesting"), "{knobs:?}");
    assert!(["strategy", "restart", "shutdown"].iter().all(|knob| !knobs.contains(knob)), "{knobs:?}");
}

#[test]
fn an_outage_is_survived_up_to_some_length_and_longer_with_more_restarts() {
    let judged = judged("scenarios/questions/database_down_for_ten_seconds.kdl", &["--outages"]);
    let rows = judged["outages"][0]["rows"].as_array().expect("there is a table");
    let holds: Vec<bool> = rows.iter().map(|row| row["holds"].as_bool().expect("it is said")).collect();
    assert!(holds[0] && !holds[3], "{rows:#?}");
    assert!(
        holds.is_sorted_by(|one, other| one >= other),
        "what survives a longer one survives a shorter one"
    );
    let with = rows[3]["holds_with"].as_array().expect("it is a list");
    assert!(with.contains(&"max_restarts=6".into()), "{rows:#?}");
}

#[test]
fn a_mutant_that_nothing_notices_is_named_and_so_is_what_no_mutant_breaks() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("weak.kdl");
    let text = "supervisor top { worker a }\n\
                server a {\n    var n 0\n    on call add {\n        add n 1\n        add n 0\n        reply $n\n    }\n}\n\
                client { call a add; expect 1; expect alive a }\n";
    fs::write(&file, text).expect("it can be written");
    let (text, status) = printed(&file, &["--format", "json", "--mutants", "--vary", "code"]);
    assert_eq!(status, Some(0), "{text}");
    let mutation: Value = serde_json::from_str(&text).expect("it is an object");
    assert_eq!(mutation["unnoticed"], serde_json::json!(["a without line 6: add n 0"]));
    assert_eq!(mutation["noticed"], 2, "{mutation}");
    assert_eq!(mutation["idle"][0]["code"], "expect alive a", "{mutation}");
}

#[test]
fn what_no_run_has_asked_for_is_no_mutant_that_is_run_and_comes_to_the_same() {
    let mut shared = 0;
    for file in [
        "scenarios/guide/08_one_for_all_holds.kdl",
        "scenarios/bugs/background_job_ends_the_node.repaired.kdl",
        "scenarios/bugs/watcher_in_the_row_of_all.repaired.kdl",
    ] {
        let text = fs::read_to_string(root().join(file)).expect("it is there");
        let mutation = |share| {
            let (read, stop) = (lowered, StopFlag::default());
            mutate(&text, &read, &budget(1, share), &stop, &mut |_| ()).expect("it is a scenario")
        };
        let (with, without) = (mutation(true), mutation(false));
        let told = |mutation: &Mutation| -> Vec<String> {
            let mutants = mutation.mutants.iter();
            mutants
                .map(|mutant| {
                    let (words, holds) = (mutant.change.words(), mutant.verdict.holds());
                    format!("{words} {holds} {:?}", mutant.noticed)
                })
                .collect()
        };
        assert_eq!(told(&with), told(&without), "{file}");
        assert!(!without.mutants.iter().any(|mutant| mutant.shared), "{file}");
        shared += with.mutants.iter().filter(|mutant| mutant.shared).count();
    }
    assert!(shared > 15, "there is something to share, and {shared} were");
}

#[test]
fn an_outage_is_survived_with_the_same_whether_work_is_shared_or_not() {
    let file = "scenarios/questions/database_down_for_ten_seconds.kdl";
    let text = fs::read_to_string(root().join(file)).expect("it is there");
    let tables = |share| {
        let asked = AtomicUsize::new(0);
        let read = |text: &str| {
            asked.fetch_add(1, Ordering::Relaxed);
            lowered(text)
        };
        let stop = StopFlag::default();
        let found = outages(&text, &read, &budget(1, share), &stop, &mut |_| ()).expect("it is a scenario");
        (format!("{found:?}"), asked.into_inner())
    };
    let ((with, few), (without, many)) = (tables(true), tables(false));
    assert_eq!(with, without);
    assert!(few < many, "fewer designs are read, and {few} were, of {many}");
}

#[test]
fn a_design_is_the_worse_one_if_kills_break_what_they_do_not_break_of_the_files_own() {
    let file = "scenarios/guide/13_the_repaired_test.kdl";
    let few = ["--max-states", "200", "--seeds", "100", "--vary", "strategy,intensity"];
    let judged = judged(file, &few);
    let own = &judged["own"];
    assert_eq!((&own["verdict"], &own["proved"]), (&"held".into(), &false.into()), "{own}");
    assert_eq!(own["sweep"]["broken"], 0, "{own}");
    let worse = design(&judged, "KV.Supervisor strategy=one_for_one");
    assert_eq!((&worse["verdict"], &worse["property"]), (&"broken".into(), &"no-leaks".into()), "{worse}");
    assert!(worse["run"].as_str().is_some_and(|run| run.starts_with("sweep, KV.Registry killed")), "{worse}");
    let (text, status) = printed(Path::new(file), &few);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("no-leaks: with KV.Registry killed at step"), "{text}");
}

#[test]
fn kills_that_break_the_files_own_design_make_no_other_one_worse() {
    let file = "scenarios/guide/11_observer_watches_and_kills.kdl";
    let judged =
        judged(file, &["--max-states", "200", "--seeds", "100", "--vary", "strategy", "--distance", "1"]);
    assert_eq!(judged["verdict"], "held", "the file asks for no kills: {}", judged["own"]);
    assert_ne!(judged["own"]["sweep"]["broken"], 0, "{}", judged["own"]);
    let other = design(&judged, "KV.Supervisor strategy=one_for_one");
    assert_eq!(other["verdict"], "held", "{other}");
}

#[test]
fn what_stands_all_kills_comes_before_what_does_not() {
    let text = "supervisor top { worker a; worker b }\nserver a { on call go { reply ok } }\n\
                client { call a go; expect ok }\n";
    let mut judging = judging(text, 1, true);
    let sampled = |broken| {
        let sweep = Sweep { kills: 9, broken, kinds: Vec::new() };
        DesignVerdict::Sampled(Sample { seeds: 9, sweep })
    };
    judging.others[0].verdict = sampled(1);
    judging.others[1].verdict = sampled(0);
    let words = |judged: &Judged| judged.changes[0].words();
    let (first, second) = (words(&judging.others[0]), words(&judging.others[1]));
    let holding: Vec<String> = judging.holding().into_iter().map(words).collect();
    assert_eq!((holding.first(), holding.last()), (Some(&second), Some(&first)), "{holding:?}");
}

#[test]
fn a_comment_on_a_pull_request_keeps_its_lines_whatever_names_there_are() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("hostile.kdl");
    let text = r#"supervisor "to|p" max_restarts=9 { worker "a```|b"; worker "c\nd"; worker e }
server "a```|b" { var n 0; on call add { add n 1; reply $n } }
server "c\nd" { on call x { reply ok } }
server e { on call x { reply ok } }
outage e at=100 for=200 backoff=100
client { call "a```|b" add; expect 1; sleep 600; call e x; expect ok }
"#;
    fs::write(&file, text).expect("it can be written");
    for mode in [&[][..], &["--mutants"], &["--outages"]] {
        let (page, _) = printed(&file, &[mode, &["--format", "markdown"]].concat());
        let lines: Vec<&str> = page.lines().collect();
        assert!(!lines.iter().any(|line| line.starts_with('d')), "a name breaks its line: {page}");
        match mode {
            [] => {
                let cells = |line: &&&str| line.starts_with('|');
                let bars: BTreeSet<usize> =
                    lines.iter().filter(cells).map(|line| line.matches('|').count()).collect();
                assert!(bars.iter().all(|bars| [3, 5].contains(bars)), "a name ends a cell: {page}");
                assert!(page.contains("&#124;"), "{page}");
            }
            _ => {
                let fences: Vec<&&str> = lines.iter().filter(|line| line.starts_with("```")).collect();
                assert_eq!(fences.len(), 2, "{page}");
                assert!(page.contains("from 100 ms on") || page.contains("a```|b restart"), "{page}");
                let longest = if page.contains("a```|b") { "````text" } else { "```text" };
                assert_eq!(*fences[0], longest, "{page}");
            }
        }
    }
}

#[test]
fn who_fails_and_is_not_restarted_is_counted_so_that_temporary_is_not_for_nothing() {
    let text = "supervisor top { worker sync; worker web }\n\
                server sync { init { send_after 100 self go }; on info go { stop reason=timeout } }\n\
                server web { on call page { reply ok } }\n\
                client { sleep 2000; call web page; expect ok }\n";
    let judging = judging(text, 1, true);
    let dropped = |words: &str| {
        let mut others = judging.others.iter();
        let found =
            others.find(|judged| judged.changes[0].words().starts_with(words) && judged.verdict.holds());
        found.and_then(|judged| judged.costs.clone()).expect("it holds").dropped
    };
    assert_eq!(dropped("sync restart=temporary").by, BTreeMap::from([("sync".to_owned(), 1)]));
    // It ends with `shutdown` when it gives up, and is missed all the same.
    let guard = dropped("sync below a supervisor of its own");
    assert_eq!(guard.by, BTreeMap::from([("sync_sup".to_owned(), 1)]));
    assert_eq!(dropped("top max_restarts=").total, 0);
}

/// Nothing next to it, and no two changes, mend it: so there is much to try.
const EIGHT_CHILDREN: &str = r#"
supervisor app max_restarts=1 {
    worker config; worker repo; worker cache; worker pubsub
    worker jobs; worker mailer; worker metrics; worker endpoint
}
server config { on call get { reply ok } }
server repo { init { call config get }; on call query { reply rows } }
server cache { var v nothing; on call put { set v something; reply ok }; on call get { reply $v } }
server pubsub { on cast publish { log "published" } }
server jobs { init { call repo query }; on call run { call mailer post as=$r; reply $r } }
server mailer { on call post { reply sent } }
server metrics { var n 0; on cast count { add n 1 } }
server endpoint {
    init { call cache get; call repo query }
    on call request { call repo query; cast metrics count; cast pubsub publish; call cache get as=$v; reply $v }
}
client user {
    call cache put
    call jobs run
    expect sent
    kill repo
    settle
    call endpoint request
    expect something
    expect restarted repo jobs mailer
    expect untouched cache
}
client chaos { repeat 2 { kill mailer; settle } }
"#;

#[test]
fn a_design_with_eight_children_is_judged_in_under_a_minute_with_progress_and_an_estimate() {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("skipped: there is no `script` to make a terminal");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("eight.kdl"), EIGHT_CHILDREN).expect("it can be written");
    let begun = Instant::now();
    let judging = format!("{} judge eight.kdl --max-pairs 1500", env!("CARGO_BIN_EXE_treefall"));
    let output = Command::new("script")
        .args(["-qec", &judging, "typescript"])
        .current_dir(folder.path())
        .output()
        .expect("a terminal can be made");
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    assert_eq!(output.status.code(), Some(1), "it is broken");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("the design as it is: eight.kdl"), "{shown}");
    let is_told = |line: &str| {
        let (told, left) = line.split_once(", about ")?;
        told.ends_with("designs, each with a second change").then_some(left.contains(" s left: eight.kdl"))
    };
    assert!(shown.split('\r').filter_map(is_told).any(|told| told), "{shown}");
    assert!(shown.contains("designs of one change or two"), "{shown}");
}

/// What a text says.
fn lowered(text: &str) -> Option<Lowered> {
    let scenario = parse("judged.kdl", text).ok()?;
    let simulation = Simulation::of(&scenario);
    Some((scenario, simulation))
}

fn budget(distance: u8, share: bool) -> Budget {
    Budget {
        knobs: Knob::WORDS.iter().map(|(_, knob)| *knob).collect(),
        distance: Some(distance),
        states: 1000,
        seeds: 20,
        pairs: 200,
        jobs: 2,
        share,
    }
}

/// What judging comes to, with what goes the same way run again or not.
fn judging(text: &str, distance: u8, share: bool) -> Judging {
    let read = lowered;
    judge(text, &read, &budget(distance, share), &[], &StopFlag::default(), &mut |_| ())
        .expect("it is a scenario")
}

#[test]
fn what_no_run_has_asked_for_is_not_run_again_and_comes_to_the_same() {
    let told = |judged: &Judged| {
        let changes: Vec<String> = judged.changes.iter().map(treefall::judge::Change::words).collect();
        // How many states there are depends on what a search can leave out, and that on the shortest time in the file.
        let verdict = match &judged.verdict {
            DesignVerdict::Proved(_) => "in every order".to_owned(),
            other => format!("{other:?}"),
        };
        format!("{changes:?} {verdict} {:?}", judged.costs)
    };
    let files = [
        ("scenarios/guide/08_one_for_all_holds.kdl", 1),
        ("scenarios/guide/15_which_tree_holds.kdl", 2),
        ("scenarios/questions/sessions_that_expire.kdl", 1),
        ("scenarios/questions/which_intensity.kdl", 1),
        ("scenarios/bugs/background_job_ends_the_node.repaired.kdl", 1),
        ("scenarios/bugs/brutal_kill_of_a_supervisor.broken.kdl", 2),
        ("scenarios/bugs/watcher_in_the_row_of_all.broken.kdl", 1),
        ("scenarios/bugs/supervisor_has_five_seconds.repaired.kdl", 1),
    ];
    let mut shared = 0;
    for (file, distance) in files {
        let text = fs::read_to_string(root().join(file)).expect("it is there");
        let (with, without) = (judging(&text, distance, true), judging(&text, distance, false));
        assert!(!without.others.iter().any(|judged| judged.shared), "{file}");
        assert_eq!(told(&with.own), told(&without.own), "{file}");
        for (one, other) in with.others.iter().zip(&without.others) {
            assert_eq!(told(one), told(other), "{file}, which was shared: {}", one.shared);
        }
        assert_eq!(with.others.len(), without.others.len(), "{file}");
        shared += with.others.iter().filter(|judged| judged.shared).count();
    }
    assert!(shared > 50, "there is something to share, and {shared} were");
}

#[test]
fn of_more_orders_than_are_asked_for_a_sweep_is_made_and_told() {
    let file = "scenarios/guide/08_one_for_all_holds.kdl";
    let judged = judged(file, &["--max-states", "20", "--seeds", "50", "--vary", "strategy"]);
    let own = &judged["own"];
    assert_eq!((&own["verdict"], &own["proved"]), (&"held".into(), &false.into()), "{own}");
    assert_eq!((&own["seeds"], &own["sweep"]["kills"]), (&50.into(), &10.into()), "{own}");
    assert_eq!(own["costs"]["every_order"], false, "{own}");
    let (text, _) = printed(Path::new(file), &["--max-states", "20", "--seeds", "50", "--vary", "strategy"]);
    assert!(text.contains("under 50 seeds and 10 kills of a sweep, not in every order"), "{text}");
}

#[test]
fn costs_are_the_most_of_any_order_and_not_of_the_calm_run() {
    // Only in some orders the second death comes after the restart for the first one.
    let text = "supervisor top strategy=one_for_all max_restarts=2 { worker a; worker b a }\n\
                server a { var n 0; on cast add { add n 1 }; on cast crash { stop reason=boom } }\n\
                client { cast a add; cast a crash }\nclient { cast b crash }\n";
    let judging = judging(text, 0, true);
    let costs = judging.own.costs.expect("it holds");
    assert_eq!(costs.counted, treefall::judge::Extent::EveryOrder);
    assert_eq!(costs.restarts.total, 2, "{costs:?}");
    assert_eq!(costs.lost.total, 1, "a variable that had changed: {costs:?}");
}

#[test]
fn a_time_to_stop_is_found_by_bisection() {
    let judged = judged("scenarios/questions/five_seconds_are_not_enough.kdl", &["--vary", "shutdown"]);
    let holding = designs(&judged, "held");
    assert!(holding.contains(&"drainer shutdown=7011".to_owned()), "{holding:?}");
}
