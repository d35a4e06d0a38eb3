//! Who imports whom: which file each path of a file leads to, through whatever passes it on.

use std::collections::BTreeMap;

use super::source::Source;

/// How often a name may be passed on. It only keeps a circle of `use` items from being followed for ever.
const MOST_HANDS: usize = 12;

/// Where each module of the crate lies among the sources.
pub struct Crate<'a> {
    sources: &'a [Source],
    by_module: BTreeMap<&'a [String], usize>,
}

/// A file names something of another.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// Indices of the two files.
    pub from: usize,
    pub to: usize,
    pub line: usize,
}

impl<'a> Crate<'a> {
    pub fn of(sources: &'a [Source]) -> Self {
        let by_module = sources
            .iter()
            .enumerate()
            .filter(|(_, source)| source.path != "src/main.rs")
            .map(|(index, source)| (&source.module[..], index))
            .collect();
        Self { sources, by_module }
    }

    /// All that a file names of others, in the order of the files. What a `use` item merely passes on is none
    /// of the file's own unless its code uses it.
    pub fn imports_of(&self, from: usize) -> Vec<Import> {
        let source = &self.sources[from];
        let used = source.uses.iter().filter(|used| !used.passes_on).map(|used| (used.line, &used.path));
        // A module is no value: a variable has its name, or it stands in `pub(super)`.
        let is_module = |path: &[String]| match path {
            [name] if ["crate", "self", "super"].contains(&name.as_str()) => true,
            [name] => {
                self.by_module.contains_key(&[&source.module[..], std::slice::from_ref(name)].concat()[..])
            }
            _ => false,
        };
        let named =
            source.paths.iter().filter(|(_, path)| !is_module(path)).map(|(line, path)| (*line, path));
        let mut imports: Vec<Import> = used
            .chain(named)
            .filter_map(|(line, path)| Some(Import { from, to: self.resolve(from, path, MOST_HANDS)?, line }))
            .filter(|import| import.to != from)
            .collect();
        imports.sort();
        imports.dedup_by_key(|import| import.to);
        imports
    }

    /// The file in which what a path of a file names is defined; none if it is another crate's.
    fn resolve(&self, from: usize, path: &[String], hands: usize) -> Option<usize> {
        let module = &self.sources[from].module[..];
        match path.first()?.as_str() {
            "crate" | "treefall" => self.below(&[], &path[1..], hands),
            "self" => self.below(module, &path[1..], hands),
            "super" => {
                let up = path.iter().take_while(|part| *part == "super").count();
                self.below(&module[..module.len().checked_sub(up)?], &path[up..], hands)
            }
            _ => self.below(module, path, hands).filter(|found| *found != from),
        }
    }

    /// The file of what a module knows under a path. A module that does not know the name is the one that is
    /// meant only if the whole path names it.
    fn below(&self, module: &[String], path: &[String], hands: usize) -> Option<usize> {
        let here = *self.by_module.get(module)?;
        let Some((name, rest)) = path.split_first() else { return Some(here) };
        let child = [module, std::slice::from_ref(name)].concat();
        if self.by_module.contains_key(&child[..]) {
            return self.below(&child, rest, hands);
        }
        if self.sources[here].defines.contains(name) {
            return Some(here);
        }
        let hands = hands.checked_sub(1)?;
        let uses = &self.sources[here].uses;
        if let Some(used) = uses.iter().find(|used| used.name == *name) {
            // `use rand::rand` would lead back here.
            return (used.path.first() != Some(name) || used.path.len() > 1)
                .then(|| self.resolve(here, &[&used.path[..], rest].concat(), hands))?;
        }
        uses.iter()
            .filter(|used| used.name == "*")
            .find_map(|used| self.resolve(here, &[&used.path[..], path].concat(), hands))
    }
}
