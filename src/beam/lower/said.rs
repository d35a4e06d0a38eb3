//! Statements without blocks, as Erlang terms: the word and its operands. What a statement does, the driver knows.

use crate::scenario::ast::{NewChild, Registration, Said, StartedModule};

use super::program::Program;
use super::value::{
    atom, duration, entry, list, name, pattern, pool, registered, reports, target, text, tuple, value,
    values, variable, via,
};

impl Program<'_> {
    /// A statement or an operand.
    pub(super) fn said(&mut self, said: Said<'_>) -> String {
        match said {
            Said::Words(word, operands) => {
                let operands: Vec<String> = operands.into_iter().map(|said| self.said(said)).collect();
                word_with(word, operands)
            }
            Said::Nothing => "none".to_owned(),
            Said::Word(word) => word.to_owned(),
            Said::Text(said) => text(said),
            Said::Default(term) => format!("{{k,{term}}}"),
            Said::Number(number) => number.to_string(),
            Said::Value(said) => value(said),
            Said::Values(said) => values(said),
            Said::Pattern(said) => pattern(said),
            Said::Target(said) => target(said),
            Said::Targets(said) => list(said.iter().map(target)),
            Said::Name(said) => name(said),
            Said::Names(said) => list(said.iter().map(name)),
            Said::Registered(said) => registered(&said.text),
            Said::Time(said) => duration(said),
            Said::Entry(said) => entry(said),
            Said::Pool(said) => pool(said),
            Said::Via(said) => via(said),
            Said::Shutdown(said) => self.shutdown(said),
            Said::Process(said) => format!("{{{},{}}}", self.what(&said.text), name(said)),
            Said::Started(said) => self.started(said),
            Said::Child(said) => self.new_child(said),
            Said::Init(said) => self.new_init(said),
            Said::SpecOf(said) => super::child_spec::source(said),
            Said::Overrides(said) => {
                self.overrides(said, |said| Some(value(said)), |term| format!("{{k,{term}}}"))
            }
            Said::Reports(said) => reports(said),
            Said::Counts(said) => {
                list(said.iter().map(|(which, number)| format!("{{{},{number}}}", which.word())))
            }
        }
    }

    /// `{What, Label, Name}`
    fn started(&self, started: &StartedModule) -> String {
        let StartedModule { module, name: registration } = started;
        let taken = self.started_name(registration, &module.text);
        let label = taken.clone().unwrap_or_else(|| module.text.clone());
        let taken = match self.registration(registration, &module.text) {
            Registration::Via(name) => via(name),
            Registration::Variable(name) => variable(name),
            _ => taken.map_or("{k,undefined}".to_owned(), |name| format!("{{k,{}}}", registered(&name))),
        };
        format!("{{{},{},{taken}}}", self.what(&module.text), atom(&label))
    }

    fn new_child(&mut self, child: &NewChild) -> String {
        match child {
            NewChild::Module { module, arguments, options } if self.is_task(&module.text) => {
                let (restart, shutdown) = self.task_options(options);
                let spec = self.started_spec(module, options);
                format!("{{task,{},{},{spec},{restart},{shutdown}}}", name(module), values(arguments))
            }
            NewChild::Module { module, arguments, options } => {
                let spec = self.started_spec(module, options);
                match &options.name {
                    Registration::Via(name) => tuple("named", [spec, via(name), values(arguments)]),
                    Registration::Variable(name) => tuple("named", [spec, variable(name), values(arguments)]),
                    _ => tuple("spec", [spec, values(arguments)]),
                }
            }
            NewChild::Node(child) => format!("{{spec,{},[]}}", self.drawn_spec(child, false)),
            NewChild::Raw(spec) => tuple("raw", [value(spec)]),
            NewChild::Arguments(arguments) => tuple("arguments", [values(arguments)]),
        }
    }
}

/// `{start_child, …}` of `StartChild`.
fn word_with(word: &str, operands: Vec<String>) -> String {
    let mut snake = String::new();
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    format!("{{{}}}", std::iter::once(snake).chain(operands).collect::<Vec<_>>().join(","))
}
