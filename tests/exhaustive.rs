//! Exhaustive search against plain enumeration: small scenarios drawn at random, every order of them tried
//! with nothing left out and nothing remembered. What the schedulers of seeds are not asked about is left out of no
//! end of a run either.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use proptest::prelude::{Just, ProptestConfig, Strategy, prop, prop_oneof, proptest};
use proptest::strategy::Union;
use treefall::cli::every_end;
use treefall::explore::{
    Ending, Mismatch, Nameless, Names, Order, Random, Scheduler, Search, Sparing, Watch, search,
};
use treefall::kernel::{Choice, Choices, Fingerprint};
use treefall::model::{Orders, RunState, Scratch, Standing, Stepper, run_under};
use treefall::otp::Actor;
use treefall::scenario::{Script, Simulation, parse};

/// What can be said of a scenario when every order of it is known.
#[derive(Debug, Default, PartialEq, Eq)]
struct Known {
    /// The fingerprints of its final worlds.
    ends: BTreeSet<u64>,
    /// Whether some order breaks something.
    breaks: bool,
    /// Which `sometimes` properties some order reaches.
    reached: BTreeSet<usize>,
}

/// More steps than this are too many to enumerate.
const STEPS_MAX: usize = 20_000;

/// More states than this are too many to compare.
const STATES_MAX: u64 = 6_000;

/// Every order, one after the other, each to its end. Nothing if there are too many.
fn enumerate(simulation: &Simulation) -> Option<Known> {
    let stepper = Stepper::of(simulation, false);
    let mut known = Known::default();
    let mut open = vec![stepper.start(&mut Vec::new())];
    let mut steps = 0;
    while let Some(state) = open.pop() {
        known.reached.extend(state.reached());
        known.breaks |= stepper.standing(&state) == Standing::Broken;
        if state.is_over() {
            known.ends.insert(Fingerprint::of(state.world()));
            continue;
        }
        for choice in state.world().choices().iter() {
            steps += 1;
            let mut next = state.clone();
            stepper.step(&mut next, choice, &mut Vec::new(), &mut Scratch::default());
            open.push(next);
        }
        if steps > STEPS_MAX {
            return None;
        }
    }
    Some(known)
}

#[derive(Default)]
struct Listener {
    known: Known,
}

impl<'a> Watch<Orders<'a, Simulation>> for Listener {
    fn reached(&mut self, what: usize) {
        self.known.reached.insert(what);
    }

    fn ended(&mut self, state: &RunState<'a, Simulation>) {
        self.known.ends.insert(Fingerprint::of(state.world()));
    }

