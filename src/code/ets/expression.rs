//! The expressions of match specifications: what guards and bodies are made of.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::kernel::{Atom, Atoms, Pid};

use super::super::natives::arithmetic;
use super::super::raise::Raise;
use super::super::term::{Map, Term};

/// The variables of a head: their numbers, each with where its value is kept.
pub(super) type Variables = BTreeMap<u32, usize>;

/// What is wrong with a match specification.
pub type Wrong = String;

/// An expression of a match specification.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Is(Term),
    /// The value of a variable.
    Variable(usize),
    /// What Erlang writes as `'$_'`.
    Object,
    /// What Erlang writes as `'$$'`.
    All,
    Tuple(Vec<Expression>),
    Cons(Box<Expression>, Box<Expression>),
    Map(Vec<(Expression, Expression)>),
    Call(Function, Vec<Expression>),
    /// `'and'` and `'or'` of any number: all are asked, and it is `unless` one of them is that.
    Every(Atom, Vec<Expression>),
    /// `'andalso'` and `'orelse'`: the first that is this decides.
    Until(Atom, Vec<Expression>),
}

/// What an expression sees.
pub(super) struct Run<'a> {
    pub(super) object: &'a Term,
    pub(super) values: &'a [Option<Term>],
    pub(super) variables: &'a Variables,
    pub(super) me: Pid,
    pub(super) atoms: &'a Atoms,
}

type Function = fn(&[Term], &Run) -> Result<Term, Raise>;

const EXIT: Term = Term::Atom(Atom::EXIT);

impl Expression {
    pub(super) fn compile(
        term: &Term,
        known: &Variables,
        wrong: &mut Vec<Wrong>,
        atoms: &Atoms,
    ) -> Expression {
        let mut each = |term: &Term| Expression::compile(term, known, wrong, atoms);
        match term {
            Term::Atom(atom) => match atoms.text(*atom) {
                "$_" => Expression::Object,
                "$$" => Expression::All,
                name => match variable(*atom, atoms) {
                    None => Expression::Is(term.clone()),
                    Some(number) => known.get(&number).map_or_else(
                        || {
                            wrong.push(format!("Variable {name} is unbound."));
                            Expression::Is(term.clone())
                        },
                        |place| Expression::Variable(*place),
                    ),
                },
            },
            Term::Cons(_) => {
                let mut items = term.items();
                let parts: Vec<Expression> = items.by_ref().map(&mut each).collect();
                let tail = each(items.tail());
                parts.into_iter().rev().fold(tail, |tail, head| Expression::Cons(head.into(), tail.into()))
            }
            Term::Map(map) => {
                Expression::Map(map.iter().map(|(key, value)| (each(key), each(value))).collect())
            }
            Term::Tuple(terms) => match &**terms {
                [Term::Tuple(parts)] => Expression::Tuple(parts.iter().map(each).collect()),
                [Term::Atom(name), arguments @ ..] => {
                    Expression::call(atoms.text(*name), arguments, known, wrong, atoms)
                }
                _ => {
                    wrong.push("Illegal expression: a tuple that is no call.".to_string());
                    Expression::Is(term.clone())
                }
            },
            _ => Expression::Is(term.clone()),
        }
    }

    fn call(
        name: &str,
        arguments: &[Term],
        known: &Variables,
        wrong: &mut Vec<Wrong>,
        atoms: &Atoms,
    ) -> Expression {
        if let ("const", [value]) = (name, arguments) {
            return Expression::Is(value.clone());
        }
        let arity = arguments.len();
        let compiled: Vec<Expression> =
            arguments.iter().map(|term| Expression::compile(term, known, wrong, atoms)).collect();
        match name {
            "and" if arity > 0 => return Expression::Every(Atom::TRUE, compiled),
            "or" if arity > 0 => return Expression::Every(Atom::FALSE, compiled),
            "andalso" | "andthen" if arity > 0 => return Expression::Until(Atom::FALSE, compiled),
            "orelse" if arity > 0 => return Expression::Until(Atom::TRUE, compiled),
            "is_record" if arity == 3 => {
                let fits = matches!(arguments[1], Term::Atom(_)) && matches!(arguments[2], Term::Int(0..));
                if !fits {
                    wrong.push("Wrong arguments of is_record/3.".to_string());
                }
            }
            _ => (),
        }
        match function(name, arity) {
            Some(function) => Expression::Call(function, compiled),
            None => {
                wrong.push(format!("Function {name}/{arity} does_not_exist."));
                Expression::Is(Term::Nil)
            }
        }
    }

