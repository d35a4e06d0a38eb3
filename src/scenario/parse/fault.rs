//! `fault` lines: what exploring may break, and how much of it.

use super::super::ast::{
    DurationKind, FaultLine, Mishap, Name, Parsed, Scenario, Span, StartFault, Target, TerminateFault,
};
use super::super::language::both_nodes;
use super::super::mistake::Mistake;
use super::names::ModuleKind;
use super::outcomes::varies;
use super::property::process;
use super::step::Step;
use super::value::entry_span;
use super::words::hint;

/// What a fault can do, and what bounds all of them together.
pub(super) fn words() -> Vec<&'static str> {
    let starts = StartFault::WORDS.iter().map(|(word, _)| *word);
    let terminations = TerminateFault::WORDS.iter().map(|(word, _)| *word);
    let others = ["kill", "burst", "slow", "send", "disconnect", "cut", AT_MOST];
    starts.chain(terminations).chain(others).collect()
}

/// Who is killed, if it may be any process.
pub(super) const ANY: &str = "any";

const AT_MOST: &str = "at_most";

/// `fault kill NAME… times=N` and its like, or `fault at_most N`.
pub(super) fn read(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let word = step.name("a fault")?;
    if word.text == AT_MOST {
        return at_most(step, scenario);
    }
    let nth = |step: &mut Step<'_, '_, '_>| step.number_property("nth", 1).map(|nth| nth.value);
    let mishap = match word.text.as_str() {
        "kill" => Mishap::Kill { victims: victims(step)? },
        "burst" => burst(step)?,
        "slow" => {
            let process = server(step, "be slow")?;
            needs(step, "slow", "by", "how slow?", "like `fault slow a by=100`");
            Mishap::Slow { process, by: step.duration_property("by")? }
        }
        "send" => send(step)?,
        "disconnect" | "cut" => {
            both_nodes(step)?;
            Mishap::Disconnect { cut: word.text == "cut" }
        }
        start if let Some(how) = StartFault::named(start) => {
            Mishap::Start { how, child: server(step, "start")?, nth: nth(step) }
        }
        end if let Some(how) = TerminateFault::named(end) => {
            Mishap::Terminate { how, child: server(step, "terminate")?, nth: nth(step) }
        }
        unknown => {
            let message = format!("there is no fault `{unknown}`");
            let help = hint(unknown, &words());
            step.report(Mistake { help, ..Mistake::new(word.span, message, "unknown fault") });
            return None;
        }
    };
    let times = step.number_property("times", 1);
    let (words, span) = (step.words_without(&["times"]), step.line.span);
    if let Some(before) = scenario.faults.iter().find(|before| before.words == words) {
        let line = step.parser.line_of(before.span);
        let mistake = Mistake::new(span, "this fault stands there twice", "the second one");
        step.report(mistake.with_help(format!("say how often with `times=` on line {line}")));
        return None;
    }
    scenario.faults.push(FaultLine { mishap, words, times, span });
    Some(())
}

/// `fault at_most N`: how many of all faults together may strike in one run.
fn at_most(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let most = step.number("the number of faults", 1)?;
    if let Some(before) = &scenario.faults_at_most {
        let line = step.parser.line_of(before.span);
        let mistake = Mistake::new(step.line.span, "the faults are bounded twice", "again here");
        step.report(mistake.with_help(format!("the first bound is on line {line}")));
        return None;
    }
    scenario.faults_at_most = Some(most);
    Some(())
}

/// `NAME…`, or `any` alone.
fn victims(step: &mut Step<'_, '_, '_>) -> Option<Option<Vec<Name>>> {
    if step.peek_word() == Some(ANY) {
        let any = step.name("a process")?;
        if !step.at_end() {
            let message = "`any` stands alone: it means every process but the clients";
            step.report(Mistake::new(any.span, message, "and others follow"));
            step.forgive();
            return None;
        }
        return Some(None);
    }
    let mut names = vec![process(step)?];
    while !step.at_end() {
        names.push(process(step)?);
    }
    Some(Some(names))
}

