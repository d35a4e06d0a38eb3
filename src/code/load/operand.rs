//! The operands of instructions, as code writes them.

use num_bigint::BigInt;

use crate::kernel::Atom;

use super::super::term::Term;
use super::Malformed;
use super::chunks::Reader;

/// An operand of an instruction.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A number that the instruction itself needs.
    Unsigned(u64),
    /// An integer that fits.
    Int(i64),
    /// An integer that does not fit.
    Big(BigInt),
    /// The empty list.
    Nil,
    /// An atom of the module's.
    Atom(Atom),
    /// A register, by its number.
    X(u16),
    /// A place in the frame.
    Y(u16),
    /// A register of floats.
    Float(u16),
    /// A label; 0 is none.
    Label(u32),
    /// Several operands in a row.
    List(Vec<Operand>),
    /// A literal, by its place in the table.
    Literal(u32),
    /// What only the garbage collector needs.
    Allocation,
}

impl Operand {
    /// Reads the next operand.
    pub fn read(reader: &mut Reader<'_>, names: &[Atom]) -> Result<Operand, Malformed> {
        let first = reader.u8()?;
        Ok(match first & 7 {
            0 => Operand::Unsigned(reader.number_from(first)?),
            1 if first & 0x18 == 0x18 => {
                let value = BigInt::from_signed_bytes_be(reader.wide(first)?);
                match Term::integer(value.clone()) {
                    Term::Int(value) => Operand::Int(value),
                    _ => Operand::Big(value),
                }
            }
            1 => Operand::Int(reader.number_from(first)? as i64),
            2 => match reader.number_from(first)? {
                0 => Operand::Nil,
                number => {
                    let name = names.get(number as usize);
                    Operand::Atom(*name.ok_or(Malformed("it names an atom that it does not have"))?)
                }
            },
            3 => Operand::X(reader.number_from(first)? as u16),
            4 => Operand::Y(reader.number_from(first)? as u16),
            5 => Operand::Label(reader.number_from(first)? as u32),
            6 => Operand::Unsigned(reader.number_from(first)?),
            _ => match first >> 4 {
                1 => {
                    let count = reader.number()?;
                    let read = (0..count).map(|_| Operand::read(reader, names));
                    Operand::List(read.collect::<Result<_, _>>()?)
                }
                2 => Operand::Float(reader.number()? as u16),
                3 => {
                    for _ in 0..reader.number()? {
                        reader.number()?;
                        reader.number()?;
                    }
                    Operand::Allocation
                }
                4 => Operand::Literal(reader.number()? as u32),
                // What is known of its type is of no use here.
                5 => {
                    let register = Operand::read(reader, names)?;
                    reader.number()?;
                    register
                }
                _ => return Err(Malformed("an operand in it is of no known kind")),
            },
        })
    }
}
