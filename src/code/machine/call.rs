//! Calls: of functions, of natives, of funs, and how they come back.

use std::fmt::Display;

use crate::kernel::Atom;

use super::super::host::{Call, Host};
use super::super::load::{ASSEMBLED, Found, Mfa};
use super::super::natives::{Answer, Control, Native};
use super::super::raise::{Class, Raise};
use super::super::term::{Fun, Term};
use super::missing::{Caller, Callers, Missing};
use super::op::{Label, Source, Tail, Target};
use super::process::{Place, Process};
use super::run::{Ended, Flow, Machine, Spends, WEIGHED_FIRST};
use super::trace::location;

/// How many calls a step may take before it is said to go on for ever.
const CALLS_MAX: u32 = 20_000_000;

/// How many frames a process may have, and how many places all of them together.
const FRAMES_MAX: usize = 2_000_000;
const STACK_MAX: usize = 4_000_000;

/// How many terms a process may hold, those that it holds twice counted twice.
const HEAP_MAX: usize = 20_000_000;

/// How many of the first registers are looked at: others hold what no function is given.
const LIVE: usize = 32;

/// The tables of processes of Erlang's kernel, which there are if somebody has started those.
const TABLES: [(Atom, Atom); 3] = [
    (CONTROLLERS, Atom::of("application_controller")),
    (Atom::of("global_names"), Atom::of("global_name_server")),
    (Atom::of("inet_db"), Atom::of("inet_db")),
];
const CONTROLLERS: Atom = Atom::of("ac_tab");
const MATCH: Atom = Atom::of("match");

// What module `file` asks its server for is done at once, by what that would call.
const OPEN: Atom = Atom::of("open");
const FILE_IO_SERVER: Atom = Atom::of("file_io_server");
const START: Atom = Atom::of("start");
const PRIM_FILE: Atom = Atom::of("prim_file");

// What relies on an order of cause and effect that Erlang does not promise, and a real node keeps: the streams of
// Elixir's `Task`.
const STREAMS: Atom = Atom::of("Elixir.Task.Supervised");
const SEND: Atom = Atom::of("send");
const MONITOR: Atom = Atom::of("monitor");

const UNIQUE_INTEGER: Atom = Atom::of("unique_integer");
const MONOTONIC: Atom = Atom::of("monotonic");

const LOGGERS: [Atom; 3] = [Atom::of("logger"), Atom::of("error_logger"), Atom::of("Elixir.Logger")];

const BADFUN: Atom = Atom::of("badfun");
const BADARITY: Atom = Atom::of("badarity");

/// Modules that some installations have no file of, since the emulator has them inside.
const PRELOADED: [&str; 8] = [
    "atomics",
    "counters",
    "erl_prim_loader",
    "erlang",
    "erts_internal",
    "init",
    "persistent_term",
    "prim_file",
];
const NIF_ERROR: Atom = Atom::of("nif_error");
const RAISE: Atom = Atom::of("raise");
const SELF: Atom = Atom::of("self");

