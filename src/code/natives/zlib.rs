//! Module `zlib`, as far as it is asked for a whole at once. What is compressed is something else than zlib's own code
//! makes of it, and comes to the same when it is inflated.

use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};

use crate::kernel::Atom;

use super::super::raise::Raise;
use super::super::term::Term;
use super::hash::bytes::crc32;
use super::{Answer, Row, iodata};

const DATA_ERROR: Atom = Atom::of("data_error");

/// As zlib itself does by default.
const LEVEL: u8 = 6;

/// More than this nobody is given.
const BYTES_MAX: usize = 1 << 26;

/// What a file of `gzip` begins with, if it says nothing of itself, on Unix.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

fn data_error() -> Raise {
    Raise::error(DATA_ERROR)
}

/// What data were before they were deflated, and how many bytes of them there were.
fn inflated(data: &[u8], format: DataFormat) -> Result<(Vec<u8>, usize), Raise> {
    let mut state = InflateState::new_boxed(format);
    let (mut out, mut taken, mut part) = (Vec::new(), 0, vec![0; 1 << 16]);
    loop {
        let came = inflate(&mut state, &data[taken..], &mut part, MZFlush::None);
        taken += came.bytes_consumed;
        out.extend_from_slice(&part[..came.bytes_written]);
        match came.status {
            Ok(MZStatus::StreamEnd) => return Ok((out, taken)),
            Ok(_) if out.len() > BYTES_MAX => return Err(Raise::system_limit()),
            Ok(_) | Err(MZError::Buf) if came.bytes_consumed + came.bytes_written > 0 => (),
            _ => return Err(data_error()),
        }
    }
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    out.extend(compress_to_vec(data, LEVEL));
    out.extend(crc32(0, data).to_le_bytes());
    out.extend((data.len() as u32).to_le_bytes());
    out
}

/// Where what is deflated begins in a file of `gzip` (RFC 1952).
fn behind_header(file: &[u8]) -> Option<usize> {
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    const CHECKED: u8 = 2;
    let flags = *file.get(3).filter(|_| file.starts_with(&HEADER[..3]))?;
    let mut at = HEADER.len();
    if flags & EXTRA != 0 {
        let len = file.get(at..at + 2)?;
        at += 2 + usize::from(u16::from_le_bytes([len[0], len[1]]));
    }
    for flag in [NAME, COMMENT] {
        if flags & flag != 0 {
            at += file.get(at..)?.iter().position(|byte| *byte == 0)? + 1;
        }
    }
    Some(if flags & CHECKED != 0 { at + 2 } else { at })
}

/// All that the parts of a file hold, one behind the other.
fn gunzip(file: &[u8]) -> Result<Vec<u8>, Raise> {
    let (mut out, mut rest) = (Vec::new(), file);
    loop {
        let begin = behind_header(rest).filter(|begin| *begin <= rest.len()).ok_or_else(data_error)?;
        let (data, taken) = inflated(&rest[begin..], DataFormat::Raw)?;
        let end = begin + taken;
        let told = rest.get(end..end + 8).ok_or_else(data_error)?;
        if told[..4] != crc32(0, &data).to_le_bytes() || told[4..] != (data.len() as u32).to_le_bytes() {
            return Err(data_error());
        }
        out.extend(data);
        rest = &rest[end + 8..];
        if rest.is_empty() {
            return Ok(out);
        }
    }
}

fn answer(bytes: &[u8]) -> Answer {
    Ok(Term::binary(bytes))
}

/// Module `zlib`. What works piece by piece is refused as a NIF that is not there.
pub const TABLE: &[Row] = &[
    ("compress", 1, |args, _| answer(&compress_to_vec_zlib(&iodata::bytes(&args[0])?, LEVEL))),
    ("uncompress", 1, |args, _| answer(&inflated(&iodata::bytes(&args[0])?, DataFormat::Zlib)?.0)),
    ("zip", 1, |args, _| answer(&compress_to_vec(&iodata::bytes(&args[0])?, LEVEL))),
    ("unzip", 1, |args, _| answer(&inflated(&iodata::bytes(&args[0])?, DataFormat::Raw)?.0)),
    ("gzip", 1, |args, _| answer(&gzip(&iodata::bytes(&args[0])?))),
    ("gunzip", 1, |args, _| answer(&gunzip(&iodata::bytes(&args[0])?)?)),
];
