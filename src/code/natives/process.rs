//! What processes do to each other: they spawn, send, link, monitor, name and stop one another.

use crate::kernel::{Atom, Pid, Ref};

use super::super::host::{Action, Alias, Call};
use super::super::raise::Raise;
use super::super::term::{Fun, Term};
use super::{ActsRow, Answer};

const LINK: Atom = Atom::of("link");
const TAG: Atom = Atom::of("tag");
const FLUSH: Atom = Atom::of("flush");
const INFO: Atom = Atom::of("info");
const EXPLICIT_UNALIAS: Atom = Atom::of("explicit_unalias");
const DEMONITOR: Atom = Atom::of("demonitor");
const REPLY_DEMONITOR: Atom = Atom::of("reply_demonitor");
const TRAP_EXIT: Atom = Atom::of("trap_exit");

fn pid(term: &Term) -> Result<Pid, Raise> {
    term.as_pid().ok_or_else(Raise::badarg)
}

fn reference(term: &Term) -> Result<Ref, Raise> {
    match term {
        Term::Ref(reference) => Ok(*reference),
        _ => Err(Raise::badarg()),
    }
}

fn spawns(call: &mut Call<'_>, mfa: &[Term], link: bool, monitor: bool) -> Answer {
    let [module, function, arguments] = mfa else { return Err(Raise::badarg()) };
    let (module, function) = (module.clone(), function.clone());
    let arguments = arguments.as_list().ok_or_else(Raise::badarg)?;
    if module.as_atom().is_none() || function.as_atom().is_none() || arguments.len() > 255 {
        return Err(Raise::badarg());
    }
    call.host.act(Action::Spawn { module, function, arguments, link, monitor })
}

/// `spawn(Fun)` is `spawn(erlang, apply, [Fun, []])`.
fn of_fun(fun: &Term) -> Result<[Term; 3], Raise> {
    match fun {
        Term::Fun(value) if Fun::arity(value) == 0 => {
            let arguments = Term::list([fun.clone(), Term::Nil]);
            Ok([Atom::ERLANG.into(), Atom::APPLY.into(), arguments])
        }
        _ => Err(Raise::badarg()),
    }
}

fn spawn_1(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawns(call, &of_fun(&arguments[0])?, false, false)
}

fn spawn_3(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawns(call, arguments, false, false)
}

fn spawn_link_1(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawns(call, &of_fun(&arguments[0])?, true, false)
}

fn spawn_link_3(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawns(call, arguments, true, false)
}

fn spawn_monitor_1(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawns(call, &of_fun(&arguments[0])?, false, true)
}

fn spawn_monitor_3(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawns(call, arguments, false, true)
}

fn spawn_opt(call: &mut Call<'_>, mfa: &[Term], options: &Term) -> Answer {
    let options = options.as_list().ok_or_else(Raise::badarg)?;
    let link = options.iter().any(|option| option.is(LINK));
    let mut monitor = options.iter().any(|option| option.is(Atom::MONITOR));
    let (mut alias, mut down) = (None, None);
    for option in options.iter().filter_map(Term::as_tuple) {
        if let [name, how] = option
            && name.is(Atom::MONITOR)
        {
            monitor = true;
            (alias, down) = monitor_options(how)?;
        }
    }
    let spawned = spawns(call, mfa, link, monitor)?;
    if let Some([_, Term::Ref(reference)]) = spawned.as_tuple() {
        if let Some(alias) = alias {
            call.host.act(Action::Activate(*reference, alias))?;
        }
        call.own.tags.extend(down.map(|down| (*reference, down)));
    }
    Ok(spawned)
}

fn spawn_opt_2(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawn_opt(call, &of_fun(&arguments[0])?, &arguments[1])
}

fn spawn_opt_4(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawn_opt(call, &arguments[..3], &arguments[3])
}

/// `spawn_request`: as `spawn_opt`, and how it went is told by a message.
fn spawn_request(call: &mut Call<'_>, mfa: &[Term], options: &Term) -> Answer {
    const SPAWN_REPLY: Atom = Atom::of("spawn_reply");
    let option = |name: &str| {
        let name = Atom::of(name);
        options.items().filter_map(Term::as_tuple).find(|pair| pair[0].is(name)).map(|pair| pair[1].clone())
    };
    let tag = option("reply_tag").unwrap_or(SPAWN_REPLY.into());
    let silent =
        option("reply").is_some_and(|reply| reply.is(Atom::of("no")) || reply.is(Atom::of("error_only")));
    let spawned = spawn_opt(call, mfa, options)?;
    let (pid, request) = match spawned.as_tuple() {
        Some([pid, reference]) => (pid.clone(), reference.clone()),
        _ => (spawned, call.host.make_ref().into()),
    };
    if !silent {
        let me = call.host.me().into();
        call.host.send(&me, Term::tuple([tag, request.clone(), Atom::OK.into(), pid]))?;
    }
    Ok(request)
}