    fn endless(&mut self, _: &[RunState<'a, Simulation>]) -> bool {
        panic!("none of these runs for ever")
    }
}

/// What a search finds, and in how many states; the failure is a way that really fails. Nothing if there are
/// too many.
fn searched(
    simulation: &Simulation,
    reduced: bool,
    order: Order,
    exact: bool,
    jobs: usize,
) -> Option<(Known, u64)> {
    let how = Search { order, exact, jobs, states_max: STATES_MAX, depth_max: 10_000 };
    let mut listener = Listener::default();
    let all = Orders::of(simulation, reduced).to_all_ends();
    let found = search(&all, &how, &mut listener);
    if found.ending == Ending::States {
        return None;
    }
    assert_eq!(found.ending, Ending::Complete);
    let first = Orders::of(simulation, reduced);
    match search(&first, &how, &mut Listener::default()).ending {
        Ending::Complete => listener.known.breaks = false,
        Ending::Failed(way) => {
            let stepper = Stepper::of(simulation, false);
            let mut state = stepper.start(&mut Vec::new());
            for choice in way {
                assert!(state.world().choices().contains(choice), "{choice:?} can be chosen");
                stepper.step(&mut state, choice, &mut Vec::new(), &mut Scratch::default());
            }
            assert_eq!(stepper.standing(&state), Standing::Broken);
            listener.known.breaks = true;
        }
        other => panic!("{other:?}"),
    }
    Some((listener.known, found.covered.states))
}

/// Takes the one of this number, whenever it is asked.
#[derive(Clone)]
struct Nth(Rc<Cell<usize>>);

impl Scheduler<Actor<Script>> for Nth {
    fn choose(
        &mut self,
        choices: &Choices<'_, Actor<Script>>,
        _: &dyn Names,
    ) -> Result<Option<Choice>, Box<Mismatch>> {
        Ok(choices.get(self.0.get()))
    }
}

/// Every run that a scheduler of seeds could make: each of the choices wherever it is asked, and what is taken without
/// asking it elsewhere. With how many of the steps were not asked about; nothing if there are too many states.
fn spared(simulation: &Simulation) -> Option<(Known, u64)> {
    let stepper = Stepper::of(simulation, false);
    let nth = Rc::new(Cell::new(0));
    let (mut known, mut seen, mut unasked) = (Known::default(), BTreeSet::new(), 0);
    let mut open = vec![(stepper.start(&mut Vec::new()), Sparing::new(Nth(Rc::clone(&nth))))];
    while let Some((mut state, mut sparing)) = open.pop() {
        // What is not asked about follows at once.
        let choices = loop {
            known.reached.extend(state.reached());
            known.breaks |= stepper.standing(&state) == Standing::Broken;
            if state.is_over() {
                known.ends.insert(Fingerprint::of(state.world()));
                break 0;
            }
            nth.set(0);
            let mut next = sparing.clone();
            let choice = next.choose(&state.world().choices(), &Nameless).expect("it has nothing in mind");
            if next.asked() > sparing.asked() {
                break state.world().choices().len();
            }
            stepper.step(&mut state, choice.expect("it goes on"), &mut Vec::new(), &mut Scratch::default());
            sparing = next;
            unasked += 1;
        };
        if choices == 0 || !seen.insert(state.fingerprint()) {
            continue;
        }
        if seen.len() as u64 > STATES_MAX {
            return None;
        }
        for number in 0..choices {
            nth.set(number);
            let (mut next, mut state) = (sparing.clone(), state.clone());
            let choice = next.choose(&state.world().choices(), &Nameless).expect("it has nothing in mind");
            stepper.step(&mut state, choice.expect("it goes on"), &mut Vec::new(), &mut Scratch::default());
            open.push((state, next));
        }
    }
    Some((known, unasked))
}

fn statement() -> impl Strategy<Value = &'static str> {
    Union::new(
        [
            "call server work; expect ok or_exit=_",
            "call server work; expect ok",
            "call server work timeout=@5; expect ok or_exit=_",
            "call server leave; expect ok or_exit=_",
            "cast server note 1",
            "cast server note 2",
            "kill server",
            "exit server reason=boom",
            "whereis server as=$pid",
            "monitor server as=$ref; receive DOWN $ref timeout=@5",
            "settle",
            "sleep @3",
            "stop server timeout=@4; expect ok or_exit=_",
            "set last client",
            "add hits 10",
            "note \"nothing\"",
            "trap_exit #true",
            "call server slow; expect ok or_exit=_",
        ]
        .map(Just),
    )
}

fn scenario() -> impl Strategy<Value = String> {
    let clients = prop::collection::vec(prop::collection::vec(statement(), 1..3), 1..3);
    let options = (0..3_u8, prop_oneof![Just("one_for_one"), Just("one_for_all")], 0..4_u8, 0..3_u8);
    // Times that are all longer than `max_delay`, and times that are not.
    let units = prop_oneof![Just(1), Just(6)];
    (clients, options, units).prop_map(|(clients, (faults, strategy, claims, delay), unit)| {
        let mut text = format!("scenario \"drawn\" max_delay={}\n", [0, 10, 10][usize::from(delay)]);
        text.push_str("shared hits 0\nshared last nothing\n");
        text.push_str(&format!("supervisor top strategy={strategy} {{ worker server }}\n"));
        text.push_str(
            "server server {\n    on call work { add hits 1; reply ok }\n    \
             on call leave { reply ok; stop reason=left }\n    \
             on call slow { sleep @2; reply ok }\n    on cast note $n { set last $n }\n}\n",
        );
        for (name, statements) in ["a", "b", "c"].into_iter().zip(clients) {
            text.push_str(&format!("client {name} {{ {} }}\n", statements.join("; ")));
        }
        if faults == 1 {
            text.push_str("fault kill server\n");
        }
        text.push_str("sometimes { $hits is 2 }\n");
        match claims {
            1 => text.push_str("always { $hits at_most 11 }\n"),
            2 => text.push_str("finally { $last is_not 1 }\n"),
            3 => text.push_str(
                "always no-double-restart\nalways in-order\neventually within=@8 { alive server }\n",
            ),
            _ => (),
        }
        (2..=8_u64).fold(text, |text, time| text.replace(&format!("@{time}"), &(time * unit).to_string()))
    })
}

