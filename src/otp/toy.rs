//! Toy servers and processes for the tests of `otp`.
//!
//! What they say is a transcript of short lines, in the notation of the Erlang shell.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::kernel::{Atom, Atoms, Context, Received, Term};

use super::{
    Actor, Block, Body, Callback, ChildSpec, ChildType, Cue, DynamicSupervisorInit, Guest, Info, Launch,
    Message, Newborn, Node, Raise, Release, Restart, Return, Shutdown, Started, Step, SupervisorInit, Then,
};

pub(crate) use super::script::{Act, Ask, Whom, ask, label, name};

use super::hooks::{Common, Image};
use super::name::Name;
use super::registry::Tables;
use super::script::say;

/// The names that tests use.
static ATOMS: LazyLock<Atoms> = LazyLock::new(Atoms::default);

/// All atoms of the tests.
pub(crate) fn atoms() -> &'static Atoms {
    &ATOMS
}

/// An atom of the tests.
pub(crate) fn atom(text: &str) -> Atom {
    ATOMS.intern(text)
}

/// An atom of the tests, as a term.
pub(crate) fn term(text: &str) -> Term {
    Term::Atom(atom(text))
}

/// A term as the Erlang shell shows it; a process is shown as its label is, in angle brackets.
pub(crate) fn show(term: &Term) -> String {
    let row = |terms: &[Term]| terms.iter().map(show).collect::<Vec<_>>().join(",");
    match term {
        Term::Atom(atom) => match ATOMS.text(*atom) {
            "EXIT" => "'EXIT'".to_owned(),
            text => text.to_owned(),
        },
        Term::Int(value) => value.to_string(),
        Term::Text(text) => format!("\"{text}\""),
        Term::Pid(_) => "<pid>".to_owned(),
        Term::Ref(_) => "#Ref".to_owned(),
        Term::Tuple(terms, _) => format!("{{{}}}", row(terms)),
        Term::List(terms, _) => format!("[{}]", row(terms)),
        Term::Map(pairs, _) => {
            let mut pairs: Vec<_> = pairs.iter().map(|(k, v)| format!("{}=>{}", show(k), show(v))).collect();
            pairs.sort();
            format!("#{{{}}}", pairs.join(","))
        }
    }
}

/// What all toys share: how often each counted start function was called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Counters(pub(crate) BTreeMap<u32, u32>, Tables);

/// A start function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Start {
    /// A `gen_server`, registered under its name.
    Server(Arc<Worker>),
    /// A linked process that is no server: it exits with the term that it is sent.
    Plain(Arc<Worker>),
    /// It spawns nothing.
    Return(Started),
    /// The first entry for the nth call of this counter, or the last resort.
    Nth(u32, Vec<(u32, Start)>, Box<Start>),
    /// A supervisor.
    Supervisor(Box<SupervisorInit<Toy>>, Option<Atom>),
    /// Elixir's.
    Dynamic(Box<DynamicSupervisorInit>, Option<Atom>),
    /// A node's application controller, registered as `ac`.
    Node(Box<Node<Toy>>),
    /// Another start function with more arguments.
    With(Box<Start>, Vec<Term>, bool),
}

/// How a toy behaves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Worker {
    /// What it calls itself in the transcript.
    pub(crate) name: Atom,
    /// Whether it is registered.
    pub(crate) registered: bool,
    /// Whether it traps exits.
    pub(crate) trap: bool,
    /// Milliseconds that its init takes.
    pub(crate) init_takes: u64,
    /// What its init returns or raises, unless it is `ok`.
    pub(crate) init: Option<Result<Return, Raise>>,
    /// Milliseconds that it takes to end when it is told to; none hangs for ever.
    pub(crate) ending_takes: Option<u64>,
    /// It unlinks from its parent as soon as it runs.
    pub(crate) unlinks: bool,
    /// It dies of this as soon as it runs.
    pub(crate) dies: Option<Term>,
}

/// A well-behaved toy.
pub(crate) fn worker(name: &str) -> Worker {
    Worker {
        name: atom(name),
        registered: true,
        trap: false,
        init_takes: 0,
        init: None,
        ending_takes: Some(0),
        unlinks: false,
        dies: None,
    }
}