fn spawn_request_1(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawn_request(call, &of_fun(&arguments[0])?, &Term::Nil)
}

fn spawn_request_2(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawn_request(call, &of_fun(&arguments[0])?, &arguments[1])
}

fn spawn_request_3(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawn_request(call, arguments, &Term::Nil)
}

fn spawn_request_4(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    spawn_request(call, &arguments[..3], &arguments[3])
}

fn send(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.send(&arguments[0], arguments[1].clone())?;
    Ok(arguments[1].clone())
}

fn send_with(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.send(&arguments[0], arguments[1].clone())?;
    Ok(Atom::OK.into())
}

fn link(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.act(Action::Link(pid(&arguments[0])?))
}

fn unlink(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.act(Action::Unlink(pid(&arguments[0])?))
}

/// How the alias of a monitor ends that is one too, and what its message says in place of `'DOWN'`.
fn monitor_options(options: &Term) -> Result<(Option<Alias>, Option<Term>), Raise> {
    let (mut alias, mut down) = (None, None);
    for option in options.as_list().ok_or_else(Raise::badarg)? {
        alias = match option.as_tuple() {
            Some([tag, mode]) if tag.is(Atom::ALIAS) && mode.is(EXPLICIT_UNALIAS) => Some(Alias::Explicit),
            Some([tag, mode]) if tag.is(Atom::ALIAS) && mode.is(DEMONITOR) => Some(Alias::Demonitor),
            Some([tag, mode]) if tag.is(Atom::ALIAS) && mode.is(REPLY_DEMONITOR) => Some(Alias::Reply),
            Some([tag, instead]) if tag.is(TAG) => {
                down = Some(instead.clone());
                alias
            }
            _ => return Err(Raise::badarg()),
        };
    }
    Ok((alias, down))
}

fn monitor(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    if !arguments[0].is(Atom::PROCESS) {
        return Err(Raise::badarg());
    }
    let (alias, down) = arguments.get(2).map_or(Ok((None, None)), monitor_options)?;
    let reference = call.host.act(Action::Monitor(arguments[1].clone(), alias))?;
    if let (Term::Ref(reference), Some(down)) = (&reference, down) {
        call.own.tags.push((*reference, down));
    }
    Ok(reference)
}

fn demonitor(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.own.tags.retain(|(reference, _)| arguments[0] != Term::Ref(*reference));
    let options = arguments.get(1).and_then(Term::as_list).unwrap_or_default();
    let has = |wanted: Atom| options.iter().any(|option| option.is(wanted));
    call.host.act(Action::Demonitor(reference(&arguments[0])?, has(FLUSH), has(INFO)))
}

fn alias(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let reply = arguments.first().is_some_and(|options| options.items().any(|option| option.is(Atom::REPLY)));
    call.host.act(Action::Alias(reply))
}

fn unalias(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.act(Action::Unalias(reference(&arguments[0])?))
}

fn exit(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.act(Action::Exit(pid(&arguments[0])?, arguments[1].clone()))
}

fn register(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.act(Action::Register(arguments[0].clone(), arguments[1].clone()))
}

fn unregister(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.act(Action::Unregister(arguments[0].clone()))
}

fn whereis(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.act(Action::Whereis(arguments[0].clone()))
}

fn registered(call: &mut Call<'_>, _: &[Term]) -> Answer {
    call.host.act(Action::Registered)
}

fn processes(call: &mut Call<'_>, _: &[Term]) -> Answer {
    call.host.act(Action::Processes)
}

fn is_process_alive(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.act(Action::IsAlive(pid(&arguments[0])?))
}

fn process_flag(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let [flag, value] = arguments else { return Err(Raise::badarg()) };
    match (flag.is(TRAP_EXIT), value) {
        (true, Term::Atom(Atom::TRUE)) => call.host.act(Action::TrapExit(true)),
        (true, Term::Atom(Atom::FALSE)) => call.host.act(Action::TrapExit(false)),
        (true, _) => Err(Raise::badarg()),
        // What only speed depends on.
        (false, _) => Ok(Atom::of("normal").into()),
    }
}

