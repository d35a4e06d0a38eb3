//! Supervision loops as one writes them on an `async` runtime: tasks that are spawned, joined, and spawned anew.
//!
//! Each has a bug that was found in the wild, and a form without it.

use treefall::actors::*;

treefall::data! {
    enum Told { Crash, Started }
    enum DiskAsk { Open }
}

const RECORD: Address<Record> = Address::named("record");
const DISK: Address<Disk> = Address::named("disk");

/// Counts how often a worker has started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Record {
    starts: u32,
}

impl Actor for Record {
    type Request = Never;
    type Reply = Never;
    type Message = Told;

    fn handle_cast(&mut self, _: Told, _: &mut Context<'_, Self>) -> Handled<Self> {
        self.starts += 1;
        Ok(Next::Wait)
    }
}

/// What a worker needs to start.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Disk;

impl Actor for Disk {
    type Request = DiskAsk;
    type Reply = ();
    type Message = Never;

    fn handle_call(
        &mut self,
        DiskAsk::Open: DiskAsk,
        _: Caller<()>,
        _: &mut Context<'_, Self>,
    ) -> Answered<Self> {
        Ok(Answer::Reply(()))
    }
}

/// Works until it is told to crash. The first of each name can be reached by it.
async fn works(cx: Async, (name, first): (&'static str, bool)) {
    cx.act(move |cx| {
        if first {
            let me = cx.pid();
            cx.register(name, me)?;
        }
        cx.cast(&RECORD, Told::Started)
    })
    .await;
    cx.act(|cx| cx.receive::<Told>(None)).await;
    panic!("it was told to crash");
}

async fn spawns(cx: &Async, first: bool) -> Vec<JoinHandle<()>> {
    let mut tasks = Vec::new();
    for name in ["left", "right"] {
        tasks.push(cx.spawn(name, (name, first), works).await);
    }
    tasks
}

/// Restarts both workers when one ends. `forgets` lets go of those that it replaces; otherwise it hears of their ends
/// later, as of any other (ractor-supervisor 0.1.9).
async fn restarts_the_group(cx: Async, forgets: bool) {
    let mut tasks = spawns(&cx, true).await;
    loop {
        let _ = cx.join_next(&mut tasks).await;
        for task in &tasks {
            task.abort(&cx).await;
        }
        if forgets {
            for task in tasks.drain(..) {
                let _ = task.join(&cx).await;
            }
        }
        tasks.extend(spawns(&cx, false).await);
        if tasks.len() > 4 {
            panic!("it never ends");
        }
    }
}

/// One incident fells both workers: the group is to be restarted once.
fn two_deaths(forgets: bool) -> Simulation {
    let top = Supervisor::new("top", Strategy::OneForOne)
        .child(Child::worker("record", Record::default()).named("record"))
        .child(Child::process("group", forgets, restarts_the_group).restart(Restart::Temporary));
    Simulation::new("two deaths of one incident")
        .tree(top)
        .client("incident", |cx| {
            cx.settle()?;
            cx.cast(&Address::<Record>::named("left"), Told::Crash)?;
            cx.cast(&Address::<Record>::named("right"), Told::Crash)
        })
        .finally("the group is restarted once", |view| {
            match view.state(&RECORD).map(|record| record.starts) {
                Some(4) => Ok(()),
                starts => Err(format!("workers have started {starts:?} times, and not 4")),
            }
        })
}

#[test]
fn a_loop_that_hears_of_those_it_has_replaced_restarts_the_group_twice() {
    let failure = two_deaths(false).explore(0..100).unwrap_err();
    assert!(failure.why().starts_with("workers have started Some("), "{failure}");
    two_deaths(true).explore(0..100).unwrap();
}

/// Opens the disk, says whether it could, and works.
async fn opens(cx: Async, started: Sender<bool>) {
    let opened = cx.act(|cx| cx.try_call(&DISK, DiskAsk::Open)).await;
    if started.send(&cx, opened.is_ok()).await.is_err() || opened.is_err() {
        return;
    }
    cx.act(|cx| {
        let me = cx.pid();
        cx.register("opened", me)?;
        cx.receive::<Told>(None)
    })
    .await;
    panic!("it was told to crash");
}

/// Starts a worker anew when it ends. A restart that fails is the end of it (AtomVM #1957), or is tried again.
async fn restarts_one(cx: Async, tries_again: bool) {
    let mut tries = 0;
    loop {
        let (started, starts) = cx.channel("started", Some(1)).await;
        let task = cx.spawn("worker", started, opens).await;
        let runs = starts.receive(&cx).await == Some(true);
        if !runs {
            tries += 1;
            assert!(tries_again, "a start has failed");
            assert!(tries < 5, "too many starts have failed");
            cx.sleep(100).await;
        }
        let _ = task.join(&cx).await;
    }
}

fn a_failed_restart(tries_again: bool) -> Simulation {
    let top = Supervisor::new("top", Strategy::OneForOne)
        .child(Child::worker("disk", Disk).named("disk"))
        .child(Child::process("loop", tries_again, restarts_one).restart(Restart::Temporary));
    Simulation::new("a restart that fails")
        .tree(top)
        .client("test", |cx| {
            cx.settle()?;
            cx.cast(&Address::<Record>::named("opened"), Told::Crash)
        })
        .fault(Fault::kill(["disk"]))
        .finally("a worker works", |view| match view.is_alive(&Address::<Record>::named("opened")) {
            true => Ok(()),
            false => Err("nobody works".to_owned()),
        })
}

#[test]
fn a_restart_that_fails_is_tried_again_or_is_the_end_of_the_loop() {
    let failure = a_failed_restart(false).explore(0..500).unwrap_err();
    assert_eq!(failure.why(), "nobody works", "{failure}");
    a_failed_restart(true).explore(0..500).unwrap();
}
