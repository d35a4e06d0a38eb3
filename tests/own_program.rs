//! A program of somebody else's: the whole command line with actors of its own, which scenario files use beside
//! scripted ones. It is its own test: it starts itself as that program.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use treefall::actors::*;

treefall::data! {
    enum Ask { Next }
    enum LogTold { Gave(i64) }
}

/// The scripted server of the file below, as far as the actor here knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Log;

impl Actor for Log {
    type Request = Never;
    type Reply = Never;
    type Message = LogTold;
}

const LOG: Address<Log> = Address::named("log");

/// Gives numbers, and tells the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Numbers {
    last: i64,
}

impl Actor for Numbers {
    type Request = Ask;
    type Reply = i64;
    type Message = Never;

    fn handle_call(&mut self, Ask::Next: Ask, _: Caller<i64>, cx: &mut Context<'_, Self>) -> Answered<Self> {
        self.last += 1;
        cx.cast(&LOG, LogTold::Gave(self.last))?;
        Ok(Answer::Reply(self.last))
    }
}

/// The actor in a tree with a scripted server.
macro_rules! tree {
    () => {
        r#"
supervisor top strategy=one_for_one {
    worker log
    worker numbers
}

server log {
    var last 0
    on cast gave $number { set last $number }
    on call last { reply $last }
}

"#
    };
}

const SCENARIO: &str = concat!(
    r#"scenario "an actor in Rust beside a scripted one""#,
    tree!(),
    r#"client test {
    call numbers next
    expect 1
    call numbers next
    expect 2
    settle
    call log last
    expect 2
    kill numbers
    settle
    call numbers next
    expect 1
}
"#
);

/// A compiled server that asks the actor, and is asked by a script.
const DOUBLER: &str = r#"-module(doubler).
-behaviour(gen_server).
-export([start/0, init/1, handle_call/3, handle_cast/2]).

start() -> gen_server:start({local, doubler}, ?MODULE, [], []).
init([]) -> {ok, none}.
handle_call(double, _From, State) -> {reply, 2 * gen_server:call(numbers, next), State}.
handle_cast(_Message, State) -> {noreply, State}.
"#;

const BESIDE_COMPILED: &str = concat!(
    r#"scenario "an actor in Rust beside a scripted server and a compiled one"

code "."
start "doubler.start"
"#,
    tree!(),
    r#"client test {
    call (term)"doubler" double
    expect 2
    call (term)"doubler" double
    expect 4
    settle
    call log last
    expect 2
}
"#
);

const FAULTY: &str = r#"scenario "a fault of the file reaches an actor in Rust"

supervisor top max_restarts=1 { worker numbers }

client { kill numbers; settle }

fault fail_start numbers nth=2

always no-meltdown
"#;

/// The program, in a line.
fn program() -> ExitCode {
    treefall::cli::main(Catalogue::new().actor("numbers", Numbers::default()))
}

/// Whether there was a compiler for the module.
fn compiled(folder: &Path) -> bool {
    fs::write(folder.join("doubler.erl"), DOUBLER).expect("a file can be written");
    fs::write(folder.join("compiled.kdl"), BESIDE_COMPILED).expect("a file can be written");
    let compiler = Command::new("erlc").arg("doubler.erl").current_dir(folder).output();
    let Ok(compiled) = compiler else {
        println!("there is no erlc: compiled code was skipped");
        return false;
    };
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
    true
}

fn main() -> ExitCode {
    if std::env::var_os("AS_A_PROGRAM").is_some() {
        return program();
    }
    // Whoever asks for another test does not ask for this one.
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("numbers.kdl"), SCENARIO).expect("a file can be written");
    let tried = |arguments: &[&str]| {
        let this = std::env::current_exe().expect("it runs");
        let output = Command::new(this)
            .args(arguments)
            .env("AS_A_PROGRAM", "1")
            .current_dir(folder.path())
            .output()
            .expect("it can be started");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), printed + &String::from_utf8_lossy(&output.stderr))
    };
    let run = |arguments: &[&str]| {
        let (success, printed) = tried(arguments);
        assert!(success, "{arguments:?}: {printed}");
        printed
    };
    let told = run(&["run", "numbers.kdl"]);
    assert!(told.contains("test → numbers    call :next = 1") || told.contains("call next = 1"), "{told}");
    assert!(told.contains("restarts numbers (one_for_one): restart 1 of 3 in 5 s"), "{told}");
    let found = run(&["explore", "--exhaustive", "numbers.kdl"]);
    assert!(found.contains("held"), "{found}");
    println!("test the_command_line_knows_the_actors_of_the_program ... ok");
    fs::write(folder.path().join("faulty.kdl"), FAULTY).expect("a file can be written");
    let (held, found) = tried(&["explore", "--seeds", "0..50", "faulty.kdl"]);
    assert!(!held && found.contains("a fault: init fails"), "{found}");
    println!("test a_fault_of_a_file_reaches_an_actor_in_rust ... ok");
    if compiled(folder.path()) {
        let told = run(&["run", "compiled.kdl"]);
        assert!(told.contains("└ → numbers       call next = 1"), "{told}");
        let found = run(&["explore", "--seeds", "0..20", "compiled.kdl"]);
        assert!(found.contains("held"), "{found}");
    }
    println!("test an_actor_in_rust_stands_beside_a_scripted_server_and_a_compiled_one ... ok");
    ExitCode::SUCCESS
}
