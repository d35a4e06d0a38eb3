//! Modules `prim_file` and `prim_buffer`, as far as they are written in the emulator: files of the tree in memory. What
//! OTP puts above them, `file` and its servers, is bytecode.

use crate::kernel::{Atom, Atoms, Ref};

use super::super::files::{Failure, Files, How, Info, Mark};
use super::super::host::Call;
use super::super::raise::Raise;
use super::super::term::Term;
use super::iodata::bytes;
use super::parts::{count, size};
use super::time::seconds;
use super::{ActsRow, Answer, Row};

/// A path, as `internal_name2native/1` has made it.
fn path(term: &Term) -> Result<Vec<u8>, Raise> {
    let mut path = path_in(term)?;
    path.pop_if(|last| *last == 0);
    Ok(path)
}

fn path_in(term: &Term) -> Result<Vec<u8>, Raise> {
    term.as_binary().map(|path| path.into_owned()).ok_or_else(Raise::badarg)
}

fn reference(term: &Term) -> Result<Ref, Raise> {
    match term {
        Term::Ref(reference) => Ok(*reference),
        _ => Err(Raise::badarg()),
    }
}

/// `ok`, `{ok, Value}` or `{error, Name}`.
fn answer(call: &Call<'_>, done: Result<Option<Term>, Failure>) -> Answer {
    Ok(match done {
        Ok(None) => Atom::OK.into(),
        Ok(Some(value)) => Term::tuple([Atom::OK.into(), value]),
        Err(why) => Term::tuple([Atom::ERROR.into(), call.code.atoms.intern(why).into()]),
    })
}

fn done(call: &Call<'_>, done: Result<(), Failure>) -> Answer {
    answer(call, done.map(|()| None))
}

fn files<'c>(call: &'c mut Call<'_>) -> &'c mut Files {
    call.host.files()
}

/// As the file system has names: bytes that end with a zero, which no name holds.
fn name_to_native(args: &[Term], _: &Atoms) -> Answer {
    let mut name = match &args[0] {
        Term::Bits(bits) if bits.is_binary() => path_in(&args[0])?,
        list => {
            let mut text = String::new();
            letters(list, &mut text)?;
            text.into_bytes()
        }
    };
    if name.contains(&0) {
        return Err(Raise::badarg());
    }
    name.push(0);
    Ok(Term::binary(&name))
}

/// The letters of a list, which may hold others.
fn letters(list: &Term, text: &mut String) -> Result<(), Raise> {
    for term in list.as_list().ok_or_else(Raise::badarg)? {
        match term.as_int() {
            Some(letter) => {
                text.push(u32::try_from(letter).ok().and_then(char::from_u32).ok_or_else(Raise::badarg)?);
            }
            None => letters(&term, text)?,
        }
    }
    Ok(())
}

fn native_to_name(args: &[Term], atoms: &Atoms) -> Answer {
    let name = path_in(&args[0])?;
    Ok(match std::str::from_utf8(&name) {
        Ok(text) => {
            Term::list(text.chars().map(|letter| Term::Int(u32::from(letter).into())).collect::<Vec<_>>())
        }
        Err(_) => Term::tuple([Atom::ERROR.into(), atoms.intern("ignore").into()]),
    })
}

/// Of module `prim_file`, what only computes.
pub const NAMES: &[Row] = &[
    ("internal_name2native", 1, name_to_native),
    ("internal_native2name", 1, native_to_name),
    ("internal_normalize_utf8", 1, native_to_name),
    ("is_translatable", 1, |args, _| Ok(Term::boolean(std::str::from_utf8(&path(&args[0])?).is_ok()))),
];

fn open(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let mut how = How::default();
    for mode in args[1].as_list().ok_or_else(Raise::badarg)? {
        match mode.as_atom().map(|mode| call.code.atoms.text(mode)) {
            Some("read") => how.read = true,
            Some("write") => how.write = true,
            Some("append") => (how.write, how.append) = (true, true),
            Some("exclusive") => (how.write, how.exclusive) = (true, true),
            // What is about speed, or is done above.
            _ => (),
        }
    }
    how.read |= !how.write;
    let (path, now) = (path(&args[0])?, seconds(call));
    let by = (call.host.make_ref(), call.host.me());
    let opened = files(call).open(&path, how, by, now);
    answer(call, opened.map(|()| Some(by.0.into())))
}

fn close(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let closed = files(call).close(reference(&args[0])?);
    done(call, closed)
}

