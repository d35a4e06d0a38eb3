//! `code`, `start` and `test`: compiled code, and what of it runs.

use super::super::ast::{CodeCall, CodeTests, Scenario, Spanned};
use super::super::mistake::Mistake;
use super::step::Step;
use super::value::{self, Text};

/// Reads a line `code "FOLDER"… shuffle=N`.
pub(super) fn code(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    if let Some(entry) = step.property("shuffle") {
        scenario.code.shuffle = step.entry_number(entry, "`shuffle=`", 0)?.value;
    }
    scenario.code.folders.push(step.text("a folder in quotes")?);
    while !step.at_end() {
        scenario.code.folders.push(step.text("a folder in quotes")?);
    }
    Some(())
}

/// Reads a line `start "MODULE.FUNCTION" VALUE…`.
pub(super) fn start(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let start = call(step)?;
    scenario.code.starts.push(start);
    Some(())
}

/// Reads a line `run "MODULE.FUNCTION" VALUE…`.
pub(super) fn run(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let run = call(step)?;
    scenario.code.runs.push(run);
    Some(())
}

fn call(step: &mut Step<'_, '_, '_>) -> Option<CodeCall> {
    let span = step.line.span;
    let called = step.text("a function in quotes, as `\"KV.Supervisor.start_link\"`")?;
    let Some((module, function)) = called.value.rsplit_once(['.', ':']).filter(|(_, name)| !name.is_empty())
    else {
        let message = "a module and a function are called, as `\"KV.Supervisor.start_link\"`";
        step.report(Mistake::new(called.span, message, "no function"));
        return None;
    };
    let (module, function) = (module_named(module), function.to_owned());
    let arguments = step.values()?;
    Some(CodeCall { module, function, arguments, span })
}

/// Reads a line `test "MODULE" only="NAME"`.
pub(super) fn test(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let span = step.line.span;
    let module = module_named(&step.text("a module of tests in quotes")?.value);
    let only = step.property("only").and_then(|entry| match value::text(entry) {
        Some(Text::Quoted(text) | Text::Bare(text)) => {
            Some(Spanned { value: text.to_owned(), span: value::entry_span(entry) })
        }
        None => None,
    });
    scenario.code.tests.push(CodeTests { module, only, span });
    Some(())
}

/// A module as Erlang calls it: Elixir's begin with a capital letter, and are `Elixir.` there.
fn module_named(written: &str) -> String {
    match written.chars().next() {
        Some(first) if first.is_uppercase() && !written.starts_with("Elixir.") => format!("Elixir.{written}"),
        _ => written.to_owned(),
    }
}
