//! Match specifications: clauses of a head, guards and a body, compiled from terms and run on objects.
//!
//! A body goes on after a function in it has failed, with `'EXIT'` as what it came to; a guard that fails is false.

use crate::kernel::{Atom, Atoms, Pid};

use super::super::term::{Map, Term};
use super::expression::{Expression, Run, Variables, Wrong, variable};

/// A compiled match specification.
#[derive(Clone, Debug)]
pub struct MatchSpec {
    clauses: Vec<Clause>,
}

#[derive(Clone, Debug)]
struct Clause {
    head: Pattern,
    variables: Variables,
    guards: Vec<Expression>,
    body: Vec<Expression>,
}

/// A head, or a part of it.
#[derive(Clone, Debug)]
enum Pattern {
    Any,
    Variable(usize),
    Exactly(Term),
    Tuple(Vec<Pattern>),
    Cons(Box<Pattern>, Box<Pattern>),
    /// Has these keys, and maybe others.
    Map(Vec<(Term, Pattern)>),
}

const ANY: Atom = Atom::of("_");
const OBJECT: Atom = Atom::of("$_");

impl MatchSpec {
    /// Compiles a list of clauses.
    ///
    /// # Errors
    ///
    /// When it is not a match specification: all that is wrong with it.
    pub fn compile(spec: &Term, atoms: &Atoms) -> Result<MatchSpec, Vec<Wrong>> {
        let clauses = spec.as_list().filter(|clauses| !clauses.is_empty());
        let clauses = clauses.ok_or_else(|| vec!["Match programs are not in a list.".to_string()])?;
        let clauses = clauses.iter().map(|clause| Clause::compile(clause, atoms));
        Ok(MatchSpec { clauses: clauses.collect::<Result<_, _>>()? })
    }

    /// The one that a pattern is short for: `[{Pattern, [], [Body]}]`.
    pub(super) fn of_pattern(pattern: &Term, body: &str, atoms: &Atoms) -> Result<MatchSpec, Vec<Wrong>> {
        let body = Term::list([Term::Atom(atoms.intern(body))]);
        MatchSpec::compile(&Term::list([Term::tuple([pattern.clone(), Term::Nil, body])]), atoms)
    }

    /// What the first clause that matches makes of an object; nothing if none does.
    pub fn run(&self, object: &Term, me: Pid, atoms: &Atoms) -> Option<Term> {
        self.clauses.iter().find_map(|clause| clause.run(object, me, atoms))
    }

    /// The key that an object must have to match, if all clauses agree on one. `place` is where keys are.
    pub(super) fn key(&self, place: usize) -> Option<&Term> {
        let mut keys = self.clauses.iter().map(|clause| match &clause.head {
            Pattern::Tuple(elements) => match elements.get(place)? {
                Pattern::Exactly(key) => Some(key),
                _ => None,
            },
            Pattern::Exactly(Term::Tuple(elements)) => elements.get(place),
            _ => None,
        });
        let first = keys.next()??;
        keys.all(|key| key == Some(first)).then_some(first)
    }

    /// Whether each body, seen as a term, leaves the key of what matched as it was.
    pub(super) fn keeps_key(spec: &Term, place: usize) -> bool {
        spec.items().all(|clause| clause.as_tuple().is_some_and(|parts| keeps_key(parts, place)))
    }
}

fn keeps_key(clause: &[Term], place: usize) -> bool {
    let [head, _, body] = clause else { return false };
    let Some([body]) = body.as_list().and_then(|body| <[Term; 1]>::try_from(body).ok()) else { return false };
    if body.is(OBJECT) {
        return true;
    }
    let made = match body.as_tuple() {
        Some([Term::Tuple(made)]) => made,
        _ => return false,
    };
    let Some((key, new)) = head.as_tuple().and_then(|head| head.get(place)).zip(made.get(place)) else {
        return false;
    };
    key == new
        || match new.as_tuple() {
            Some([name, value]) => name.is(Atom::of("const")) && value == key,
            Some([name, Term::Int(at), object]) => {
                name.is(Atom::of("element")) && *at == place as i64 + 1 && object.is(OBJECT)
            }
            _ => false,
        }
}

impl Clause {
    fn compile(clause: &Term, atoms: &Atoms) -> Result<Clause, Vec<Wrong>> {
        let Some([head, guards, body]) = clause.as_tuple() else {
            return Err(vec!["Match program part is not a tuple of arity 3.".to_string()]);
        };
        let mut variables = Variables::new();
        let head = Pattern::compile(head, &mut variables, atoms).map_err(|wrong| vec![wrong])?;
        let guards = guards.as_list().ok_or_else(|| vec!["Guard is not a list.".to_string()])?;
        let body = body.as_list().filter(|body| !body.is_empty());
        let body = body.ok_or_else(|| vec!["Body is not a list.".to_string()])?;
        let mut wrong = Vec::new();
        let mut compiled = |terms: &[Term]| -> Vec<Expression> {
            let all = terms.iter().map(|term| Expression::compile(term, &variables, &mut wrong, atoms));
            all.collect()
        };
        let (guards, body) = (compiled(&guards), compiled(&body));
        if wrong.is_empty() { Ok(Clause { head, variables, guards, body }) } else { Err(wrong) }
    }