    /// What it comes to. Where something fails, that is `'EXIT'` if it is caught, and else all has failed.
    pub(super) fn value(&self, run: &Run, caught: bool) -> Option<Term> {
        let failed = || caught.then_some(EXIT);
        let all = |parts: &[Expression]| parts.iter().map(|part| part.value(run, caught)).collect();
        match self {
            Expression::Is(term) => Some(term.clone()),
            Expression::Variable(place) => run.values[*place].clone(),
            Expression::Object => Some(run.object.clone()),
            Expression::All => {
                let values = run.variables.values().map(|place| run.values[*place].clone());
                Some(Term::list(values.collect::<Option<Vec<Term>>>()?))
            }
            Expression::Tuple(parts) => {
                let parts: Option<Vec<Term>> = all(parts);
                Some(Term::tuple(parts?))
            }
            Expression::Cons(_, _) => {
                let (mut cell, mut heads) = (self, Vec::new());
                while let Expression::Cons(head, tail) = cell {
                    heads.push(head.value(run, caught)?);
                    cell = tail;
                }
                Some(Term::list_onto(heads, cell.value(run, caught)?))
            }
            Expression::Map(pairs) => {
                let pairs = pairs
                    .iter()
                    .map(|(key, value)| Some((key.value(run, caught)?, value.value(run, caught)?)));
                Some(Term::Map(Map::of(pairs.collect::<Option<Vec<(Term, Term)>>>()?, run.atoms)))
            }
            Expression::Call(function, arguments) => {
                let arguments: Option<Vec<Term>> = all(arguments);
                function(&arguments?, run).ok().or_else(failed)
            }
            Expression::Every(unless, parts) => {
                let values: Option<Vec<Term>> = all(parts);
                let values = values?;
                let booleans: Option<Vec<bool>> = values.iter().map(boolean).collect();
                let wanted = *unless == Atom::TRUE;
                booleans.map_or_else(failed, |all| Some((all.contains(&!wanted) != wanted).into()))
            }
            Expression::Until(decides, parts) => {
                let (last, first) = parts.split_last()?;
                for part in first {
                    let value = part.value(run, caught)?;
                    if value.is(*decides) {
                        return Some(value);
                    }
                    if boolean(&value).is_none() {
                        return failed();
                    }
                }
                last.value(run, caught)
            }
        }
    }
}

fn boolean(term: &Term) -> Option<bool> {
    term.as_atom().filter(|atom| [Atom::TRUE, Atom::FALSE].contains(atom)).map(|atom| atom == Atom::TRUE)
}

fn function(name: &str, arity: usize) -> Option<Function> {
    match arity {
        0 => match name {
            "self" => Some(|_, run| Ok(run.me.into())),
            "node" => Some(|_, run| Ok(run.atoms.node(run.me.node()).into())),
            _ => None,
        },
        1 => test(name).or_else(|| of_one(name)),
        2 => comparison(name).or_else(|| of_two(name)),
        3 => match name {
            "is_record" => Some(|args, _| {
                Ok(args[0]
                    .as_tuple()
                    .is_some_and(|terms| {
                        terms.first() == Some(&args[1]) && Some(terms.len() as i64) == args[2].as_int()
                    })
                    .into())
            }),
            "binary_part" => Some(|args, run| super::super::natives::binary::part(args, run.atoms)),
            _ => None,
        },
        _ => None,
    }
}

fn test(name: &str) -> Option<Function> {
    Some(match name {
        "is_atom" => |args, _| Ok(matches!(args[0], Term::Atom(_)).into()),
        "is_float" => |args, _| Ok(matches!(args[0], Term::Float(_)).into()),
        "is_integer" => |args, _| Ok(matches!(args[0], Term::Int(_) | Term::Big(_)).into()),
        "is_list" => |args, _| Ok(matches!(args[0], Term::Nil | Term::Cons(_)).into()),
        "is_number" => |args, _| Ok(matches!(args[0], Term::Int(_) | Term::Big(_) | Term::Float(_)).into()),
        "is_pid" => |args, _| Ok(matches!(args[0], Term::Pid(_)).into()),
        "is_port" => |_, _| Ok(false.into()),
        "is_reference" => |args, _| Ok(matches!(args[0], Term::Ref(_)).into()),
        "is_tuple" => |args, _| Ok(matches!(args[0], Term::Tuple(_)).into()),
        "is_map" => |args, _| Ok(matches!(args[0], Term::Map(_)).into()),
        "is_binary" => |args, _| Ok(matches!(&args[0], Term::Bits(bits) if bits.is_binary()).into()),
        "is_function" => |args, _| Ok(matches!(args[0], Term::Fun(_)).into()),
        "not" => |args, _| boolean(&args[0]).map(|value| (!value).into()).ok_or_else(Raise::badarg),
        _ => return None,
    })
}

