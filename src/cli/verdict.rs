//! The verdict of a run, in the words that people read: what held, or what broke and how to see it again.

use std::collections::BTreeMap;

use crate::kernel::Term;
use crate::model::{Breach, Model, Origin, Part, Played, Run, Source, Verdict, written};
use crate::scenario::ast::{Claim, ExpectFailure, FailureCause, Oracle as Law, Span};
use crate::scenario::{Judgement, Simulation, property};

use crate::trace::{self, Directory, Line, Names, Notation, Tone, visible};

use super::loaded::Loaded;

/// One run, as far as its verdict goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    /// The scenario that was run.
    pub(super) loaded: &'a Loaded,
    /// What to call its file.
    pub(super) file: &'a str,
    /// How it went and what it came to.
    pub(super) run: &'a Run<Simulation>,
    /// Who took part in it.
    pub(super) directory: &'a Directory,
    /// `calm run`, `seed 7`, `schedule a.schedule`.
    pub(super) of: &'a str,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// The command that shows it again; none where there is no command line.
    pub(super) again: Option<&'a str>,
}

impl<'a> Case<'a> {
    /// A run of this file.
    pub(super) fn of(
        loaded: &'a Loaded,
        played: &'a Played<Simulation>,
        of: &'a str,
        origin: Origin,
        again: Option<&'a str>,
    ) -> Case<'a> {
        let (file, directory) = (&*loaded.name, played.cast.directory());
        Case { loaded, file, run: &played.run, directory, of, origin, again }
    }

    /// What the run means.
    pub(super) fn judgement(&self) -> Judgement<'a> {
        Judgement::of(&self.run.verdict, self.origin, self.loaded.simulation.expected_failures())
    }

    /// The whole section.
    pub(super) fn lines(&self) -> Vec<Line> {
        let judgement = self.judgement();
        let mut lines = vec![self.headline(&judgement)];
        match &judgement {
            Judgement::Held => lines.extend(self.checked()),
            Judgement::HeldUnexpectedly(failures) => {
                lines.extend(failures.iter().flat_map(|failure| self.expected(failure, "should break")));
            }
            Judgement::BrokenAsExpected(failures) => {
                lines.extend(failures.iter().flat_map(|failure| self.expected(failure, "breaks")));
                lines.extend(self.breaches());
            }
            Judgement::Broken(missing) => {
                lines.extend(missing.iter().flat_map(|failure| self.expected(failure, "should also break")));
                lines.extend(self.breaches());
                lines.extend(self.unexpected());
            }
            Judgement::Inconclusive(why) | Judgement::Unrunnable(why) => {
                lines.extend(why.lines().map(|why| Line::new().with(Tone::Plain, format!("  {why}"))));
            }
        }
        lines.extend(self.run.notes.iter().map(|note| {
            let names = self.names();
            let note = written(note, |term| names.term(term), |pid| names.pid(pid).to_owned());
            Line::new().with(Tone::Warning, "  note: ").with(Tone::Plain, note)
        }));
        if let (true, Some(again)) = (judgement != Judgement::Held, self.again()) {
            lines.push(Line::new());
            lines.push(Line::new().with(Tone::Plain, "See it again: ").with(Tone::Name, again));
        }
        lines
    }

    /// What stands above a picture of it: how it went, and what it broke.
    pub(super) fn titles(&self) -> Vec<String> {
        let headline = self.headline(&self.judgement()).plain();
        let broken = self.run.verdict.breaches().iter();
        let broken = broken.map(|breach| format!("{}: {}", breach.property, self.why(breach)));
        std::iter::once(headline).chain(broken).collect()
    }

    /// The command that shows it again, with the bounds that it was run in.
    fn again(&self) -> Option<String> {
        self.again.map(|again| format!("{again}{}", self.loaded.bounds))
    }

    fn headline(&self, judgement: &Judgement<'_>) -> Line {
        let (tone, text) = match judgement {
            Judgement::Held => (Tone::Good, "held"),
            Judgement::HeldUnexpectedly(_) => (Tone::Bad, "held, though this file says it would not"),
            Judgement::BrokenAsExpected(_) => (Tone::Good, "broken, as this file says it is"),
            Judgement::Broken(_) => (Tone::Bad, "broken"),
            Judgement::Inconclusive(_) => (Tone::Warning, "inconclusive"),
            Judgement::Unrunnable(_) => (Tone::Bad, "cannot be run"),
        };
        let Run { world, .. } = self.run;
        let (of, now) = (self.of, world.now());
        Line::new()
            .with(tone, text)
            .with(Tone::Plain, format!(": {}, {of}", self.file))
            .with(Tone::Faint, format!(", {now} ms"))
    }

    /// What a run that held was held against.
    fn checked(&self) -> Vec<Line> {
        let scenario = &self.loaded.scenario;
        let mut lines = Vec::new();
        let names: Vec<&str> =
            scenario.clients.iter().filter_map(|client| Some(&*client.name.as_ref()?.text)).collect();
        match (scenario.clients.len(), names.as_slice()) {
            (0, _) => (),
            (1, []) => lines.push("what the client expects".to_owned()),
            (1, [name]) => lines.push(format!("what client {name} expects")),
            (clients, names) if clients == names.len() => {
                lines.push(format!("what clients {} expect", names.join(", ")));
            }
            (clients, _) => lines.push(format!("what {clients} clients expect")),
        }
        let allowed = |law: Law| {
            scenario
                .allowances
                .iter()
                .any(|allowance| allowance.oracle.value == law && allowance.processes.is_empty())
        };
        let on: Vec<&str> = Law::DEFAULTS.into_iter().filter(|law| !allowed(*law)).map(Law::word).collect();
        if !on.is_empty() {
            lines.push(on.join(", "));
        }
        lines.extend(scenario.properties.iter().filter_map(|property| match &property.claim {
            Claim::Oracle { oracle, .. } if on.contains(&oracle.value.word()) => None,
            Claim::Oracle { .. } | Claim::Conditions { .. } | Claim::InOrder { .. } => {
                let line = self.loaded.line(property.span).to_owned();
                Some(match self.run.not_seen.contains(&property.span) {
                    true => format!("{line}  (not seen in this run)"),
                    false => line,
                })
            }
        }));
        let told = counted_once(lines).into_iter();
        told.map(|line| Line::new().with(Tone::Faint, format!("  {}", visible(&line)))).collect()
    }

    fn expected(&self, failure: &ExpectFailure, verb: &str) -> Vec<Line> {
        let name = property(&failure.property.value);
        let why = match &failure.cause {
            FailureCause::Design(why) => why.value.clone(),
            FailureCause::Seed { of, seed, why } => {
                // The file knows of one run that breaks; this may be another.
                let here = self.origin == Origin::Seed(*of, seed.value);
                let run = Source::Seed { of: *of, seed: seed.value };
                let under = format!("{}under {run}", if here { "" } else { "as " });
                why.as_ref().map_or(under.clone(), |why| format!("{under}: {}", why.value))
            }
        };
        // The reason is one of the file's own words, and stays on its line.
        let why = visible(&why);
        vec![
            Line::new()
                .with(Tone::Plain, format!("  {verb} {name}: {why} "))
                .with(Tone::Faint, format!("({})", self.place(failure.span))),
        ]
    }

    fn breaches(&self) -> Vec<Line> {
        let Verdict::Broken(breaches) = &self.run.verdict else { return Vec::new() };
        breaches.iter().enumerate().flat_map(|(place, breach)| self.breach(place + 1, breach)).collect()
    }

    /// What breaks besides what the file expects, and how it would expect that too.
    fn unexpected(&self) -> Vec<Line> {
        let expected = self.loaded.simulation.expected_failures();
        let breaches = self.run.verdict.breaches();
        let known = |name: &str| expected.iter().any(|failure| property(&failure.property.value) == name);
        if !breaches.iter().any(|breach| known(&breach.property)) {
            return Vec::new();
        }
        let mut names: Vec<&str> = breaches.iter().map(|breach| &*breach.property).collect();
        names.retain(|name| !known(name));
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            // All of it is expected, but of a seed that the file names.
            let elsewhere =
                expected.iter().find(|failure| matches!(failure.cause, FailureCause::Seed { .. }));
            let told = elsewhere.map(|failure| {
                let line = self.loaded.line(failure.span).to_owned();
                Line::new()
                    .with(
                        Tone::Plain,
                        "  this file says that a seed breaks it, and that the calm run holds: ",
                    )
                    .with(Tone::Name, line)
            });
            return told.into_iter().flat_map(|told| [Line::new(), told]).collect();
        }
        let told = names.into_iter().map(|name| {
            let too = format!("  {name} breaks too, which this file does not expect; if it should: ");
            let run = match self.origin {
                Origin::Seed(of, seed) => format!(" seed={seed}{}", of.properties()),
                Origin::Calm | Origin::Elsewhere(_) => String::new(),
            };
            let line = format!("expect-failure {name}{run} \"why\"");
            Line::new().with(Tone::Plain, too).with(Tone::Name, line)
        });
        std::iter::once(Line::new()).chain(told).collect()
    }

    /// One breach by itself.
    pub(super) fn failure(&self, breach: &Breach) -> Vec<Line> {
        let property = breach.property.as_str();
        let place = breach.span.map_or_else(|| self.file.to_owned(), |span| self.place(span));
        let headline =
            Line::new().with(Tone::Bad, property).with(Tone::Plain, " is broken: ").with(Tone::Faint, place);
        std::iter::once(headline).chain(self.evidence(breach, "  ")).collect()
    }

    /// Told as ExUnit tells a failed test.
    fn breach(&self, number: usize, breach: &Breach) -> Vec<Line> {
        let Breach { property, at, step, .. } = breach;
        let mut lines = vec![
            Line::new(),
            Line::new()
                .with(Tone::Plain, format!("  {number}) "))
                .with(Tone::Bad, property.as_str())
                .with(Tone::Faint, format!(", at {at} ms, step {step}")),
        ];
        if let Some(span) = breach.span {
            let place = self.place(span);
            lines.push(Line::new().with(Tone::Faint, format!("     {place}")));
        }
        lines.extend(self.evidence(breach, "     "));
        lines
    }

    fn evidence(&self, breach: &Breach, margin: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        match (&breach.reason, breach.why.as_slice()) {
            // The sentence would only say the same in fewer words.
            (Some(reason), [Part::Process(client), ..]) => {
                let client = self.names().pid(*client);
                let told = self.crash(reason);
                lines.push(Line::new().with(Tone::Plain, format!("{margin}{client} crashed")));
                lines.extend(told.lines().map(|line| Line::new().with(Tone::Bad, format!("{margin}{line}"))));
            }
            _ => lines.push(Line::new().with(Tone::Plain, format!("{margin}{}", self.why(breach)))),
        }
        if let Some(span) = breach.span {
            let code = self.loaded.line(span);
            lines.push(Line::new().with(Tone::Faint, format!("{margin}code: ")).with(Tone::Plain, code));
        }
        lines
    }

    /// `** (exit) …`, or the exception that was raised: ExUnit does not say that one was.
    fn crash(&self, reason: &Term) -> String {
        let told = self.names().reason(reason);
        match told.split_once(":\n") {
            Some(("an exception was raised", exception)) => exception.trim_start().to_owned(),
            _ => format!("** (exit) {told}"),
        }
    }

    /// The sentence of evidence, with names for processes.
    fn why(&self, breach: &Breach) -> String {
        let names = self.names();
        breach.sentence(|term| names.term(term), |pid| names.pid(pid).to_owned())
    }

    /// The line of a place, for people: `file.kdl:12`.
    fn place(&self, span: Span) -> String {
        format!("{}:{}", self.file, self.loaded.line_number(span))
    }

    fn names(&self) -> Names<'a> {
        let atoms = self.loaded.simulation.atoms();
        Names { atoms, directory: self.directory, notation: Notation::fitting(self.directory) }
    }

    /// The same for programs.
    pub(super) fn json(&self, schedule: Option<&str>) -> serde_json::Value {
        let judgement = self.judgement();
        let breaches: &[Breach] = match &self.run.verdict {
            Verdict::Broken(breaches) => breaches,
            Verdict::Held | Verdict::Inconclusive(_) | Verdict::Unrunnable(_) | Verdict::Abandoned => &[],
        };
        let first = breaches.first();
        let why = match &judgement {
            Judgement::Inconclusive(why) | Judgement::Unrunnable(why) => Some((*why).to_owned()),
            _ => first.map(|breach| self.why(breach)),
        };
        let told = |breach: &Breach| {
            serde_json::json!({
                "property": breach.property,
                "why": self.why(breach),
                "reason": breach.reason.as_ref().map(|reason| self.names().term(reason)),
                "place": breach.span.map(|span| self.place(span)),
                "at": breach.at,
                "step": breach.step,
            })
        };
        let fields: [(&str, serde_json::Value); 10] = [
            ("file", self.file.into()),
            ("runs", 1.into()),
            ("steps", self.run.steps.into()),
            ("at", self.run.world.now().into()),
            ("seed", self.origin.seed().into()),
            ("schedule", schedule.into()),
            ("property", first.map(|breach| breach.property.as_str()).into()),
            ("why", why.into()),
            ("breaches", breaches.iter().map(told).collect()),
            ("again", self.again().into()),
        ];
        trace::verdict(judgement.word(), fields)
    }
}

/// Each line once, where it stands first, with how often it is said.
fn counted_once(lines: Vec<String>) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    lines.iter().for_each(|line| *times.entry(line).or_default() += 1);
    let mut told = Vec::new();
    for line in &lines {
        match times.remove(line.as_str()) {
            Some(1) => told.push(line.clone()),
            Some(times) => told.push(format!("{line}  ({times} times)")),
            None => (),
        }
    }
    told
}
