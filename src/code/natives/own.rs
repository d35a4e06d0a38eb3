//! What concerns the calling process alone: who it is, its dictionary, unique integers, and how it raises.

use crate::kernel::Atom;

use super::super::host::Call;
use super::super::raise::{Class, Raise};
use super::super::term::Term;
use super::{ActsRow, Answer};

const NIF_ERROR: Atom = Atom::of("nif_error");
const MONOTONIC: Atom = Atom::of("monotonic");

fn me(call: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(call.host.me().into())
}

fn node(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::NONODE.into())
}

fn nodes(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Term::Nil)
}

fn make_ref(call: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(call.host.make_ref().into())
}

fn put(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let [key, value] = arguments else { return Err(Raise::badarg()) };
    let dictionary = &mut call.own.dictionary;
    match dictionary.iter_mut().find(|(known, _)| known == key) {
        Some((_, old)) => Ok(std::mem::replace(old, value.clone())),
        None => {
            dictionary.push((key.clone(), value.clone()));
            Ok(Atom::UNDEFINED.into())
        }
    }
}

fn get(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let found = call.own.dictionary.iter().find(|(key, _)| *key == arguments[0]);
    Ok(found.map_or(Atom::UNDEFINED.into(), |(_, value)| value.clone()))
}

fn get_all(call: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(pairs(&call.own.dictionary))
}

/// The process dictionary as a list.
pub fn pairs(dictionary: &[(Term, Term)]) -> Term {
    Term::list(dictionary.iter().map(|(key, value)| Term::tuple([key.clone(), value.clone()])))
}

fn get_keys(call: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Term::list(call.own.dictionary.iter().map(|(key, _)| key.clone())))
}

fn get_keys_of(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let with = call.own.dictionary.iter().filter(|(_, value)| *value == arguments[0]);
    Ok(Term::list(with.map(|(key, _)| key.clone())))
}

fn erase(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let dictionary = &mut call.own.dictionary;
    let place = dictionary.iter().position(|(key, _)| *key == arguments[0]);
    Ok(place.map_or(Atom::UNDEFINED.into(), |place| dictionary.remove(place).1))
}

fn erase_all(call: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(pairs(&std::mem::take(&mut call.own.dictionary)))
}

/// A number that no other process makes: a digest of who makes it, and how many it has made.
fn unique_integer(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    if arguments.first().is_some_and(|options| options.items().any(|option| option.is(MONOTONIC))) {
        return call.host.act(super::super::host::Action::Monotonic);
    }
    call.own.uniques += 1;
    let digest = ((call.own.me.lineage() ^ call.code.shuffle << 40) >> 24) ^ u64::from(call.own.uniques);
    Ok(Term::Int(digest as i64))
}

/// `erlang:hibernate/0` (OTP 28): whoever calls it looks for messages next, and waits there.
fn hibernate(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::OK.into())
}

fn error(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Err(Raise::error(arguments[0].clone()))
}

fn exit(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Err(Raise::exit(arguments[0].clone()))
}

fn throw(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Err(Raise::throw(arguments[0].clone()))
}

fn raise(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let [class, value, stack] = arguments else { return Err(Raise::badarg()) };
    let classes = [Class::Error, Class::Exit, Class::Throw];
    match classes.into_iter().find(|known| class.is(known.atom())) {
        Some(class) => Err(Raise { class, value: value.clone(), stack: Some(stack.clone()) }),
        None => Ok(Atom::BADARG.into()),
    }
}

/// The body of a function that the emulator has and this machine does not.
fn nif_error(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Err(Raise::error(NIF_ERROR))
}

fn truth(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Term::boolean(true))
}

