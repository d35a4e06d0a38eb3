//! Killed outright at any moment, or on a disk that is full, treefall leaves the old file or the new one. Interrupted,
//! it is gone at once.

#![cfg(target_os = "linux")]

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::sandbox::{BROKEN, HELD, Sandbox};

/// Commands that write, what they write, and how a whole one ends.
const WRITERS: [(&str, &str, &str); 4] = [
    ("run broken.kdl --record a.schedule", "a.schedule", "\n"),
    ("explore broken.kdl held.kdl --seeds 0..30 --out found --result r.json", "r.json", "}\n"),
    ("check broken.kdl held.kdl --junit j.xml", "j.xml", "</testsuites>\n"),
    ("check --accept held.kdl --snapshots accepted", "accepted/held.kdl.snap", "\n"),
];

const OLD: &str = "what was there before\n";

fn sandbox() -> Sandbox {
    Sandbox::with(&[("held.kdl", HELD), ("broken.kdl", BROKEN)])
}

fn started(sandbox: &Sandbox, arguments: &str) -> Child {
    let mut command = sandbox.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("treefall can be started")
}

/// Kills a child after so long, unless it has ended by itself.
fn killed_after(mut child: Child, moment: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < moment && child.try_wait().expect("it is ours").is_none() {
        std::thread::yield_now();
    }
    // Whoever has ended by itself cannot be killed.
    let _ = child.kill();
    child.wait().expect("it is ours");
}

#[test]
fn whoever_is_killed_leaves_the_old_file_or_the_new_one() {
    for (arguments, file, end) in WRITERS {
        let whole = sandbox();
        let begun = Instant::now();
        let ended = started(&whole, arguments).wait().expect("it ends");
        let usual = begun.elapsed();
        assert!(ended.code().is_some(), "{arguments}");
        let size = whole.read(file).len();
        assert!(whole.read(file).ends_with(end), "{arguments}");
        let sandbox = sandbox();
        sandbox.write(file, OLD);
        for moment in 0..24_u32 {
            killed_after(started(&sandbox, arguments), usual * moment / 20);
            let left = sandbox.read(file);
            // How long it took stands in a result, in more digits or fewer.
            let is_new = left.ends_with(end) && left != OLD && left.len().abs_diff(size) < 20;
            assert!(left == OLD || is_new, "{arguments}, moment {moment}: {left}");
        }
        // Whoever comes next tidies up.
        started(&sandbox, arguments).wait().expect("it ends");
        let known = whole.tree();
        let strange =
            sandbox.tree().into_iter().filter(|file| !known.contains(file) && !file.starts_with("found/"));
        assert_eq!(strange.collect::<Vec<_>>(), Vec::<String>::new(), "{arguments}");
        let hidden = |file: &String| file.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
        assert!(!sandbox.tree().iter().any(hidden), "{arguments}: {:?}", sandbox.tree());
    }
}

/// No file can have a byte: what is written is lost, the old file is not, and what was found is told.
#[test]
fn on_a_full_disk_the_old_file_stays_and_what_was_found_is_told() {
    for (arguments, file, _) in WRITERS {
        let sandbox = sandbox();
        sandbox.write(file, OLD);
        let mut shell = Command::new("sh");
        // The signal for it is left alone, so that the write fails.
        let limited = "ulimit -f 0 && trap '' XFSZ && exec \"$@\"";
        shell.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_treefall")]);
        let output =
            shell.args(arguments.split(' ')).current_dir(sandbox.path()).output().expect("there is a shell");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(sandbox.read(file), OLD, "{arguments}");
        assert!(told.contains(file) && told.contains("File too large"), "{arguments}: {told}");
        let expected = if arguments.contains("accept") { 4 } else { 1 };
        assert_eq!(output.status.code(), Some(expected), "{arguments}: {told}");
        let hidden = |file: &String| file.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
        assert!(!sandbox.tree().iter().any(hidden), "{arguments}: {:?}", sandbox.tree());
    }
}

/// Whether a process has ended, and for how many hundredths of a second it has had a processor.
fn state_of(child: &Child) -> (bool, u64) {
    let stat =
        fs::read_to_string(format!("/proc/{}/stat", child.id())).expect("nobody has waited for it yet");
    let fields: Vec<&str> = stat.rsplit(')').next().expect("it has a name").split_whitespace().collect();
    let ticks = |place: usize| fields[place].parse::<u64>().expect("it is a number");
    (fields[0] == "Z", ticks(11) + ticks(12))
}