fn of_one(name: &str) -> Option<Function> {
    Some(match name {
        "+" => |args, _| arithmetic::plus(&args[0]),
        "-" => |args, _| arithmetic::negate(&args[0]),
        "bnot" => |args, _| arithmetic::bit_not(&args[0]),
        "abs" => |args, _| arithmetic::absolute(&args[0]),
        "float" => |args, _| arithmetic::float(&args[0]),
        "trunc" => |args, _| arithmetic::whole(&args[0], f64::trunc),
        "round" => |args, _| arithmetic::whole(&args[0], f64::round),
        "hd" => |args, _| cell(&args[0]).map(|cons| cons.head().clone()),
        "tl" => |args, _| cell(&args[0]).map(|cons| cons.tail().clone()),
        "length" => |args, _| args[0].as_list().map(|list| count(list.len())).ok_or_else(Raise::badarg),
        "size" => |args, _| match &args[0] {
            Term::Tuple(terms) => Ok(count(terms.len())),
            Term::Bits(bits) => Ok(count(bits.len() / 8)),
            _ => Err(Raise::badarg()),
        },
        "bit_size" => |args, _| bits(&args[0]).map(count),
        "byte_size" => |args, _| bits(&args[0]).map(|len| count(len.div_ceil(8))),
        "map_size" => |args, _| map(&args[0]).map(|map| count(map.len())),
        "node" => |args, run| {
            args[0].as_pid().map(|pid| run.atoms.node(pid.node()).into()).ok_or_else(Raise::badarg)
        },
        _ => return None,
    })
}

fn of_two(name: &str) -> Option<Function> {
    Some(match name {
        "+" => |args, _| arithmetic::add(&args[0], &args[1]),
        "-" => |args, _| arithmetic::subtract(&args[0], &args[1]),
        "*" => |args, _| arithmetic::multiply(&args[0], &args[1]),
        "/" => |args, _| arithmetic::divide(&args[0], &args[1]),
        "div" => |args, _| arithmetic::quotient(&args[0], &args[1]),
        "rem" => |args, _| arithmetic::remainder(&args[0], &args[1]),
        "band" => |args, _| arithmetic::bit_and(&args[0], &args[1]),
        "bor" => |args, _| arithmetic::bit_or(&args[0], &args[1]),
        "bxor" => |args, _| arithmetic::bit_xor(&args[0], &args[1]),
        "bsl" => |args, _| arithmetic::shift_left(&args[0], &args[1]),
        "bsr" => |args, _| arithmetic::shift_right(&args[0], &args[1]),
        "xor" => |args, _| {
            let (left, right) = (boolean(&args[0]), boolean(&args[1]));
            left.zip(right).map(|(left, right)| (left != right).into()).ok_or_else(Raise::badarg)
        },
        "element" => |args, _| {
            let place = args[0].as_int().and_then(|place| usize::try_from(place).ok()?.checked_sub(1));
            let element = args[1].as_tuple().and_then(|terms| terms.get(place?));
            element.cloned().ok_or_else(Raise::badarg)
        },
        "map_get" => |args, _| map(&args[1])?.get(&args[0]).cloned().ok_or_else(Raise::badarg),
        "is_map_key" => |args, _| Ok(map(&args[1])?.get(&args[0]).is_some().into()),
        "binary_part" => |args, run| super::super::natives::binary::part(args, run.atoms),
        _ => return None,
    })
}

fn comparison(name: &str) -> Option<Function> {
    Some(match name {
        "=:=" => |args, _| Ok((args[0] == args[1]).into()),
        "=/=" => |args, _| Ok((args[0] != args[1]).into()),
        "==" => |args, _| Ok(args[0].equals(&args[1]).into()),
        "/=" => |args, _| Ok((!args[0].equals(&args[1])).into()),
        "<" => |args, run| Ok((order(args, run) == Ordering::Less).into()),
        ">" => |args, run| Ok((order(args, run) == Ordering::Greater).into()),
        "=<" => |args, run| Ok((order(args, run) != Ordering::Greater).into()),
        ">=" => |args, run| Ok((order(args, run) != Ordering::Less).into()),
        _ => return None,
    })
}

fn order(args: &[Term], run: &Run) -> Ordering {
    args[0].compare(&args[1], run.atoms)
}

fn count(value: usize) -> Term {
    Term::Int(value as i64)
}

fn cell(term: &Term) -> Result<&super::super::term::Cons, Raise> {
    if let Term::Cons(cons) = term { Ok(cons) } else { Err(Raise::badarg()) }
}

fn bits(term: &Term) -> Result<usize, Raise> {
    if let Term::Bits(bits) = term { Ok(bits.len()) } else { Err(Raise::badarg()) }
}

fn map(term: &Term) -> Result<&Map, Raise> {
    if let Term::Map(map) = term { Ok(map) } else { Err(Raise::badarg()) }
}

/// The number of `'$N'`, if that is what an atom is.
pub(super) fn variable(atom: Atom, atoms: &Atoms) -> Option<u32> {
    let digits = atoms.text(atom).strip_prefix('$')?;
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| all && *number < 100_000_000)
}