/// `fault burst NAME… crashes=N within=MS`
fn burst(step: &mut Step<'_, '_, '_>) -> Option<Mishap<Parsed>> {
    let victims = victims(step)?;
    const EXAMPLE: &str = "like `fault burst a crashes=3 within=1000`";
    needs(step, "burst", "crashes", "how many?", EXAMPLE);
    needs(step, "burst", "within", "within which time?", EXAMPLE);
    let (crashes, within) = (step.number_property("crashes", 2), step.duration_property("within"));
    let (crashes, within) = (crashes?, within?);
    if within.kind == DurationKind::Infinity {
        let mistake = Mistake::new(within.span, "a burst is over some time", "without an end");
        step.report(mistake.with_help("for kills at any time write `fault kill … times=N`"));
        return None;
    }
    Some(Mishap::Burst { victims, crashes: crashes.value, within })
}

/// `fault send NAME VALUE…`
fn send(step: &mut Step<'_, '_, '_>) -> Option<Mishap<Parsed>> {
    // What has no value here is no mistake of its own, where no value could be right.
    if step.peek_word().is_some_and(|word| word == "self" || word.starts_with('$'))
        && let Some(span) = step.peek().map(entry_span)
    {
        no_name(span, step);
        step.forgive();
        return None;
    }
    let target = step.target("the receiver")?;
    let message = step.value_row("the message")?;
    match &target {
        _ if varies(&message) => {
            let what = "nobody sends this message, so it holds no variables";
            let mistake = Mistake::new(message.span, what, "not here");
            step.report(mistake.with_help("write it out, like `fault send a timeout 1`"));
            None
        }
        Target::Name(name) => Some(Mishap::Send { target: name.clone(), message }),
        Target::Variable(_)
        | Target::SelfPid(_)
        | Target::Via(_)
        | Target::AnyChild(_)
        | Target::Remote(..) => {
            no_name(target.span(), step);
            None
        }
    }
}

fn no_name(span: Span, step: &mut Step<'_, '_, '_>) {
    let mistake = Mistake::new(span, "a stray message goes to a registered name", "not here");
    step.report(mistake.with_help("like `fault send a tick`"));
}

/// A child or process that has callbacks which can go wrong.
pub(super) fn server(step: &mut Step<'_, '_, '_>, what: &str) -> Option<Name> {
    let name = process(step)?;
    let names = &step.parser.names;
    let is = match names.definitions.get(&name.text).map(|definition| definition.kind) {
        _ if names.clients.contains_key(&name.text) => "a client",
        _ if names.supervisors.contains_key(&name.text) => "a supervisor",
        Some(ModuleKind::Supervisor | ModuleKind::DynamicSupervisor | ModuleKind::TaskSupervisor) => {
            "a supervisor"
        }
        Some(ModuleKind::Process | ModuleKind::Task) if what != "be slow" => "a plain process",
        Some(ModuleKind::StartFunction) => "a start function",
        Some(ModuleKind::Server | ModuleKind::Agent | ModuleKind::Process | ModuleKind::Task) | None => {
            return Some(name);
        }
    };
    let what_else = match step.line.word {
        "outage" => "an outage is of a server",
        _ => "this fault cannot strike it",
    };
    let message = format!("`{}` is {is}: {what_else}", name.text);
    let help = match (what, is) {
        ("start", "a supervisor") => "a supervisor fails to start when a child of it does: name the child",
        _ => "servers, agents and workers can be struck by it; any process can be killed",
    };
    step.report(Mistake::new(name.span, message, "has no callback for it").with_help(help));
    Some(name)
}

fn needs(step: &mut Step<'_, '_, '_>, fault: &str, property: &str, label: &str, help: &str) {
    if !step.has_property(property) {
        let message = format!("`fault {fault}` needs `{property}=`");
        step.report(Mistake::new(step.line.span, message, label).with_help(help));
    }
}
