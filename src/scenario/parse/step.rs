//! Reading one line: its arguments from left to right, its properties by name, then its block.
//!
//! Every method reports what is wrong by itself and returns `None`; a caller only passes it on.

mod arguments;
mod properties;

use kdl::{KdlDocument, KdlEntry, KdlNode};

use super::super::ast::{Name, Span, Value, ValueKind};
use super::super::mistake::Mistake;
use super::parser::Parser;
use super::scope::{Code, Scope};
use super::value;
use super::words::{hint, nearest};

/// Among more variables than this nobody looks for one that a misspelt one resembles: each that is missing would look
/// at all others.
const RESEMBLING: usize = 200;

/// One KDL node, and what of it has been read.
pub struct OpenLine<'n> {
    /// Its first word.
    pub word: &'n str,
    /// Where the first word stands.
    pub word_span: Span,
    /// Where the line stands, without its block.
    pub span: Span,
    /// How such a line looks, for hints.
    pub usage: &'static str,
    arguments: Vec<&'n KdlEntry>,
    next: usize,
    properties: Vec<&'n KdlEntry>,
    asked: Vec<&'static str>,
    block: Option<&'n KdlDocument>,
    block_taken: bool,
}

impl<'n> OpenLine<'n> {
    pub fn new(node: &'n KdlNode) -> Self {
        let name = node.name().span();
        let word_span = Span::new(name.offset(), name.offset() + name.len());
        let (properties, arguments): (Vec<_>, Vec<_>) =
            node.entries().iter().partition(|entry| entry.name().is_some());
        let last = node.entries().last().map_or(word_span, value::entry_span);
        Self {
            word: node.name().value(),
            word_span,
            span: word_span.to(last),
            usage: "",
            arguments,
            next: 0,
            properties,
            asked: Vec::new(),
            block: node.children(),
            block_taken: false,
        }
    }
}

/// A line being read in its scope.
pub struct Step<'a, 't, 'n> {
    pub parser: &'a mut Parser<'t>,
    pub scope: &'a mut Scope,
    pub line: OpenLine<'n>,
}

impl<'a, 't, 'n> Step<'a, 't, 'n> {
    pub fn new(
        parser: &'a mut Parser<'t>,
        scope: &'a mut Scope,
        node: &'n KdlNode,
        usage: &'static str,
    ) -> Self {
        if let Some(ty) = node.ty() {
            let span = Span::new(ty.span().offset(), ty.span().offset() + ty.span().len());
            let message = format!("`{}` cannot carry a tag", node.name().value());
            parser.report(Mistake::new(span, message, "this tag"));
        }
        Self { parser, scope, line: OpenLine { usage, ..OpenLine::new(node) } }
    }

    /// Reads a line whose first word is itself the first argument: a condition in a property.
    pub fn leading(
        parser: &'a mut Parser<'t>,
        scope: &'a mut Scope,
        node: &'n KdlNode,
        led: &'n KdlEntry,
    ) -> Self {
        let mut step = Self::new(parser, scope, node, "");
        step.line.arguments.insert(0, led);
        step
    }

    pub fn report(&mut self, mistake: Mistake) {
        self.parser.report(mistake);
    }

    /// Reports, with the usage of the line as the hint.
    pub fn misused(&mut self, span: Span, message: String, label: &str) {
        let mistake = Mistake::new(span, message, label);
        let mistake = match self.line.usage {
            "" => mistake,
            usage => mistake.with_help(format!("usage: `{usage}`")),
        };
        self.report(mistake);
    }

