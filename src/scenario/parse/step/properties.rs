//! The properties of a line, by name.

use kdl::{KdlEntry, KdlValue};

use super::super::super::ast::{Duration, Name, Spanned, Value};
use super::super::super::mistake::Mistake;
use super::super::value::{self, Text};
use super::super::words::hint;
use super::Step;

impl<'n> Step<'_, '_, 'n> {
    /// The property of this name. What is never asked for is unknown.
    pub(in super::super) fn property(&mut self, name: &'static str) -> Option<&'n KdlEntry> {
        self.line.asked.push(name);
        let is_it = |entry: &&&KdlEntry| entry.name().is_some_and(|it| it.value() == name);
        self.line.properties.iter().find(is_it).copied()
    }

    /// Whether the line has any property.
    pub(in super::super) fn has_property_any(&self) -> bool {
        !self.line.properties.is_empty()
    }

    /// `as=$x`, or another property that binds. Bound from here on.
    pub(in super::super) fn bind_property(&mut self, name: &'static str) -> Option<Option<Name>> {
        let Some(entry) = self.property(name) else {
            return Some(None);
        };
        let variable = self.entry_variable(entry, &format!("`{name}=`"))?;
        self.bind_variable(&variable);
        Some(Some(variable))
    }

    /// A property with a value that is read.
    pub(in super::super) fn value_property(&mut self, name: &'static str) -> Option<Option<Value>> {
        match self.property(name) {
            Some(entry) => self.entry_value(entry).map(Some),
            None => Some(None),
        }
    }

    /// A property with a time.
    pub(in super::super) fn duration_property(
        &mut self,
        name: &'static str,
    ) -> Option<Option<Duration>> {
        match self.property(name) {
            Some(entry) => self.entry_duration(entry, &format!("`{name}=`")).map(Some),
            None => Some(None),
        }
    }

    /// A property with a whole number from `least`.
    pub(in super::super) fn number_property(
        &mut self,
        name: &'static str,
        least: u64,
    ) -> Option<Option<Spanned<u64>>> {
        match self.property(name) {
            Some(entry) => self
                .entry_number(entry, &format!("`{name}=`"), least)
                .map(Some),
            None => Some(None),
        }
    }

    /// A property with `#true` or `#false`.
    pub(in super::super) fn boolean_property(
        &mut self,
        name: &'static str,
    ) -> Option<Option<Spanned<bool>>> {
        match self.property(name) {
            Some(entry) => self.entry_boolean(entry, &format!("`{name}=`")).map(Some),
            None => Some(None),
        }
    }

    /// An entry as `#true` or `#false`.
    pub(in super::super) fn entry_boolean(
        &mut self,
        entry: &KdlEntry,
        what: &str,
    ) -> Option<Spanned<bool>> {
        let span = value::span(entry, self.parser.text);
        match entry.value() {
            KdlValue::Bool(value) if entry.ty().is_none() => Some(Spanned {
                value: *value,
                span,
            }),
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
    pub(in super::super) fn choice_property<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<Option<Spanned<T>>> {
        match self.property(name) {
            Some(entry) => self
                .entry_choice(entry, &format!("`{name}=`"), choices)
                .map(Some),
            None => Some(None),
        }
    }

    /// An entry as one of a few words.
    pub(in super::super) fn entry_choice<T: Copy>(
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
            return Some(Spanned {
                value: *choice,
                span,
            });
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let all = words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let message = format!("{what} must be one of {all}");
        let help = hint(said, &words).filter(|help| help.starts_with("did you mean"));
        self.report(Mistake {
            help,
            ..Mistake::new(span, message, "none of them")
        });
        None
    }

    /// Reports properties that are unknown or given twice.
    pub(super) fn finish_properties(&mut self) {
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
