//! What survives an outage: how long it may last, against how many restarts are allowed in which period, and how long
//! a start waits before it fails.

use crate::kernel::StopFlag;
use crate::model::in_order;
use crate::scenario::ast::{Knob, Outage, Scenario, Span, Spanned, Supervisor};

use super::change::{Dial, Edit, Proposal, Written, apply};
use super::design::{Design, Read, end_of};
use super::search::{Bench, Budget, Judged, Listen, Progress, Work};
use super::trial::DesignVerdict;

/// For so many seconds, each.
const LASTS_S: [u64; 7] = [1, 2, 5, 10, 20, 30, 60];
/// The most restarts that are tried, and the longest backoff, in milliseconds.
const MAX_RESTARTS: u64 = 100;
const MAX_BACKOFF_MS: u64 = 10_000;

/// What a design comes to if an outage lasts so long.
#[derive(Clone, Debug)]
pub struct Survival {
    /// For how long, in milliseconds.
    pub lasts_ms: u64,
    /// What the design came to.
    pub verdict: DesignVerdict,
    /// The least of each with which it holds, if it does not by itself: `max_restarts=11`.
    pub holds_with: Vec<String>,
}

/// All outages of a file.
#[derive(Clone, Debug)]
pub struct Outages {
    /// One table for each.
    pub tables: Vec<OutageTable>,
    /// It was given up before all was tried.
    pub given_up: bool,
}

/// An outage, and what survives it.
#[derive(Clone, Debug)]
pub struct OutageTable {
    /// Who is out of order.
    pub name: String,
    /// From when on, in milliseconds.
    pub from_ms: u64,
    /// Who supervises it, how many restarts that allows, and in how many seconds.
    pub supervisor: Option<(String, u64, u64)>,
    /// One for each length.
    pub rows: Vec<Survival>,
}

/// Tries every outage of a file in several lengths; none if the text is no scenario.
pub fn outages(
    text: &str,
    read: &Read<'_>,
    budget: &Budget,
    stop: &StopFlag,
    listen: &mut Listen<'_>,
) -> Option<Outages> {
    let design = Design::of(text.to_owned(), Vec::new(), read)?;
    let bench = Bench { read, budget, effort: budget.effort(), stop, known: Vec::new(), stands: None };
    let horizon = horizon_ms(&design.scenario);
    let lengths: Vec<u64> = LASTS_S.iter().map(|seconds| seconds * 1000).filter(|ms| *ms < horizon).collect();
    let (mut done, all) = (0, lengths.len() * design.scenario.outages.len());
    listen(Progress { of: Work::Outages, done, all });
    let mut tables = Vec::new();
    for (place, outage) in design.scenario.outages.iter().enumerate() {
        let supervisor = supervisor_of(&design, outage);
        let mut rows = Vec::new();
        let work = |lasts: &u64| bench.survival(&design, place, *lasts);
        let tried = in_order(&lengths, budget.jobs, work, |_, row| {
            if stop.is_raised() {
                return Err(());
            }
            done += 1;
            listen(Progress { of: Work::Outages, done, all });
            rows.extend(row);
            Ok(())
        });
        let supervisor =
            supervisor.map(|above| (above.name.text.clone(), above.max_restarts(), above.max_seconds()));
        let (name, from_ms) = (outage.name.text.clone(), outage.from_ms);
        tables.push(OutageTable { name, from_ms, supervisor, rows });
        if tried.is_err() {
            return Some(Outages { tables, given_up: true });
        }
    }
    Some(Outages { tables, given_up: false })
}

fn horizon_ms(scenario: &Scenario) -> u64 {
    use crate::scenario::ast::Header;
    scenario.header.horizon_ms.as_ref().map_or(Header::DEFAULT_HORIZON_MS, |said| said.value)
}

/// Who draws whoever is out of order.
fn supervisor_of<'d>(design: &'d Design, outage: &Outage) -> Option<&'d Supervisor> {
    let is_above = |supervisor: &&Supervisor| {
        supervisor.body.children().iter().any(|child| child.name().text == outage.name.text)
    };
    design.supervisors().into_iter().find(is_above)
}

impl Bench<'_> {
    /// The design with an outage that lasts so long, and what would be enough.
    fn survival(&self, design: &Design, place: usize, lasts_ms: u64) -> Option<Survival> {
        let line = design.place(design.scenario.outages.get(place)?.span)?;
        let edit = Edit { span: line.property("for")?, text: lasts_ms.to_string() };
        let made = Design::of(apply(&design.text, &[edit])?, Vec::new(), self.read)?;
        let own = Judged::of(&made, self.trial(&made));
        let mut holds_with = Vec::new();
        if !own.verdict.holds() {
            for dial in dials(&made, place) {
                let judged = self.settle(&made, &own, &Proposal::Dial(dial), false);
                if judged.verdict.holds() {
                    holds_with.extend(judged.changes.last().map(|change| change.told.clone()));
                }
            }
        }
        Some(Survival { lasts_ms, verdict: own.verdict, holds_with })
    }
}

/// What can be turned: restarts, period and backoff.
fn dials(design: &Design, place: usize) -> Vec<Dial> {
    let Some(outage) = design.scenario.outages.get(place) else { return Vec::new() };
    let mut dials = Vec::new();
    let mut add = |of: &str, property, (place, said): (Span, bool), near: u64, far: u64| {
        let (knob, of, written) = (Knob::Intensity, of.to_owned(), Written::Plainly);
        let was = near.to_string();
        dials.push(Dial { knob, of, property, near, far, place, said, written, was });
    };
    if let Some(supervisor) = supervisor_of(design, outage) {
        let at = |said: Option<&Spanned<u64>>| {
            (said.map_or(end_of(supervisor.span), |said| said.span), said.is_some())
        };
        let (restarts, seconds) = (supervisor.max_restarts(), supervisor.max_seconds());
        let of = &supervisor.name.text;
        add(of, "max_restarts", at(supervisor.max_restarts.as_ref()), restarts, MAX_RESTARTS.max(restarts));
        if seconds > 1 {
            add(of, "max_seconds", at(supervisor.max_seconds.as_ref()), seconds, 1);
        }
    }
    if let Some(line) = design.place(outage.span) {
        let said = line.property("backoff");
        let near = said.and_then(|span| design.said(span).parse().ok()).unwrap_or(0);
        let at = (said.unwrap_or(end_of(line.line)), said.is_some());
        add(&outage.name.text, "backoff", at, near, MAX_BACKOFF_MS.max(near));
    }
    dials
}
