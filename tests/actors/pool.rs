//! A pool that lends workers, and loses one whenever a borrower dies before it gives it back.

use std::collections::{BTreeMap, VecDeque};

use treefall::actors::*;
use treefall::kernel::Pid;

treefall::data! {
    enum PoolAsk { Borrow }
    enum PoolTold { Return(i64) }
    enum WorkerAsk { Work(i64) }
}

const POOL: Address<Pool> = Address::named("pool");

/// Lends its workers by their numbers. Whoever finds none waits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Pool {
    free: Vec<i64>,
    lent: BTreeMap<Monitor, i64>,
    waiting: VecDeque<Caller<i64>>,
    /// Whether it watches those who borrow.
    watches: bool,
}

impl Pool {
    fn of(size: i64, watches: bool) -> Pool {
        Pool { free: (1..=size).rev().collect(), lent: BTreeMap::new(), waiting: VecDeque::new(), watches }
    }

    fn lend(&mut self, worker: i64, to: Pid, cx: &mut Context<'_, Self>) -> Result<(), Halt> {
        if self.watches {
            self.lent.insert(cx.monitor(&Address::<Pool>::of_process(to))?, worker);
        }
        Ok(())
    }

    /// A worker is free again: for whoever has waited longest.
    fn takes_back(&mut self, worker: i64, cx: &mut Context<'_, Self>) -> Handled<Self> {
        match self.waiting.pop_front() {
            Some(caller) => {
                self.lend(worker, caller.pid(), cx)?;
                cx.reply(caller, worker)?;
            }
            None => self.free.push(worker),
        }
        Ok(Next::Wait)
    }
}

impl Actor for Pool {
    type Request = PoolAsk;
    type Reply = i64;
    type Message = PoolTold;

    fn handle_call(
        &mut self,
        PoolAsk::Borrow: PoolAsk,
        caller: Caller<i64>,
        cx: &mut Context<'_, Self>,
    ) -> Answered<Self> {
        match self.free.pop() {
            Some(worker) => {
                self.lend(worker, caller.pid(), cx)?;
                Ok(Answer::Reply(worker))
            }
            None => {
                self.waiting.push_back(caller);
                Ok(Answer::Later)
            }
        }
    }

    fn handle_cast(
        &mut self,
        PoolTold::Return(worker): PoolTold,
        cx: &mut Context<'_, Self>,
    ) -> Handled<Self> {
        let lent = self.lent.iter().find(|(_, lent)| **lent == worker).map(|(monitor, _)| *monitor);
        if let Some(monitor) = lent {
            cx.demonitor(monitor)?;
            self.lent.remove(&monitor);
        }
        self.takes_back(worker, cx)
    }

    fn handle_info(&mut self, info: Info<PoolTold>, cx: &mut Context<'_, Self>) -> Handled<Self> {
        match info {
            Info::Down { monitor, .. } => match self.lent.remove(&monitor) {
                Some(worker) => self.takes_back(worker, cx),
                None => Ok(Next::Wait),
            },
            _ => Ok(Next::Wait),
        }
    }
}

/// Borrows a worker, works for a while, and gives it back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Borrower;

impl Actor for Borrower {
    type Request = WorkerAsk;
    type Reply = i64;
    type Message = Never;

    fn handle_call(
        &mut self,
        WorkerAsk::Work(time): WorkerAsk,
        _: Caller<i64>,
        cx: &mut Context<'_, Self>,
    ) -> Answered<Self> {
        let worker = cx.call(&POOL, PoolAsk::Borrow)?;
        cx.sleep(time.unsigned_abs())?;
        cx.cast(&POOL, PoolTold::Return(worker))?;
        Ok(Answer::Reply(worker))
    }
}

const BORROWER: Address<Borrower> = Address::named("borrower");

fn simulation(watches: bool) -> Simulation {
    let top = Supervisor::new("top", Strategy::OneForOne)
        .child(Child::worker("pool", Pool::of(1, watches)).named("pool"))
        .child(Child::worker("borrower", Borrower).named("borrower"));
    Simulation::new("a pool with one worker")
        .tree(top)
        .client("one", |cx| cx.try_call(&BORROWER, WorkerAsk::Work(20)).map(|_| ()))
        .client("other", |cx| {
            let worker = cx.call_within(&POOL, PoolAsk::Borrow, Some(100))?;
            match worker {
                Ok(worker) => cx.cast(&POOL, PoolTold::Return(worker)),
                Err(reason) => cx.expect(!reason.is("timeout"), "a worker is free in time"),
            }
        })
        .kill(&["borrower"], 1)
        .finally("no worker is lost", |view| match view.state(&POOL) {
            Some(pool) if pool.free.len() == 1 => Ok(()),
            Some(pool) => Err(format!("{} workers are free, of 1", pool.free.len())),
            None => Err("there is no pool".to_owned()),
        })
}

#[test]
fn the_calm_run_is_told() {
    insta::assert_snapshot!(simulation(false).run().unwrap().story());
}

#[test]
fn a_borrower_that_dies_takes_a_worker_with_it() {
    let failure = simulation(false).explore(0..500).unwrap_err();
    insta::assert_snapshot!(failure);
}

#[test]
fn a_pool_that_watches_its_borrowers_loses_none() {
    simulation(true).explore(0..500).unwrap();
    simulation(true).exhaustive().unwrap();
}
