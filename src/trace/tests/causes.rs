//! What a run depends on, where the order of signals is not that in which they were sent.

use super::stories::run;
use crate::kernel::{EventKind, Received, Signal};
use crate::model::{Model, Run};
use crate::scenario::{Script, ScriptEvent, Simulation};
use crate::trace::{Causes, Directory, Recording, Unchanged};

/// The steps on which one of these events depends.
fn behind(run: &Run<Simulation>, recording: &Recording<'_, Script>, event: &ScriptEvent) -> Vec<u64> {
    let causes = Causes::of(&run.choices, recording, &Unchanged::default());
    causes.slice([event.step]).into_iter().collect()
}

#[test]
fn an_exit_through_an_alias_is_taken_because_it_was_sent() {
    let scenario = r#"
        scenario "an exit through an alias becomes a message" otp=28
        process trapper {
            args $boss
            trap_exit #true
            alias as=$alias
            send $boss $alias
            receive EXIT _ boom
        }
        client {
            spawn trapper self
            receive $alias
            sleep 100
            exit $alias reason=boom
            settle
        }
    "#;
    let (simulation, run) = run(scenario, None);
    let directory = Directory::of(&run.events, simulation.atoms());
    let recording = Recording::of(&run.events, &directory);
    let find = |is: fn(&ScriptEvent) -> bool| run.events.iter().find(|event| is(event)).expect("it happens");
    let sent = find(|event| matches!(event.kind, EventKind::Sent { signal: Signal::ExitAlias(..), .. }));
    let took = find(|event| matches!(event.kind, EventKind::Took(Received::Exit { .. })));
    let arrived = recording.event(took.origin.expect("it has arrived")).expect("it is recorded");
    assert_eq!(arrived.origin, Some(sent.number));
    assert!(behind(&run, &recording, took).contains(&sent.step));
}

/// The answer that a process is dead overtakes the exit that it sent when it died, on one and the same way.
#[test]
fn an_exit_that_an_answer_of_the_dead_overtakes_comes_from_the_death() {
    let scenario = r#"
        scenario "whoever monitors the dead hears of it before the exit of his link comes"
        process speaker { args $listener; send $listener word }
        client trap_exit=#true {
            spawn_link speaker self as=$speaker
            monitor $speaker
            receive DOWN _ _ $why
            receive EXIT _ _
        }
    "#;
    let mut overtaken = 0;
    for seed in 0..200 {
        let (simulation, run) = run(scenario, Some(seed));
        let directory = Directory::of(&run.events, simulation.atoms());
        let recording = Recording::of(&run.events, &directory);
        let find = |is: fn(&ScriptEvent) -> bool| run.events.iter().find(|event| is(event));
        let asked = find(|event| matches!(event.kind, EventKind::Sent { signal: Signal::Down { .. }, .. }));
        let death = find(|event| matches!(event.kind, EventKind::Sent { signal: Signal::LinkExit(_), .. }));
        let comes =
            find(|event| matches!(event.kind, EventKind::Arrived { signal: Signal::LinkExit(_), .. }));
        let (Some(asked), Some(death), Some(comes)) = (asked, death, comes) else { continue };
        if asked.step <= death.step || comes.step <= asked.step {
            continue;
        }
        overtaken += 1;
        assert_eq!(comes.origin, Some(death.number), "seed {seed}");
        let behind = behind(&run, &recording, comes);
        assert!(behind.contains(&death.step) && !behind.contains(&asked.step), "seed {seed}: {behind:?}");
    }
    assert!(overtaken > 0, "some seed must show it, or this shows nothing");
}
