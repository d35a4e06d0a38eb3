//! The outer form of a `.beam` file: chunks with names of four letters, and what is in those that hold no code.

use std::collections::BTreeMap;

use crate::kernel::{Atom, Atoms};

use super::super::natives::external;
use super::super::term::Term;
use super::Malformed;

/// The chunks of a file that loading needs.
#[derive(Debug)]
pub struct Chunks<'f> {
    by_name: BTreeMap<[u8; 4], &'f [u8]>,
}

/// Reads numbers from the front of what is left.
#[derive(Clone, Debug)]
pub struct Reader<'f> {
    rest: &'f [u8],
}

/// A function of another module, as the table of imports names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mfa {
    /// The module that it names.
    pub module: Atom,
    /// The function that it names.
    pub function: Atom,
    /// How many arguments it takes.
    pub arity: u8,
}

/// An entry of the table of functions that are values.
#[derive(Clone, Debug)]
pub struct Lambda {
    /// The function that holds its code.
    pub function: Atom,
    /// How many arguments the code takes, with what it closes over.
    pub arity: u32,
    /// The label of its code.
    pub label: u32,
    /// Its number, as `fun_info` tells it.
    pub index: u32,
    /// How many values it closes over.
    pub free: u32,
    /// A digest of the module, as `fun_info` tells it.
    pub uniq: u32,
}

impl<'f> Chunks<'f> {
    /// Splits a file, which may be compressed as a whole.
    pub fn of(file: &'f [u8]) -> Result<Chunks<'f>, Malformed> {
        let mut reader = Reader { rest: file };
        if reader.take(4)? != b"FOR1" {
            return Err(Malformed("it does not begin as a compiled module does"));
        }
        let _size = reader.u32()?;
        if reader.take(4)? != b"BEAM" {
            return Err(Malformed("it holds something else than a compiled module"));
        }
        let mut by_name = BTreeMap::new();
        while !reader.rest.is_empty() {
            let name: [u8; 4] = reader.take(4)?.try_into().expect("four are four");
            let size = reader.u32()? as usize;
            by_name.insert(name, reader.take(size)?);
            let padding = (4 - size % 4) % 4;
            let _ = reader.take(padding.min(reader.rest.len()))?;
        }
        Ok(Chunks { by_name })
    }

    /// A chunk, if the file has it.
    pub fn get(&self, name: &[u8; 4]) -> Option<Reader<'f>> {
        self.by_name.get(name).map(|rest| Reader { rest })
    }