    fn run(&self, object: &Term, me: Pid, atoms: &Atoms) -> Option<Term> {
        let mut values = vec![None; self.variables.len()];
        if !self.head.matches(object, &mut values) {
            return None;
        }
        let run = Run { object, values: &values, variables: &self.variables, me, atoms };
        if !self.guards.iter().all(|guard| guard.value(&run, false).is_some_and(|value| value.is(Atom::TRUE)))
        {
            return None;
        }
        self.body.last()?.value(&run, true)
    }
}

impl Pattern {
    fn compile(term: &Term, variables: &mut Variables, atoms: &Atoms) -> Result<Pattern, Wrong> {
        Ok(match term {
            Term::Atom(ANY) => Pattern::Any,
            Term::Atom(atom) => match variable(*atom, atoms) {
                Some(number) => {
                    let next = variables.len();
                    Pattern::Variable(*variables.entry(number).or_insert(next))
                }
                None => Pattern::Exactly(term.clone()),
            },
            Term::Tuple(terms) => {
                let parts = terms.iter().map(|term| Pattern::compile(term, variables, atoms));
                Pattern::Tuple(parts.collect::<Result<_, _>>()?).settled(term)
            }
            Term::Cons(_) => {
                let mut items = term.items();
                let mut parts = Vec::new();
                for item in items.by_ref() {
                    parts.push(Pattern::compile(item, variables, atoms)?);
                }
                let tail = Pattern::compile(items.tail(), variables, atoms)?;
                if parts.iter().chain([&tail]).all(Pattern::is_exact) {
                    return Ok(Pattern::Exactly(term.clone()));
                }
                parts.into_iter().rev().fold(tail, |tail, head| Pattern::Cons(head.into(), tail.into()))
            }
            Term::Map(map) => Pattern::Map(Pattern::pairs(map, variables, atoms)?),
            _ => Pattern::Exactly(term.clone()),
        })
    }

    fn pairs(map: &Map, variables: &mut Variables, atoms: &Atoms) -> Result<Vec<(Term, Pattern)>, Wrong> {
        let mut pairs = Vec::new();
        for (key, value) in map.iter() {
            if has_variable(key, atoms) {
                return Err("Variable in map key of a match head.".to_string());
            }
            pairs.push((key.clone(), Pattern::compile(value, variables, atoms)?));
        }
        Ok(pairs)
    }

    fn is_exact(&self) -> bool {
        matches!(self, Pattern::Exactly(_))
    }

    /// A tuple of which all parts are exact is exact.
    fn settled(self, term: &Term) -> Pattern {
        match &self {
            Pattern::Tuple(parts) if parts.iter().all(Pattern::is_exact) => Pattern::Exactly(term.clone()),
            _ => self,
        }
    }

    fn matches(&self, term: &Term, values: &mut [Option<Term>]) -> bool {
        match (self, term) {
            (Pattern::Any, _) => true,
            (Pattern::Variable(place), _) => match &values[*place] {
                Some(value) => value == term,
                None => {
                    values[*place] = Some(term.clone());
                    true
                }
            },
            (Pattern::Exactly(value), _) => value == term,
            (Pattern::Tuple(parts), Term::Tuple(terms)) => {
                parts.len() == terms.len()
                    && parts.iter().zip(terms.iter()).all(|(part, term)| part.matches(term, values))
            }
            (Pattern::Cons(head, tail), Term::Cons(cons)) => {
                head.matches(cons.head(), values) && tail.matches(cons.tail(), values)
            }
            (Pattern::Map(pairs), Term::Map(map)) => {
                pairs.iter().all(|(key, part)| map.get(key).is_some_and(|value| part.matches(value, values)))
            }
            _ => false,
        }
    }
}

fn has_variable(term: &Term, atoms: &Atoms) -> bool {
    match term {
        Term::Atom(atom) => *atom == ANY || variable(*atom, atoms).is_some(),
        Term::Tuple(terms) => terms.iter().any(|term| has_variable(term, atoms)),
        Term::Cons(_) => {
            let mut items = term.items();
            items.by_ref().any(|item| has_variable(item, atoms)) || has_variable(items.tail(), atoms)
        }
        Term::Map(map) => {
            map.iter().any(|(key, value)| has_variable(key, atoms) || has_variable(value, atoms))
        }
        _ => false,
    }
}
