//! A deterministic simulation testbed for Erlang/OTP supervision trees.
//!
//! A scenario describes processes, a tree of supervisors and a few clients. treefall runs it as Erlang would,
//! in virtual time, on one thread, and every decision that Erlang leaves to chance (which signal arrives
//! next, who runs next, when time passes) is taken by whoever drives the run: calmly, by a seed, or by a
//! recorded schedule. At the end a run has a verdict.
//!
//! Most people use the command line and scenario files; see [`_documentation`]. This page is for those who
//! write or drive actors in Rust.
//!
//! # A supervision test in Rust
//!
//! Servers are structs, put under supervisors with OTP's words. A [`Simulation`](actors::Simulation) has clients that
//! use them, faults that may strike, and properties; it is run calmly, under seeds, or in every order. A failure is a
//! value, shrunk to the decisions that make it fail, and its `Debug` is the explanation: `unwrap` it in a test.
//!
//! ```
//! use treefall::actors::*;
//!
//! // What the server is asked: a type of one's own, sent as `{deposit, 10}`.
//! treefall::data! { enum Ask { Deposit(i64), Balance } }
//!
//! // Its state, and what it does with each message.
//! #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
//! struct Account { balance: i64 }
//!
//! impl Actor for Account {
//!     type Request = Ask;
//!     type Reply = i64;
//!     type Message = Never;
//!
//!     fn handle_call(&mut self, ask: Ask, _: Caller<i64>, _: &mut Context<'_, Self>) -> Answered<Self> {
//!         if let Ask::Deposit(amount) = ask {
//!             self.balance += amount;
//!         }
//!         Ok(Answer::Reply(self.balance))
//!     }
//! }
//!
//! const ACCOUNT: Address<Account> = Address::named("account");
//!
//! // A tree, a client, and a fault: the scheduler may kill the account once, at any moment.
//! let account = Child::worker("account", Account::default()).named("account");
//! let simulation = Simulation::new("what was deposited is there")
//!     .tree(Supervisor::new("top", Strategy::OneForOne).child(account))
//!     .client("ada", |cx| {
//!         let Ok(before) = cx.try_call(&ACCOUNT, Ask::Deposit(10))? else { return Ok(()) };
//!         let Ok(after) = cx.try_call(&ACCOUNT, Ask::Balance)? else { return Ok(()) };
//!         cx.expect(before == after, "what was deposited is there")
//!     })
//!     .fault(Fault::kill(["account"]));
//!
//! // Nothing is wrong until somebody dies. Then the supervisor restarts the account, and its state is gone.
//! simulation.run().unwrap();
//! let failure = simulation.exhaustive().unwrap_err();
//! assert_eq!(failure.why(), "expected: what was deposited is there");
//! assert_eq!(failure.decisions().len(), 2);
//! ```
//!
//! [`actors`] goes on from here, and [`_documentation::library`] is the page that teaches it. With
//! `default-features = false` the crate is this much, and builds from seven crates of others.
//!
//! # A scenario file from Rust
//!
//! Parse a scenario, lower it to a [`Simulation`](scenario::Simulation), and say who chooses. The calm run
//! takes what has waited longest.
//!
//! ```
//! use treefall::explore::Calm;
//! use treefall::model::{Verdict, run_under};
//! use treefall::scenario::{Simulation, parse};
//!
//! let scenario = parse("store.kdl", r#"
//!     supervisor top strategy=rest_for_one {
//!         worker database
//!         worker cache
//!     }
//!
//!     client {
//!         exit database reason=boom
//!         settle
//!         expect restarted database cache
//!     }
//! "#)?;
//!
//! let simulation = Simulation::of(&scenario);
//! let run = run_under(&simulation, &mut Calm);
//! assert_eq!(run.verdict, Verdict::Held);
//! assert_eq!(run.world.now(), 0, "nothing here takes time");
//! # Ok::<(), treefall::scenario::Mistakes>(())
//! ```
//!
//! # Other orders
//!
//! Another order is another scheduler. [`Random`](explore::Random) throws dice that a seed decides; the same
//! seed is the same run.
//!
//! ```
//! use treefall::explore::Random;
//! use treefall::model::{Verdict, run_under};
//! use treefall::scenario::{Simulation, parse};
//!
//! // Signals of two processes to a third are not ordered: b's name is there first, or a's.
//! let scenario = parse("race.kdl", r#"
//!     server slot {
//!         var first nobody
//!         on cast take $who { if $first is nobody { set first $who } }
//!         on call first { reply $first }
//!     }
//!     supervisor top { worker slot }
//!     client a { cast slot take a }
//!     client b { cast slot take b }
//!     client judge { settle; call slot first; expect a }
//! "#)?;
//!
//! let simulation = Simulation::of(&scenario);
//! let verdict = |seed| run_under(&simulation, &mut Random::new(seed)).verdict;
//! let lost = (0..100).filter(|seed| verdict(*seed) != Verdict::Held).count();
//! assert!(0 < lost && lost < 100, "it is a race: {lost}");
//! assert_eq!(verdict(7), verdict(7));
//! # Ok::<(), treefall::scenario::Mistakes>(())
//! ```
//!
//! # What is where
//!
//! - [`kernel`]: processes, signals, links, monitors, names, timers and the clock, as one value.
//!   [`World::choices`](kernel::World::choices) says what can happen next and
//!   [`World::step`](kernel::World::step) does it.
//! - [`otp`]: what runs on it: `gen_server`, `supervisor`, `DynamicSupervisor`, applications. Callback modules
//!   come in through the trait [`Guest`](otp::Guest); a scenario's scripted servers are one implementation.
//! - [`explore`]: who chooses, and schedules on file.
//! - [`model`]: whatever can be run, judged and searched, behind one trait, [`Model`](model::Model).
//! - [`actors`]: actors in Rust, under OTP's supervisors, in tests: another kind of model.
//! - [`scenario`]: scenario files, from text to one kind of model.
//! - [`judge`]: which designs next to one hold, and what each costs.
//! - [`trace`]: a run, told for people and for programs.
//! - [`view`]: a run as a page or a picture, and in the formats of others.
//! - [`cli`]: the command line.

pub mod actors;
#[cfg(feature = "scenarios")]
pub mod beam;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "scenarios")]
pub mod code;
pub mod explore;
#[cfg(feature = "scenarios")]
pub mod judge;
pub mod kernel;
pub mod model;
pub mod otp;
#[cfg(feature = "scenarios")]
pub mod scenario;
pub mod trace;
#[cfg(feature = "scenarios")]
pub mod view;

/// The pages of the project, as they lie beside the source.
#[cfg(any(doc, doctest))]
pub mod _documentation {
    #[doc = include_str!("../README.md")]
    pub mod readme {}
    #[doc = include_str!("../docs/library.md")]
    pub mod library {}
    #[doc = include_str!("../docs/scenario.md")]
    pub mod scenario {}
    #[doc = include_str!("../docs/trace.md")]
    pub mod trace {}
    #[doc = include_str!("../docs/viewing.md")]
    pub mod viewing {}
    #[doc = include_str!("../docs/semantics.md")]
    pub mod semantics {}
    #[doc = include_str!("../docs/design.md")]
    pub mod design {}
    #[doc = include_str!("../docs/contributing.md")]
    pub mod contributing {}
    #[doc = include_str!("../docs/changelog.md")]
    pub mod changelog {}
}
