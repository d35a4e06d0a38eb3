//! Module `re`: what is written in the emulator. The rest of that module is Erlang.
//!
//! A compiled pattern holds its text, and no program of PCRE's. Patterns that PCRE has compiled are refused; Elixir
//! compiles those in its modules anew, since the version here is another.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::kernel::{Atom, Atoms};

use super::super::raise::Raise;
use super::super::regular::{Captures, Flags, Program, Start, TooLong, Wrong, parse};
use super::super::term::Term;
use super::unicode::characters;
use super::{Answer, Row, iodata};

/// The functions of module `re`.
pub const TABLE: &[Row] = &[
    ("compile", 1, compile),
    ("compile", 2, compile),
    ("inspect", 2, inspect),
    ("internal_run", 4, internal_run),
    ("run", 2, run),
    ("run", 3, run),
    ("version", 0, version),
];

/// What the binary of a compiled pattern begins with.
const MARK: &[u8] = b"treefall";

const RE_PATTERN: Atom = Atom::of("re_pattern");

/// A pattern's characters and how it is meant: all there is to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pattern {
    text: Vec<u32>,
    flags: Flags,
    crlf: bool,
}

#[derive(Clone, Debug)]
struct Options {
    flags: Flags,
    crlf: bool,
    /// Whether one was given that only compiling takes.
    compiling: bool,
    global: bool,
    report_errors: bool,
    offset: usize,
    start: Start,
    wanted: Wanted,
    kind: Kind,
}

/// Which groups are wanted.
#[derive(Clone, Debug)]
enum Wanted {
    All,
    AllButFirst,
    First,
    None,
    Names,
    These(Vec<Term>),
}

/// As what they are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Index,
    List,
    Binary,
}

/// A subject: its characters, and how many bytes each of them is.
struct Subject {
    points: Vec<u32>,
    unicode: bool,
}

fn version(_: &[Term], _: &Atoms) -> Answer {
    Ok(Term::binary(b"8.44 as treefall has it"))
}

fn points(data: &Term, unicode: bool) -> Result<Vec<u32>, Raise> {
    if unicode {
        let text = characters(data).ok_or_else(Raise::badarg)?;
        return Ok(text.into_iter().map(u32::from).collect());
    }
    Ok(iodata::bytes(data)?.into_iter().map(u32::from).collect())
}

/// A pattern ends where it has a zero, since PCRE is written in C.
fn pattern_text(data: &Term, unicode: bool) -> Result<Vec<u32>, Raise> {
    let mut text = points(data, unicode)?;
    text.truncate(text.iter().position(|point| *point == 0).unwrap_or(text.len()));
    Ok(text)
}

impl Options {
    fn of(list: &Term, to_run: bool, atoms: &Atoms) -> Result<Options, Raise> {
        let mut options = Options {
            flags: Flags::default(),
            crlf: false,
            compiling: false,
            global: false,
            report_errors: false,
            offset: 0,
            start: Start::default(),
            wanted: Wanted::All,
            kind: Kind::Index,
        };
        for option in list.as_list().ok_or_else(Raise::badarg)? {
            match &option {
                Term::Atom(name) => options.name(atoms.text(*name), to_run)?,
                Term::Tuple(parts) => match &**parts {
                    [Term::Atom(name), values @ ..] => {
                        options.pair(atoms.text(*name), values, to_run, atoms)?
                    }
                    _ => return Err(Raise::badarg()),
                },
                _ => return Err(Raise::badarg()),
            }
        }
        Ok(options)
    }

    fn name(&mut self, name: &str, to_run: bool) -> Result<(), Raise> {
        let flags = &mut self.flags;
        match name {
            "anchored" => {
                flags.anchored = true;
                return Ok(());
            }
            "global" if to_run => self.global = true,
            "report_errors" if to_run => self.report_errors = true,
            "notbol" if to_run => flags.notbol = true,
            "noteol" if to_run => flags.noteol = true,
            "notempty" if to_run => self.start.not_empty = true,
            "notempty_atstart" if to_run => self.start.not_empty_at_start = true,
            _ => {
                self.compiling = true;
                match name {
                    "unicode" => flags.unicode = true,
                    "caseless" => flags.caseless = true,
                    "dollar_endonly" => flags.dollar_endonly = true,
                    "dotall" => flags.dotall = true,
                    "extended" => flags.extended = true,
                    "firstline" => flags.firstline = true,
                    "multiline" => flags.multiline = true,
                    "no_auto_capture" => flags.no_auto_capture = true,
                    "ungreedy" => flags.ungreedy = true,
                    "ucp" => flags.ucp = true,
                    "no_start_optimize" | "never_utf" | "bsr_unicode" => (),
                    "dupnames" | "bsr_anycrlf" => {
                        return Err(unsupported(&format!("the option {name} of a regular expression")));
                    }
                    _ => return Err(Raise::badarg()),
                }
            }
        }
        Ok(())
    }

