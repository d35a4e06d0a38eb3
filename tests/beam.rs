//! `treefall beam`: on the real Erlang where it is installed, and with impostors that hang, crash and lie.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use treefall::beam::{Account, Reach, Roles, every_outcome, outcome_of, reach};
use treefall::explore::{Lopsided, Random};
use treefall::kernel::StopFlag;
use treefall::model::play_under;
use treefall::scenario::{Simulation, load};

/// Files and a place for temporary ones, which must be empty in the end.
struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Stage {
        let stage = Stage { folder: tempfile::tempdir().expect("a temporary folder") };
        for name in ["bin", "tmp"] {
            fs::create_dir(stage.path(name)).expect("a folder in it");
        }
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn scenario(&self, text: &str) -> PathBuf {
        let path = self.path("scenario.kdl");
        fs::write(&path, text).expect("the scenario can be written");
        path
    }

    /// A program that is found before any other of its name.
    fn impostor(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the script can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be made executable");
    }

    /// An Erlang 25 of which only the virtual machine's run is to be told.
    fn erlang(&self, run: &str) {
        let modules = "for source in *.erl; do : > \"${source%.erl}.beam\"; done";
        self.impostor("erlc", modules);
        self.impostor("elixir", "exit 1");
        self.impostor("erl", &format!("case \"$*\" in *otp_release*) echo 25; exit;; esac\n{run}"));
    }

    fn beam(&self, path: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_treefall"))
            .arg("beam")
            .args(arguments)
            .arg(self.path("scenario.kdl"))
            .env("PATH", path)
            .env("TMPDIR", self.path("tmp"))
            .stdin(Stdio::null())
            .output()
            .expect("treefall can be run")
    }

    fn with_impostors(&self, arguments: &[&str]) -> Output {
        self.beam(&format!("{}:/usr/bin:/bin", self.path("bin").display()), arguments)
    }

    fn assert_nothing_left(&self) {
        let left: Vec<_> = fs::read_dir(self.path("tmp")).expect("it is there").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a scenario on the real Erlang; nothing if there is none.
fn on_the_real_one(scenario: &str) -> Option<(Option<i32>, String)> {
    on_the_real_one_with(scenario, &["--runs", "2", "--seeds", "30"])
}

fn on_the_real_one_with(scenario: &str, options: &[&str]) -> Option<(Option<i32>, String)> {
    if Command::new("erl").args(["-noshell", "-eval", "halt()."]).output().is_err() {
        eprintln!("skipped: `erl` is not installed");
        return None;
    }
    let stage = Stage::new();
    stage.scenario(scenario);
    let output = stage.beam(&std::env::var("PATH").unwrap_or_default(), options);
    stage.assert_nothing_left();
    Some((output.status.code(), text(&output.stdout) + &text(&output.stderr)))
}

fn assert_agrees(scenario: &str) {
    if let Some((code, said)) = on_the_real_one(scenario) {
        assert!(said.contains("agrees with Erlang/OTP"), "{said}");
        assert_eq!(code, Some(0));
    }
}

#[test]
fn a_restart_is_the_same_on_the_real_one() {
    assert_agrees(
        r#"
supervisor top strategy=rest_for_one { worker a; worker b; supervisor pool { worker c shutdown=100 } }
client { exit a reason=boom; settle; expect restarted a b c; which_children top }
"#,
    );
}

#[test]
fn outages_are_the_same_on_the_real_one() {
    assert_agrees(
        r#"
supervisor top max_restarts=50 { worker a; worker b; worker c }
server a { on call go { reply ok } }
server b { on call go { reply ok } }
server c { on call go { reply ok } }
outage a at=200 for=450 backoff=100
outage b silent at=200 for=450
outage c starts at=200 for=450 backoff=100
client {
    sleep 300
    call b go timeout=100
    expect exit timeout
    kill c
    await the_outage_of_a
    await the_outage_of_c
    settle
    expect restarted a c
    expect untouched b
    call a go
    expect ok
}
"#,
    );
}

#[test]
fn servers_and_processes_are_the_same_on_the_real_one() {
    assert_agrees(
        r#"
supervisor top { worker counter }
server counter {
    var n 0
    trap_exit #true
    on call add $by { add n $by; reply ok $n }
    on call later from=$from { spawn helper $from }
    on cast crash { raise too_much }
    terminate $why { log "gone" $why }
}
process helper { args $from; reply_to $from late }
client tester {
    call counter add 2
    expect ok 2
    call counter later as=$answer
    expect $answer is late
    cast counter crash
    settle
    call counter add 5
    expect ok 5
    call (term)"nobody" hello
    expect exit noproc
    receive {
        when hello { note "somebody speaks" }
        after 10 { note "nobody speaks" }
    }
}
"#,
    );
}

#[test]
fn a_failed_expectation_is_the_same_on_the_real_one() {
    assert_agrees("supervisor top { worker a }\nclient { call a hello; expect other }\n");
}

#[test]
fn another_release_cannot_be_compared() {
    let stage = Stage::new();
    stage.erlang("exit 1");
    stage.scenario("scenario \"t\" otp=26\nsupervisor top { worker a }\n");
    let output = stage.with_impostors(&[]);
    let said = text(&output.stdout);
    assert!(said.contains("cannot be compared: it is about OTP 26, and OTP 25 is installed"), "{said}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn dynamic_supervisors_need_elixir() {
    let stage = Stage::new();
    stage.erlang("exit 1");
    stage.scenario("dynamic_supervisor pool\n");
    let said = text(&stage.with_impostors(&[]).stdout);
    assert!(said.contains("Elixir is not installed (package `elixir`)"), "{said}");
}

const TOP: &str = r#"{"event":"label","pid":{"pid":"<0.1.0>"},"label":{"atom":"top"}}
{"event":"spawn","pid":{"pid":"<0.2.0>"},"parent":{"pid":"<0.1.0>"}}
{"event":"supervises","pid":{"pid":"<0.2.0>"},"dynamic":false}
{"event":"label","pid":{"pid":"<0.2.0>"},"label":{"atom":"imposed"}}
{"event":"spawn","pid":{"pid":"<0.3.0>"},"parent":{"pid":"<0.2.0>"}}
{"event":"ended","settled":true,"late":0}"#;

/// Two nodes are two machines to start, so these are a few that have little in common.
#[test]
fn two_nodes_do_what_the_scenarios_say() {
    let names = [
        "calls",
        "exits_and_links",
        "heals",
        "global_conflict_tells",
        "supervisor_on_another_node",
        "two_holders",
    ];
    for name in names {
        let path = format!("{}/scenarios/nodes/{name}.kdl", env!("CARGO_MANIFEST_DIR"));
        let scenario = fs::read_to_string(&path).expect("it can be read");
        let Some((code, said)) = on_the_real_one(&scenario) else { return };
        if said.contains("this machine is too busy") {
            eprintln!("skipped: {said}");
            continue;
        }
        let broken = scenario.contains("\nfault ");
        let expected =
            if broken { "cannot be compared: its `fault` lines" } else { "agrees with Erlang/OTP" };
        assert!(said.contains(expected), "{name}: {said}");
        assert_eq!(code, Some(0));
    }
}

#[test]
fn what_two_nodes_do_otherwise_is_told_of_the_node_that_did_it() {
    let scenario = r#"
node here { client asker { call (there)a hello; expect good_bye } }
node there { supervisor top { worker a } }
server a { on call hello { throw (term)"{reply, good_bye, state}" } }
"#;
    assert_agrees(scenario);
    let stage = Stage::new();
    let told = [
        r#"{"event":"node","node":{"atom":"there"}}"#,
        r#"{"event":"label","pid":{"pid":"<there.1.0>"},"label":{"atom":"top"}}"#,
        r#"{"event":"spawn","pid":{"pid":"<there.2.0>"},"parent":{"pid":"<there.1.0>"}}"#,
        r#"{"event":"node","node":{"atom":"here"}}"#,
        r#"{"event":"label","pid":{"pid":"<here.1.0>"},"label":{"atom":"asker"}}"#,
        r#"{"event":"spawn","pid":{"pid":"<here.2.0>"},"parent":{"pid":"<here.1.0>"}}"#,
        r#"{"event":"reply","pid":{"pid":"<here.2.0>"},"value":{"pid":"<there.2.0>"}}"#,
        r#"{"event":"ended","settled":true,"late":0}"#,
    ];
    stage.erlang(&format!("cat <<'END'\n=treefall begin=\n{}\n=treefall end=\nEND", told.join("\n")));
    stage.scenario(scenario);
    let said = text(&stage.with_impostors(&[]).stdout);
    for line in ["is answered <top@there>", "asker@here starts", "top@there/a starts"] {
        assert!(said.contains(line), "no `{line}` in {said}");
    }
}

/// The processes on whose command line a text stands.
fn running_with(text: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("processes can be looked at").flatten();
    let pids = processes.filter_map(|entry| entry.file_name().into_string().ok());
    let with = |pid: &String| {
        let line = fs::read(Path::new("/proc").join(pid).join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(text)
    };
    pids.filter(|pid| pid.bytes().all(|byte| byte.is_ascii_digit()) && with(pid)).collect()
}

/// Waits, but not for ever, until so many virtual machines run that were started with these temporary files.
fn nodes_of(stage: &Stage, wanted: usize) -> Vec<String> {
    let mine = stage.path("tmp").display().to_string();
    let mut found = Vec::new();
    for _ in 0..1000 {
        let is_machine = |pid: &String| {
            fs::read_to_string(Path::new("/proc").join(pid).join("comm"))
                .is_ok_and(|name| name.contains("beam"))
        };
        found = running_with(&mine).into_iter().filter(is_machine).collect();
        if found.len() == wanted {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(found.len(), wanted, "{found:?}");
    found
}

#[test]
fn no_node_is_left_whoever_is_killed() {
    if Command::new("erl").args(["-noshell", "-eval", "halt()."]).output().is_err() {
        eprintln!("skipped: `erl` is not installed");
        return;
    }
    // The program itself, the first node that was started, and the second.
    for victim in 0..3 {
        let stage = Stage::new();
        stage.scenario("node here { client { sleep 15000 } }\nnode there { supervisor top { worker a } }\n");
        let mut treefall = Command::new(env!("CARGO_BIN_EXE_treefall"))
            .arg("beam")
            .arg(stage.path("scenario.kdl"))
            .env("TMPDIR", stage.path("tmp"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("treefall can be run");
        let mut nodes = nodes_of(&stage, 2);
        nodes.sort_by_key(|pid| pid.parse::<u32>().unwrap_or(0));
        let pid = if victim == 0 { treefall.id().to_string() } else { nodes[victim - 1].clone() };
        let killed = Command::new("kill").args(["-KILL", &pid]).status().expect("there is `kill`");
        assert!(killed.success());
        let status = treefall.wait().expect("it ends");
        assert_eq!(status.code(), (victim > 0).then_some(2));
        nodes_of(&stage, 0);
        stage.assert_nothing_left();
    }
}

#[test]
fn a_difference_is_shown_with_both_stories() {
    let stage = Stage::new();
    stage.erlang(&format!("cat <<'END'\n=treefall begin=\n{TOP}\n=treefall end=\nEND"));
    stage.scenario("supervisor top { worker a }\n");
    let output = stage.with_impostors(&[]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let lines: Vec<Vec<&str>> = said
        .lines()
        .skip(1)
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells.len() == 2)
        .collect();
    assert_eq!(
        lines,
        [["treefall", "Erlang"], ["top starts", "top starts"], ["> top/a starts", "top/imposed starts"]]
    );
    stage.assert_nothing_left();
}

#[test]
fn json_says_the_same() {
    let stage = Stage::new();
    stage.erlang(&format!("cat <<'END'\n=treefall begin=\n{TOP}\n=treefall end=\nEND"));
    stage.scenario("supervisor top { worker a }\n");
    let output = stage.with_impostors(&["--format", "json"]);
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!(object["verdict"], "differs");
    assert_eq!(object["otp"], 25);
    assert_eq!(object["differences"][0]["lines"][1]["erlang"], "top/imposed starts");
    assert_eq!(object["differences"][0]["lines"][1]["first_difference"], true);
}

#[test]
fn no_erlang_is_said_with_the_package() {
    let stage = Stage::new();
    stage.scenario("supervisor top { worker a }\n");
    let output = stage.beam(&stage.path("bin").display().to_string(), &[]);
    let said = text(&output.stderr);
    assert!(said.contains("`erl` was not found: install Erlang (package `erlang-base`"), "{said}");
    assert_eq!(output.status.code(), Some(2));
    stage.assert_nothing_left();
}

#[test]
fn a_crash_and_garbage_are_errors() {
    for (run, expected) in [
        ("echo 'out of luck' >&2; exit 7", "out of luck"),
        ("echo 'no markers'", "it printed no result"),
        (
            "echo '=treefall begin='; echo '{\"event\":\"dance\"}'; echo '=treefall end='",
            "nobody understands",
        ),
        ("echo '=treefall begin='; echo '{}'", "breaks off"),
        ("head -c 100000 /dev/urandom", "it printed no result"),
    ] {
        let stage = Stage::new();
        stage.erlang(run);
        stage.scenario("supervisor top { worker a }\n");
        let output = stage.with_impostors(&[]);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(said.contains(expected), "{run}: {said}");
        assert_eq!(output.status.code(), Some(2), "{run}");
        stage.assert_nothing_left();
    }
}

#[test]
fn one_that_hangs_is_killed_with_its_helpers() {
    let stage = Stage::new();
    let pids = stage.path("pids");
    stage.erlang(&format!("sleep 600 &\necho $! > {0}; echo $$ >> {0}\nwait", pids.display()));
    stage.scenario("supervisor top { worker a }\n");
    let output = stage.with_impostors(&["--time-limit", "1"]);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(said.contains("did not end within") && said.contains("was killed"), "{said}");
    assert_eq!(output.status.code(), Some(2));
    for pid in fs::read_to_string(&pids).expect("it has run").lines() {
        assert!(is_gone(pid), "process {pid} is still there");
    }
    stage.assert_nothing_left();
}

#[test]
fn a_tool_that_hangs_is_given_up_in_time() {
    for tool in ["erl", "erlc", "elixir"] {
        let stage = Stage::new();
        stage.erlang("exit 1");
        // It does not even notice that its input has ended.
        let pids = stage.path("pids");
        stage.impostor(tool, &format!("sleep 600 &\necho $! > {0}; echo $$ >> {0}\nwait", pids.display()));
        stage.scenario("supervisor top { worker a }\n");
        let begun = std::time::Instant::now();
        let output = stage.with_impostors(&["--time-limit", "1"]);
        assert!(begun.elapsed() < Duration::from_secs(30), "{tool} took {:?}", begun.elapsed());
        assert_eq!(output.status.code(), Some(2), "{tool}: {}", text(&output.stderr));
        for pid in fs::read_to_string(&pids).expect("it has run").lines() {
            assert!(is_gone(pid), "{tool}: process {pid} is still there");
        }
        stage.assert_nothing_left();
    }
}

/// The time is for treefall's own side too: 200 runs of this take minutes.
#[test]
fn runs_of_ours_that_take_too_long_are_given_up_in_time() {
    let talks = |name: &str, times: u32| {
        format!("process {name} {{ repeat {times} {{ send self x; receive x }} }}\n")
    };
    let always = "always { alive top }\n".repeat(3_000);
    let scenario = format!(
        "scenario \"s\"\n{always}supervisor top {{ }}\n{}{}client {{ spawn p; spawn q }}\n",
        talks("p", 2_000),
        talks("q", 1_000)
    );
    let begun = std::time::Instant::now();
    let Some((code, said)) = on_the_real_one_with(&scenario, &["--time-limit", "5"]) else { return };
    assert!(said.contains("treefall's own runs of it take more than 5 s (--time-limit)"), "{said}");
    assert_eq!(code, Some(2));
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn whoever_is_told_to_end_leaves_nothing() {
    for signal in ["TERM", "INT", "HUP"] {
        for tool in ["erlc", "erl"] {
            let stage = Stage::new();
            // Whatever Erlang is to run lies there, and the tool that is to run it ends whoever has put it there.
            let (tmp, pids) = (stage.path("tmp"), stage.path("pids"));
            let (tmp, pids) = (tmp.display(), pids.display());
            let kill = format!("echo $$ > {pids}; ls -A {tmp} >&2; kill -{signal} $PPID; exec sleep 600");
            stage.erlang(&kill);
            if tool == "erlc" {
                stage.impostor(tool, &kill);
            }
            stage.scenario("supervisor top { worker a }\n");
            let output = stage.with_impostors(&[]);
            assert_eq!(output.status.code(), Some(130), "{signal}, {tool}: {}", text(&output.stderr));
            let pid = fs::read_to_string(stage.path("pids")).expect("it has run");
            assert!(is_gone(pid.trim()), "{signal}, {tool}: process {pid} is still there");
            stage.assert_nothing_left();
        }
    }
}

/// A killed process may be a zombie for a moment, until somebody collects it.
fn is_gone(pid: &str) -> bool {
    let status = Path::new("/proc").join(pid).join("stat");
    (0..50).any(|_| {
        let gone = fs::read_to_string(&status).map_or(true, |stat| stat.contains(") Z "));
        if !gone {
            thread::sleep(Duration::from_millis(20));
        }
        gone
    })
}

fn simulation(path: &Path) -> (Simulation, Roles) {
    let scenario = load(path).expect("the scenario is right");
    (Simulation::of(&scenario), Roles::of(&scenario))
}

fn told(simulation: &Simulation, cast: &Roles, seed: u64) -> Account {
    let run = match seed % 2 {
        0 => play_under(simulation, &mut Random::new(seed)).run,
        _ => play_under(simulation, &mut Lopsided::new(seed)).run,
    };
    outcome_of(&run, simulation, cast, &|_| 1)
}

fn scenarios(folder: &str) -> impl Iterator<Item = PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(folder);
    let files = fs::read_dir(folder).expect("the folder is there").map(|file| file.expect("a file").path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "kdl"))
}

#[test]
fn what_a_run_comes_to_is_found_again() {
    for path in scenarios("supervisor/strategies").chain(scenarios("litmus")) {
        let (simulation, cast) = simulation(&path);
        for seed in 0..4 {
            let outcome = told(&simulation, &cast, seed);
            let reach = reach(&simulation, &cast, &|_| 1, &outcome, (200_000, &StopFlag::default()));
            assert_eq!(reach, Reach::Reached, "{} with seed {seed}", path.display());
        }
    }
}

#[test]
fn all_outcomes_are_those_of_the_seeds() {
    let mut races = 0;
    for path in scenarios("litmus") {
        let (simulation, cast) = simulation(&path);
        let all = every_outcome(&simulation, &cast, &|_| 1, (200_000, &StopFlag::default()))
            .unwrap_or_else(|| panic!("{}: a litmus program is small", path.display()));
        let seen = (0..200).map(|seed| all.position(&told(&simulation, &cast, seed)));
        let seen: Option<BTreeSet<usize>> = seen.collect();
        let seen = seen.unwrap_or_else(|| panic!("{}: a seed shows another outcome", path.display()));
        assert_eq!(seen.len(), all.len(), "{}: 200 seeds do not show them all", path.display());
        races += usize::from(all.len() > 1);
    }
    assert!(races > 10, "hardly any of them races");
}

#[test]
fn what_another_strategy_comes_to_is_not_found() {
    let stage = Stage::new();
    let text = |strategy: &str| {
        format!(
            "scenario \"s\"\nsupervisor top strategy={strategy} {{ worker a; worker b }}\n\
             client {{ kill b; settle; kill a }}\n"
        )
    };
    let (all, cast) = simulation(&stage.scenario(&text("one_for_all")));
    let real = told(&all, &cast, 0);
    assert_eq!(reach(&all, &cast, &|_| 1, &real, (200_000, &StopFlag::default())), Reach::Reached);
    let (rest, cast) = simulation(&stage.scenario(&text("rest_for_one")));
    assert_eq!(reach(&rest, &cast, &|_| 1, &real, (200_000, &StopFlag::default())), Reach::Unreachable);
    assert_eq!(reach(&rest, &cast, &|_| 1, &real, (10, &StopFlag::default())), Reach::Unfinished);
}
