//! A chain of supervisors: what one cannot mend goes up, until somebody can or all is given up.

use treefall::actors::*;

treefall::data! {
    enum LinkTold { Break }
}

const DISK: Address<Disk> = Address::named("disk");
const CACHE: Address<Disk> = Address::named("cache");

/// Crashes when it is told to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Disk;

impl Actor for Disk {
    type Request = Never;
    type Reply = Never;
    type Message = LinkTold;

    fn handle_cast(&mut self, LinkTold::Break: LinkTold, _: &mut Context<'_, Self>) -> Handled<Self> {
        Err(Halt::exit("broken"))
    }
}

/// `inner` takes one restart in five seconds, and `outer`, which restarts `inner`, takes `outer_restarts`.
fn chain(outer_restarts: u32) -> Simulation {
    let inner = Supervisor::new("inner", Strategy::OneForOne)
        .max_restarts(1)
        .child(Child::worker("disk", Disk).named("disk"));
    let outer = Supervisor::new("outer", Strategy::RestForOne)
        .max_restarts(outer_restarts)
        .child(Child::supervisor(inner))
        .child(Child::worker("cache", Disk).named("cache"));
    let top = Supervisor::new("top", Strategy::OneForOne).max_restarts(0).child(Child::supervisor(outer));
    Simulation::new("a chain of supervisors").tree(top).finally("all are there again", |view| {
        match view.is_alive(&DISK) && view.is_alive(&CACHE) {
            true => Ok(()),
            false => Err("the disk or the cache is gone".to_owned()),
        }
    })
}

/// Tells whoever has the name to crash, if somebody has it.
fn crash(cx: &mut Client<'_>, whom: &Address<Disk>) -> Result<(), Halt> {
    cx.cast(whom, LinkTold::Break)
}

#[test]
fn two_crashes_are_one_escalation() {
    let simulation = chain(1).client("test", |cx| {
        crash(cx, &DISK)?;
        cx.settle()?;
        crash(cx, &DISK)?;
        cx.settle()?;
        crash(cx, &CACHE)
    });
    let failure = simulation.run().unwrap_err();
    // The escalation has used up what the outer supervisor allows, so the cache's crash goes to the top.
    insta::assert_snapshot!(failure.whole_story());
    assert_eq!(failure.property(), "all are there again");
}

#[test]
fn an_escalation_and_a_crash_at_once_are_one_too_many() {
    let crashes = |restarts: u32| chain(restarts).kill(&["disk"], 2).client("test", |cx| crash(cx, &CACHE));
    let failure = crashes(1).explore(0..500).unwrap_err();
    insta::assert_snapshot!(failure);
    crashes(2).explore(0..500).unwrap();
}