    fn pair(&mut self, name: &str, values: &[Term], to_run: bool, atoms: &Atoms) -> Result<(), Raise> {
        let number = |term: &Term| {
            term.as_int().and_then(|value| usize::try_from(value).ok()).ok_or_else(Raise::badarg)
        };
        match (name, values) {
            ("newline", [Term::Atom(newline)]) => match atoms.text(*newline) {
                "lf" => (),
                "cr" | "crlf" | "any" | "anycrlf" => {
                    return Err(unsupported("newlines other than line feed in a regular expression"));
                }
                _ => return Err(Raise::badarg()),
            },
            ("offset", [offset]) if to_run => self.offset = number(offset)?,
            ("match_limit" | "match_limit_recursion", [limit]) if to_run => drop(number(limit)?),
            ("capture", [wanted]) if to_run => self.capture(wanted, Kind::Index, atoms)?,
            ("capture", [wanted, Term::Atom(kind)]) if to_run => {
                let kind = match atoms.text(*kind) {
                    "index" => Kind::Index,
                    "list" => Kind::List,
                    "binary" => Kind::Binary,
                    _ => return Err(Raise::badarg()),
                };
                self.capture(wanted, kind, atoms)?;
            }
            _ => return Err(Raise::badarg()),
        }
        Ok(())
    }

    fn capture(&mut self, wanted: &Term, kind: Kind, atoms: &Atoms) -> Result<(), Raise> {
        self.kind = kind;
        self.wanted = match wanted {
            Term::Atom(name) => match atoms.text(*name) {
                "all" => Wanted::All,
                "all_but_first" => Wanted::AllButFirst,
                "first" => Wanted::First,
                "none" => Wanted::None,
                "all_names" => Wanted::Names,
                _ => return Err(Raise::badarg()),
            },
            list => match list.as_list().ok_or_else(Raise::badarg)? {
                these if these.is_empty() => Wanted::None,
                these => Wanted::These(these),
            },
        };
        Ok(())
    }
}

fn unsupported(what: &str) -> Raise {
    let text = format!("{what}: not matched here as PCRE does");
    Raise::error(Term::tuple([Term::Atom(Atom::BADARG), Term::binary(text.as_bytes())]))
}

/// The program of a pattern. They are remembered, since the same few are run again and again.
fn program(pattern: &Pattern) -> Result<Arc<Program>, Wrong> {
    static KNOWN: Mutex<BTreeMap<Pattern, Arc<Program>>> = Mutex::new(BTreeMap::new());
    const KNOWN_MAX: usize = 256;
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(program) = known().get(pattern) {
        return Ok(program.clone());
    }
    let program = Arc::new(Program::of(parse(&pattern.text, pattern.flags)?, pattern.flags)?);
    let mut known = known();
    if known.len() >= KNOWN_MAX {
        known.clear();
    }
    known.insert(pattern.clone(), program.clone());
    Ok(program)
}

/// `{ErrString, Position}`, the position in bytes.
fn what_is_wrong(wrong: Wrong, pattern: &Pattern) -> Result<Term, Raise> {
    match wrong {
        Wrong::Unsupported(what) => Err(unsupported(&what)),
        Wrong::Bad(what, at) => {
            let before = &pattern.text[..at.min(pattern.text.len())];
            let bytes: usize = before.iter().map(|point| width(*point, pattern.flags.unicode)).sum();
            let text: Vec<Term> = what.bytes().map(|byte| Term::Int(i64::from(byte))).collect();
            Ok(Term::tuple([Term::list(text), Term::Int(bytes as i64)]))
        }
    }
}

fn width(point: u32, unicode: bool) -> usize {
    if unicode { char::from_u32(point).map_or(1, char::len_utf8) } else { 1 }
}