    /// The block, which the line must have.
    pub fn block(&mut self) -> Option<&'n KdlDocument> {
        self.line.block_taken = true;
        if self.line.block.is_none() {
            let message = format!("`{}` needs a block", self.line.word);
            let end = self.line.span.end;
            self.misused(Span::new(self.line.span.start, end), message, "no `{ … }` follows");
        }
        self.line.block
    }

    /// The block, if the line has one.
    pub fn optional_block(&mut self) -> Option<&'n KdlDocument> {
        self.line.block_taken = true;
        self.line.block
    }

    /// Whether the line has a block.
    pub fn has_block(&self) -> bool {
        self.line.block.is_some()
    }

    /// Reports what of the line nobody has asked for.
    pub fn finish(&mut self) {
        if let Some(extra) = self.line.arguments.get(self.line.next) {
            let message = format!("`{}` takes no further value", self.line.word);
            self.misused(value::entry_span(extra), message, "one too many");
        }
        self.finish_properties();
        if self.line.block.is_some() && !self.line.block_taken {
            let message = format!("`{}` has no block", self.line.word);
            self.misused(self.line.span, message, "this line is followed by one");
        }
    }

    /// What the line says after its first word, without some of its properties: the values as they are written,
    /// each separated by one blank, then the properties by name.
    pub fn words_without(&self, properties: &[&str]) -> String {
        let name = |entry: &KdlEntry| entry.name().map(|name| name.value().to_owned());
        let mut named: Vec<_> = self
            .line
            .properties
            .iter()
            .filter(|entry| !name(entry).is_some_and(|it| properties.contains(&it.as_str())))
            .collect();
        named.sort_by_key(|entry| name(entry));
        let all = self.line.arguments.iter().chain(named);
        let written = all.map(|entry| {
            let span = value::entry_span(entry);
            self.parser.text[span.start..span.end].split_whitespace().collect::<Vec<_>>().join(" ")
        });
        written.collect::<Vec<_>>().join(" ")
    }

    /// Counts every variable of the line as bound, so that one mistake is told once.
    pub fn forgive(&mut self) {
        let entries = self.line.arguments.iter().chain(&self.line.properties);
        let names = entries.filter_map(|entry| value::variable(entry)).map(str::to_owned);
        self.scope.bound.extend(names);
    }

    /// Whether a variable has a value here.
    pub fn is_bound(&self, name: &str) -> bool {
        self.scope.bound.contains(name)
            || self.scope.state.variables.contains(name)
            || self.parser.names.shared.contains_key(name)
    }

    fn check_bound(&mut self, name: &str, span: Span) {
        if self.is_bound(name) {
            return;
        }
        let (bound, state) = (self.scope.bound.iter(), self.scope.state.variables.iter());
        let known = state.chain(bound).chain(self.parser.names.shared.keys()).map(String::as_str);
        let known: Vec<&str> = known.take(RESEMBLING).collect();
        let message = format!("`${name}` has no value here");
        let mistake = Mistake::new(span, message, "nothing before binds it");
        let help = match nearest(name, &known) {
            Some(nearest) => format!("did you mean `${nearest}`?"),
            None if self.scope.place == Code::Outside => {
                "only `shared` variables can be read here".to_owned()
            }
            None => "a pattern, `as=`, `bind`, `var` or `shared` gives a variable its value".into(),
        };
        self.report(mistake.with_help(help));
        // One mistake is enough for one variable.
        self.scope.bound.insert(name.to_owned());
    }

    /// Checks a value that is read: every variable has one, and nothing is left open.
    pub fn check_reading(&mut self, value: &Value) {
        match &value.kind {
            ValueKind::Variable(name) => self.check_bound(name, value.span),
            ValueKind::Wildcard => {
                let mistake = Mistake::new(value.span, "`_` is not a value", "only for patterns");
                self.report(mistake);
            }
            ValueKind::SelfPid if self.scope.place == Code::Outside => {
                let mistake = Mistake::new(value.span, "nobody is `self` here", "no process");
                self.report(mistake);
            }
            ValueKind::Tuple(values) | ValueKind::List(values) => {
                values.iter().for_each(|value| self.check_reading(value));
            }
            ValueKind::Map(pairs) => pairs.iter().for_each(|(key, value)| {
                self.check_reading(key);
                self.check_reading(value);
            }),
            ValueKind::Atom(_) | ValueKind::Int(_) | ValueKind::Text(_) | ValueKind::SelfPid => (),
        }
    }

    /// Binds the variables of a pattern. A key of a map is read and not bound.
    pub fn check_pattern(&mut self, pattern: &Value) {
        match &pattern.kind {
            ValueKind::Variable(name) => {
                if !self.is_bound(name) {
                    self.scope.bound.insert(name.clone());
                }
            }
            ValueKind::Tuple(values) | ValueKind::List(values) => {
                values.iter().for_each(|value| self.check_pattern(value));
            }
            ValueKind::Map(pairs) => pairs.iter().for_each(|(key, value)| {
                self.check_reading(key);
                self.check_pattern(value);
            }),
            ValueKind::Atom(_)
            | ValueKind::Int(_)
            | ValueKind::Text(_)
            | ValueKind::SelfPid
            | ValueKind::Wildcard => (),
        }
    }

    /// Reports a look at the last result where nothing before can have left one.
    pub fn check_result(&mut self) {
        if !self.scope.has_result {
            let message = "there is no result yet";
            let mistake = Mistake::new(self.line.span, message, "nothing before it has one");
            let help = "a result is what `call`, `start_link` and their like leave";
            self.report(mistake.with_help(help));
        }
    }

    /// Binds a variable that the line itself names.
    pub fn bind_variable(&mut self, name: &Name) {
        let message = if self.scope.state.variables.contains(&name.text) {
            Some(format!("`{}` is a `var` of this server", name.text))
        } else if self.parser.names.shared.contains_key(&name.text) {
            Some(format!("`{}` is a `shared` variable", name.text))
        } else {
            None
        };
        if let Some(message) = message {
            let mistake = Mistake::new(name.span, message, "would hide it");
            let help = format!("take another name; `set {} …` changes it", name.text);
            self.report(mistake.with_help(help));
        }
        self.scope.bound.insert(name.text.clone());
    }
}

/// A name that nothing defines, and what might have been meant.
pub fn unknown<K: AsRef<str>>(
    what: &str,
    name: &Name,
    known: impl IntoIterator<Item = K>,
    advice: &str,
) -> Mistake {
    let known: Vec<K> = known.into_iter().collect();
    let known: Vec<&str> = known.iter().map(K::as_ref).collect();
    let message = format!("there is no {what} called `{}`", name.text);
    let mistake = Mistake::new(name.span, message, format!("unknown {what}"));
    let help = nearest(&name.text, &known)
        .map(|nearest| format!("did you mean `{nearest}`?"))
        .or_else(|| (!advice.is_empty()).then(|| advice.to_owned()))
        .or_else(|| hint(&name.text, &known));
    Mistake { help, ..mistake }
}

/// Several values in a row are a tuple, one alone is itself.
pub fn row(mut values: Vec<Value>) -> Option<Value> {
    let span = values.first()?.span.to(values.last()?.span);
    match values.len() {
        1 => values.pop(),
        _ => Some(Value { kind: ValueKind::Tuple(values), span }),
    }
}