    fn need(&self, name: &[u8; 4]) -> Result<Reader<'f>, Malformed> {
        self.get(name).ok_or(Malformed("a part of it is missing"))
    }

    /// The code and what stands before it.
    pub fn code(&self) -> Result<Reader<'f>, Malformed> {
        let mut reader = self.need(b"Code")?;
        let header = reader.u32()? as usize;
        reader.take(header)?;
        Ok(reader)
    }

    /// The names of its atoms, the first of which, at 1, is the module's own.
    pub fn atoms(&self, atoms: &Atoms) -> Result<Vec<Atom>, Malformed> {
        let mut reader = match self.get(b"AtU8") {
            Some(reader) => reader,
            None => self.need(b"Atom")?,
        };
        let count = reader.u32()? as i32;
        // Since OTP 28 a negative count says that lengths are written as code writes numbers.
        let long = count < 0;
        let mut names = vec![Atom::NIL];
        for _ in 0..count.unsigned_abs() {
            let len = if long { reader.number()? as usize } else { usize::from(reader.u8()?) };
            let name = std::str::from_utf8(reader.take(len)?);
            names.push(atoms.intern(name.map_err(|_| Malformed("a name in it is no text"))?));
        }
        Ok(names)
    }

    /// The functions of others that it calls.
    pub fn imports(&self, names: &[Atom]) -> Result<Vec<Mfa>, Malformed> {
        let mut reader = self.need(b"ImpT")?;
        (0..reader.u32()?)
            .map(|_| {
                let (module, function) = (reader.atom(names)?, reader.atom(names)?);
                Ok(Mfa { module, function, arity: reader.u32()? as u8 })
            })
            .collect()
    }

    /// The functions of one table, with their labels: `ExpT` or `LocT`.
    pub fn functions(&self, table: &[u8; 4], names: &[Atom]) -> Result<Vec<(Atom, u8, u32)>, Malformed> {
        let Some(mut reader) = self.get(table) else { return Ok(Vec::new()) };
        (0..reader.u32()?).map(|_| Ok((reader.atom(names)?, reader.u32()? as u8, reader.u32()?))).collect()
    }

    /// The functions that are values.
    pub fn lambdas(&self, names: &[Atom]) -> Result<Vec<Lambda>, Malformed> {
        let Some(mut reader) = self.get(b"FunT") else { return Ok(Vec::new()) };
        (0..reader.u32()?)
            .map(|_| {
                let function = reader.atom(names)?;
                let (arity, label, index) = (reader.u32()?, reader.u32()?, reader.u32()?);
                Ok(Lambda { function, arity, label, index, free: reader.u32()?, uniq: reader.u32()? })
            })
            .collect()
    }

    /// The terms that code mentions and does not build: compressed up to OTP 27.
    pub fn literals(&self, atoms: &Atoms) -> Result<Vec<Term>, Malformed> {
        let Some(mut reader) = self.get(b"LitT") else { return Ok(Vec::new()) };
        let inflated;
        if reader.u32()? != 0 {
            inflated = miniz_oxide::inflate::decompress_to_vec_zlib(reader.rest)
                .map_err(|_| Malformed("its literals cannot be inflated"))?;
            reader = Reader { rest: &inflated };
        }
        (0..reader.u32()?)
            .map(|_| {
                let size = reader.u32()? as usize;
                let term = external::decode(reader.take(size)?, atoms);
                term.map(|(term, _)| term).ok_or(Malformed("one of its literals is no term"))
            })
            .collect()
    }

    /// What `module_info(attributes)` says.
    pub fn attributes(&self, atoms: &Atoms) -> Option<Term> {
        external::decode(self.get(b"Attr")?.rest, atoms).map(|(term, _)| term)
    }

    /// The bytes that code matches and puts as they are.
    pub fn strings(&self) -> Vec<u8> {
        self.get(b"StrT").map_or(Vec::new(), |reader| reader.rest.to_vec())
    }
}

impl<'f> Reader<'f> {
    /// The next bytes.
    pub fn take(&mut self, count: usize) -> Result<&'f [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed("it ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte.
    pub fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(self.take(1)?[0])
    }

    /// The next four bytes as a number.
    pub fn u32(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_be_bytes(self.take(4)?.try_into().expect("four are four")))
    }

    /// The atom whose number comes next.
    pub fn atom(&mut self, names: &[Atom]) -> Result<Atom, Malformed> {
        names.get(self.u32()? as usize).copied().ok_or(Malformed("it names an atom that it does not have"))
    }

    /// A number as code writes it, without regard to its tag.
    pub fn number(&mut self) -> Result<u64, Malformed> {
        let first = self.u8()?;
        self.number_from(first)
    }

    /// The same, of which the first byte has been read.
    pub fn number_from(&mut self, first: u8) -> Result<u64, Malformed> {
        match first {
            _ if first & 0x08 == 0 => Ok(u64::from(first >> 4)),
            _ if first & 0x10 == 0 => Ok(u64::from(first & 0xe0) << 3 | u64::from(self.u8()?)),
            _ => {
                let bytes = self.wide(first)?;
                let mut value = [0; 8];
                let from =
                    8_usize.checked_sub(bytes.len()).ok_or(Malformed("a number in it is too large"))?;
                value[from..].copy_from_slice(bytes);
                Ok(u64::from_be_bytes(value))
            }
        }
    }

    /// The bytes of a number that takes two or more.
    pub fn wide(&mut self, first: u8) -> Result<&'f [u8], Malformed> {
        let size = match first >> 5 {
            7 => self.number()? as usize + 9,
            size => usize::from(size) + 2,
        };
        self.take(size)
    }
}