fn system_info(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let text = |text: &str| Ok(Term::list(text.bytes().map(|byte| Term::Int(i64::from(byte)))));
    let word = |word: &str| Ok(call.code.atoms.intern(word).into());
    let Some(item) = arguments[0].as_atom() else { return Err(Raise::badarg()) };
    match call.code.atoms.text(item) {
        "otp_release" => text("25"),
        "version" => text("13.1.5"),
        "nif_version" => text("2.16"),
        "driver_version" => text("3.3"),
        "machine" => text("BEAM"),
        "os_type" => Ok(Term::tuple(["unix", "linux"].map(|name| Term::from(call.code.atoms.intern(name))))),
        "os_version" => Ok(Term::tuple([0, 0, 0].map(Term::Int))),
        "build_type" => word("opt"),
        "emu_flavor" => word("emu"),
        "emu_type" => word("opt"),
        "heap_type" => word("private"),
        "multi_scheduling" => word("disabled"),
        "time_offset" => word("final"),
        "time_warp_mode" => word("no_time_warp"),
        "cpu_topology" => word("undefined"),
        "smp_support" | "threads" | "kernel_poll" => Ok(Term::boolean(true)),
        "port_parallelism" | "dist_buf_busy_limit" | "debug_compiled" => Ok(Term::boolean(false)),
        "thread_pool_size" | "min_heap_size" | "min_bin_vheap_size" | "fullsweep_after" | "creation"
        | "port_count" => Ok(Term::Int(0)),
        "process_count" => {
            let all = call.host.act(super::super::host::Action::Processes)?;
            Ok(Term::Int(all.items().count() as i64))
        }
        "system_architecture" => text("treefall"),
        "schedulers"
        | "schedulers_online"
        | "scheduler_id"
        | "logical_processors"
        | "logical_processors_available"
        | "logical_processors_online"
        | "dirty_cpu_schedulers_online"
        | "dirty_io_schedulers"
        | "dirty_cpu_schedulers" => Ok(Term::Int(1)),
        "wordsize" => Ok(Term::Int(8)),
        "process_limit" => Ok(Term::Int(262_144)),
        "endian" => Ok(Atom::of("little").into()),
        "atom_limit" | "ets_limit" | "port_limit" => Ok(Term::Int(1_048_576)),
        _ => Err(Raise::badarg()),
    }
}

/// Bytes that look random: a digest of who asks, how often it has, and the number of the file's.
fn random_bytes(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let count = super::parts::size(&arguments[0])?.min(1 << 24);
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        call.own.uniques += 1;
        // The mixer of SplitMix64.
        let mut word = (call.own.me.lineage() ^ call.code.shuffle << 32 ^ u64::from(call.own.uniques))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend((word ^ (word >> 31)).to_le_bytes());
    }
    bytes.truncate(count);
    Ok(Term::binary(&bytes))
}

/// What is traced by `dyntrace`, which nothing is.
fn untraced(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Ok(arguments[0].clone())
}

fn yields(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Term::boolean(true))
}

fn persistent_get(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    match (call.host.persistent().get(&arguments[0]), arguments.get(1)) {
        (Some(value), _) => Ok(value.clone()),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(Raise::badarg()),
    }
}

fn persistent_put(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.persistent().insert(arguments[0].clone(), arguments[1].clone());
    Ok(Atom::OK.into())
}

fn persistent_erase(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Ok(Term::boolean(call.host.persistent().remove(&arguments[0]).is_some()))
}

/// Nothing is in the environment.
fn no(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Term::boolean(false))
}

/// Of module `os`.
pub const OS: &[ActsRow] = &[("getenv", 1, no)];

/// Of module `erlang`.
pub const TABLE: &[ActsRow] = &[
    ("self", 0, me),
    ("node", 0, node),
    ("node", 1, node),
    ("nodes", 0, nodes),
    ("nodes", 1, nodes),
    ("make_ref", 0, make_ref),
    ("put", 2, put),
    ("get", 0, get_all),
    ("get", 1, get),
    ("get_keys", 0, get_keys),
    ("get_keys", 1, get_keys_of),
    ("erase", 0, erase_all),
    ("erase", 1, erase),
    ("hibernate", 0, hibernate),
    ("unique_integer", 0, unique_integer),
    ("unique_integer", 1, unique_integer),
    ("error", 1, error),
    ("exit", 1, exit),
    ("throw", 1, throw),
    ("raise", 3, raise),
    ("nif_error", 1, nif_error),
    ("nif_error", 2, nif_error),
    ("garbage_collect", 0, truth),
    ("garbage_collect", 1, truth),
    ("garbage_collect", 2, truth),
    ("is_alive", 0, no),
    ("is_builtin", 3, no),
    ("bump_reductions", 1, truth),
    ("yield", 0, yields),
    ("dt_spread_tag", 1, untraced),
    ("dt_restore_tag", 1, truth),
    ("dt_append_vm_tag_data", 1, untraced),
    ("dt_prepend_vm_tag_data", 1, untraced),
    ("system_info", 1, system_info),
];

/// Of module `erts_internal`.
pub const INTERNAL: &[ActsRow] = &[("garbage_collect", 1, truth)];

/// Of module `crypto`.
pub const CRYPTO: &[ActsRow] = &[("strong_rand_bytes", 1, random_bytes)];

/// Of module `persistent_term`.
pub const PERSISTENT: &[ActsRow] = &[
    ("get", 1, persistent_get),
    ("get", 2, persistent_get),
    ("put", 2, persistent_put),
    ("erase", 1, persistent_erase),
];