impl Machine<'_, '_> {
    /// Where the machine is, and where that will return to.
    fn places(&self) -> impl Iterator<Item = Place> + '_ {
        std::iter::once(self.here()).chain(self.process.callers())
    }

    fn told(&self, places: impl Iterator<Item = Place>) -> Callers {
        let code = self.code;
        let name = |place: Place| code.module(place.module).map_or(Atom::NIL, |module| module.name);
        let caller = |place: Place| Caller {
            place: place.told(code, |name, atoms| atoms.text(name).to_owned()),
            module: code.atoms.text(name(place)).to_owned(),
            users: code.is_users(name(place)),
        };
        let left = self.left.map(|(place, to)| (caller(place), code.atoms.text(to).to_owned()));
        Callers::of(places.map(caller).collect(), left)
    }

    /// Whether this is a module that the emulator is linked with, and whose file is not in the folders.
    fn is_of_emulator(&self, module: Atom) -> bool {
        PRELOADED.contains(&self.code.atoms.text(module)) && self.code.number(module).is_none()
    }

    fn has_no_native(&self, mfa: Mfa, places: impl Iterator<Item = Place>) -> Box<Ended> {
        let [module, function] = [mfa.module, mfa.function].map(|name| self.code.atoms.text(name));
        Ended::Missing(Missing::native(module, function, mfa.arity, self.told(places))).into()
    }

    pub(super) fn has_no_process(&self, name: Atom) -> Box<Ended> {
        Ended::Missing(Missing::process(self.code.atoms.text(name), self.told(self.places()))).into()
    }

    /// A module that is there and cannot be read, or an instruction of one.
    pub(super) fn cannot_read(&self, why: impl Display) -> Box<Ended> {
        Ended::Missing(Missing::readable(why, self.told(self.places()))).into()
    }

    /// Gets ready to go to another function.
    pub(super) fn leave(&mut self, tail: Tail) {
        match tail {
            Tail::Returns => self.process.back = Place { module: self.number, at: self.at as Label },
            Tail::Last(_) => self.deallocate(),
            Tail::Only => (),
        }
    }

    pub(super) fn returns(&mut self) -> Flow {
        let back = std::mem::replace(&mut self.process.back, Place::NOWHERE);
        if back == Place::NOWHERE {
            return Err(Ended::Returned(self.x[0].clone()).into());
        }
        self.enter(back)
    }

    pub(super) fn enter(&mut self, Place { module, at }: Place) -> Flow {
        if module != self.number {
            self.module = match self.code.module(module) {
                Ok(module) => module,
                Err(why) => return Err(self.cannot_read(why)),
            };
            self.number = module;
        }
        self.at = at as usize;
        Ok(())
    }

    pub(super) fn counts(&mut self) -> Flow {
        self.calls += 1;
        let Process { stack, frames, .. } = &*self.process;
        let spends = match () {
            () if self.calls > CALLS_MAX => Spends::Time,
            () if stack.len() > STACK_MAX || frames.len() > FRAMES_MAX => Spends::Stack,
            () if self.calls == self.weighs_at && self.is_too_heavy() => Spends::Heap,
            () => return Ok(()),
        };
        Err(Ended::Spent(spends, self.here()).into())
    }

    /// Whether the process holds too many terms. It is asked again when it could have made as many as it has.
    #[cold]
    fn is_too_heavy(&mut self) -> bool {
        let Process { stack, own, .. } = &*self.process;
        let dictionary = own.dictionary.iter().map(|(_, value)| value);
        let mut left = HEAP_MAX;
        let fits = self.x[..LIVE].iter().chain(stack).chain(dictionary).all(|term| term.fits(&mut left));
        self.weighs_at = self.calls.saturating_add(((HEAP_MAX - left) as u32).max(WEIGHED_FIRST));
        !fits
    }

    pub(super) fn call_import(&mut self, import: u32, tail: Tail) -> Flow {
        let import = &self.module.imports[import as usize];
        let Mfa { module, function, arity } = import.mfa;
        let found = *import.found.get_or_init(|| self.code.find(module, function, arity));
        self.call(import.mfa, found, usize::from(arity), tail)
    }

    /// Calls a function whose arguments are in the registers. What stands in registers up to `live` is needed to
    /// execute this instruction again.
    pub(super) fn call(&mut self, mfa: Mfa, found: Found, live: usize, tail: Tail) -> Flow {
        match found {
            Found::Code(module, at) => {
                if tail != Tail::Returns && module != self.number && self.code.is_of_user(self.number) {
                    self.left = Some((self.here(), mfa.module));
                }
                self.leave(tail);
                self.enter(Place { module, at })?;
                self.counts()
            }
            Found::Native(native) => self.call_native(mfa, native, live, tail),
            // Nobody knows what is in the emulator that has no file to say so.
            Found::Nowhere if self.is_of_emulator(mfa.module) => Err(self.has_no_native(mfa, self.places())),
            Found::Nowhere => {
                let arguments = Term::list(self.x[..usize::from(mfa.arity)].to_vec());
                let top = Term::tuple([mfa.module.into(), mfa.function.into(), arguments, Term::Nil]);
                self.raise(Raise::error(Atom::UNDEF), Some(top))
            }
        }
    }

    pub(super) fn call_native(&mut self, mfa: Mfa, native: Native, live: usize, tail: Tail) -> Flow {
        let arity = usize::from(mfa.arity);
        let counts = |x: &[Term]| x[0].items().any(|option| option.is(MONOTONIC));
        match native {
            Native::World(_) | Native::Table(_) => self.may_be_interrupted(live)?,
            // Who asks for a number that is greater than all before learns how many others have.
            Native::Own(_) if mfa.function == UNIQUE_INTEGER && arity == 1 && counts(&self.x) => {
                self.may_be_interrupted(live)?;
            }
            // What is logged while a test captures it is there for others to see.
            Native::Own(_) if LOGGERS.contains(&mfa.module) && self.is_captured() => {
                self.may_be_interrupted(live)?;
            }
            _ => (),
        }
        let answer = match native {
            Native::Pure(pure) => pure(&self.x[..arity], &self.code.atoms),
            Native::Ordered(run) => run(&self.x[..arity], &self.code.atoms, self.code.shuffle),
            Native::Own(run) | Native::World(run) => {
                let place = self.here();
                let Some(host) = self.host.as_deref_mut() else { return Err(Ended::Refused.into()) };
                let Process { own, stack, .. } = &mut *self.process;
                run(&mut Call { code: self.code, own, stack, host, place }, &self.x[..arity])
            }
            Native::Table(run) => {
                let Some(host) = self.host.as_deref_mut() else { return Err(Ended::Refused.into()) };
                let answer = run(host.tables(), self.process.own.me, &self.x[..arity], &self.code.atoms);
                let asks =
                    |(table, _): &&(Atom, Atom)| self.x[0].is(*table) && !host.tables().is_named(*table);
                match TABLES.iter().find(asks).filter(|_| answer.is_err()) {
                    // Of which application a module is, as stack traces say it: of none that is known.
                    Some((CONTROLLERS, _)) if mfa.function == MATCH => Ok(Term::Nil),
                    Some((_, service)) => {
                        host.misses(*service);
                        answer
                    }
                    None => answer,
                }
            }
            Native::Control(control) => return self.control(control, live, tail),
        };
        if self.host.as_deref().is_some_and(Host::is_doomed) {
            return Err(Ended::Preempted.into());
        }
        if let Some(name) = self.host.as_deref_mut().and_then(Host::lacks) {
            return Err(self.has_no_process(name));
        }
        if answer.is_ok() && mfa.module == Atom::ERLANG {
            match mfa.function {
                SEND => self.keeps_order(0),
                MONITOR => self.keeps_order(1),
                _ => (),
            }
        }
        match answer {
            Ok(value) => {
                self.x[0] = value;
                self.comes_back(tail)
            }
            Err(raise) => self.native_raises(mfa, raise),
        }
    }

    /// What the process in this register has been sent by a stream arrives before anybody else can tell it what came of
    /// that.
    pub(super) fn keeps_order(&mut self, whom: usize) {
        if self.module.name == STREAMS
            && let (Some(whom), Some(host)) = (self.x[whom].as_pid(), self.host.as_deref_mut())
        {
            host.arrives(whom);
        }
    }

    /// Whether somebody captures what is logged.
    fn is_captured(&mut self) -> bool {
        self.host.as_deref_mut().is_some_and(|host| !host.captures().is_empty())
    }

    pub(super) fn comes_back(&mut self, tail: Tail) -> Flow {
        match tail {
            Tail::Returns => Ok(()),
            tail => {
                self.leave(tail);
                self.returns()
            }
        }
    }

    pub(super) fn native_raises(&mut self, mfa: Mfa, raise: Raise) -> Flow {
        if raise == Raise::missing() {
            return Err(self.has_no_native(mfa, self.places()));
        }
        if mfa.function == NIF_ERROR {
            // `erlang:nif_error({nif_not_loaded, module, ?MODULE, line, ?LINE})` may stand in a function for all.
            let line = self.x[0].as_tuple().and_then(|told| told.last()?.as_int());
            let stub = line.and_then(|line| self.module.function_on(line));
            let here = || self.module.function_at(self.at as Label - 1).unwrap_or((Atom::NIL, 0));
            let (function, arity) = stub.unwrap_or_else(here);
            let mfa = Mfa { module: self.module.name, function, arity };
            return Err(self.has_no_native(mfa, self.process.callers()));
        }
        let raises = [Atom::ERROR, Atom::EXIT_TAG, Class::Throw.atom(), RAISE];
        let own = mfa.module == Atom::ERLANG && raises.contains(&mfa.function);
        let top = (!own).then(|| {
            let arguments = Term::list(self.x[..usize::from(mfa.arity)].to_vec());
            Term::tuple([mfa.module.into(), mfa.function.into(), arguments, Term::Nil])
        });
        self.raise(raise, top)
    }

    /// Others can come before what they could notice or decide, if something before it could be noticed.
    pub(super) fn may_be_interrupted(&mut self, live: usize) -> Flow {
        let can = self.host.as_ref().is_some_and(|host| host.can_be_interrupted());
        if self.process.acted && can {
            self.process.arguments = self.x[..live].to_vec();
            self.process.next = self.here();
            return Err(Ended::Preempted.into());
        }
        self.process.acted = true;
        Ok(())
    }

    pub(super) fn control(&mut self, control: Control, live: usize, tail: Tail) -> Flow {
        match control {
            Control::Apply2 => {
                let (fun, list) = (self.x[0].clone(), self.x[1].clone());
                let Some(arguments) = list.as_list().filter(|list| list.len() < 256) else {
                    return self.raise(Raise::badarg(), None);
                };
                let arity = arguments.len();
                self.place(arguments);
                self.call_value(&fun, arity, arity, tail)
            }
            Control::Apply3 => {
                let (module, function) = (self.x[0].as_atom(), self.x[1].as_atom());
                let arguments = self.x[2].as_list().filter(|list| list.len() < 256);
                let (Some(module), Some(function), Some(arguments)) = (module, function, arguments) else {
                    return self.raise(Raise::badarg(), None);
                };
                let mfa = Mfa { module, function, arity: arguments.len() as u8 };
                let found = self.code.find(module, function, mfa.arity);
                if let Found::Native(Native::World(_) | Native::Table(_)) = found {
                    // Its own arguments would be lost by the time that it is executed again.
                    self.may_be_interrupted(live)?;
                    self.process.acted = false;
                }
                let arity = arguments.len();
                self.place(arguments);
                self.call(mfa, found, arity, tail)
            }
            Control::Device(writes) => self.write(writes, tail),
            Control::Files => {
                let (Some(command), Some(arguments)) = (self.x[0].as_atom(), self.x[1].as_list()) else {
                    return self.raise(Raise::badarg(), None);
                };
                let (module, function, arguments) = match command {
                    // Its owner starts what the server would start.
                    OPEN => {
                        let me = std::iter::once(self.process.own.me.into());
                        (FILE_IO_SERVER, START, me.chain(arguments).collect())
                    }
                    command => (PRIM_FILE, command, arguments),
                };
                self.may_be_interrupted(live)?;
                self.process.acted = false;
                let mfa = Mfa { module, function, arity: arguments.len() as u8 };
                let arity = arguments.len();
                self.place(arguments);
                self.call(mfa, self.code.find(module, function, mfa.arity), arity, tail)
            }
            Control::Hibernate => {
                let (module, function) = (self.x[0].as_atom(), self.x[1].as_atom());
                let (Some(module), Some(function), Some(arguments)) = (module, function, self.x[2].as_list())
                else {
                    return self.raise(Raise::badarg(), None);
                };
                let Process { stack, frames, catches, back, .. } = &mut *self.process;
                stack.clear();
                frames.clear();
                catches.clear();
                *back = Place::NOWHERE;
                let mfa = Mfa { module, function, arity: arguments.len() as u8 };
                let arity = arguments.len();
                self.place(arguments);
                self.call(mfa, self.code.find(module, function, mfa.arity), arity, Tail::Only)
            }
            Control::Assembled(at) => {
                let module = self.code.number(self.code.atoms.intern(ASSEMBLED)).unwrap_or_default();
                self.leave(tail);
                self.enter(Place { module, at })?;
                self.counts()
            }
            Control::ErrorWith => {
                let (reason, arguments) = (self.x[0].clone(), self.x[1].clone());
                let top = match (&arguments, self.module.function_at(self.at as Label - 1)) {
                    (Term::Cons(_) | Term::Nil, Some((function, _))) => Some(Term::tuple([
                        self.module.name.into(),
                        function.into(),
                        arguments.clone(),
                        location(self.here(), self.code),
                    ])),
                    _ => None,
                };
                self.raise(Raise::error(reason), top)
            }
        }
    }

    pub(super) fn place(&mut self, arguments: Vec<Term>) {
        for (place, argument) in arguments.into_iter().enumerate() {
            self.x[place] = argument;
        }
    }

    pub(super) fn call_fun(&mut self, arity: u8, fun: Source, tail: Tail) -> Flow {
        let fun = self.get(fun);
        self.call_value(&fun, usize::from(arity), usize::from(arity) + 1, tail)
    }

    pub(super) fn call_value(&mut self, fun: &Term, arity: usize, live: usize, tail: Tail) -> Flow {
        let Term::Fun(value) = fun else {
            return self.raise(Raise::tagged(BADFUN, fun.clone()), None);
        };
        if usize::from(value.arity()) != arity {
            let arguments = Term::list(self.x[..arity].to_vec());
            return self.raise(Raise::tagged(BADARITY, Term::tuple([fun.clone(), arguments])), None);
        }
        match &**value {
            Fun::External { module, function, arity } => {
                let mfa = Mfa { module: *module, function: *function, arity: *arity };
                self.call(mfa, self.code.find(*module, *function, *arity), live, tail)
            }
            Fun::Local { module, index, free, .. } => {
                let number = self.code.number(*module);
                let Some(number) = number else {
                    return self.raise(Raise::tagged(BADFUN, fun.clone()), None);
                };
                let loaded = match self.code.module(number) {
                    Ok(loaded) => loaded,
                    Err(why) => return Err(self.cannot_read(why)),
                };
                let Some(lambda) = loaded.lambdas.get(*index as usize) else {
                    return self.raise(Raise::tagged(BADFUN, fun.clone()), None);
                };
                for (place, value) in free.iter().enumerate() {
                    self.x[arity + place] = value.clone();
                }
                self.leave(tail);
                self.enter(Place { module: number, at: lambda.entry })?;
                self.counts()
            }
        }
    }

    pub(super) fn apply(&mut self, arity: u8, tail: Tail) -> Flow {
        let places = usize::from(arity);
        let (module, function) = (self.x[places].clone(), self.x[places + 1].clone());
        let (Term::Atom(module), Term::Atom(function)) = (&module, &function) else {
            return self.raise(Raise::badarg(), None);
        };
        let mfa = Mfa { module: *module, function: *function, arity };
        self.call(mfa, self.code.find(*module, *function, arity), places + 2, tail)
    }

    pub(super) fn bif(&mut self, import: u32, fail: Label, sources: &[Source], to: Target) -> Flow {
        let import = &self.module.imports[import as usize];
        let Mfa { module, function, arity } = import.mfa;
        let found = *import.found.get_or_init(|| self.code.find(module, function, arity));
        let arguments = self.three(sources);
        let arguments = &arguments[..sources.len()];
        let answer = match found {
            Found::Native(Native::Pure(pure)) => pure(arguments, &self.code.atoms),
            Found::Native(Native::Own(run) | Native::World(run)) => match self.host.as_deref_mut() {
                Some(host) => {
                    let place = Place { module: self.number, at: self.at as Label - 1 };
                    let Process { own, stack, .. } = &mut *self.process;
                    run(&mut Call { code: self.code, own, stack, host, place }, arguments)
                }
                // A guard of a `receive`, where only these can be.
                None if function == SELF => Ok(self.process.own.me.into()),
                None => Ok(Atom::NONODE.into()),
            },
            _ => return Err(self.has_no_native(import.mfa, self.places())),
        };
        self.answered(answer, fail, to, (module, function), arguments)
    }

    pub(super) fn three(&self, sources: &[Source]) -> [Term; 3] {
        let at = |place: usize| sources.get(place).map_or(Term::Nil, |source| self.get(*source));
        [at(0), at(1), at(2)]
    }

    /// Goes on with the answer of the function of a module, or elsewhere if it raises, or raises that.
    pub(super) fn answered(
        &mut self,
        answer: Answer,
        fail: Label,
        to: Target,
        (module, function): (Atom, Atom),
        arguments: &[Term],
    ) -> Flow {
        match answer {
            Ok(value) => {
                self.set(to, value);
                Ok(())
            }
            Err(_) if fail != 0 => {
                self.at = fail as usize;
                Ok(())
            }
            Err(raise) => {
                let arguments = Term::list(arguments.to_vec());
                self.raise(raise, Some(Term::tuple([module.into(), function.into(), arguments, Term::Nil])))
            }
        }
    }
}