fn compile(args: &[Term], atoms: &Atoms) -> Answer {
    let options = Options::of(args.get(1).unwrap_or(&Term::Nil), false, atoms)?;
    let text = pattern_text(&args[0], options.flags.unicode)?;
    let pattern = Pattern { text, flags: options.flags, crlf: options.crlf };
    match program(&pattern) {
        Ok(program) => Ok(Term::tuple([Term::Atom(Atom::OK), pattern.term(&program, atoms)])),
        Err(wrong) => Ok(Term::tuple([Term::Atom(Atom::ERROR), what_is_wrong(wrong, &pattern)?])),
    }
}

impl Pattern {
    fn term(&self, program: &Program, atoms: &Atoms) -> Term {
        let flag = |flag: bool| Term::Int(i64::from(flag));
        let mut bytes = MARK.to_vec();
        bytes.extend(self.flags.as_bits().to_be_bytes());
        bytes.extend(self.text.iter().flat_map(|point| point.to_be_bytes()));
        Term::tuple([
            atoms.intern("re_pattern").into(),
            Term::Int(program.groups() as i64),
            flag(self.flags.unicode),
            flag(self.crlf),
            Term::binary(&bytes),
        ])
    }

    fn compiled(term: &Term) -> Result<Option<Pattern>, Raise> {
        let Some([tag, _, _, _, bytes]) = term.as_tuple() else { return Ok(None) };
        let bytes = bytes.as_binary().filter(|_| tag.is(RE_PATTERN)).ok_or_else(Raise::badarg)?;
        let Some(rest) = bytes.strip_prefix(MARK).filter(|rest| rest.len() % 4 == 2) else {
            return Err(unsupported("a regular expression that PCRE has compiled"));
        };
        let flags = Flags::from_bits(u16::from_be_bytes([rest[0], rest[1]]));
        let text =
            rest[2..].chunks(4).map(|four| four.iter().fold(0, |point, byte| point << 8 | u32::from(*byte)));
        Ok(Some(Pattern { text: text.collect(), flags, crlf: false }))
    }
}

fn inspect(args: &[Term], atoms: &Atoms) -> Answer {
    let pattern = Pattern::compiled(&args[0])?.ok_or_else(Raise::badarg)?;
    if !args[1].is(Atom::of("namelist")) {
        return Err(Raise::badarg());
    }
    let program = program(&pattern).map_err(|_| Raise::badarg())?;
    let names: Vec<Term> = program.names().keys().map(|name| Term::binary(name.as_bytes())).collect();
    Ok(Term::tuple([atoms.intern("namelist").into(), Term::list(names)]))
}

/// The last argument says whether a search begins, which nothing here depends on.
fn internal_run(args: &[Term], atoms: &Atoms) -> Answer {
    match args[3].as_atom() {
        Some(Atom::TRUE | Atom::FALSE) => run(&args[..3], atoms),
        _ => Err(Raise::badarg()),
    }
}

fn run(args: &[Term], atoms: &Atoms) -> Answer {
    let options = Options::of(args.get(2).unwrap_or(&Term::Nil), true, atoms)?;
    let mut pattern = match Pattern::compiled(&args[1])? {
        Some(_) if options.compiling => return Err(Raise::badarg()),
        Some(pattern) => pattern,
        None => Pattern {
            text: pattern_text(&args[1], options.flags.unicode)?,
            flags: options.flags,
            crlf: options.crlf,
        },
    };
    pattern.flags.notbol = options.flags.notbol;
    pattern.flags.noteol = options.flags.noteol;
    pattern.flags.anchored |= options.flags.anchored;
    let subject =
        Subject { points: points(&args[0], pattern.flags.unicode)?, unicode: pattern.flags.unicode };
    let error = |what: Term| Ok(Term::tuple([Term::Atom(Atom::ERROR), what]));
    let program = match program(&pattern) {
        Ok(program) => program,
        Err(wrong) => {
            let wrong = what_is_wrong(wrong, &pattern)?;
            let compile = Term::tuple([atoms.intern("compile").into(), wrong]);
            return if options.report_errors { error(compile) } else { Err(Raise::badarg()) };
        }
    };
    let from = subject.place(options.offset).ok_or_else(Raise::badarg)?;
    let found = match options.global {
        true => all(&program, &subject.points, Start { from, ..options.start }),
        false => {
            let first = program.find(&subject.points, Start { from, ..options.start });
            first.map(|captures| captures.into_iter().collect::<Vec<Captures>>())
        }
    };
    match found {
        Err(TooLong) if options.report_errors => error(atoms.intern("match_limit").into()),
        Err(TooLong) => Ok(atoms.intern("nomatch").into()),
        Ok(found) => Ok(told(&found, &program, &subject, &options, atoms)),
    }
}

