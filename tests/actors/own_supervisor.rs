//! Supervisors that are not OTP's, put through the cases of OTP's: one that does as it should, and two with flaws that
//! have been found in the wild.

use treefall::actors::conformance::{Plan, Probe, deviations};
use treefall::actors::*;
use treefall::kernel::Pid;

/// What it does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Flaw {
    None,
    /// Each death restarts the group, even that of a child which the last restart has replaced (ractor-supervisor 0.1.9).
    EachDeathRestarts,
    /// A restart that fails is a crash, nobody counts restarts, and the group starts from the last child on (AtomVM).
    Careless,
}

/// A supervisor as somebody might write it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Own {
    plan: Plan,
    flaw: Flaw,
    children: Vec<Option<Pid>>,
    restarts: Vec<u64>,
}

treefall::data! {
    enum OwnTold { TryAgain(i64) }
}

impl Own {
    fn of(plan: &Plan, flaw: Flaw) -> Own {
        Own { plan: plan.clone(), flaw, children: vec![None; plan.children.len()], restarts: Vec::new() }
    }

    fn start(&mut self, place: usize, cx: &mut Context<'_, Self>) -> Result<bool, Halt> {
        let child = self.plan.child(self.plan.children[place].0);
        let started = cx.start_link(child)?;
        self.children[place] = started.as_ref().ok().and_then(Address::pid);
        Ok(started.is_ok())
    }

    fn stop(&mut self, place: usize, cx: &mut Context<'_, Self>) -> Result<(), Halt> {
        if let Some(pid) = self.children[place].take() {
            cx.unlink(pid)?;
            // Who is dead already needs no stopping.
            let _ = cx.stop(&Address::<Probe>::of_process(pid), Reason::SHUTDOWN)?;
        }
        Ok(())
    }

    /// The places that a restart of this one concerns.
    fn concerned(&self, place: usize) -> Vec<usize> {
        match self.plan.strategy {
            Strategy::OneForAll => (0..self.children.len()).collect(),
            Strategy::RestForOne => (place..self.children.len()).collect(),
            _ => vec![place],
        }
    }

    fn restart(&mut self, place: usize, cx: &mut Context<'_, Self>) -> Handled<Self> {
        let now = cx.now()?;
        self.restarts.retain(|at| at + 5_000 >= now);
        self.restarts.push(now);
        if self.flaw != Flaw::Careless && self.restarts.len() > self.plan.max_restarts as usize {
            return Ok(Next::Stop(Reason::SHUTDOWN));
        }
        let concerned = self.concerned(place);
        for place in concerned.iter().rev() {
            self.stop(*place, cx)?;
        }
        let mut order = concerned;
        if self.flaw == Flaw::Careless {
            order.reverse();
        }
        for place in order {
            if !self.start(place, cx)? {
                return match self.flaw {
                    Flaw::Careless => Ok(Next::Stop(Reason::from("failed_restart"))),
                    _ => Ok(Next::Continue(OwnTold::TryAgain(i64::try_from(place).unwrap_or(0)))),
                };
            }
        }
        Ok(Next::Wait)
    }
}

impl Actor for Own {
    type Request = Never;
    type Reply = Never;
    type Message = OwnTold;

    fn init(&mut self, cx: &mut Context<'_, Self>) -> Handled<Self> {
        cx.trap_exit(true)?;
        for place in 0..self.children.len() {
            self.start(place, cx)?;
        }
        Ok(Next::Wait)
    }

    fn handle_continue(
        &mut self,
        OwnTold::TryAgain(place): OwnTold,
        cx: &mut Context<'_, Self>,
    ) -> Handled<Self> {
        self.restart(usize::try_from(place).unwrap_or(0), cx)
    }

    fn handle_info(&mut self, info: Info<OwnTold>, cx: &mut Context<'_, Self>) -> Handled<Self> {
        let Info::Exit { pid, reason } = info else { return Ok(Next::Wait) };
        let place = self.children.iter().position(|child| *child == Some(pid));
        let Some(place) = place.or((self.flaw == Flaw::EachDeathRestarts).then_some(0)) else {
            return Ok(Next::Wait);
        };
        self.children[place] = None;
        let restarts = match self.plan.children[place].1 {
            Restart::Permanent => true,
            Restart::Transient => !reason.is("normal") && !reason.is("shutdown"),
            Restart::Temporary => false,
        };
        if restarts { self.restart(place, cx) } else { Ok(Next::Wait) }
    }

    fn terminate(&mut self, _: &Reason, cx: &mut Context<'_, Self>) -> Result<(), Halt> {
        for place in (0..self.children.len()).rev() {
            self.stop(place, cx)?;
        }
        Ok(())
    }
}

/// The table of deviations.
fn table(flaw: Flaw) -> String {
    let found = deviations(|plan| Own::of(plan, flaw), 20_000);
    found.iter().map(|deviation| format!("{deviation}\n")).collect()
}

#[test]
fn a_careful_supervisor_does_not_deviate() {
    insta::assert_snapshot!(table(Flaw::None));
}

#[test]
fn a_group_that_is_restarted_for_each_death_deviates() {
    insta::assert_snapshot!(table(Flaw::EachDeathRestarts));
}

#[test]
fn a_careless_supervisor_deviates() {
    insta::assert_snapshot!(table(Flaw::Careless));
}