fn process_info(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let whom = pid(&arguments[0])?;
    let mine = whom == call.own.me;
    let items = match &arguments[1] {
        list @ (Term::Cons(_) | Term::Nil) => list.as_list().ok_or_else(Raise::badarg)?,
        item => return info(call, whom, item, mine),
    };
    let mut told = Vec::new();
    for item in items {
        match info(call, whom, &item, mine)? {
            Term::Atom(Atom::UNDEFINED) => return Ok(Atom::UNDEFINED.into()),
            Term::Nil => told.push(Term::tuple([item, Term::Nil])),
            pair => told.push(pair),
        }
    }
    Ok(Term::list(told))
}

fn info(call: &mut Call<'_>, whom: Pid, item: &Term, mine: bool) -> Answer {
    const DICTIONARY: Atom = Atom::of("dictionary");
    const CURRENT_STACKTRACE: Atom = Atom::of("current_stacktrace");
    const INITIAL_CALL: Atom = Atom::of("initial_call");
    const CURRENT_FUNCTION: Atom = Atom::of("current_function");
    const STATUS: Atom = Atom::of("status");
    match item {
        Term::Atom(DICTIONARY) if mine => {
            Ok(Term::tuple([item.clone(), super::own::pairs(&call.own.dictionary)]))
        }
        // A trace that only a report would show.
        Term::Atom(CURRENT_STACKTRACE) if mine => Ok(Term::tuple([item.clone(), Term::Nil])),
        Term::Atom(INITIAL_CALL) if mine => {
            let (module, function, arity) = call.own.initial.clone();
            let mfa = Term::tuple([module, function, Term::Int(arity as i64)]);
            Ok(Term::tuple([item.clone(), mfa]))
        }
        Term::Atom(CURRENT_FUNCTION) if mine => {
            let module = call.code.module(call.place.module).ok();
            let function = module.and_then(|module| Some((module.name, module.function_at(call.place.at)?)));
            let (module, (function, arity)) = function.unwrap_or((Atom::UNDEFINED, (Atom::UNDEFINED, 0)));
            let mfa = Term::tuple([module.into(), function.into(), Term::Int(arity.into())]);
            Ok(Term::tuple([item.clone(), mfa]))
        }
        Term::Atom(STATUS) if mine => Ok(Term::tuple([item.clone(), Atom::of("running").into()])),
        item => call.host.act(Action::Info(whom, item.clone())),
    }
}

fn group_leader(call: &mut Call<'_>, _: &[Term]) -> Answer {
    call.host.act(Action::GroupLeader)
}

fn set_group_leader(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.act(Action::SetGroupLeader(pid(&arguments[0])?, pid(&arguments[1])?))
}

/// A server that somebody else has started meanwhile is as good: `{ok, Pid}`.
fn started(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let pid = arguments[0].as_tuple().and_then(|error| error.get(1)?.as_tuple()?.get(1)?.as_pid());
    Ok(pid.map_or_else(|| arguments[0].clone(), |pid| Term::tuple([Atom::OK.into(), pid.into()])))
}

/// Of the module that stands in for others.
pub const STARTED: &[ActsRow] = &[("started", 1, started)];

/// Of module `erlang`.
pub const TABLE: &[ActsRow] = &[
    ("spawn", 1, spawn_1),
    ("spawn", 3, spawn_3),
    ("spawn_link", 1, spawn_link_1),
    ("spawn_link", 3, spawn_link_3),
    ("spawn_monitor", 1, spawn_monitor_1),
    ("spawn_monitor", 3, spawn_monitor_3),
    ("spawn_opt", 2, spawn_opt_2),
    ("spawn_opt", 4, spawn_opt_4),
    ("spawn_request", 1, spawn_request_1),
    ("spawn_request", 2, spawn_request_2),
    ("spawn_request", 3, spawn_request_3),
    ("spawn_request", 4, spawn_request_4),
    ("!", 2, send),
    ("send", 2, send),
    ("send", 3, send_with),
    ("send_nosuspend", 2, send_with),
    ("link", 1, link),
    ("unlink", 1, unlink),
    ("monitor", 2, monitor),
    ("monitor", 3, monitor),
    ("demonitor", 1, demonitor),
    ("demonitor", 2, demonitor),
    ("alias", 0, alias),
    ("alias", 1, alias),
    ("unalias", 1, unalias),
    ("exit", 2, exit),
    ("register", 2, register),
    ("unregister", 1, unregister),
    ("whereis", 1, whereis),
    ("registered", 0, registered),
    ("processes", 0, processes),
    ("is_process_alive", 1, is_process_alive),
    ("process_flag", 2, process_flag),
    ("process_info", 2, process_info),
    ("group_leader", 0, group_leader),
    ("group_leader", 2, set_group_leader),
];
