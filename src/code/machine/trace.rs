//! Stack traces: kept as places while an exception is on its way, and written as Erlang writes them when somebody
//! looks.

use crate::kernel::{Atom, Atoms};

use super::super::load::Code;
use super::super::raise::{Class, Raise};
use super::super::term::Term;
use super::process::{Place, Process};

/// How many entries a trace has (erts, `backtrace_depth`).
const DEPTH: usize = 8;

const TRACE: Atom = Atom::of("$trace");
const GIVEN: Atom = Atom::of("given");
const FILE: Atom = Atom::of("file");
const LINE: Atom = Atom::of("line");

/// The trace of an exception, as `x` registers hold it: `{'$trace', Class, Top, Places}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Traced(pub Term);

impl Traced {
    /// The trace of what is raised in a process now. `top` is an entry that comes before the places.
    pub(super) fn of(raise: &Raise, top: Option<Term>, at: Place, process: &Process) -> Traced {
        let class = Term::Atom(raise.class.atom());
        if let Some(stack) = &raise.stack {
            return Traced(Term::tuple([TRACE.into(), class, stack.clone(), GIVEN.into()]));
        }
        // Where no clause matched, the entry on top is the function itself.
        let own = (!raise.value.is(Atom::FUNCTION_CLAUSE) || top.is_none()).then_some(at);
        let places: Vec<Term> =
            own.into_iter().chain(process.callers()).take(DEPTH).map(Term::from).collect();
        Traced(Term::tuple([TRACE.into(), class, top.unwrap_or(Term::Nil), Term::list(places)]))
    }

    /// The class of the exception.
    pub(super) fn class(&self) -> Option<Class> {
        let class = self.0.as_tuple()?.get(1)?;
        [Class::Error, Class::Exit, Class::Throw].into_iter().find(|known| class.is(known.atom()))
    }
}

/// What code sees of a trace: `[{Module, Function, Arity, [{file, File}, {line, Line}]}]`. What is no trace is left as
/// it is.
pub fn stacktrace(trace: &Term, code: &Code) -> Term {
    match trace.as_tuple() {
        Some([tag, _, stack, places]) if tag.is(TRACE) => {
            if places.is(GIVEN) {
                return stack.clone();
            }
            let top = (*stack != Term::Nil).then(|| stack.clone());
            let entries: Vec<Term> = places.items().filter_map(|place| entry(place, code)).collect();
            Term::list(top.into_iter().chain(entries).take(DEPTH).collect::<Vec<_>>())
        }
        _ => trace.clone(),
    }
}

fn entry(place: &Term, code: &Code) -> Option<Term> {
    let place = Place::of(place)?;
    let module = code.module(place.module).ok()?;
    let (function, arity) = module.function_at(place.at)?;
    let arity = Term::Int(i64::from(arity));
    Some(Term::tuple([module.name.into(), function.into(), arity, location(place, code)]))
}

/// What Erlang writes as `[{file, File}, {line, Line}]`.
pub(super) fn location(place: Place, code: &Code) -> Term {
    let line = code.module(place.module).ok().and_then(|module| module.line_at(place.at));
    let Some((file, line)) = line else { return Term::Nil };
    let file = Term::list(file.chars().map(|char| Term::Int(i64::from(u32::from(char)))));
    Term::list([Term::tuple([FILE.into(), file]), Term::tuple([LINE.into(), Term::Int(i64::from(line))])])
}

impl From<Place> for Term {
    fn from(Place { module, at }: Place) -> Term {
        Term::Int(i64::from(module) << 32 | i64::from(at))
    }
}

impl Place {
    fn of(term: &Term) -> Option<Place> {
        let number = term.as_int()?;
        Some(Place { module: (number >> 32) as u32, at: number as u32 })
    }

    /// How people call it: `KV.Registry.handle_call/3 (lib/kv/registry.ex:42)`.
    pub fn told(self, code: &Code, name: impl Fn(Atom, &Atoms) -> String) -> String {
        let Ok(module) = code.module(self.module) else { return "nowhere".to_owned() };
        let function = module.function_at(self.at).map_or("?".to_owned(), |(function, arity)| {
            format!("{}.{}/{arity}", name(module.name, &code.atoms), code.atoms.text(function))
        });
        match module.line_at(self.at) {
            Some((file, line)) => format!("{function} ({file}:{line})"),
            None => function,
        }
    }
}
