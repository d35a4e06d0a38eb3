//! Terms as the machine has them, and as everybody else has them.
//!
//! The terms of messages and reasons cannot say all that Erlang can. What they cannot say is a tuple with a tag that
//! no program writes, and is found again behind it. OTP's own messages are known by their form, so that scripted
//! processes, the story and the oracles see a call where code sends one.

use num_bigint::BigInt;

use crate::code::bits::Bits;
use crate::code::term::{Fun, Map, Term as Value};
use crate::kernel::{Atom, Atoms, Object, Received, Ref, Term};
use crate::otp::{From, Message, Request, Started};

use super::super::Script;

/// A machine's term as others have it.
pub fn outward(value: &Value) -> Term {
    match value {
        Value::Nil => Term::list([]),
        Value::Atom(atom) => Term::Atom(*atom),
        Value::Int(value) => Term::Int(*value),
        Value::Pid(pid) => Term::Pid(*pid),
        Value::Ref(reference) => Term::Ref(*reference),
        Value::Tuple(elements) => Term::tuple(elements.iter().map(outward)),
        Value::Map(map) => Term::map(map.iter().map(|(key, value)| (outward(key), outward(value)))),
        Value::Cons(_) => {
            let mut items = value.items();
            let elements: Vec<Term> = items.by_ref().map(outward).collect();
            match items.tail() {
                Value::Nil => Term::list(elements),
                tail => Term::tuple([Atom::IMPROPER_TAG.into(), Term::list(elements), outward(tail)]),
            }
        }
        Value::Bits(bits) => of_bits(bits),
        Value::Matcher(matcher) => of_bits(&matcher.tail()),
        Value::Float(float) => Term::tagged(Atom::FLOAT_TAG, Term::Int(float.value().to_bits() as i64)),
        Value::Big(value) => Term::tagged(Atom::BIG_TAG, Term::Text(value.to_string().into())),
        Value::Fun(fun) => match &**fun {
            Fun::Local { module, index, arity, free } => Term::tuple([
                Atom::FUN_TAG.into(),
                (*module).into(),
                Term::Int(i64::from(*index)),
                Term::Int(i64::from(*arity)),
                Term::list(free.iter().map(outward)),
            ]),
            Fun::External { module, function, arity } => {
                let arity = Term::Int(i64::from(*arity));
                Term::tuple([Atom::EXTERNAL_TAG.into(), (*module).into(), (*function).into(), arity])
            }
        },
    }
}

fn of_bits(bits: &Bits) -> Term {
    match std::str::from_utf8(&bits.bytes()) {
        Ok(text) if bits.is_binary() => Term::Text(text.into()),
        _ => {
            let bytes = bits.bytes().iter().map(|byte| Term::Int(i64::from(*byte))).collect::<Vec<_>>();
            Term::tuple([Atom::BITS_TAG.into(), Term::list(bytes), Term::Int(bits.len() as i64)])
        }
    }
}

/// A term of others as the machine has it.
pub fn inward(term: &Term, atoms: &Atoms) -> Value {
    match term {
        Term::Atom(atom) => Value::Atom(*atom),
        Term::Int(value) => Value::Int(*value),
        Term::Text(text) => Value::binary(text.as_bytes()),
        Term::Pid(pid) => Value::Pid(*pid),
        Term::Ref(reference) => Value::Ref(*reference),
        Term::List(terms, _) => Value::list(terms.iter().map(|term| inward(term, atoms)).collect::<Vec<_>>()),
        Term::Map(pairs, _) => {
            let pairs = pairs.iter().map(|(key, value)| (inward(key, atoms), inward(value, atoms)));
            Value::Map(Map::of(pairs.collect::<Vec<_>>(), atoms))
        }
        Term::Tuple(terms, _) => {
            tagged(terms, atoms).unwrap_or_else(|| Value::tuple(terms.iter().map(|term| inward(term, atoms))))
        }
    }
}

