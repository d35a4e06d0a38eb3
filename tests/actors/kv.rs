//! The guide's key-value store: buckets that come and go, and a registry that knows their names.

use std::collections::BTreeMap;

use treefall::actors::*;

treefall::data! {
    enum BucketAsk {
        Put { key: String, value: i64 },
        Get(String),
    }
    enum RegistryAsk { Lookup(String) }
    enum RegistryTold { Create(String) }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Bucket {
    data: BTreeMap<String, i64>,
}

impl Actor for Bucket {
    type Request = BucketAsk;
    type Reply = Option<i64>;
    type Message = Never;

    fn handle_call(
        &mut self,
        ask: BucketAsk,
        _: Caller<Option<i64>>,
        _: &mut Context<'_, Self>,
    ) -> Answered<Self> {
        Ok(Answer::Reply(match ask {
            BucketAsk::Put { key, value } => self.data.insert(key, value),
            BucketAsk::Get(key) => self.data.get(&key).copied(),
        }))
    }
}

const BUCKETS: Address<DynamicSupervisor> = Address::named("buckets");
const REGISTRY: Address<Registry> = Address::named("registry");

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Registry {
    names: BTreeMap<String, Address<Bucket>>,
    monitors: BTreeMap<Monitor, String>,
}

impl Actor for Registry {
    type Request = RegistryAsk;
    type Reply = Option<Address<Bucket>>;
    type Message = RegistryTold;

    fn handle_call(
        &mut self,
        RegistryAsk::Lookup(name): RegistryAsk,
        _: Caller<Self::Reply>,
        _: &mut Context<'_, Self>,
    ) -> Answered<Self> {
        Ok(Answer::Reply(self.names.get(&name).copied()))
    }

    fn handle_cast(
        &mut self,
        RegistryTold::Create(name): RegistryTold,
        cx: &mut Context<'_, Self>,
    ) -> Handled<Self> {
        if self.names.contains_key(&name) {
            return Ok(Next::Wait);
        }
        let child = Child::worker("bucket", Bucket::default()).restart(Restart::Temporary);
        let bucket = cx.start_child(&BUCKETS, child)?.map_err(Halt::exit)?;
        self.monitors.insert(cx.monitor(&bucket)?, name.clone());
        self.names.insert(name, bucket);
        Ok(Next::Wait)
    }

    fn handle_info(&mut self, info: Info<RegistryTold>, _: &mut Context<'_, Self>) -> Handled<Self> {
        if let Info::Down { monitor, .. } = info
            && let Some(name) = self.monitors.remove(&monitor)
        {
            self.names.remove(&name);
        }
        Ok(Next::Wait)
    }
}

fn store(strategy: Strategy) -> Supervisor {
    Supervisor::new("store", strategy)
        .child(Child::dynamic_supervisor(DynamicSupervisor::new("buckets")))
        .child(Child::worker("registry", Registry::default()).named("registry"))
}

/// No bucket lives that the registry does not know.
fn no_leaks(view: &View<'_>) -> Holds {
    let known = view.state(&REGISTRY).map_or(0, |registry| registry.names.len());
    let live = view.states::<Bucket>().count();
    if live <= known { Ok(()) } else { Err(format!("{live} buckets live, and the registry knows {known}")) }
}

fn forgets() -> Simulation {
    Simulation::new("a stopped bucket is forgotten").tree(store(Strategy::OneForAll)).client("test", |cx| {
        cx.cast(&REGISTRY, RegistryTold::Create("shopping".into()))?;
        let Some(bucket) = cx.call(&REGISTRY, RegistryAsk::Lookup("shopping".into()))? else {
            return cx.expect(false, "a bucket that was created is found");
        };
        cx.call(&bucket, BucketAsk::Put { key: "milk".into(), value: 3 })?;
        let milk = cx.call(&bucket, BucketAsk::Get("milk".into()))?;
        cx.expect(milk == Some(3), "there are three bottles of milk")?;
        cx.stop(&bucket, Reason::SHUTDOWN)?.map_err(Halt::exit)?;
        let found = cx.call(&REGISTRY, RegistryAsk::Lookup("shopping".into()))?;
        cx.expect(found.is_none(), "a stopped bucket is forgotten")
    })
}

#[test]
fn the_calm_run_is_told() {
    insta::assert_snapshot!(forgets().run().unwrap().story());
}

#[test]
fn the_test_of_the_guide_races_with_the_end_of_the_bucket() {
    let failure = forgets().explore(0..200).unwrap_err();
    assert_eq!((failure.property(), failure.why()), ("client", "expected: a stopped bucket is forgotten"));
    insta::assert_snapshot!(failure);
    // The smallest run is a schedule, and fails again.
    let again = forgets().replay(failure.schedule()).unwrap_err();
    assert_eq!(again.whole_story(), failure.whole_story());
    assert_eq!(forgets().run_seed(failure.seed().unwrap()).unwrap_err().why(), failure.why());
    assert_eq!(forgets().exhaustive().unwrap_err().why(), failure.why());
}

fn killed(strategy: Strategy) -> Simulation {
    Simulation::new("the registry is killed")
        .tree(store(strategy))
        .client("test", |cx| cx.cast(&REGISTRY, RegistryTold::Create("shopping".into())))
        .kill(&["registry"], 1)
        .finally("no-leaks", no_leaks)
        .sometimes("a bucket", |view| match view.states::<Bucket>().next() {
            Some(_) => Ok(()),
            None => Err("there is none".to_owned()),
        })
}

#[test]
fn one_for_one_strands_the_buckets_and_one_for_all_does_not() {
    let failure = killed(Strategy::OneForOne).explore(0..500).unwrap_err();
    insta::assert_snapshot!(failure);
    assert!(killed(Strategy::OneForAll).explore(0..500).is_ok());
    let proof = killed(Strategy::OneForAll).exhaustive().unwrap();
    assert!(proof.states > 10 && proof.ends > 1, "{proof:?}");
}

#[test]
fn what_would_mend_it_is_a_question_to_judge() {
    let judging = killed(Strategy::OneForOne).judge().unwrap();
    insta::assert_snapshot!(judging);
    let mended = judging.holding().next().expect("the guide finds one");
    assert_eq!(mended.changes, ["store strategy=one_for_all, was one_for_one"]);
}

#[test]
fn a_fault_that_can_strike_nobody_is_no_fault() {
    let misspelt = || killed(Strategy::OneForAll).fault(Fault::kill(["regstry"]));
    let failure = misspelt().explore(0..5).unwrap_err();
    assert_eq!(failure.property(), "fault kill regstry");
    let known = "in the calm one there are Bucket, buckets, registry, store, test";
    assert_eq!(failure.why(), format!("no process is called regstry in any run; {known}"));
    assert_eq!(misspelt().exhaustive().unwrap_err().why(), failure.why());
    // Whoever is started in the middle of a run is somebody.
    killed(Strategy::OneForAll).fault(Fault::kill(["Bucket"])).explore(0..20).unwrap();
}

#[test]
fn a_reason_reads_as_erlang_prints_it() {
    let simulation = Simulation::new("nobody is there").client("test", |cx| {
        let asked = cx.try_call(&REGISTRY, RegistryAsk::Lookup("shopping".into()))?;
        let why = format!("an answer, and not {:?}", asked.as_ref().err());
        cx.expect(asked.is_ok(), &why)
    });
    assert_eq!(
        simulation.run().unwrap_err().why(),
        "expected: an answer, and not Some({noproc, {gen_server, call, [registry, {lookup, \"shopping\"}]}})"
    );
}