/// `ch:sl`: a server.
pub(crate) fn server(name: &str) -> Start {
    Start::Server(worker(name).into())
}

/// `ch:p`: a process that exits with the term it is sent.
pub(crate) fn plain(name: &str) -> Start {
    Start::Plain(Worker { registered: false, ..worker(name) }.into())
}

/// A permanent worker.
pub(crate) fn spec(id: &str, start: Start) -> ChildSpec<Start> {
    ChildSpec {
        id: term(id),
        start,
        restart: Restart::Permanent,
        significant: false,
        shutdown: Shutdown::Timeout(5000),
        kind: ChildType::Worker,
        modules: None,
    }
}

/// A toy, or the driver of a test.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Toy {
    pub(super) kind: Kind,
    /// Why it is about to end.
    pub(super) ending: Option<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Worker(Arc<Worker>),
    Driver { acts: Arc<[Act]>, next: usize },
}

pub(super) fn newborn(name: Atom, registered: bool) -> Newborn<Toy> {
    Newborn {
        body: Toy::driver(Vec::new()),
        label: name,
        name: registered.then_some(name.into()),
        timeout: None,
        info: None,
    }
}

impl Image for Release {
    fn release(&self) -> Release {
        *self
    }

    fn atoms(&self) -> &Atoms {
        &ATOMS
    }
}

impl Common<Toy> for Counters {
    fn tables(&self) -> &Tables {
        &self.1
    }

    fn tables_mut(&mut self) -> &mut Tables {
        &mut self.1
    }
}

impl Guest for Toy {
    type Start = Start;
    type Common = Counters;
    type Image = Release;
    type Note = String;

    fn launch(start: &Start, context: &mut Context<'_, Actor<Toy>>) -> Launch<Toy> {
        let toy = |worker: &Arc<Worker>| Toy { kind: Kind::Worker(worker.clone()), ending: None };
        let born = |worker: &Worker, body| Newborn { body, ..newborn(worker.name, worker.registered) };
        match start {
            Start::Server(worker) => Launch::Spawn(born(worker, Body::Server(toy(worker)))),
            Start::Plain(worker) => Launch::Spawn(born(worker, Body::Plain(toy(worker)))),
            Start::Return(started) => Launch::Return(started.clone()),
            Start::Nth(counter, exceptions, rule) => {
                let count = context.common_mut().0.entry(*counter).or_default();
                *count += 1;
                let nth = *count;
                let start = exceptions.iter().find(|(n, _)| *n == nth).map_or(&**rule, |(_, start)| start);
                Toy::launch(start, context)
            }
            Start::Supervisor(init, name) => {
                let label = name.unwrap_or(atom("sup"));
                let body = Body::Supervisor(init.clone());
                Launch::Spawn(Newborn { body, name: name.map(Name::from), ..newborn(label, false) })
            }
            Start::Dynamic(init, name) => {
                let label = name.unwrap_or(atom("dyn"));
                let body = Body::DynamicSupervisor(init.clone());
                Launch::Spawn(Newborn { body, name: name.map(Name::from), ..newborn(label, false) })
            }
            Start::Node(node) => {
                let body = Body::ApplicationController(node.clone());
                Launch::Spawn(Newborn { body, name: Some(atom("ac").into()), ..newborn(atom("ac"), false) })
            }
            Start::With(start, extra, _) => {
                say(context, || format!("starting with {}", show(&Term::list(extra.clone()))));
                Toy::launch(start, context)
            }
        }
    }

    fn with_arguments(start: &Start, before: &[Term], after: &[Term]) -> Start {
        Start::With(Box::new(start.clone()), [before, after].concat(), before.is_empty())
    }

    fn mfa(start: &Start) -> Term {
        let arguments = match start {
            Start::With(_, extra, true) => [term("x")].into_iter().chain(extra.clone()).collect(),
            Start::With(_, extra, false) => extra.iter().cloned().chain([term("x")]).collect(),
            _ => vec![term("x")],
        };
        Term::tuple([term("toys"), Atom::START_LINK.into(), Term::list(arguments)])
    }

