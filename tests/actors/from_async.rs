//! A supervision loop as one writes it on an `async` runtime: a task that spawns its workers, and spawns one anew when it
//! hears that it has ended.

use treefall::actors::*;
use treefall::kernel::Pid;

treefall::data! {
    enum WorkTold { Crash }
    enum Nothing { Nothing }
}

/// Who is linked to the loop, by their names.
const NAMES: [&str; 2] = ["left", "right"];

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Worker;

impl Actor for Worker {
    type Request = Never;
    type Reply = Never;
    type Message = WorkTold;

    fn handle_cast(&mut self, WorkTold::Crash: WorkTold, _: &mut Context<'_, Self>) -> Handled<Self> {
        Err(Halt::exit("crash"))
    }
}

async fn start(cx: &Async, name: &'static str) -> Option<Pid> {
    let started = cx.act(move |cx| cx.start_link(Child::worker(name, Worker).named(name))).await;
    started.ok().and_then(|worker| worker.pid())
}

/// Starts its workers and restarts all of them when one ends. `flushes` forgets what it hears of those it has replaced.
async fn supervises(cx: Async, flushes: bool) {
    cx.act(|cx| cx.trap_exit(true)).await;
    let mut workers = [None; 2];
    for (place, name) in NAMES.into_iter().enumerate() {
        workers[place] = start(&cx, name).await;
    }
    loop {
        let Info::Exit { pid, .. } =
            cx.act(|cx| cx.receive::<Nothing>(None)).await.unwrap_or(Info::Message(Nothing::Nothing))
        else {
            continue;
        };
        if !workers.contains(&Some(pid)) {
            if flushes {
                continue;
            }
            cx.act(|cx| cx.note("restarts for one that it has replaced")).await;
        }
        for worker in workers.iter_mut().filter_map(Option::take).filter(|worker| *worker != pid) {
            cx.act(move |cx| {
                cx.unlink(worker)?;
                cx.stop(&Address::<Worker>::of_process(worker), Reason::SHUTDOWN)
            })
            .await
            .ok();
        }
        for (place, name) in NAMES.into_iter().enumerate() {
            workers[place] = start(&cx, name).await;
        }
    }
}

/// Two workers that one incident fells: the group is to be restarted once, so each worker is the second of its name.
fn simulation(flushes: bool) -> Simulation {
    let top = Supervisor::new("top", Strategy::OneForOne).child(Child::process("loop", flushes, supervises));
    Simulation::new("two deaths of one incident")
        .tree(top)
        .client("test", |cx| {
            cx.settle()?;
            for name in NAMES {
                cx.cast(&Address::<Worker>::named(name), WorkTold::Crash)?;
            }
            Ok(())
        })
        .finally("all workers are there", |view| {
            let living = view.states::<Worker>().count();
            if living == 2 { Ok(()) } else { Err(format!("{living} of 2 workers live")) }
        })
}

#[test]
fn a_loop_that_forgets_the_replaced_holds() {
    simulation(true).explore(0..200).unwrap();
}

#[test]
fn a_loop_that_hears_of_each_death_restarts_the_group_twice() {
    let twice = |flushes: bool| {
        let mut stories = (0..100).filter_map(|seed| Some(simulation(flushes).run_seed(seed).ok()?.story()));
        stories.any(|story| story.contains("restarts for one that it has replaced"))
    };
    assert!(twice(false) && !twice(true));
}
