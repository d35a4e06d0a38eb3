//! Toy servers and processes for the tests of `otp`.
//!
//! What they say is a transcript of short lines, in the notation of the Erlang shell.

use std::sync::{Arc, LazyLock};

use crate::kernel::{Atom, Atoms, Context, Received, Term};

use super::{
    Actor, Block, Body, Callback, Cue, Guest, Launch, Message, Newborn, NodeApplications, Raise, Release,
    Return, Started, Step, Then,
};

pub(crate) use super::script::{Act, Whom, label, name};

use super::hooks::{Common, Image};
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

/// What all toys share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Shared(Tables);

/// A start function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Start {
    /// A `gen_server`, registered under its name.
    Server(Arc<Worker>),
    /// A linked process that is no server: it exits with the term that it is sent.
    Plain(Arc<Worker>),
    /// It spawns nothing.
    Return(Started),
    /// A node's application controller, registered as `ac`.
    Node(Box<NodeApplications<Toy>>),
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
    /// What its init returns or raises, unless it is `ok`.
    pub(crate) init: Option<Result<Return, Raise>>,
    /// Milliseconds that it takes to end when it is told to; none hangs for ever.
    pub(crate) ending_takes: Option<u64>,
}

/// A well-behaved toy.
pub(crate) fn worker(name: &str) -> Worker {
    Worker { name: atom(name), registered: true, trap: false, init: None, ending_takes: Some(0) }
}

/// `ch:sl`: a server.
pub(crate) fn server(name: &str) -> Start {
    Start::Server(worker(name).into())
}

/// `ch:p`: a process that exits with the term it is sent.
pub(crate) fn plain(name: &str) -> Start {
    Start::Plain(Worker { registered: false, ..worker(name) }.into())
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

impl Common<Toy> for Shared {
    fn tables(&self) -> &Tables {
        &self.0
    }

    fn tables_mut(&mut self) -> &mut Tables {
        &mut self.0
    }
}

impl Guest for Toy {
    type Start = Start;
    type Common = Shared;
    type Image = Release;
    type Note = String;

    fn launch(start: &Start, _: &mut Context<'_, Actor<Toy>>) -> Launch<Toy> {
        let toy = |worker: &Arc<Worker>| Toy { kind: Kind::Worker(worker.clone()), ending: None };
        let born = |worker: &Worker, body| Newborn { body, ..newborn(worker.name, worker.registered) };
        match start {
            Start::Server(worker) => Launch::Spawn(born(worker, Body::Server(toy(worker)))),
            Start::Plain(worker) => Launch::Spawn(born(worker, Body::Plain(toy(worker)))),
            Start::Return(started) => Launch::Return(started.clone()),
            Start::Node(node) => {
                let body = Body::ApplicationController(node.clone());
                Launch::Spawn(Newborn { body, name: Some(atom("ac").into()), ..newborn(atom("ac"), false) })
            }
        }
    }

    fn with_arguments(start: &Start, _: &[Term], _: &[Term]) -> Start {
        start.clone()
    }

    fn mfa(_: &Start) -> Term {
        Term::tuple([term("toys"), Atom::START_LINK.into(), Term::list([term("x")])])
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
                Step::Block(Block::Receive(None))
            }
            Cue::Received(Received::Message(Message::Info(reason))) => Step::Raise(Raise::Exit(reason)),
            Cue::Received(Received::Exit { reason, .. }) => self.end(reason, &worker),
            Cue::Received(_) => Step::Block(Block::Receive(None)),
            Cue::Callback(Callback::Init) => {
                context.trap_exit(worker.trap);
                initialise(&worker, context)
            }
            Cue::TimeUp => {
                let reason = self.ending.take().expect("only who ends sleeps");
                Step::Raise(Raise::Exit(reason))
            }
            Cue::Callback(Callback::Call { request, .. }) => Step::Return(Return::Reply(request, Then::Wait)),
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
