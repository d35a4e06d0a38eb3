//! The child-spec properties of a line.

use crate::otp::{ChildType, Restart, Shutdown};

use super::super::ast::{
    ChildOptions, MaxChildren, Name, Registration, Spanned, Supervisor, Value, ValueKind,
};
use super::super::mistake::Mistake;
use super::scope::Code;
use super::step::Step;
use super::value::{self, Text};

/// Reads `restart= shutdown= significant= name= modules=`, and `id=` where the line has no id of
/// its own.
pub fn child_options(step: &mut Step<'_, '_, '_>, with_id: bool) -> ChildOptions {
    ChildOptions {
        id: if with_id { step.value_property("id") } else { None },
        restart: step.choice_property("restart", Restart::WORDS),
        shutdown: shutdown_property(step, "shutdown"),
        significant: step.boolean_property("significant"),
        name: registration(step),
        modules: step.value_property("modules"),
        ..ChildOptions::default()
    }
}

/// Reads what `child_spec` puts in place of what is there: the keys that `Supervisor.child_spec/2` knows.
pub fn spec_overrides(step: &mut Step<'_, '_, '_>) -> ChildOptions {
    ChildOptions {
        id: step.value_property("id"),
        start: step.value_property("start"),
        restart: step.choice_property("restart", Restart::WORDS),
        shutdown: shutdown_property(step, "shutdown"),
        kind: step.choice_property("type", ChildType::WORDS),
        modules: step.value_property("modules"),
        significant: step.boolean_property("significant"),
        name: Registration::Default,
    }
}

/// Reads `name=`: a word or `#false`.
pub fn registration(step: &mut Step<'_, '_, '_>) -> Registration {
    let Some(entry) = step.property("name") else {
        return Registration::Default;
    };
    let span = value::span(entry, step.parser.text);
    let name = match entry.value().as_bool() {
        Some(false) => Some(Registration::None(span)),
        Some(true) => {
            let message = "`name=` must be a plain word or `#false`";
            step.report(Mistake::new(span, message, "neither of them"));
            None
        }
        None => match step.global_name(entry) {
            Some(global) => Some(Registration::Name(global)),
            None if value::variable(entry).is_some() && step.scope.place != Code::Outside => {
                let name = step.entry_variable(entry, "`name=`");
                if let Some(Name { text, span }) = &name {
                    step.check_reading(&Value { kind: ValueKind::Variable(text.clone()), span: *span });
                }
                name.map(Registration::Variable)
            }
            None => match step.via(entry) {
                Some(via) => via.ok().map(|via| Registration::Via(Box::new(via))),
                None => step.entry_name(entry, "`name=`").map(Registration::Name),
            },
        },
    };
    name.unwrap_or_default()
}

/// Reads a property that says how something is shut down.
pub fn shutdown_property(step: &mut Step<'_, '_, '_>, property: &'static str) -> Option<Spanned<Shutdown>> {
    let entry = step.property(property)?;
    let span = value::span(entry, step.parser.text);
    let word = match (entry.ty(), value::text(entry)) {
        (None, Some(Text::Bare(word))) => word,
        _ => "",
    };
    let number = entry.value().as_integer().filter(|_| entry.ty().is_none());
    let number = number.and_then(|number| u64::try_from(number).ok());
    let known = Shutdown::WORDS.iter().find(|(known, _)| *known == word);
    let value = match (known, number) {
        (Some((_, shutdown)), _) => *shutdown,
        (None, Some(number)) if number <= u64::from(u32::MAX) => Shutdown::Timeout(number),
        (None, _) => {
            let message = format!("`{property}=` must be milliseconds, `brutal_kill` or `infinity`");
            let near = super::words::nearest(
                word,
                &Shutdown::WORDS.iter().map(|(known, _)| *known).collect::<Vec<_>>(),
            );
            let help = near.map(|near| format!("did you mean `{near}`?"));
            step.report(Mistake { help, ..Mistake::new(span, message, "none of them") });
            return None;
        }
    };
    Some(Spanned { value, span })
}

/// Reads how many children a dynamic supervisor may have.
pub fn max_children(step: &mut Step<'_, '_, '_>) -> Option<Spanned<MaxChildren>> {
    let entry = step.property("max_children")?;
    if value::text(entry) == Some(Text::Bare("infinity")) {
        let span = value::span(entry, step.parser.text);
        return Some(Spanned { value: MaxChildren::Infinity, span });
    }
    let number = step.entry_number(entry, "`max_children=`", 0)?;
    Some(Spanned { value: MaxChildren::Limit(number.value), span: number.span })
}

/// Reads how many restarts are too many.
pub fn limits(step: &mut Step<'_, '_, '_>, supervisor: &mut Supervisor) {
    supervisor.max_restarts = step.number_property("max_restarts", 0);
    supervisor.max_seconds = step.number_property("max_seconds", 1);
}

/// Whether it starts at boot.
pub fn autostart(step: &mut Step<'_, '_, '_>, nested: bool) -> bool {
    // Nested, it is not asked for and so reported as unknown: a child starts with its supervisor.
    nested || step.boolean_property("autostart").is_none_or(|autostart| autostart.value)
}