/// What a tuple with one of the tags stands for.
fn tagged(terms: &[Term], atoms: &Atoms) -> Option<Value> {
    let small = |term: &Term| match term {
        Term::Int(value) => Some(*value),
        _ => None,
    };
    match terms {
        [Term::Atom(Atom::FLOAT_TAG), Term::Int(bits)] => Value::float(f64::from_bits(*bits as u64)),
        [Term::Atom(Atom::BIG_TAG), Term::Text(digits)] => {
            Some(Value::integer(digits.parse::<BigInt>().ok()?))
        }
        [Term::Atom(Atom::BITS_TAG), Term::List(bytes, _), Term::Int(len)] => {
            let bytes: Option<Vec<u8>> = bytes.iter().map(|byte| Some(small(byte)? as u8)).collect();
            Some(Value::Bits(Bits::owning(bytes?, *len as u64)))
        }
        [Term::Atom(Atom::IMPROPER_TAG), Term::List(elements, _), tail] => {
            let elements: Vec<Value> = elements.iter().map(|term| inward(term, atoms)).collect();
            Some(Value::list_onto(elements, inward(tail, atoms)))
        }
        [
            Term::Atom(Atom::FUN_TAG),
            Term::Atom(module),
            Term::Int(index),
            Term::Int(arity),
            Term::List(free, _),
        ] => {
            let free = free.iter().map(|term| inward(term, atoms)).collect();
            let (index, arity) = (*index as u32, *arity as u8);
            Some(Value::Fun(Fun::Local { module: *module, index, arity, free }.into()))
        }
        [Term::Atom(Atom::EXTERNAL_TAG), Term::Atom(module), Term::Atom(function), Term::Int(arity)] => {
            let (module, function, arity) = (*module, *function, *arity as u8);
            Some(Value::Fun(Fun::External { module, function, arity }.into()))
        }
        _ => None,
    }
}

/// A message that code sends, as others know it.
pub fn message(value: &Value) -> Message<Script> {
    known(value).unwrap_or_else(|| Message::Info(outward(value)))
}

fn known(value: &Value) -> Option<Message<Script>> {
    match value.as_tuple()? {
        [Value::Atom(Atom::GEN_CALL), from, request] => {
            let (pid, tag) = match from.as_tuple()? {
                [Value::Pid(pid), tag] => (*pid, tag),
                _ => return None,
            };
            let (tag, alias) = reference(tag)?;
            Some(Message::Call { from: From { pid, tag, alias }, request: Request::User(outward(request)) })
        }
        [Value::Atom(Atom::GEN_CAST), request] => Some(Message::Cast(outward(request))),
        [Value::Atom(Atom::ACK), Value::Pid(child), result] => {
            let result = Started::of(outward(result));
            Some(Message::Ack { child: *child, result, dying: false })
        }
        [tag, reply] => {
            let (tag, alias) = reference(tag)?;
            Some(Message::Reply { tag, reply: outward(reply), alias })
        }
        _ => None,
    }
}

/// A reference, or `[alias | Reference]`.
fn reference(term: &Value) -> Option<(Ref, bool)> {
    match term {
        Value::Ref(reference) => Some((*reference, false)),
        Value::Cons(cons) if cons.head().is(Atom::ALIAS) => match cons.tail() {
            Value::Ref(reference) => Some((*reference, true)),
            _ => None,
        },
        _ => None,
    }
}

/// What lies in a mailbox, as code finds it.
pub fn received(received: &Received<Message<Script>>, atoms: &Atoms) -> Value {
    let tag = |tag: Ref, alias: bool| match alias {
        true => Value::cons(Atom::ALIAS.into(), tag.into()),
        false => tag.into(),
    };
    match received {
        Received::Message(Message::Call { from, request }) => {
            let from = Value::tuple([from.pid.into(), tag(from.tag, from.alias)]);
            Value::tuple([Atom::GEN_CALL.into(), from, inward(&request.term(), atoms)])
        }
        Received::Message(Message::Reply { tag: of, reply, alias }) => {
            Value::tuple([tag(*of, *alias), inward(reply, atoms)])
        }
        Received::Message(other) => inward(&other.term(), atoms),
        Received::Exit { from, reason } => {
            Value::tuple([Atom::EXIT.into(), (*from).into(), inward(reason, atoms)])
        }
        Received::Down { reference, object, reason } => {
            let object = match object {
                Object::Pid(pid) => Value::Pid(*pid),
                Object::Name(name, node) => Value::tuple([(*name).into(), (*node).into()]),
            };
            let (down, process) = (Atom::DOWN.into(), Atom::PROCESS.into());
            Value::tuple([down, (*reference).into(), process, object, inward(reason, atoms)])
        }
    }
}
