//! What each instruction of the machine was made of: one of the file, or several that are one here.

use super::super::machine::op::Label;

/// The numbers in the file, instruction by instruction.
#[derive(Debug, Default)]
pub struct Origins {
    /// Up to where the numbers of each instruction go.
    ends: Vec<u32>,
    opcodes: Vec<u8>,
}

impl Origins {
    /// The last of so many instructions was made of these, if it is not known yet; any before it, of none.
    pub fn add(&mut self, opcodes: impl Iterator<Item = u8>, count: usize) {
        if self.ends.len() < count {
            self.ends.resize(count - 1, self.opcodes.len() as u32);
            self.opcodes.extend(opcodes);
            self.ends.push(self.opcodes.len() as u32);
        }
    }

    /// What an instruction was made of.
    pub fn of(&self, place: Label) -> &[u8] {
        let place = place as usize;
        let Some(end) = self.ends.get(place) else { return &[] };
        let begin = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.opcodes[begin as usize..*end as usize]
    }
}
