//! Asks the real emulator whether it agrees: calls with what they should come to, all in one run of `erl`.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use treefall::code::bits::Bits;
use treefall::code::natives::{self, Answer, Pure};
use treefall::code::term::{Fun, Term};
use treefall::kernel::{Atom, Atoms};

/// Calls, each with what we say it comes to.
pub struct Suite {
    name: &'static str,
    atoms: Atoms,
    /// Erlang source of functions that the calls may name, as those of the module `witness`.
    source: &'static str,
    calls: Vec<String>,
}

/// Numbers that look random and are always the same.
pub struct Dice(u64);

/// Whether a program is installed; if not, says so once.
pub fn has(program: &str) -> bool {
    let installed = Command::new(program).arg("--version").output().is_ok();
    if !installed {
        eprintln!("compiled code is not tried, since there is no `{program}` here");
    }
    installed
}

impl Suite {
    pub fn new(name: &'static str, source: &'static str) -> Suite {
        Suite { name, atoms: Atoms::default(), source, calls: Vec::new() }
    }

    pub fn atoms(&self) -> &Atoms {
        &self.atoms
    }

    pub fn atom(&self, name: &str) -> Term {
        Term::Atom(self.atoms.intern(name))
    }

    /// `module:function(arguments)` is said to come to an answer.
    pub fn says(&mut self, module: &str, function: &str, arguments: &[Term], answer: &Answer) {
        let arguments: Vec<String> = arguments.iter().map(|term| text(term, &self.atoms)).collect();
        let answer = match answer {
            Ok(value) => format!("{{ok, {}}}", text(value, &self.atoms)),
            Err(raise) => {
                let class = text(&raise.class.atom().into(), &self.atoms);
                format!("{{{class}, {}}}", text(&raise.value, &self.atoms))
            }
        };
        self.calls.push(format!("{{{module}, '{function}', [{}], {answer}}}.\n", arguments.join(", ")));
    }

    /// Calls a native and says what it came to.
    pub fn calls(&mut self, module: &str, function: &str, arguments: &[Term]) {
        let answer = native(module, function, arguments.len())(arguments, &self.atoms);
        self.says(module, function, arguments, &answer);
    }

    /// Holds all against `erl`; says nothing where there is none.
    pub fn holds(self) {
        if Command::new("erl").arg("-version").output().is_err() {
            eprintln!("{}: not held against Erlang, since there is no `erl` here", self.name);
            return;
        }
        let dir = tempfile::tempdir().expect("a directory");
        let source =
            format!("-module(witness).\n-compile([export_all, nowarn_export_all]).\n{}", self.source);
        fs::write(dir.path().join("witness.erl"), source).expect("written");
        fs::write(dir.path().join("judge.erl"), JUDGE).expect("written");
        fs::write(dir.path().join("calls"), format!("%% coding: utf-8\n{}", self.calls.concat()))
            .expect("written");
        let run =
            "[{ok, _} = compile:file(M, [report_errors]) || M <- [witness, judge]], judge:main(), halt().";
        let erl = Command::new("erl")
            .args(["-noshell", "-eval", run])
            .current_dir(dir.path())
            .output()
            .expect("erl");
        let said = String::from_utf8_lossy(&erl.stdout);
        let last = format!("judged {} calls, 0 differ\n", self.calls.len());
        assert!(said == last, "{}: {said}{}", self.name, String::from_utf8_lossy(&erl.stderr));
        eprintln!("{}: {} calls held against Erlang", self.name, self.calls.len());
    }
}

/// The native of this name.
pub fn native(module: &str, function: &str, arity: usize) -> Pure {
    let tables = natives::MODULES.iter().chain(natives::LIBRARIES).filter(|(name, _)| *name == module);
    let row = tables
        .flat_map(|(_, rows)| rows.iter())
        .find(|(name, takes, _)| *name == function && *takes == arity);
    row.unwrap_or_else(|| panic!("no native {module}:{function}/{arity}")).2
}

const JUDGE: &str = r#"
-module(judge).
-export([main/0]).
main() ->
    {ok, Calls} = file:consult("calls"),
    Differ = lists:filtermap(fun judge/1, Calls),
    [io:format("~w~n", [D]) || D <- lists:sublist(Differ, 25)],
    io:format("judged ~p calls, ~p differ~n", [length(Calls), length(Differ)]).
judge({M, F, A, Said}) ->
    Is = try {ok, apply(M, F, A)} catch Class:Reason -> {Class, Reason} end,
    case settled(Is) =:= settled(Said) of
        true -> false;
        false -> {true, {M, F, differing(A, Is, Said)}}
    end.
