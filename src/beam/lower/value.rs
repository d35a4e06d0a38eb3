//! Values, patterns, targets and durations as Erlang terms.

use crate::otp::Level;
use crate::scenario::ast::{
    Duration, DurationKind, Entry, Name, Pool, Reports, Target, Value, ValueKind, Via,
};
use crate::scenario::global;

/// An atom, always quoted.
pub(super) fn atom(text: &str) -> String {
    let mut quoted = String::from("'");
    for letter in text.chars() {
        match letter {
            '\'' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            '\n' => quoted.push_str("\\n"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('\'');
    quoted
}

/// The name of something.
pub(super) fn name(name: &Name) -> String {
    atom(&name.text)
}

/// A registered name: an atom, or `{global, Name}`.
pub(super) fn registered(text: &str) -> String {
    global::inner(text).map_or_else(|| atom(text), |name| format!("{{global,{}}}", atom(name)))
}

/// What is there, or `none`.
pub(super) fn optional<T>(said: Option<&T>, lowered: impl FnOnce(&T) -> String) -> String {
    said.map_or_else(|| "none".to_owned(), lowered)
}

/// `{word, a, b}`
pub(super) fn tuple(word: &str, elements: impl IntoIterator<Item = String>) -> String {
    let elements: Vec<String> = elements.into_iter().collect();
    format!("{{{word},{}}}", elements.join(","))
}

/// A list as Erlang writes it: `[a, b]`
pub(super) fn list(elements: impl IntoIterator<Item = String>) -> String {
    let elements: Vec<String> = elements.into_iter().collect();
    format!("[{}]", elements.join(","))
}

/// A text: the binary that Elixir's strings are.
pub(super) fn text(said: &str) -> String {
    let bytes: Vec<String> = said.bytes().map(|byte| byte.to_string()).collect();
    format!("<<{}>>", bytes.join(","))
}

/// A value without variables, as itself; none if it has some.
pub(super) fn constant(value: &Value) -> Option<String> {
    let all = |values: &[Value]| -> Option<String> {
        Some(values.iter().map(constant).collect::<Option<Vec<_>>>()?.join(","))
    };
    Some(match &value.kind {
        ValueKind::Atom(text) => atom(text),
        ValueKind::Int(number) => number.to_string(),
        ValueKind::Text(said) => text(said),
        ValueKind::Tuple(values) => format!("{{{}}}", all(values)?),
        ValueKind::List(values) => format!("[{}]", all(values)?),
        ValueKind::Map(pairs) => {
            let pairs: Option<Vec<String>> = pairs
                .iter()
                .map(|(key, value)| Some(format!("{}=>{}", constant(key)?, constant(value)?)))
                .collect();
            format!("#{{{}}}", pairs?.join(","))
        }
        ValueKind::Variable(_) | ValueKind::SelfPid | ValueKind::Wildcard => return None,
    })
}

/// A value that the driver computes.
pub(super) fn value(value: &Value) -> String {
    match constant(value) {
        Some(constant) => format!("{{k,{constant}}}"),
        None => composed(value),
    }
}

/// Several of them.
pub(super) fn values(values: &[Value]) -> String {
    list(values.iter().map(value))
}

/// A pattern. A map in a pattern asks only for the keys that it names, so it is never a constant.
pub(super) fn pattern(value: &Value) -> String {
    match constant(value) {
        Some(constant) if !value.holds_map() => format!("{{k,{constant}}}"),
        _ => composed(value),
    }
}

fn composed(term: &Value) -> String {
    let all = |values: &[Value]| list(values.iter().map(pattern));
    match &term.kind {
        ValueKind::Variable(name) => format!("{{v,{}}}", atom(name)),
        ValueKind::SelfPid => "self".to_owned(),
        ValueKind::Wildcard => "any".to_owned(),
        ValueKind::Tuple(values) => format!("{{t,{}}}", all(values)),
        ValueKind::List(values) => format!("{{l,{}}}", all(values)),
        ValueKind::Map(pairs) => {
            let pairs = pairs.iter().map(|(key, entry)| format!("{{{},{}}}", value(key), pattern(entry)));
            format!("{{m,{}}}", list(pairs))
        }
        ValueKind::Atom(_) | ValueKind::Int(_) | ValueKind::Text(_) => value(term),
    }
}

/// Whom an operation is for.
pub(super) fn target(target: &Target) -> String {
    match target {
        Target::Name(name) => format!("{{k,{}}}", registered(&name.text)),
        Target::Variable(name) => variable(name),
        Target::SelfPid(_) => "self".to_owned(),
        Target::Via(name) => via(name),
        Target::AnyChild(supervisor) => {
            let nobody = atom(&format!("(any){}", supervisor.text));
            format!("{{k,{{'(any)',{},{nobody}}}}}", name(supervisor))
        }
        Target::Remote(whom, node) => format!("{{k,{{{},{}}}}}", name(whom), name(node)),
    }
}

/// What a variable holds.
pub(super) fn variable(variable: &Name) -> String {
    format!("{{v,{}}}", name(variable))
}

/// Milliseconds, `infinity`, or a variable that says how many.
pub(super) fn duration(duration: &Duration) -> String {
    match &duration.kind {
        DurationKind::Milliseconds(time) => format!("{{k,{time}}}"),
        DurationKind::Infinity => "{k,infinity}".to_owned(),
        DurationKind::Variable(name) => format!("{{v,{}}}", atom(name)),
    }
}

/// The same with a default.
pub(super) fn duration_or(said: Option<&Duration>, default: impl std::fmt::Display) -> String {
    said.map_or_else(|| format!("{{k,{default}}}"), duration)
}

/// Which reports are counted.
pub(super) fn reports(wanted: &Reports) -> String {
    let or_any = |said: Option<&Value>| said.map_or_else(|| "any".to_owned(), value);
    let level = wanted.level.map_or("any", Level::word);
    let (child, reason) = (or_any(wanted.child.as_ref()), or_any(wanted.reason.as_ref()));
    let (supervisor, kind) = (name(&wanted.supervisor), wanted.kind.word());
    format!("{{{supervisor},{kind},{child},{reason},{level}}}")
}

/// An entry: two elements of a tuple.
pub(super) fn entry(entry: &Entry) -> String {
    format!("{},{}", name(&entry.registry), value(&entry.key))
}

/// Whoever keeps names, as it is named itself.
pub(super) fn pool(said: &Pool) -> String {
    said.via.as_deref().map_or_else(|| name(&said.name), known_via)
}

/// A name that somebody else keeps, to be computed.
pub(super) fn via(said: &Via) -> String {
    let module = atom(&format!("Elixir.{}", said.module.word()));
    let value_of_name = said.value.as_ref().map(|it| format!(",{}", value(it))).unwrap_or_default();
    let holder = pool(&said.holder);
    format!("{{t,[{{k,via}},{{k,{module}}},{{t,[{{k,{holder}}},{}{value_of_name}]}}]}}", value(&said.key))
}

/// The same as a term, where no code runs that could give a variable its value.
pub(super) fn known_via(said: &Via) -> String {
    let holder = pool(&said.holder);
    let parts = [Some(holder), constant(&said.key), said.value.as_ref().and_then(constant)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{{via,{},{{{}}}}}", atom(&format!("Elixir.{}", said.module.word())), parts.join(","))
}