fn simulation(text: &str) -> Simulation {
    Simulation::of(&parse("drawn.kdl", text).unwrap_or_else(|mistakes| panic!("{text}\n{mistakes:?}")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_search_finds_what_plain_enumeration_finds(text in scenario()) {
        let simulation = simulation(&text);
        let Some((reduced, states)) = searched(&simulation, true, Order::Breadth, false, 1) else { return Ok(()) };
        for seed in 0..20 {
            let run = run_under(&simulation, &mut Random::new(seed));
            assert!(reduced.ends.contains(&Fingerprint::of(&run.world)), "seed {seed}\n{text}");
        }
        let Some((whole, all_states)) = searched(&simulation, false, Order::Breadth, true, 1) else { return Ok(()) };
        assert_eq!(reduced, whole, "{text}");
        assert!(states <= all_states, "{states} of {all_states}\n{text}");
        if let Some(known) = enumerate(&simulation) {
            assert_eq!(whole, known, "{text}");
        }
    }

    #[test]
    fn what_no_scheduler_is_asked_about_changes_no_end(text in scenario()) {
        let simulation = simulation(&text);
        let Some((spared, _)) = spared(&simulation) else { return Ok(()) };
        let Some((whole, _)) = searched(&simulation, false, Order::Breadth, true, 1) else { return Ok(()) };
        assert_eq!(spared, whole, "{text}");
    }

    #[test]
    fn neither_order_nor_threads_nor_exactness_matter(text in scenario()) {
        let simulation = simulation(&text);
        let Some(one) = searched(&simulation, true, Order::Breadth, false, 1) else { return Ok(()) };
        assert_eq!(searched(&simulation, true, Order::Breadth, true, 3).as_ref(), Some(&one), "{text}");
        assert_eq!(searched(&simulation, true, Order::Depth, false, 1).as_ref(), Some(&one), "{text}");
        let mut ends = BTreeSet::new();
        every_end(&simulation, STATES_MAX, &mut |world| {
            ends.insert(Fingerprint::of(world));
        }).expect("few");
        assert_eq!(ends, one.0.ends, "{text}");
    }
}

/// The laws above would hold of scenarios in which little happens.
#[test]
fn what_is_drawn_breaks_and_holds_and_is_reduced() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut broken, mut held, mut compared, mut enumerated, mut smaller) = (0, 0, 0, 0, 0);
    let mut unasked = 0;
    for _ in 0..24 {
        let text = scenario().new_tree(&mut runner).expect("it can be drawn").current();
        let simulation = simulation(&text);
        let Some((known, states)) = searched(&simulation, true, Order::Breadth, false, 1) else { continue };
        let whole = searched(&simulation, false, Order::Breadth, false, 1);
        compared += usize::from(whole.is_some());
        *(if known.breaks { &mut broken } else { &mut held }) += 1;
        unasked += usize::from(spared(&simulation).is_some_and(|(_, unasked)| unasked > 10));
        enumerated += usize::from(enumerate(&simulation).is_some());
        smaller += usize::from(whole.is_none_or(|(_, all)| states * 2 <= all));
    }
    assert!(
        broken > 3 && held > 3 && compared > 8 && enumerated > 1 && smaller > 10 && unasked > 8,
        "{broken} {held} {compared} {enumerated} {smaller} {unasked}"
    );
}
