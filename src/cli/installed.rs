//! Where the modules of the installed Erlang and Elixir are, found as their own launchers find them: beside the
//! programs `erl` and `elixir` on the path, and in `ERL_LIBS`.

use std::path::{Path, PathBuf};

/// The folders of their modules; none of what is not installed.
pub(super) fn folders() -> Vec<PathBuf> {
    let libraries = std::env::var_os("ERL_LIBS").unwrap_or_default();
    let mut roots: Vec<PathBuf> = std::env::split_paths(&libraries).collect();
    roots.extend(["erl", "elixir"].iter().filter_map(|program| library(program)));
    let mut folders: Vec<PathBuf> = roots.iter().flat_map(|root| ebins(root)).collect();
    folders.dedup();
    folders
}

/// `../lib` of the first folder with this program that has modules: what Erlang starts finds the emulator's own folder
/// on its path first, and that has none.
fn library(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find_map(|folder| {
        let real = folder.join(program).canonicalize().ok().filter(|file| file.is_file())?;
        let library = real.parent()?.parent()?.join("lib");
        (!ebins(&library).is_empty()).then_some(library)
    })
}

/// `*/ebin` below a folder, in the order of names.
fn ebins(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path().join("ebin")))
        .filter(|folder| folder.is_dir())
        .collect();
    folders.sort();
    folders
}