    /// `{ch, sl, [Name]}` is a server.
    fn start_of(mfa: &Term, _: &Release) -> Option<Start> {
        match mfa.as_tuple() {
            Some([Term::Atom(module), Term::Atom(function), Term::List(arguments, _)])
                if *module == atom("ch") && *function == atom("sl") =>
            {
                let name = arguments.first()?.as_atom()?;
                Some(Start::Server(Worker { name, ..worker("x") }.into()))
            }
            _ => None,
        }
    }

    fn accepts(&self, _: &Received<Message<Self>>, _: &Release) -> bool {
        true
    }

    fn resume(&mut self, cue: Cue<Toy>, context: &mut Context<'_, Actor<Toy>>) -> Step<Toy> {
        let worker = match &self.kind {
            Kind::Worker(worker) => worker.clone(),
            Kind::Driver { .. } => return self.drive(cue, context),
        };
        match cue {
            Cue::Callback(Callback::Main) => {
                context.trap_exit(worker.trap);
                let me = context.pid();
                let parent = context.world().process(me).and_then(|process| process.parent);
                if worker.unlinks {
                    context.unlink(parent.expect("a toy has a parent"));
                }
                match &worker.dies {
                    Some(reason) => Step::Raise(Raise::Exit(reason.clone())),
                    None => Step::Block(Block::Receive(None)),
                }
            }
            Cue::Received(Received::Message(Message::Info(reason))) => Step::Raise(Raise::Exit(reason)),
            Cue::Received(Received::Exit { reason, .. }) => self.end(reason, &worker),
            Cue::Received(_) => Step::Block(Block::Receive(None)),
            Cue::Callback(Callback::Init) => {
                context.trap_exit(worker.trap);
                match worker.init_takes {
                    0 => initialise(&worker, context),
                    time => Step::Block(Block::Sleep(Some(time))),
                }
            }
            Cue::TimeUp => match self.ending.take() {
                Some(reason) => Step::Raise(Raise::Exit(reason)),
                None => initialise(&worker, context),
            },
            Cue::Callback(Callback::Call { request, .. }) => Step::Return(Return::Reply(request, Then::Wait)),
            Cue::Callback(Callback::Cast(reason)) => Step::Return(Return::Stop(reason)),
            Cue::Callback(Callback::Info(info)) => {
                say(context, || match &info {
                    Info::Message(message) | Info::AtOnce(message) => {
                        format!("{} info {}", show(&worker.name.into()), show(message))
                    }
                    Info::Exit { reason, .. } => {
                        format!("{} info EXIT {}", show(&worker.name.into()), show(reason))
                    }
                    other => format!("{} info {other:?}", show(&worker.name.into())),
                });
                Step::Return(Return::Ok(Then::Wait))
            }
            Cue::Callback(Callback::Terminate(reason)) => {
                say(context, || format!("terminate {} {}", show(&worker.name.into()), show(&reason)));
                self.end(reason, &worker)
            }
            _ => Step::Return(Return::Ok(Then::Wait)),
        }
    }
}

fn initialise(worker: &Worker, context: &mut Context<'_, Actor<Toy>>) -> Step<Toy> {
    let outcome = worker.init.clone().unwrap_or(Ok(Return::Ok(Then::Wait)));
    say(context, || {
        let name = show(&worker.name.into());
        match &outcome {
            Ok(Return::Ok(_)) => format!("start {name} ok"),
            Ok(Return::Stop(reason)) => format!("start {name} {{stop,{}}}", show(reason)),
            Ok(Return::Ignore) => format!("start {name} ignore"),
            other => format!("start {name} {other:?}"),
        }
    });
    match outcome {
        Ok(value) => Step::Return(value),
        Err(raise) => Step::Raise(raise),
    }
}

impl Toy {
    fn end(&mut self, reason: Term, worker: &Worker) -> Step<Toy> {
        if worker.ending_takes == Some(0) {
            return Step::Raise(Raise::Exit(reason));
        }
        self.ending = Some(reason);
        Step::Block(Block::Sleep(worker.ending_takes))
    }
}
