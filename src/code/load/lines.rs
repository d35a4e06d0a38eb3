//! The table of lines: which line of which file an instruction comes from.

use super::Malformed;
use super::chunks::Reader;

/// Files and the places in them that instructions name by number.
#[derive(Debug, Default)]
pub struct Lines {
    files: Vec<String>,
    places: Vec<(u32, u32)>,
}

impl Lines {
    /// Reads the chunk. The first file is the one that the module is named after, which the table leaves out.
    pub fn of(mut reader: Reader<'_>, own: String) -> Result<Lines, Malformed> {
        let (_version, _flags, _instructions) = (reader.u32()?, reader.u32()?, reader.u32()?);
        let (count, names) = (reader.u32()?, reader.u32()?);
        let (mut file, mut places) = (0, vec![(0, 0)]);
        while (places.len() as u32) <= count {
            let first = reader.u8()?;
            let number = reader.number_from(first)? as u32;
            match first & 7 {
                2 => file = number,
                _ => places.push((file, number)),
            }
        }
        let mut files = vec![own];
        for _ in 0..names {
            let len = usize::from(reader.u8()?) << 8 | usize::from(reader.u8()?);
            files.push(String::from_utf8_lossy(reader.take(len)?).into_owned());
        }
        Ok(Lines { files, places })
    }

    /// The file and line of an entry.
    pub fn get(&self, entry: u32) -> Option<(&str, u32)> {
        let (file, line) = *self.places.get(entry as usize).filter(|_| entry != 0)?;
        Some((self.files.get(file as usize)?, line))
    }
}
