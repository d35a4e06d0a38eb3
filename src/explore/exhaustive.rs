//! All states that can be reached, each once.
//!
//! It knows nothing of what a state is: whoever searches says which choices one has, what they lead to, how
//! it stands, and a number by which to know it again. What is left out because it makes no difference is
//! left out by them as well, in [`StateSpace::step`].
//!
//! Breadth-first finds the fewest choices that lead to a failure; depth-first keeps no more states at once
//! than a run has. Threads share the work of one level and their results are put together in order, so
//! nothing depends on how many there are.

mod breadth;
mod cycles;
mod depth;
mod record;
mod seen;
mod space;
mod worker;

pub use space::{Covered, Ending, Order, Search, Searched, Stands, StateSpace, Watch};

use record::{Record, Stop};

/// Goes every way from the first state, as far as the limits let it.
pub fn search<S: StateSpace>(space: &S, how: &Search, watch: &mut dyn Watch<S>) -> Searched {
    let mut record = Record::new(how);
    let mut taken = Vec::new();
    let start = space.start(&mut taken);
    let ending = match how.order {
        Order::Breadth => breadth::search(space, how, start, &mut record, watch),
        Order::Depth => depth::search(space, start, &mut record, watch),
    };
    let ending = match ending {
        Some(Stop::Failed(node)) => Ending::Failed(record.way(space, node).0),
        Some(Stop::States) => Ending::States,
        Some(Stop::Enough) => Ending::Stopped,
        Some(Stop::Depth) => Ending::Depth,
        None => cycles::look(space, &mut record, watch),
    };
    Searched { ending, covered: record.covered }
}