/// What takes long: reading, one step, many steps, judging many conditions, terms, a story.
const LONG: [(&str, &str); 3] = [
    ("notes.kdl", "client { repeat 1000000000 { note \"x\" } }\n"),
    (
        "mail.kdl",
        "process p { repeat 100000 { send self z }; hang }\nclient { spawn p; spawn p; spawn p; hang }\n",
    ),
    ("chatter.kdl", "process p { repeat 30000 { send self x; receive x } }\nclient { spawn p; hang }\n"),
];

/// Bounds that nothing of this reaches soon.
const FAR: &str = "--run-statements 1000000000 --run-work 1000000000 --run-steps 100000000";

/// A failure of which making it smaller and explaining it takes very long.
const LATE: &str = "shared winner none\nserver a { on call x { reply ok } }\nsupervisor top { worker a }\n\
                    client { repeat 2000 { call a x }; if $winner is none { set winner one } }\n\
                    client { repeat 2003 { call a x }; if $winner is none { set winner two } }\n\
                    finally { $winner is one }\n";

/// With its schedule.
fn late(sandbox: &Sandbox) {
    sandbox.write("late.kdl", LATE);
    let found = sandbox.output("explore late.kdl --seeds 2..3 --out late --trace none");
    assert_eq!(found.status.code(), Some(1), "{}", String::from_utf8_lossy(&found.stdout));
}

fn long() -> Sandbox {
    let sandbox = Sandbox::with(&LONG);
    sandbox.write("long.kdl", format!("client {{\n{}}}\n", "note \"x\"\n".repeat(100_000)));
    let always = "always { alive top }\n".repeat(3_000);
    sandbox.write(
        "judged.kdl",
        format!("{always}supervisor top {{ }}\nprocess p {{ repeat 100000 {{ send self x; receive x }} }}\nclient {{ spawn p; hang }}\n"),
    );
    sandbox
}

/// Waits until a child is in the middle of its work.
fn busy(child: &Child, arguments: &str) {
    while state_of(child).1 < 5 {
        assert!(!state_of(child).0, "{arguments} ends by itself");
        std::thread::yield_now();
    }
}

/// While a file is read, in one step of a billion statements, between the steps of a search, where a judge has much
/// to do, while a story is told, and where a failure is made smaller or explained.
#[test]
fn ctrl_c_is_heard_wherever_it_is() {
    let sandbox = long();
    late(&sandbox);
    for arguments in [
        "explore long.kdl",
        "explore notes.kdl",
        "explore mail.kdl --seeds 0..1000000",
        "explore mail.kdl --exhaustive --max-states 100000000",
        "explore mail.kdl --exhaustive",
        "explore mail.kdl --sweep",
        "explore judged.kdl --seeds 0..1000",
        "explore judged.kdl --exhaustive --max-states 100000000",
        "run notes.kdl",
        "run judged.kdl",
        "run chatter.kdl --verbose",
        "check notes.kdl judged.kdl",
        "tree judged.kdl",
        "shrink late/late-swarm-2.schedule",
        "shrink late/late-swarm-2.schedule --scenario",
        "explain late/late-swarm-2.schedule",
        "judge mail.kdl",
        "judge judged.kdl",
        "view notes.kdl --out page.html",
        "observe judged.kdl",
    ] {
        let mut child = started(&sandbox, &format!("{arguments} {FAR}"));
        busy(&child, arguments);
        let before = state_of(&child).1;
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(sent.expect("there is a kill").success());
        while !state_of(&child).0 {
            std::thread::yield_now();
        }
        let used = state_of(&child).1 - before;
        // It is 100 ms, and what is counted are hundredths of a second.
        assert!(used <= 11, "{arguments} went on for {used}0 ms");
        let ended = child.wait().expect("it is ours");
        // What listens to nothing is ended by the signal itself.
        assert!(matches!(ended.code(), Some(130) | None), "{arguments}: {ended}");
    }
}

/// How many hundredths of a second of a processor a command takes.
fn spent(sandbox: &Sandbox, arguments: &str) -> u64 {
    let jobs =
        if arguments.starts_with("explore") || arguments.starts_with("judge") { "--jobs 2" } else { "" };
    let mut child = started(sandbox, &format!("{arguments} {jobs} {FAR}").replace("  ", " "));
    while !state_of(&child).0 {
        std::thread::yield_now();
    }
    let used = state_of(&child).1;
    child.wait().expect("it is ours");
    used
}

