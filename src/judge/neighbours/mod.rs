//! The designs next to one: each differs from it in one thing.

mod code;
mod lines;
mod nesting;
mod order;
mod release;
mod supervision;

use std::collections::BTreeSet;

use crate::scenario::ast::Knob;

use super::change::Proposal;
use super::design::Design;

pub(super) use lines::asked;
pub(super) use order::left as orders_left;

/// All that could be tried, in an order that the text alone decides.
pub(super) fn proposals(design: &Design, knobs: &BTreeSet<Knob>) -> Vec<Proposal> {
    let mut found = Vec::new();
    supervision::propose(design, &mut found);
    order::propose(design, &mut found);
    nesting::propose(design, &mut found);
    code::propose(design, &mut found);
    release::propose(design, &mut found);
    distinct(design, knobs, found)
}

/// The same, and every line of code left out; a later release is no worse, nor is one more restart.
pub(super) fn mutants(design: &Design, knobs: &BTreeSet<Knob>) -> Vec<Proposal> {
    let mut found = proposals(design, knobs);
    lines::propose(design, &mut found);
    found.retain(|proposal| proposal.key().0 != Knob::Release && !proposal.allows_more());
    distinct(design, knobs, found)
}

/// Each once, without what is not to be varied, in the order of what they vary.
fn distinct(design: &Design, knobs: &BTreeSet<Knob>, mut found: Vec<Proposal>) -> Vec<Proposal> {
    let mut known = BTreeSet::new();
    found.retain(|proposal| {
        let key = proposal.key();
        knobs.contains(&key.0) && design.may_vary(key.0, &key.1) && known.insert(key)
    });
    found.sort_by_key(|proposal| proposal.key().0);
    found
}
