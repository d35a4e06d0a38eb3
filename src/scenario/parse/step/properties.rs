//! The properties of a line, by name.
//!
//! A property with a mistake reads as if it were absent: the mistake is told, and the rest of the
//! line is still worth reading.

use kdl::{KdlEntry, KdlValue};

use super::super::super::ast::{Duration, Name, Spanned, Value};
use super::super::super::mistake::Mistake;
use super::super::value::{self, Text};
use super::super::words::hint;
use super::Step;

impl<'n> Step<'_, '_, 'n> {
    /// The property of this name. What is never asked for is unknown.
    pub fn property(&mut self, name: &'static str) -> Option<&'n KdlEntry> {
        self.line.asked.push(name);
        let is_it = |entry: &&&KdlEntry| entry.name().is_some_and(|it| it.value() == name);
        self.line.properties.iter().find(is_it).copied()
    }

    /// Whether the property of this name is there.
    pub fn has_property(&self, name: &str) -> bool {
        let mut names = self.line.properties.iter().filter_map(|entry| entry.name());
        names.any(|it| it.value() == name)
    }

    /// Whether the line has any property.
    pub fn has_property_any(&self) -> bool {
        !self.line.properties.is_empty()
    }

    /// `as=$x`, or another property that binds. Bound from here on.
    pub fn bind_property(&mut self, name: &'static str) -> Option<Name> {
        let entry = self.property(name)?;
        match self.entry_variable(entry, &format!("`{name}=`")) {
            Some(variable) => {
                self.bind_variable(&variable);
                Some(variable)
            }
            None => {
                // Who forgets the `$` here will not forget it where the variable is read.
                self.scope.bound.extend(entry.value().as_string().map(str::to_owned));
                None
            }
        }
    }

    /// A property with a value that is read.
    pub fn value_property(&mut self, name: &'static str) -> Option<Value> {
        let entry = self.property(name)?;
        self.entry_value(entry)
    }

    /// A property with a pattern.
    pub fn pattern_property(&mut self, name: &'static str) -> Option<Value> {
        let entry = self.property(name)?;
        let pattern = super::super::value::read(self.parser, entry)?;
        self.check_pattern(&pattern);
        Some(pattern)
    }

    /// A property with a time.
    pub fn duration_property(&mut self, name: &'static str) -> Option<Duration> {
        let entry = self.property(name)?;
        self.entry_duration(entry, &format!("`{name}=`"))
    }

    /// A property with a whole number from `least`.
    pub fn number_property(&mut self, name: &'static str, least: u64) -> Option<Spanned<u64>> {
        let entry = self.property(name)?;
        self.entry_number(entry, &format!("`{name}=`"), least)
    }

    /// A property with `#true` or `#false`.
    pub fn boolean_property(&mut self, name: &'static str) -> Option<Spanned<bool>> {
        let entry = self.property(name)?;
        self.entry_boolean(entry, &format!("`{name}=`"))
    }

    /// An entry as `#true` or `#false`.
    pub fn entry_boolean(&mut self, entry: &KdlEntry, what: &str) -> Option<Spanned<bool>> {
        let span = value::span(entry, self.parser.text);
        match entry.value() {
            KdlValue::Bool(value) if entry.ty().is_none() => Some(Spanned { value: *value, span }),
            KdlValue::Bool(_)
            | KdlValue::String(_)
            | KdlValue::Integer(_)
            | KdlValue::Float(_)
            | KdlValue::Null => {
                let message = format!("{what} must be `#true` or `#false`");
                self.report(Mistake::new(span, message, "neither of them"));
                None
            }
        }
    }

    /// A property with one of a few words.
    pub fn choice_property<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<Spanned<T>> {
        let entry = self.property(name)?;
        self.entry_choice(entry, &format!("`{name}=`"), choices)
    }

    /// An entry as one of a few words.
    pub fn entry_choice<T: Copy>(
        &mut self,
        entry: &KdlEntry,
        what: &str,
        choices: &[(&'static str, T)],
    ) -> Option<Spanned<T>> {
        let span = value::span(entry, self.parser.text);
        let said = match (entry.ty(), value::text(entry)) {
            (None, Some(Text::Bare(word) | Text::Quoted(word))) => word,
            _ => "",
        };
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == said) {
            return Some(Spanned { value: *choice, span });
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let all = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let message = format!("{what} must be one of {all}");
        let help = hint(said, &words).filter(|help| help.starts_with("did you mean"));
        self.report(Mistake { help, ..Mistake::new(span, message, "none of them") });
        None
    }

    /// Reports properties that are unknown or given twice.
    pub fn finish_properties(&mut self) {
        let mut seen: Vec<&str> = Vec::new();
        for entry in self.line.properties.clone() {
            let Some(name) = entry.name() else { continue };
            let span = value::entry_span(entry);
            let name = name.value();
            if !self.line.asked.contains(&name) {
                let message = format!("`{}` has no property `{name}`", self.line.word);
                let mistake = Mistake::new(span, message, "unknown property");
                let help = hint(name, &self.line.asked).or_else(|| match self.line.usage {
                    "" => None,
                    usage => Some(format!("usage: `{usage}`")),
                });
                self.report(Mistake { help, ..mistake });
            } else if seen.contains(&name) {
                let message = format!("`{name}` is given twice");
                self.report(Mistake::new(span, message, "again here"));
            }
            seen.push(name);
        }
    }
}
