//! Writes terms.

use num_bigint::{BigInt, Sign};

use crate::code::bits::Bits;
use crate::code::natives::floats;
use crate::code::term::{Fun, Term};
use crate::kernel::{Atom, Atoms};

use super::format::{Options, VERSION, tag};

/// The term with the version in front.
pub(super) fn term(term: &Term, options: Options, atoms: &Atoms) -> Vec<u8> {
    let mut writer = Writer { bytes: vec![VERSION], options, atoms };
    writer.term(term);
    let bytes = writer.bytes;
    let Some(level) = options.compressed else { return bytes };
    let plain = &bytes[1..];
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(plain, level);
    // What does not become smaller stays as it is.
    if packed.len() + 5 > plain.len() {
        return bytes;
    }
    let size = u32_of(plain.len()).to_be_bytes();
    [&[VERSION, tag::COMPRESSED], &size[..], &packed].concat()
}

struct Writer<'a> {
    bytes: Vec<u8>,
    options: Options,
    atoms: &'a Atoms,
}

impl Writer<'_> {
    fn term(&mut self, term: &Term) {
        match term {
            Term::Nil => self.bytes.push(tag::NIL),
            Term::Atom(atom) => self.atom(*atom),
            Term::Int(value) => self.integer(*value),
            Term::Big(value) => self.big(value),
            Term::Float(value) => self.float(value.value()),
            Term::Pid(pid) => {
                self.bytes.push(tag::NEW_PID);
                self.atom(self.atoms.node(pid.node()));
                self.bytes.extend(pid.lineage().to_be_bytes());
                self.u32(0);
            }
            Term::Ref(reference) => {
                self.bytes.extend([tag::NEWER_REFERENCE, 0, 2]);
                self.atom(Atom::NONODE);
                self.u32(0);
                self.bytes.extend(reference.lineage().to_be_bytes());
            }
            Term::Cons(_) => self.list(term),
            Term::Matcher(matcher) => self.term(&Term::Bits(matcher.tail())),
            Term::Tuple(elements) => {
                match u8::try_from(elements.len()) {
                    Ok(arity) => self.bytes.extend([tag::SMALL_TUPLE, arity]),
                    Err(_) => self.tagged(tag::LARGE_TUPLE, elements.len()),
                }
                elements.iter().for_each(|element| self.term(element));
            }
            Term::Map(map) => {
                self.tagged(tag::MAP, map.len());
                for (key, value) in map.iter() {
                    self.term(key);
                    self.term(value);
                }
            }
            Term::Bits(bits) => self.bits(bits),
            Term::Fun(fun) => self.fun(fun),
        }
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_be_bytes());
    }

    fn tagged(&mut self, tag: u8, len: usize) {
        self.bytes.push(tag);
        self.u32(u32_of(len));
    }

    fn atom(&mut self, atom: Atom) {
        let name = self.atoms.text(atom);
        let latin1: Option<Vec<u8>> =
            name.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
        match latin1 {
            Some(latin1) if self.options.minor_version < 2 => {
                self.bytes.extend([tag::ATOM, 0, latin1.len() as u8]);
                self.bytes.extend(latin1);
                return;
            }
            _ => (),
        }
        match u8::try_from(name.len()) {
            Ok(len) => self.bytes.extend([tag::SMALL_ATOM_UTF8, len]),
            Err(_) => {
                self.bytes.push(tag::ATOM_UTF8);
                self.bytes.extend((name.len() as u16).to_be_bytes());
            }
        }
        self.bytes.extend(name.as_bytes());
    }

    fn integer(&mut self, value: i64) {
        match (u8::try_from(value), i32::try_from(value)) {
            (Ok(small), _) => self.bytes.extend([tag::SMALL_INTEGER, small]),
            (_, Ok(middle)) => {
                self.bytes.push(tag::INTEGER);
                self.bytes.extend(middle.to_be_bytes());
            }
            _ => self.big(&BigInt::from(value)),
        }
    }

    fn big(&mut self, value: &BigInt) {
        let (sign, digits) = value.to_bytes_le();
        match u8::try_from(digits.len()) {
            Ok(len) => self.bytes.extend([tag::SMALL_BIG, len]),
            Err(_) => self.tagged(tag::LARGE_BIG, digits.len()),
        }
        self.bytes.push(u8::from(sign == Sign::Minus));
        self.bytes.extend(digits);
    }

    fn float(&mut self, value: f64) {
        if self.options.minor_version > 0 {
            self.bytes.push(tag::NEW_FLOAT);
            self.bytes.extend(value.to_be_bytes());
            return;
        }
        let mut text = floats::scientific(value, 20).into_bytes();
        text.resize(31, 0);
        self.bytes.push(tag::FLOAT);
        self.bytes.extend(text);
    }

    /// A list of bytes is a string.
    fn list(&mut self, list: &Term) {
        let byte = |term: &Term| term.as_int().and_then(|byte| u8::try_from(byte).ok());
        let mut items = list.items();
        let string: Vec<u8> = items.by_ref().map_while(byte).take(1 << 16).collect();
        let rest = list.items().nth(string.len()).is_none();
        let mut all = list.items();
        let len = all.by_ref().count();
        if rest && matches!(all.tail(), Term::Nil) && u16::try_from(len).is_ok() {
            self.bytes.push(tag::STRING);
            self.bytes.extend((len as u16).to_be_bytes());
            self.bytes.extend(string);
            return;
        }
        self.tagged(tag::LIST, len);
        list.items().for_each(|item| self.term(item));
        self.term(all.tail());
    }

    fn bits(&mut self, bits: &Bits) {
        let bytes = bits.bytes();
        if bits.is_binary() {
            self.tagged(tag::BINARY, bytes.len());
        } else {
            self.tagged(tag::BIT_BINARY, bytes.len());
            self.bytes.push((bits.len() % 8) as u8);
        }
        self.bytes.extend_from_slice(&bytes);
    }

    fn fun(&mut self, fun: &Fun) {
        match fun {
            Fun::External { module, function, arity } => {
                self.bytes.push(tag::EXPORT);
                self.atom(*module);
                self.atom(*function);
                self.integer(i64::from(*arity));
            }
            Fun::Local { module, index, arity, free } => {
                self.bytes.push(tag::NEW_FUN);
                let start = self.bytes.len();
                self.u32(0);
                self.bytes.push(*arity);
                // The digest of the module's code and the maker, which a run here has not.
                self.bytes.extend([0; 16]);
                self.u32(*index);
                self.u32(u32_of(free.len()));
                self.atom(*module);
                self.integer(i64::from(*index));
                self.integer(0);
                self.term(&Term::Nil);
                free.iter().for_each(|term| self.term(term));
                let size = u32_of(self.bytes.len() - start).to_be_bytes();
                self.bytes[start..start + 4].copy_from_slice(&size);
            }
        }
    }
}

fn u32_of(len: usize) -> u32 {
    u32::try_from(len).expect("a term is smaller than four gigabytes")
}
