//! A search of every order by stateright: eight senders to one actor that remembers the order.

use std::borrow::Cow;
use std::sync::Arc;

use stateright::actor::{Actor, ActorModel, Id, Network, Out};
use stateright::{Checker, Expectation, Model};

use super::processor;

const SENDERS: usize = 8;

struct Party;

impl Actor for Party {
    type Msg = u8;
    type State = Vec<u8>;
    type Timer = ();
    type Random = ();
    type Storage = ();

    fn on_start(&self, id: Id, _: &Option<()>, out: &mut Out<Self>) -> Vec<u8> {
        if usize::from(id) > 0 {
            out.send(Id::from(0), usize::from(id) as u8);
        }
        Vec::new()
    }

    fn on_msg(&self, _: Id, state: &mut Cow<'_, Vec<u8>>, _: Id, message: u8, _: &mut Out<Self>) {
        state.to_mut().push(message);
    }
}

/// States a second, on so many threads.
pub fn states(threads: usize) -> f64 {
    let begun = processor::seconds();
    let model = ActorModel::<Party, (), ()>::new((), ())
        .actors((0..=SENDERS).map(|_| Party))
        .init_network(Network::new_unordered_nonduplicating([]))
        .property(Expectation::Always, "few", |_, state| Arc::clone(&state.actor_states[0]).len() <= SENDERS);
    let checked = model.checker().threads(threads).spawn_bfs().join();
    checked.unique_state_count() as f64 / (processor::seconds() - begun)
}