differing([Tables, Steps], {ok, Is}, {ok, Said}) when length(Steps) =:= length(Is), length(Is) =:= length(Said) ->
    {Before, [{Step, A, B} | _]} =
        lists:splitwith(fun({_, A, B}) -> settled([A]) =:= settled([B]) end, lists:zip3(Steps, Is, Said)),
    {Tables, [S || {S, _, _} <- Before], Step, {is, A}, {we_say, B}};
differing(A, Is, Said) -> {A, {is, Is}, {we_say, Said}}.
%% Results of which the order tells nothing are put in one.
settled({ok, L}) when is_list(L), length(L) > 0 -> {ok, settled(L)};
settled([{ok, {sorted, L}} | T]) -> [{ok, {sorted, lists:sort([{io_lib:format("~w", [X]), X} || X <- L])}} | settled(T)];
settled([H | T]) -> [H | settled(T)];
settled(T) -> T.
"#;

/// A term as Erlang reads it.
pub fn text(term: &Term, atoms: &Atoms) -> String {
    let mut out = String::new();
    write_term(&mut out, term, atoms);
    out
}

fn write_term(out: &mut String, term: &Term, atoms: &Atoms) {
    match term {
        Term::Nil => out.push_str("[]"),
        Term::Atom(atom) => write_atom(out, *atom, atoms),
        Term::Int(value) => write!(out, "{value}").expect("written"),
        Term::Big(value) => write!(out, "{value}").expect("written"),
        Term::Float(value) => {
            let digits = format!("{:?}", value.value());
            out.push_str(&if digits.contains('.') { digits } else { digits.replace('e', ".0e") });
        }
        Term::Cons(_) => {
            let mut items = term.items();
            let mut between = '[';
            for item in items.by_ref() {
                out.push(between);
                write_term(out, item, atoms);
                between = ',';
            }
            if !matches!(items.tail(), Term::Nil) {
                out.push('|');
                write_term(out, items.tail(), atoms);
            }
            out.push(']');
        }
        Term::Tuple(terms) => {
            out.push('{');
            for (place, term) in terms.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                write_term(out, term, atoms);
            }
            out.push('}');
        }
        Term::Map(map) => {
            out.push_str("#{");
            for (place, (key, value)) in map.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                write_term(out, key, atoms);
                out.push_str("=>");
                write_term(out, value, atoms);
            }
            out.push('}');
        }
        Term::Bits(bits) => write_bits(out, bits),
        Term::Fun(fun) => match &**fun {
            Fun::External { module, function, arity } => {
                out.push_str("fun ");
                write_atom(out, *module, atoms);
                out.push(':');
                write_atom(out, *function, atoms);
                write!(out, "/{arity}").expect("written");
            }
            Fun::Local { .. } => panic!("a local function cannot be written"),
        },
        Term::Pid(_) | Term::Ref(_) | Term::Matcher(_) => panic!("{term:?} cannot be written"),
    }
}

fn write_atom(out: &mut String, atom: Atom, atoms: &Atoms) {
    let name = atoms.text(atom);
    write!(out, "'{}'", name.replace('\\', "\\\\").replace('\'', "\\'")).expect("written");
}

fn write_bits(out: &mut String, bits: &Bits) {
    let bytes = bits.bytes();
    let (whole, rest) = (bits.len() / 8, bits.len() % 8);
    let mut segments: Vec<String> = bytes[..whole].iter().map(u8::to_string).collect();
    if rest > 0 {
        segments.push(format!("{}:{rest}", bytes[whole] >> (8 - rest)));
    }
    write!(out, "<<{}>>", segments.join(",")).expect("written");
}

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `0..count`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.word() % count as u64) as usize
    }

    /// One of these.
    pub fn of<T: Clone>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())].clone()
    }

    pub fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.word() as u8).collect()
    }

    /// A bit string that begins anywhere in its buffer.
    pub fn bits(&mut self, most: usize) -> Bits {
        let bits = Bits::of(&self.bytes(most));
        let from = self.below(bits.len() + 1).min(self.below(20));
        let len = bits.len() - from;
        let cut = self.below(len + 1).min(self.below(20));
        bits.slice(from, len - cut)
    }

    /// A binary that begins anywhere in its buffer.
    pub fn binary(&mut self, most: usize) -> Bits {
        let bits = self.bits(most + 3);
        bits.slice(0, bits.len() / 8 * 8)
    }
}