/// All matches, as `re.erl` finds them: after one of nothing, another at the same place that is of something.
fn all(program: &Program, text: &[u32], start: Start) -> Result<Vec<Captures>, TooLong> {
    let (mut found, mut from) = (Vec::new(), start.from);
    while from <= text.len() {
        let Some(captures) = program.find(text, Start { from, ..start })? else { break };
        let Some((begin, end)) = captures[0] else { break };
        found.push(captures);
        if end > begin {
            from = end;
            continue;
        }
        let again = Start { from, anchored: true, not_empty_at_start: true, ..start };
        let other = program.find(text, again)?;
        let step = other.as_ref().and_then(|other| other[0]).map_or(0, |(begin, end)| end - begin);
        found.extend(other);
        from = begin + step.max(1);
    }
    Ok(found)
}

fn told(found: &[Captures], program: &Program, subject: &Subject, options: &Options, atoms: &Atoms) -> Term {
    let matched = || atoms.intern("match").into();
    let nothing = match &options.wanted {
        Wanted::None => true,
        Wanted::Names => program.names().is_empty(),
        _ => false,
    };
    if found.is_empty() {
        return atoms.intern("nomatch").into();
    }
    if nothing {
        return matched();
    }
    let mut lists = found.iter().map(|captures| wanted(captures, program, subject, options, atoms));
    let list = if options.global {
        Term::list(lists.collect::<Vec<Term>>())
    } else {
        lists.next().unwrap_or(Term::Nil)
    };
    Term::tuple([matched(), list])
}

fn wanted(
    captures: &Captures,
    program: &Program,
    subject: &Subject,
    options: &Options,
    atoms: &Atoms,
) -> Term {
    let show = |capture: Option<(usize, usize)>| subject.show(capture, options.kind);
    let set = captures.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let group = |group: usize| captures.get(group).copied().flatten();
    let named = |name: &str| program.names().get(name).and_then(|number| group(*number));
    let shown: Vec<Term> = match &options.wanted {
        Wanted::All => captures[..set].iter().map(|capture| show(*capture)).collect(),
        Wanted::AllButFirst => captures[1..set.max(1)].iter().map(|capture| show(*capture)).collect(),
        Wanted::First | Wanted::None => vec![show(group(0))],
        Wanted::Names => program.names().values().map(|number| show(group(*number))).collect(),
        Wanted::These(these) => these
            .iter()
            .map(|one| match one {
                Term::Int(number) => show(usize::try_from(*number).ok().and_then(group)),
                Term::Atom(name) => show(named(atoms.text(*name))),
                text => {
                    let name = iodata::bytes(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                    show(name.and_then(|name| named(&name)))
                }
            })
            .collect(),
    };
    Term::list(shown)
}

impl Subject {
    /// Which character begins at a byte.
    fn place(&self, offset: usize) -> Option<usize> {
        let mut bytes = 0;
        for (place, point) in self.points.iter().enumerate() {
            if bytes >= offset {
                return (bytes == offset).then_some(place);
            }
            bytes += width(*point, self.unicode);
        }
        (bytes == offset).then_some(self.points.len())
    }

    fn show(&self, capture: Option<(usize, usize)>, kind: Kind) -> Term {
        let part = capture.map_or(&[][..], |(from, to)| &self.points[from.min(to)..to]);
        let bytes =
            |points: &[u32]| points.iter().map(|point| width(*point, self.unicode)).sum::<usize>() as i64;
        match kind {
            Kind::Index => match capture {
                None => Term::tuple([Term::Int(-1), Term::Int(0)]),
                Some((from, _)) => {
                    Term::tuple([Term::Int(bytes(&self.points[..from])), Term::Int(bytes(part))])
                }
            },
            Kind::List => Term::list(part.iter().map(|point| Term::Int(i64::from(*point)))),
            Kind::Binary if self.unicode => {
                let text: String = part.iter().filter_map(|point| char::from_u32(*point)).collect();
                Term::binary(text.as_bytes())
            }
            Kind::Binary => Term::binary(&part.iter().map(|point| *point as u8).collect::<Vec<u8>>()),
        }
    }
}