/// `{ok, Bytes}` or `eof`.
fn read_from(call: &mut Call<'_>, file: &Term, from: Option<usize>, most: &Term) -> Answer {
    match files(call).read(reference(file)?, from, size(most)?) {
        Ok(None) => Ok(Atom::of("eof").into()),
        read => answer(call, read.map(|bytes| bytes.map(|bytes| Term::binary(&bytes)))),
    }
}

fn read(call: &mut Call<'_>, args: &[Term]) -> Answer {
    read_from(call, &args[0], None, &args[1])
}

fn pread(call: &mut Call<'_>, args: &[Term]) -> Answer {
    read_from(call, &args[0], Some(size(&args[1])?), &args[2])
}

fn write(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let (file, bytes, now) = (reference(&args[0])?, bytes(&args[1])?, seconds(call));
    let written = files(call).write(file, None, &bytes, now);
    done(call, written)
}

fn pwrite(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let (file, at, bytes) = (reference(&args[0])?, size(&args[1])?, bytes(&args[2])?);
    let now = seconds(call);
    let written = files(call).write(file, Some(at), &bytes, now);
    done(call, written)
}

fn seek(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let mark = match args[1].as_atom().map(|mark| call.code.atoms.text(mark)) {
        Some("bof") => Mark::Beginning,
        Some("cur") => Mark::Here,
        Some("eof") => Mark::End,
        _ => return Err(Raise::badarg()),
    };
    let offset = args[2].as_int().ok_or_else(Raise::badarg)?;
    let at = files(call).seek(reference(&args[0])?, mark, offset);
    answer(call, at.map(|at| Some(count(at))))
}

fn truncate(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let now = seconds(call);
    let truncated = files(call).truncate(reference(&args[0])?, now);
    done(call, truncated)
}

fn ok(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::OK.into())
}

/// The record `#file_info{}`.
fn info(call: &Call<'_>, found: Result<Info, Failure>) -> Answer {
    let name = |name: &str| Term::from(call.code.atoms.intern(name));
    let Info { size, folder, changed, number } = match found {
        Ok(info) => info,
        Err(why) => return answer(call, Err(why)),
    };
    let (kind, mode) = if folder { ("directory", 0o40755) } else { ("regular", 0o100644) };
    let [time, one, none] = [changed, 1, 0].map(Term::Int);
    Ok(Term::tuple([
        name("file_info"),
        count(size),
        name(kind),
        name("read_write"),
        time.clone(),
        time.clone(),
        time,
        Term::Int(mode),
        one,
        none.clone(),
        none.clone(),
        count(number as usize),
        none.clone(),
        none,
    ]))
}

fn read_info(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let found = files(call).info(&path(&args[0])?);
    info(call, found)
}

fn read_handle_info(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let found = files(call).info_of_open(reference(&args[0])?);
    info(call, found)
}

/// Rights and owners are nobody's here: `ok` of what is there.
fn set(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let found = files(call).info(&path(&args[0])?);
    done(call, found.map(|_| ()))
}

fn read_file(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let read = files(call).read_file(&path(&args[0])?);
    answer(call, read.map(|bytes| Some(Term::binary(&bytes))))
}

/// `prim_file:write_file/2`, whose name is as the user has given it.
fn write_file(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let path = path(&name_to_native(args, &call.code.atoms)?)?;
    let (bytes, now) = (bytes(&args[1])?, seconds(call));
    let written = files(call).write_file(&path, bytes, now);
    done(call, written)
}

/// What the file server does for `file:copy/3`: `copy(From, Modes, To, Modes, Most)`.
fn copy(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let named = |place: usize| path(&name_to_native(&args[place..], &call.code.atoms)?);
    let (from, to, now) = (named(0)?, named(2)?, seconds(call));
    let read = files(call).read_file(&from);
    let copied = read.and_then(|bytes| {
        let most = size(&args[4]).map_or(bytes.len(), |most| most.min(bytes.len()));
        files(call).write_file(&to, bytes[..most].to_vec(), now)?;
        Ok(Some(count(most)))
    });
    answer(call, copied)
}

fn list_dir(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let names = files(call).list(&path(&args[0])?);
    answer(
        call,
        names.map(|names| Some(Term::list(names.iter().map(|name| Term::binary(name)).collect::<Vec<_>>()))),
    )
}

fn make_dir(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let made = files(call).make_folder(&path(&args[0])?);
    done(call, made)
}

fn delete(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let deleted = files(call).delete(&path(&args[0])?);
    done(call, deleted)
}

fn delete_dir(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let deleted = files(call).delete_folder(&path(&args[0])?);
    done(call, deleted)
}

