//! The designs next to one: each differs from it in one thing.

mod code;
mod lines;
mod nesting;
mod order;
mod release;
mod supervision;

use std::collections::BTreeSet;
use std::iter;

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
        let varies = knobs.contains(&key.0) && whose(design, proposal).all(|of| design.may_vary(key.0, of));
        varies && known.insert(key)
    });
    found.sort_by_key(|proposal| proposal.key().0);
    found
}

/// By which names it can be kept from being varied: what it changes, and of a line of code whose code that is.
fn whose<'d>(design: &'d Design, proposal: &'d Proposal) -> impl Iterator<Item = &'d str> {
    let (of, edit) = match proposal {
        Proposal::Change(change) => (&change.of, change.edits.first()),
        Proposal::Dial(dial) => (&dial.of, None),
    };
    let of_line = edit.filter(|_| of.starts_with("line "));
    iter::once(of.as_str()).chain(of_line.and_then(|edit| design.block_of(edit.span)))
}
