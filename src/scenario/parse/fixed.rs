//! `fixed`: what of the design is not for others to change.

use super::super::ast::{Fixed, Knob, Scenario, Spanned};
use super::super::mistake::Mistake;
use super::step::{Step, unknown};
use super::words::hint;

/// `fixed KNOB… of=NAME`
pub fn fixed(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let words: Vec<&str> = Knob::WORDS.iter().map(|(word, _)| *word).collect();
    let mut knobs = Vec::new();
    for name in step.names("what is fixed")? {
        match Knob::named(&name.text) {
            Some(value) => knobs.push(Spanned { value, span: name.span }),
            None => {
                let message = format!("`{}` is nothing that could be varied", name.text);
                let mistake = Mistake::new(name.span, message, "unknown here");
                step.report(Mistake { help: hint(&name.text, &words), ..mistake });
            }
        }
    }
    let of = step.property("of").and_then(|entry| step.entry_name(entry, "`of=`"));
    if let Some(of) = &of {
        let names = &step.parser.names;
        let known = || {
            let defined = names.definitions.keys().chain(names.clients.keys());
            names.ids.iter().chain(names.supervisors.keys()).chain(defined)
        };
        if !known().any(|name| *name == of.text) {
            let mistake = unknown("supervisor, child or definition", of, known(), "");
            step.report(mistake);
        }
    }
    scenario.fixed.push(Fixed { knobs, of, span: step.line.span });
    Some(())
}