/// `--for` ends a step of a billion statements, work between steps, the reading of a large file and the telling of a long
/// run, and what is known by then is told.
#[test]
fn time_that_is_up_is_heard_wherever_it_is() {
    let sandbox = long();
    late(&sandbox);
    for arguments in [
        "explore long.kdl",
        "explore notes.kdl",
        "explore judged.kdl",
        "explore notes.kdl --exhaustive",
        "explore mail.kdl --exhaustive --max-states 100000000",
        "explore mail.kdl --exhaustive --order depth",
        "explore mail.kdl --sweep",
        "judge notes.kdl",
        "judge judged.kdl",
        "judge notes.kdl --mutants",
        "shrink late/late-swarm-2.schedule --trace none",
        "shrink late/late-swarm-2.schedule --scenario --trace none",
        "explain late/late-swarm-2.schedule",
        "view late/late-swarm-2.schedule --out page.html",
        "view notes.kdl --out page.html",
        "observe notes.kdl",
        "explore long.kdl notes.kdl judged.kdl",
        "explore notes.kdl long.kdl mail.kdl --exhaustive --max-states 100000000",
        "explore mail.kdl notes.kdl --sweep",
        "judge judged.kdl long.kdl notes.kdl",
    ] {
        for (time, hundredths) in [("1ms", 0), ("300ms", 30)] {
            let timed = format!("{arguments} --for {time}");
            let said = sandbox.output(&format!("{timed} {FAR}"));
            let shown = String::from_utf8_lossy(&said.stdout).into_owned();
            assert!(matches!(said.status.code(), Some(1 | 3)), "{timed}: {shown}{said:?}");
            let files: Vec<&str> = arguments.split(' ').filter(|word| word.ends_with(".kdl")).collect();
            for name in &files {
                assert!(shown.contains(name), "{timed}: {shown}");
            }
            // On each of two processors it may be that long, and 100 ms until it is heard; what is counted are
            // hundredths of a second. Every file has as much.
            let most = files.len().max(1) as u64 * (2 * hundredths + 11);
            // Whoever shares the caches makes the same work take longer, so of three measurements the least counts.
            let used: Vec<u64> = (0..3)
                .scan(false, |done, _| {
                    (!*done).then(|| spent(&sandbox, &timed)).inspect(|used| *done = *used <= most)
                })
                .collect();
            assert!(used.iter().any(|used| *used <= most), "{timed} took {used:?}0 ms of {most}0");
        }
    }
}

/// Whoever has some time makes do with what was found in it; and what takes too long to tell is named at least.
#[test]
fn what_there_is_no_time_for_is_named() {
    let sandbox = Sandbox::with(&[("short.kdl", &LATE.replace("200", "15"))]);
    let found = sandbox.output("explore short.kdl --prove 0 --seeds 0..40 --out found --trace none");
    assert_eq!(found.status.code(), Some(1), "{}", String::from_utf8_lossy(&found.stdout));
    let schedule =
        sandbox.tree().into_iter().find(|file| file.ends_with(".schedule")).expect("it is written");
    let explained = sandbox.run(&format!("explain {schedule} --for 10s"));
    assert!(explained.contains("\nNo supervisor restarts anything here.\n"), "{explained}");
    late(&sandbox);
    let ends = "See it again: treefall replay late/late-swarm-2.schedule\n\n\
                There is no more to say: the time is up (--for).\n[exit status: 1]";
    let unread = "inconclusive: late/late-swarm-2.schedule: the time is up (--for)\n[exit status: 3]";
    let untold = sandbox.run("explain late/late-swarm-2.schedule --for 1ms");
    assert!(untold.ends_with(ends) || untold.ends_with(unread), "{untold}");
    let hurried = sandbox.run("explain late/late-swarm-2.schedule --for 3s");
    assert!(hurried.contains(" earlier ones\n") || hurried.ends_with(ends), "{hurried}");
}

/// A failure is told after its run has been made once more. Whoever has no time for that knows of it all the same.
#[test]
fn what_is_found_when_somebody_leaves_is_told() {
    let sandbox = Sandbox::with(&[(
        "slow.kdl",
        "shared n 0\nclient { repeat 6000000 { bind $x 1 } }\nfinally { $n is 2 }\n",
    )]);
    let arguments = "explore slow.kdl --for 1h --prove 0";
    // It takes its time when nothing is recorded, and then once more.
    let run = spent(&sandbox, arguments);
    let mut command = sandbox.command(&format!("{arguments} {FAR}"));
    let child =
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("treefall can be started");
    while state_of(&child).1 < run * 3 / 4 {
        assert!(!state_of(&child).0, "it ends by itself");
        std::thread::yield_now();
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("there is a kill").success());
    let output = child.wait_with_output().expect("it is ours");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(
        said.contains("broken: slow.kdl, calm run\n\nSee it again: treefall run slow.kdl --run-st"),
        "{said}"
    );
}
