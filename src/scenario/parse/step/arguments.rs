//! The arguments of a line, from left to right.

use kdl::{KdlEntry, KdlValue};

use super::super::super::ast::{Duration, DurationKind, Name, Spanned, Target, Value, ValueKind};
use super::super::super::global;
use super::super::super::mistake::Mistake;
use super::super::scope::Code;
use super::super::value::{self, Text};
use super::{Step, row, unknown};

impl<'n> Step<'_, '_, 'n> {
    /// The next argument, unread.
    pub fn peek(&self) -> Option<&'n KdlEntry> {
        self.line.arguments.get(self.line.next).copied()
    }

    /// The argument after the next one, unread.
    pub fn peek_second(&self) -> Option<&'n KdlEntry> {
        self.peek_at(1)
    }

    /// The argument so many after the next one, unread.
    pub fn peek_at(&self, distance: usize) -> Option<&'n KdlEntry> {
        self.line.arguments.get(self.line.next + distance).copied()
    }

    /// Whether all arguments are read.
    pub fn at_end(&self) -> bool {
        self.peek().is_none()
    }

    /// The next argument if it is a bare word, unread.
    pub fn peek_word(&self) -> Option<&'n str> {
        self.peek().and_then(bare_word)
    }

    /// The argument after the next one if it is a bare word, unread.
    pub fn peek_second_word(&self) -> Option<&'n str> {
        self.peek_second().and_then(bare_word)
    }

    /// Whether the next argument is `$name`.
    pub fn peeks_variable(&self) -> bool {
        self.peek().and_then(value::variable).is_some()
    }

    /// Skips an argument that has been peeked at.
    pub fn skip(&mut self) {
        self.line.next += 1;
    }

    fn next(&mut self, what: &str) -> Option<&'n KdlEntry> {
        let entry = self.peek();
        self.line.next += 1;
        if entry.is_none() {
            let message = format!("`{}` needs {what}", self.line.word);
            self.misused(self.line.span, message, &format!("{what} is missing"));
        }
        entry
    }

    /// A name: a bare or a quoted word.
    pub fn name(&mut self, what: &str) -> Option<Name> {
        let entry = self.next(what)?;
        self.entry_name(entry, what)
    }

    /// A name, if another argument follows.
    pub fn optional_name(&mut self, what: &str) -> Option<Option<Name>> {
        if self.at_end() { Some(None) } else { self.name(what).map(Some) }
    }

    /// All further arguments as names, at least one.
    pub fn names(&mut self, what: &str) -> Option<Vec<Name>> {
        let mut names = vec![self.name(what)?];
        while !self.at_end() {
            names.push(self.name(what)?);
        }
        Some(names)
    }

    /// `(global)NAME`, if the entry is one.
    pub fn global_name(&self, entry: &KdlEntry) -> Option<Name> {
        let text = value::global_name(entry)?;
        Some(Name { text, span: value::span(entry, self.parser.text) })
    }

    /// An entry as a name.
    pub fn entry_name(&mut self, entry: &KdlEntry, what: &str) -> Option<Name> {
        let span = value::span(entry, self.parser.text);
        let problem = match value::text(entry) {
            _ if entry.ty().is_some() => "a tagged value",
            Some(Text::Bare(word)) if word.starts_with('$') => "a variable",
            Some(Text::Bare("_")) => "a pattern",
            Some(Text::Bare("self")) => "a reserved word",
            Some(Text::Bare(word)) if word.starts_with(':') => "begins with `:`",
            Some(Text::Quoted("")) => "an empty string",
            Some(Text::Bare(text) | Text::Quoted(text)) => {
                return Some(Name { text: text.to_owned(), span });
            }
            None => "not a word",
        };
        self.misused(span, format!("{what} must be a plain word"), problem);
        None
    }

    /// `$name`, to be bound by the caller.
    pub fn variable(&mut self, what: &str) -> Option<Name> {
        let entry = self.next(what)?;
        self.entry_variable(entry, what)
    }

    /// An entry as `$name`.
    pub fn entry_variable(&mut self, entry: &KdlEntry, what: &str) -> Option<Name> {
        let span = value::span(entry, self.parser.text);
        match value::variable(entry) {
            Some(name) => Some(Name { text: name.to_owned(), span }),
            None => {
                let mistake = Mistake::new(span, format!("{what} must be a variable"), "not a variable");
                let help = match value::text(entry) {
                    Some(Text::Bare(word)) if word != "$" => Some(format!("write `${word}`")),
                    _ => None,
                };
                self.report(Mistake { help, ..mistake });
                None
            }
        }
    }

    /// One value that is read.
    pub fn value(&mut self, what: &str) -> Option<Value> {
        let entry = self.next(what)?;
        self.entry_value(entry)
    }

    /// An entry as a value that is read.
    pub fn entry_value(&mut self, entry: &KdlEntry) -> Option<Value> {
        let value = value::read(self.parser, entry)?;
        self.check_reading(&value);
        Some(value)
    }

    /// All further arguments as values that are read, perhaps none.
    pub fn values(&mut self) -> Option<Vec<Value>> {
        let mut values = Some(Vec::new());
        while let Some(entry) = self.peek() {
            self.skip();
            let value = self.entry_value(entry);
            values = values.zip(value).map(|(mut values, value)| {
                values.push(value);
                values
            });
        }
        values
    }

    /// All further arguments as one value, at least one.
    pub fn value_row(&mut self, what: &str) -> Option<Value> {
        if self.at_end() {
            self.next(what);
            return None;
        }
        self.values().and_then(row)
    }

    /// The next argument as a pattern, whose new variables are bound from here on.
    pub fn pattern(&mut self, what: &str) -> Option<Value> {
        let entry = self.next(what)?;
        let pattern = value::read(self.parser, entry)?;
        self.check_pattern(&pattern);
        Some(pattern)
    }

    /// One pattern, if another argument follows.
    pub fn optional_pattern(&mut self, what: &str) -> Option<Option<Value>> {
        if self.at_end() { Some(None) } else { self.pattern(what).map(Some) }
    }

    /// All further arguments as one pattern, at least one.
    pub fn pattern_row(&mut self, what: &str) -> Option<Value> {
        let mut patterns = vec![self.pattern(what)?];
        while !self.at_end() {
            patterns.push(self.pattern("a pattern")?);
        }
        row(patterns)
    }

    /// Whom the line is for. A name that nobody ever registers is a mistake, unless it is written
    /// as a term.
    pub fn target(&mut self, what: &str) -> Option<Target> {
        let entry = self.next(what)?;
        let target = self.entry_target(entry, what)?;
        if let Target::Name(name) | Target::Remote(name, _) = &target
            && !value::is_term(entry)
            && !self.parser.names.may_be_registered(&name.text)
        {
            let definition = self.parser.names.definitions.get(&name.text);
            let is_child = definition.is_none_or(|definition| definition.autostart);
            let advice = if is_child && self.parser.names.ids.contains(&name.text) {
                "what has this id does not register; give it `name=`, or use its pid".to_owned()
            } else if definition.is_some() {
                format!(
                    "what is started without a name has none: `start {0} name={0}`, or use its pid",
                    name.text
                )
            } else {
                format!("to name nobody on purpose, write `(term)\"{}\"`", name.text)
            };
            self.report(unknown("process", name, &self.parser.names.registered, &advice));
        }
        Some(target)
    }

    /// A process that the caller checks.
    pub fn entry_target(&mut self, entry: &KdlEntry, what: &str) -> Option<Target> {
        let span = value::span(entry, self.parser.text);
        if let Some(name) = self.global_name(entry) {
            return Some(Target::Name(name));
        }
        if let (Some("any"), Some(Text::Bare(supervisor) | Text::Quoted(supervisor))) =
            (entry.ty().map(|tag| tag.value()), value::text(entry))
        {
            let supervisor = Name { text: supervisor.to_owned(), span };
            self.check_id(&supervisor);
            return Some(Target::AnyChild(supervisor));
        }
        if let Some(remote) = self.remote_entry(entry) {
            return Some(remote);
        }
        if let Some(via) = self.via(entry) {
            return via.ok().map(|via| Target::Via(Box::new(via)));
        }
        if entry.ty().is_some() && !value::is_term(entry) {
            self.misused(span, format!("{what} must be a name, a variable or `self`"), "a tuple");
            return None;
        }
        if let (None, Some(Text::Quoted(text))) = (entry.ty(), value::text(entry)) {
            return Some(Target::Name(Name { text: text.to_owned(), span }));
        }
        let value = self.entry_value(entry)?;
        match value.kind {
            ValueKind::Atom(text) => Some(Target::Name(Name { text, span })),
            ValueKind::Variable(text) => Some(Target::Variable(Name { text, span })),
            ValueKind::SelfPid => Some(Target::SelfPid(span)),
            ValueKind::Tuple(parts) if global_in(&parts).is_some() => {
                global_in(&parts).map(|text| Target::Name(Name { text, span }))
            }
            ValueKind::Tuple(parts) if self.remote_term(&parts, span).is_some() => {
                self.remote_term(&parts, span)
            }
            ValueKind::Wildcard => None, // Already reported: not a value.
            ValueKind::Int(_)
            | ValueKind::Text(_)
            | ValueKind::Tuple(_)
            | ValueKind::List(_)
            | ValueKind::Map(_) => {
                let message = format!("{what} must be a name, a variable or `self`");
                self.misused(span, message, "names no process");
                None
            }
        }
    }

    /// `(NODE)name`, if the entry is one.
    fn remote_entry(&mut self, entry: &KdlEntry) -> Option<Target> {
        if !self.parser.names.nodes.contains_key(entry.ty()?.value()) {
            return None;
        }
        let value = self.entry_value(entry)?;
        self.remote(&value)
    }

    /// A child's id, or a variable with its pid. An id that no child has is a mistake, unless it is
    /// written as a term.
    pub fn child_id(&mut self) -> Option<Value> {
        let entry = self.next("a child's id")?;
        let id = self.entry_value(entry)?;
        if let ValueKind::Atom(text) = &id.kind
            && !value::is_term(entry)
        {
            self.check_id(&Name { text: text.clone(), span: id.span });
        }
        Some(id)
    }

    /// All further arguments as ids of children, at least one.
    pub fn child_ids(&mut self) -> Option<Vec<Name>> {
        let ids = self.names("a child's id")?;
        ids.iter().for_each(|id| self.check_id(id));
        Some(ids)
    }

    /// A child's id or a process's name.
    pub fn process(&mut self) -> Option<Name> {
        let name = self.name("a process")?;
        if !self.parser.names.may_be_registered(&name.text) {
            self.check_id(&name);
        }
        Some(name)
    }

    /// Reports an id that no child has.
    pub fn check_id(&mut self, id: &Name) {
        if self.parser.names.ids.contains(&id.text) {
            return;
        }
        let advice = match self.line.word {
            // Here only a name can stand.
            "expect" | "fault" | "outage" | "allow" | "started" | "ended" | "sent" | "got" | "log" => {
                String::new()
            }
            _ => format!("to name nobody on purpose, write `(term)\"{}\"`", id.text),
        };
        self.report(unknown("child", id, &self.parser.names.ids, &advice));
    }

    /// A whole number from `least`.
    pub fn number(&mut self, what: &str, least: u64) -> Option<Spanned<u64>> {
        let entry = self.next(what)?;
        self.entry_number(entry, what, least)
    }

    /// An entry as a whole number from `least`.
    pub fn entry_number(&mut self, entry: &KdlEntry, what: &str, least: u64) -> Option<Spanned<u64>> {
        let span = value::span(entry, self.parser.text);
        let label = match entry.value() {
            KdlValue::Integer(number) if entry.ty().is_none() => match u64::try_from(*number) {
                Ok(value) if value >= least && i64::try_from(value).is_ok() => {
                    return Some(Spanned { value, span });
                }
                Ok(_) | Err(_) => "out of range",
            },
            _ => "not a whole number",
        };
        let message = format!("{what} must be a whole number from {least}");
        self.report(Mistake::new(span, message, label));
        None
    }

    /// A time in milliseconds, or a variable that holds one.
    pub fn duration(&mut self, what: &str) -> Option<Duration> {
        let entry = self.next(what)?;
        self.entry_duration(entry, what)
    }

    /// A time that ends.
    pub fn finite_duration(&mut self, what: &str) -> Option<Duration> {
        let duration = self.duration(what)?;
        if duration.kind != DurationKind::Infinity {
            return Some(duration);
        }
        let message = format!("`{}` cannot take for ever", self.line.word);
        let mistake = Mistake::new(duration.span, message, "without an end");
        let help = (self.line.word == "sleep").then(|| "write `hang`".to_owned());
        self.report(Mistake { help, ..mistake });
        None
    }

    /// An entry as a time.
    pub fn entry_duration(&mut self, entry: &KdlEntry, what: &str) -> Option<Duration> {
        let span = value::span(entry, self.parser.text);
        let kind = match (entry.value(), value::text(entry)) {
            _ if entry.ty().is_some() => None,
            (KdlValue::Integer(number), _) => u64::try_from(*number)
                .ok()
                .filter(|number| *number <= MAX_MILLISECONDS)
                .map(DurationKind::Milliseconds),
            (_, Some(Text::Bare("infinity"))) => Some(DurationKind::Infinity),
            // In a tree or a property, no code runs that could give a variable its value.
            (_, Some(Text::Bare(_))) if self.scope.place == Code::Outside => None,
            (_, Some(Text::Bare(_))) => value::variable(entry).map(|name| {
                self.check_reading(&Value { kind: ValueKind::Variable(name.to_owned()), span });
                DurationKind::Variable(name.to_owned())
            }),
            _ => None,
        };
        if kind.is_none() {
            let label = duration_problem(entry);
            let mistake = Mistake::new(span, format!("{what} must be milliseconds"), label);
            let help = match self.scope.place {
                Code::Outside => "a whole number, or `infinity`",
                _ => "a whole number, `infinity`, or a variable with one",
            };
            self.report(mistake.with_help(help));
        }
        kind.map(|kind| Duration { kind, span })
    }

    /// `#true` or `#false`.
    pub fn boolean(&mut self) -> Option<bool> {
        let what = format!("`{}`", self.line.word);
        let Some(entry) = self.peek() else {
            self.name("`#true` or `#false`")?;
            return None;
        };
        self.skip();
        self.entry_boolean(entry, &what).map(|said| said.value)
    }

    /// A quoted text.
    pub fn text(&mut self, what: &str) -> Option<Spanned<String>> {
        let entry = self.next(what)?;
        let span = value::span(entry, self.parser.text);
        match value::text(entry) {
            Some(Text::Quoted(text)) if entry.ty().is_none() => {
                Some(Spanned { value: text.to_owned(), span })
            }
            _ => {
                self.misused(span, format!("{what} must stand in quotes"), "no quotes");
                None
            }
        }
    }
}

/// The longest time that can be written: more than a million years would overflow the clock.
const MAX_MILLISECONDS: u64 = 1 << 55;

fn duration_problem(entry: &KdlEntry) -> &'static str {
    match entry.value() {
        KdlValue::Integer(number) if *number < 0 => "negative",
        KdlValue::Integer(_) => "too long",
        KdlValue::Float(_) => "a float",
        KdlValue::Bool(_) | KdlValue::Null | KdlValue::String(_) => "not a time",
    }
}

fn bare_word(entry: &KdlEntry) -> Option<&str> {
    match value::text(entry)? {
        Text::Bare(word) if entry.ty().is_none() => Some(word),
        Text::Bare(_) | Text::Quoted(_) => None,
    }
}

/// The text of the name, if these are the parts of `{global, Name}`.
fn global_in(parts: &[Value]) -> Option<String> {
    match parts {
        [Value { kind: ValueKind::Atom(tag), .. }, Value { kind: ValueKind::Atom(name), .. }]
            if tag == global::TAG =>
        {
            Some(global::written(name))
        }
        _ => None,
    }
}
