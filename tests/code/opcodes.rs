//! Every instruction that the compilers of OTP 24 to 28 write is executed here, and what the machine does comes to what
//! it must; those that are not are named with the reason.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use treefall::code::machine::executed;
use treefall::explore::Calm;
use treefall::model::{Verdict, run_under};
use treefall::scenario::{Simulation, parse};

use crate::assembler::{Assembler, Operand};
use crate::witness;

/// The highest number that OTP 28 has given an instruction.
const LAST: u8 = 185;

/// Those that are not executed, and why.
const NOT_EXECUTED: &[(&[u8], &str)] = &[
    (&[1, 3, 153], "it says where something is, for the loader"),
    (
        &[16, 94, 95, 149, 173, 174, 175, 176, 179],
        "the emulator's heap, queue or loader needs it, and this machine does not",
    ),
    (
        &[103],
        "only older compilers write it: in PropEr, as Debian packages it, which is run by another process",
    ),
    (&[183, 184], "it is for who looks at lines, a debugger or a count"),
    (
        &[
            27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 54, 68, 70, 71, 76, 79, 80, 81, 82, 83, 84, 85,
            86, 87, 88, 93, 110, 116, 122, 123, 126, 127, 128, 130, 150, 151,
        ],
        "no compiler since OTP 24 writes it",
    ),
];

/// Runs calls of these folders' modules, which must hold.
fn holds(folders: &[PathBuf], calls: &str) {
    let scenario = parse("opcodes.kdl", &format!("code \".\"\nallow orphans\n{calls}")).expect("it parses");
    let mut simulation = Simulation::of(&scenario);
    simulation.find_code(folders, &[]).expect("they can be read");
    let run = run_under(&simulation, &mut Calm);
    assert_eq!(run.verdict, Verdict::Held, "{calls}");
}

/// The folder of the modules of OTP's library that is installed.
fn library(name: &str) -> PathBuf {
    let ask = format!("io:format(\"~ts\", [code:lib_dir({name}, ebin)]), halt().");
    let asked = Command::new("erl").args(["-noshell", "-eval", &ask]).output().expect("erl runs");
    PathBuf::from(String::from_utf8_lossy(&asked.stdout).into_owned())
}

