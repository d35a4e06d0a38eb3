//! What is known of functions and modules.

use crate::kernel::{Atom, Pid, Ref};

use super::super::host::Call;
use super::super::load::Found;
use super::super::raise::Raise;
use super::super::term::{Fun, Term};
use super::{ActsRow, Answer};

const MODULE: Atom = Atom::of("module");
const NAME: Atom = Atom::of("name");
const ARITY: Atom = Atom::of("arity");
const ENV: Atom = Atom::of("env");
const TYPE: Atom = Atom::of("type");
const INDEX: Atom = Atom::of("index");
const LOCAL: Atom = Atom::of("local");
const EXTERNAL: Atom = Atom::of("external");
const NEW_INDEX: Atom = Atom::of("new_index");
const UNIQ: Atom = Atom::of("uniq");

fn fun(term: &Term) -> Result<&Fun, Raise> {
    match term {
        Term::Fun(fun) => Ok(fun),
        _ => Err(Raise::badarg()),
    }
}

/// The module, the function that holds the code and the number of arguments that it is called with.
fn mfa_of(fun: &Fun, call: &Call<'_>) -> (Atom, Atom) {
    match fun {
        Fun::External { module, function, .. } => (*module, *function),
        Fun::Local { module, index, .. } => {
            let lambda = call.code.named(*module).and_then(|loaded| loaded.lambdas.get(*index as usize));
            (*module, lambda.map_or(Atom::UNDEFINED, |lambda| lambda.function))
        }
    }
}

fn fun_info_2(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let fun = fun(&arguments[0])?;
    let (module, name) = mfa_of(fun, call);
    let Some(item) = arguments[1].as_atom() else { return Err(Raise::badarg()) };
    let value = match (item, fun) {
        (MODULE, _) => module.into(),
        (NAME, _) => name.into(),
        (ARITY, _) => Term::Int(i64::from(fun.arity())),
        (TYPE, Fun::Local { .. }) => LOCAL.into(),
        (TYPE, Fun::External { .. }) => EXTERNAL.into(),
        (ENV, Fun::Local { free, .. }) => Term::list(free.iter().cloned()),
        (ENV, Fun::External { .. }) => Term::Nil,
        (INDEX | NEW_INDEX | UNIQ, Fun::Local { index, .. }) => Term::Int(i64::from(*index)),
        _ => return Err(Raise::badarg()),
    };
    Ok(Term::tuple([item.into(), value]))
}

fn fun_info_mfa(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let fun = fun(&arguments[0])?;
    let (module, name) = mfa_of(fun, call);
    Ok(Term::tuple([module.into(), name.into(), Term::Int(i64::from(fun.arity()))]))
}

fn make_fun(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    match arguments {
        [Term::Atom(module), Term::Atom(function), Term::Int(arity @ 0..=255)] => {
            let (module, function, arity) = (*module, *function, *arity as u8);
            Ok(Term::Fun(Fun::External { module, function, arity }.into()))
        }
        _ => Err(Raise::badarg()),
    }
}

fn fun_to_list(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let fun = fun(&arguments[0])?;
    let (module, name) = mfa_of(fun, call);
    let name_of = |atom: Atom| call.code.atoms.text(atom);
    let text = match fun {
        Fun::External { arity, .. } => format!("fun {}:{}/{arity}", name_of(module), name_of(name)),
        Fun::Local { index, .. } => format!("#Fun<{}.{index}.0>", name_of(module)),
    };
    Ok(chars(&text))
}

fn pid_to_list(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let pid = arguments[0].as_pid().ok_or_else(Raise::badarg)?;
    Ok(chars(&pid_text(pid)))
}

/// Digits of the digest, since there are no numbers here.
pub(super) fn pid_text(pid: Pid) -> String {
    let lineage = pid.lineage();
    format!("<0.{}.{}>", lineage >> 40, lineage >> 20 & 0xf_ffff)
}

