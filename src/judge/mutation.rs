//! Whether what a file asks for would notice anything: each part of a design that holds is made worse in turn.
//!
//! A mutant that breaks nothing is a gap in what is asked. Something that is asked and that no mutant breaks proves
//! nothing, as far as these mutants go.

use std::collections::BTreeSet;

use crate::kernel::StopFlag;
use crate::model::in_order;
use crate::scenario::ast::Span;

use super::change::{Change, Proposal, apply};
use super::design::{Design, Read};
use super::neighbours::{asked, mutants};
use super::search::{Bench, Budget, Judged, Listen, Progress, Work};
use super::trial::DesignVerdict;

/// Something that a file asks for: its line, and as which of those that read the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// What the line says.
    pub line: String,
    /// As which line that says it, from 0.
    pub nth: usize,
}

/// A design that is a little worse, and whether anything noticed.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What has been changed.
    pub change: Change,
    /// What it came to.
    pub verdict: DesignVerdict,
    /// What noticed it, of what the file asks for by a line of its own.
    pub noticed: BTreeSet<Asked>,
    /// It was not run: no run of the design has asked for what it changes.
    pub shared: bool,
}

/// What came of making a design worse.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// What the design came to as it is.
    pub own: DesignVerdict,
    /// What has been tried, without what is no scenario.
    pub mutants: Vec<Mutant>,
    /// All that the file asks for, with the number of its line.
    pub asked: Vec<(Asked, usize)>,
    /// It was given up before all were tried.
    pub given_up: bool,
}

impl Mutation {
    /// What is asked for that no mutant broke.
    pub fn idle(&self) -> Vec<&(Asked, usize)> {
        let broken: BTreeSet<&Asked> = self.mutants.iter().flat_map(|mutant| &mutant.noticed).collect();
        self.asked.iter().filter(|(asked, _)| !broken.contains(asked)).collect()
    }
}

/// Makes a design that holds worse, in every way that is proposed, one at a time; none if the text is no scenario.
pub fn mutate(
    text: &str,
    read: &Read<'_>,
    budget: &Budget,
    stop: &StopFlag,
    listen: &mut Listen<'_>,
) -> Option<Mutation> {
    let design = Design::of(text.to_owned(), Vec::new(), read)?;
    listen(Progress { of: Work::Own, done: 0, all: 1 });
    let bench = Bench { read, budget, effort: budget.effort(), stop, known: Vec::new(), stands: None };
    let own = Judged::of(&design, bench.trial(&design));
    let lines = asked(&design).into_iter();
    let asked = lines.map(|line| (read_at(&design.text, line.line), design.line_number(line.line))).collect();
    let mut mutation = Mutation { own: own.verdict.clone(), mutants: Vec::new(), asked, given_up: false };
    if !own.verdict.holds() {
        return Some(mutation);
    }
    let proposed = mutants(&design, &budget.knobs);
    let work = |proposal: &Proposal| bench.mutant(&design, &own, proposal);
    let (mut done, all) = (0, proposed.len());
    listen(Progress { of: Work::Mutants, done, all });
    let tried = in_order(&proposed, budget.jobs, work, |_, mutant| {
        if stop.is_raised() {
            return Err(());
        }
        done += 1;
        listen(Progress { of: Work::Mutants, done, all });
        mutation.mutants.extend(mutant);
        Ok(())
    });
    mutation.given_up = tried.is_err();
    Some(mutation)
}

impl Bench<'_> {
    /// Tries one that is worse than `own`; none if it is no scenario.
    fn mutant(&self, design: &Design, own: &Judged, proposal: &Proposal) -> Option<Mutant> {
        // To read it may take long, too, and nobody waits for it any more.
        if self.stop.is_raised() {
            return None;
        }
        let change = proposal.furthest();
        if let Some(alike) = self.shared(design, own, proposal) {
            return Some(Mutant { change, verdict: alike.verdict, noticed: BTreeSet::new(), shared: true });
        }
        let made = Design::of(apply(&design.text, &change.edits)?, vec![change.clone()], self.read)?;
        let tried = self.trial(&made);
        let breaches = tried.played.iter().flat_map(|played| played.run.verdict.breaches());
        let noticed =
            breaches.filter_map(|breach| breach.span).map(|span| read_at(&made.text, span)).collect();
        Some(Mutant { change, verdict: tried.verdict, noticed, shared: false })
    }
}

/// What is asked for there. A line may have moved, but not among those that read the same.
fn read_at(text: &str, span: Span) -> Asked {
    let said = text[span.start..span.end].lines().next().unwrap_or("").trim_end().to_owned();
    let nth = text[..span.start].match_indices(&said).count();
    Asked { line: said, nth }
}