#[test]
fn every_instruction_is_executed_or_named_with_the_reason() {
    let folder = TempDir::new().expect("a folder");
    let by_hand = [("newer", newer()), ("older", older())];
    for (name, file) in by_hand {
        fs::write(folder.path().join(format!("{name}.beam")), file).expect("written");
        holds(&[folder.path().to_owned()], &format!("run \"{name}.main\"\n"));
    }
    if !witness::has("erlc") {
        return;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code/opcodes/opcodes.erl");
    let erlc = Command::new("erlc").arg("-o").arg(folder.path()).arg(source).output().expect("erlc runs");
    assert!(erlc.status.success(), "{}", String::from_utf8_lossy(&erlc.stdout));
    holds(&[folder.path().to_owned(), library("stdlib"), library("kernel")], "run \"opcodes.main\"\n");
    let executed = executed();
    let reason = |opcode: u8| NOT_EXECUTED.iter().find(|(opcodes, _)| opcodes.contains(&opcode));
    let wrong: Vec<String> = (1..=LAST)
        .filter_map(|opcode| match (executed.contains(&opcode), reason(opcode)) {
            (false, None) => Some(format!("{opcode} is executed by no test, and no reason is given")),
            (true, Some((_, reason))) => Some(format!("{opcode} is executed, though {reason}")),
            _ => None,
        })
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

/// What OTP 26 to 28 brought, and literals as OTP 28 has them.
fn newer() -> Vec<u8> {
    use Operand::{Atom, Int, List, Literal, Nil, U, X};
    let mut code = Assembler::new("newer");
    let tuple = code.literal(&[131, 104, 3, 97, 1, 97, 2, 97, 3]); // {1, 2, 3}
    let updated = code.literal(&[131, 104, 3, 97, 1, 97, 7, 97, 3]); // {1, 7, 3}
    code.op(64, &[Literal(tuple), X(0)]);
    code.op(181, &[Atom("copy"), U(3), X(0), X(0), List(vec![U(2), Int(7)])]);
    code.expect(Literal(updated));
    let bytes = code.literal(&[131, 109, 0, 0, 0, 5, 1, 2, 3, 4, 5]); // <<1, 2, 3, 4, 5>>
    let tail = code.literal(&[131, 109, 0, 0, 0, 1, 4]); // <<4>>
    let fail = code.failure();
    code.op(64, &[Literal(bytes), X(0)]);
    code.op(166, &[fail.clone(), X(0), U(1), X(1)]);
    let steps = vec![
        Atom("ensure_at_least"),
        U(24),
        U(8),
        Atom("integer"),
        U(2),
        Nil,
        U(8),
        U(1),
        X(0),
        Atom("=:="),
        Nil,
        U(8),
        U(2),
        Atom("skip"),
        U(8),
        Atom("binary"),
        U(2),
        Nil,
        U(8),
        U(1),
        X(2),
        Atom("get_tail"),
        U(2),
        U(8),
        X(3),
    ];
    code.op(182, &[fail.clone(), X(1), List(steps)]);
    code.expect(Int(1));
    code.op(64, &[X(2), X(0)]);
    code.expect(Literal(tail));
    let rest = code.literal(&[131, 109, 0, 0, 0, 1, 5]); // <<5>>
    code.op(64, &[X(3), X(0)]);
    code.expect(Literal(rest));
    code.op(183, &[U(1), U(0)]);
    code.op(184, &[U(1), U(0), U(0), U(0)]);
    let set = code.import("erlang", "setelement", 3);
    code.op(64, &[Literal(tuple), X(0)]);
    code.op(185, &[fail, U(set), Int(2), X(0), Int(7), X(0)]);
    code.expect(Literal(updated));
    code.file()
}

/// What only compilers before OTP 25 write, as Debian's Elixir has it, and what the installed one need not write.
fn older() -> Vec<u8> {
    use Operand::{Float, Int, Label, List, Literal, U, X, Y};
    let mut code = Assembler::new("older");
    let none = Label(0);
    let text = code.text(b"ab");
    let ascii = code.literal(&[131, 109, 0, 0, 0, 2, b'x', b'y']); // <<"xy">>
    code.op(109, &[none.clone(), U(8), U(0), U(0), U(0), X(0)]);
    code.op(89, &[none.clone(), Int(16), U(1), U(2), Int(258)]);
    code.op(92, &[U(2), U(text)]);
    code.op(90, &[none.clone(), Operand::Atom("all"), U(8), U(0), Literal(ascii)]);
    code.op(145, &[none.clone(), U(0), Int(233)]);
    let all = code.literal(&[131, 109, 0, 0, 0, 8, 2, 1, b'a', b'b', b'x', b'y', 195, 169]);
    code.expect(Literal(all));
    let real = code.literal(&[131, 70, 63, 248, 0, 0, 0, 0, 0, 0]); // 1.5
    code.op(137, &[none.clone(), U(112), U(0), U(0), U(0), X(0)]);
    code.op(91, &[none.clone(), Int(64), U(1), U(0), Literal(real)]);
    code.op(147, &[none.clone(), U(0), Int(104)]);
    code.op(148, &[none.clone(), U(0), Int(104)]);
    let words = code.literal(&[131, 109, 0, 0, 0, 14, 63, 248, 0, 0, 0, 0, 0, 0, 0, 104, 0, 0, 0, 104]);
    code.expect(Literal(words));
    code.op(64, &[Literal(ascii), X(0)]);
    code.op(134, &[none.clone(), Int(8), U(0), U(1), U(8), X(0), U(0), X(0)]);
    code.op(89, &[none.clone(), Int(8), U(1), U(0), Int(122)]);
    let longer = code.literal(&[131, 109, 0, 0, 0, 3, b'x', b'y', b'z']);
    code.expect(Literal(longer));
    code.op(64, &[Int(16), X(0)]);
    code.op(133, &[]);
    code.op(135, &[none.clone(), Int(8), U(8), X(0), U(0), X(0)]);
    code.op(89, &[none.clone(), Int(8), U(1), U(0), Int(122)]);
    let one = code.literal(&[131, 109, 0, 0, 0, 1, b'z']);
    code.expect(Literal(one));
    code.op(111, &[none.clone(), Int(3), Int(4), U(8), X(0)]);
    code.expect(Int(35));
    code.op(144, &[none.clone(), Int(233), X(0)]);
    code.expect(Int(2));
    code.op(146, &[none.clone(), Int(104), X(0)]);
    code.expect(Int(2));
    // Frames as OTP 24 makes them, a call of a function value with it behind its arguments, and the head of a list.
    code.op(14, &[U(1), U(0)]);
    code.op(17, &[Y(0)]);
    code.op(18, &[U(1)]);
    code.op(15, &[U(1), U(0), U(0)]);
    code.op(64, &[Int(5), Y(0)]);
    code.op(64, &[Y(0), X(0)]);
    code.op(18, &[U(1)]);
    code.expect(Int(5));
    code.op(13, &[U(0), U(0), U(0)]);
    code.op(18, &[U(0)]);
    let pair = code.literal(&[131, 104, 2, 97, 1, 97, 2]); // {1, 2}
    let set = code.literal(&[131, 104, 2, 97, 1, 97, 9]); // {1, 9}
    code.op(64, &[Literal(pair), X(0)]);
    code.op(67, &[Int(9), X(0), U(1)]);
    code.expect(Literal(set));
    code.op(64, &[Literal(real), X(0)]);
    code.op(96, &[X(0), Float(0)]);
    code.op(102, &[none.clone(), Float(0), Float(1)]);
    code.op(99, &[none.clone(), Float(0), Float(1), Float(1)]);
    code.op(96, &[Float(1), X(0)]);
    let three = code.literal(&[131, 70, 64, 8, 0, 0, 0, 0, 0, 0]); // 3.0
    code.expect(Literal(three));
    code.op(172, &[List(Vec::new())]);
    let fail = code.failure();
    code.op(42, &[fail, Int(1), Int(2)]);
    code.file()
}