pub(super) fn reference_text(reference: Ref) -> String {
    let lineage = reference.lineage();
    format!("#Ref<0.{}.{}.1>", lineage >> 32, lineage & 0xffff_ffff)
}

fn ref_to_list(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let Term::Ref(reference) = arguments[0] else { return Err(Raise::badarg()) };
    Ok(chars(&reference_text(reference)))
}

fn chars(text: &str) -> Term {
    Term::list(text.chars().map(|char| Term::Int(i64::from(u32::from(char)))))
}

fn function_exported(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    match arguments {
        [Term::Atom(module), Term::Atom(function), Term::Int(arity @ 0..=255)] => {
            let found = call.code.find(*module, *function, *arity as u8);
            Ok(Term::boolean(!matches!(found, Found::Nowhere)))
        }
        _ => Err(Raise::badarg()),
    }
}

fn module_loaded(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let module = arguments[0].as_atom().ok_or_else(Raise::badarg)?;
    Ok(Term::boolean(call.code.number(module).is_some()))
}

fn ensure_loaded(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let module = arguments[0].as_atom().ok_or_else(Raise::badarg)?;
    Ok(match call.code.named(module) {
        Some(_) => Term::tuple([MODULE.into(), module.into()]),
        None => Term::tuple([Atom::ERROR.into(), Atom::of("nofile").into()]),
    })
}

fn get_module_info_1(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let items = [Atom::of("module"), Atom::of("exports"), Atom::of("attributes")];
    let told: Result<Vec<Term>, Raise> = items
        .into_iter()
        .map(|item| {
            let value = get_module_info_2(call, &[arguments[0].clone(), item.into()])?;
            Ok(Term::tuple([item.into(), value]))
        })
        .collect();
    Ok(Term::list(told?))
}

fn get_module_info_2(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let (Some(name), Some(item)) = (arguments[0].as_atom(), arguments[1].as_atom()) else {
        return Err(Raise::badarg());
    };
    let module = call.code.named(name).ok_or_else(Raise::badarg)?;
    Ok(match call.code.atoms.text(item) {
        "module" => name.into(),
        "attributes" => module.attributes.clone(),
        "compile" | "native_addresses" | "nifs" => Term::Nil,
        "md5" => Term::binary(&[0; 16]),
        "exports" | "functions" => {
            let mut exports: Vec<(Atom, u8)> = module.exports().collect();
            exports.sort_by_key(|(function, arity)| (call.code.atoms.text(*function), *arity));
            let exports = exports.into_iter();
            Term::list(
                exports
                    .map(|(function, arity)| Term::tuple([function.into(), Term::Int(i64::from(arity))]))
                    .collect::<Vec<_>>(),
            )
        }
        _ => return Err(Raise::badarg()),
    })
}

/// Of module `erlang`.
pub const TABLE: &[ActsRow] = &[
    ("fun_info", 2, fun_info_2),
    ("fun_info_mfa", 1, fun_info_mfa),
    ("make_fun", 3, make_fun),
    ("fun_to_list", 1, fun_to_list),
    ("pid_to_list", 1, pid_to_list),
    ("ref_to_list", 1, ref_to_list),
    ("function_exported", 3, function_exported),
    ("module_loaded", 1, module_loaded),
    ("get_module_info", 1, get_module_info_1),
    ("get_module_info", 2, get_module_info_2),
];

/// Of module `code`.
pub const CODE: &[ActsRow] = &[
    ("ensure_loaded", 1, ensure_loaded),
    ("ensure_modules_loaded", 1, loaded_all),
    ("is_loaded", 1, is_loaded),
];

fn loaded_all(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::OK.into())
}

fn is_loaded(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let module = arguments[0].as_atom().ok_or_else(Raise::badarg)?;
    Ok(match call.code.number(module) {
        Some(_) => Term::tuple([Atom::of("file").into(), Term::Nil]),
        None => Term::boolean(false),
    })
}