fn rename(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let renamed = files(call).rename(&path(&args[0])?, &path(&args[1])?);
    done(call, renamed)
}

fn get_cwd(call: &mut Call<'_>, _: &[Term]) -> Answer {
    let here = Term::binary(files(call).here());
    answer(call, Ok(Some(here)))
}

fn set_cwd(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let gone = files(call).go(&path(&args[0])?);
    done(call, gone)
}

/// There are no links: `einval` of what is there, as of every file that is none.
fn read_link(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let found = files(call).info(&path(&args[0])?);
    answer(call, found.and(Err("einval")))
}

fn no_links(call: &mut Call<'_>, _: &[Term]) -> Answer {
    answer(call, Err("enotsup"))
}

/// Of module `prim_file`.
pub const TABLE: &[ActsRow] = &[
    ("open_nif", 2, open),
    ("close_nif", 1, close),
    ("delayed_close_nif", 1, close),
    ("read_nif", 2, read),
    ("pread_nif", 3, pread),
    ("write_nif", 2, write),
    ("pwrite_nif", 3, pwrite),
    ("seek_nif", 3, seek),
    ("truncate_nif", 1, truncate),
    ("sync_nif", 2, ok),
    ("advise_nif", 4, ok),
    ("allocate_nif", 3, ok),
    ("read_info_nif", 2, read_info),
    ("read_handle_info_nif", 1, read_handle_info),
    ("set_permissions_nif", 2, set),
    ("set_owner_nif", 3, set),
    ("set_time_nif", 4, set),
    ("read_file_nif", 1, read_file),
    ("write_file", 2, write_file),
    ("copy", 5, copy),
    ("list_dir_nif", 1, list_dir),
    ("make_dir_nif", 1, make_dir),
    ("del_file_nif", 1, delete),
    ("del_dir_nif", 1, delete_dir),
    ("rename_nif", 2, rename),
    ("get_cwd_nif", 0, get_cwd),
    ("set_cwd_nif", 1, set_cwd),
    ("read_link_nif", 1, read_link),
    ("make_hard_link_nif", 2, no_links),
    ("make_soft_link_nif", 2, no_links),
];

fn new_buffer(call: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(call.host.make_ref().into())
}

fn buffered(call: &mut Call<'_>, args: &[Term]) -> Answer {
    Ok(count(files(call).buffer(reference(&args[0])?).len()))
}

fn peek_head(call: &mut Call<'_>, args: &[Term]) -> Answer {
    Ok(Term::binary(files(call).buffer(reference(&args[0])?)))
}

fn read_copy(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let read = take(call, args)?;
    Ok(Term::binary(&read))
}

fn skip(call: &mut Call<'_>, args: &[Term]) -> Answer {
    take(call, args)?;
    Ok(Atom::OK.into())
}

/// Takes the first bytes out of a buffer that has as many.
fn take(call: &mut Call<'_>, args: &[Term]) -> Result<Vec<u8>, Raise> {
    let (buffer, most) = (reference(&args[0])?, size(&args[1])?);
    let all = files(call).buffer(buffer).to_vec();
    let (first, rest) = all.split_at_checked(most).ok_or_else(Raise::badarg)?;
    files(call).set_buffer(buffer, rest);
    Ok(first.to_vec())
}

fn write_buffer(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let buffer = reference(&args[0])?;
    let all = [files(call).buffer(buffer), &*bytes(&args[1])?].concat();
    files(call).set_buffer(buffer, &all);
    Ok(Atom::OK.into())
}

fn find_byte(call: &mut Call<'_>, args: &[Term]) -> Answer {
    let byte = size(&args[1])?;
    let at = files(call).buffer(reference(&args[0])?).iter().position(|known| usize::from(*known) == byte);
    Ok(match at {
        Some(at) => Term::tuple([Atom::OK.into(), count(at)]),
        None => call.code.atoms.intern("not_found").into(),
    })
}

fn lock(call: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(call.code.atoms.intern("acquired").into())
}

/// Of module `prim_buffer`: what has been read ahead, which only its owner knows of.
pub const BUFFERS: &[ActsRow] = &[
    ("new", 0, new_buffer),
    ("size", 1, buffered),
    ("peek_head", 1, peek_head),
    ("copying_read", 2, read_copy),
    ("skip", 2, skip),
    ("write", 2, write_buffer),
    ("find_byte_index", 2, find_byte),
    ("try_lock", 1, lock),
    ("unlock", 1, ok),
];
