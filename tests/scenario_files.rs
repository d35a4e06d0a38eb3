//! What is refused before it is read: files that are missing, too large, or no text.

use std::fs;
use std::io::Write;
use std::path::Path;

use treefall::scenario::{LoadError, MAX_BYTES, load, parse};

#[test]
fn a_file_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pool.kdl");
    fs::write(&path, "\u{feff}supervisor top { worker a }\n").unwrap();
    assert_eq!(load(&path).unwrap().trees.len(), 1);
}

#[test]
fn a_missing_file_is_named_with_its_neighbour() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("registry.kdl"), "").unwrap();
    let error = load(&directory.path().join("regisrty.kdl")).unwrap_err();
    let LoadError::Missing { nearest, .. } = &error else { panic!("{error}") };
    assert!(nearest.as_deref().is_some_and(|name| name.ends_with("registry.kdl")));
    assert!(error.to_string().contains("no such file; did you mean `"), "{error}");

    let error = load(&directory.path().join("something-else")).unwrap_err();
    assert!(error.to_string().ends_with("no such file"), "{error}");
    let error = load(&directory.path().join("no/such/directory.kdl")).unwrap_err();
    assert!(error.to_string().ends_with("no such file"), "{error}");
}

#[test]
fn a_directory_is_not_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let error = load(directory.path()).unwrap_err();
    assert!(matches!(error, LoadError::Directory(_)), "{error}");
}

#[test]
fn a_large_file_is_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.kdl");
    // Sparse: it takes no room on the disk, and would take 8 GiB of memory.
    fs::File::create(&path).unwrap().set_len(8 << 30).unwrap();
    let error = load(&path).unwrap_err();
    assert!(matches!(error, LoadError::TooLarge(_)), "{error}");
    assert!(error.to_string().ends_with("the limit of 1048576 bytes for a scenario file"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end_is_given_up() {
    let error = load(Path::new("/dev/zero")).unwrap_err();
    assert!(matches!(error, LoadError::TooLarge(_)), "{error}");
}

#[test]
fn one_byte_too_many_is_too_large() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("full.kdl");
    fs::write(&path, " ".repeat(usize::try_from(MAX_BYTES).unwrap() + 1)).unwrap();
    assert!(matches!(load(&path), Err(LoadError::TooLarge(_))));
    fs::write(&path, " ".repeat(usize::try_from(MAX_BYTES).unwrap())).unwrap();
    assert!(matches!(load(&path), Err(LoadError::Mistakes(_))), "it is empty, and not too large");
}

#[test]
fn a_file_must_be_text() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("latin1.kdl");
    fs::File::create(&path).unwrap().write_all(b"// caf\xe9\n").unwrap();
    let error = load(&path).unwrap_err();
    assert!(matches!(error, LoadError::NotUtf8 { offset: 6, .. }), "{error}");
}

#[test]
fn the_mistakes_of_a_file_carry_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wrong.kdl");
    fs::write(&path, "supervisr top").unwrap();
    let error = load(&path).unwrap_err();
    let place = format!("{}:1:1", path.display());
    assert_eq!(
        error.to_string(),
        format!("{place}: `supervisr` is unknown at the top level (did you mean `supervisor`?)")
    );
}

#[test]
fn mistakes_are_errors_that_say_where_they_are() {
    let text = "supervisor top {\n    worker é a\n}\nclient { cal a hello }";
    let mistakes = parse("store.kdl", text).unwrap_err();
    let lines = [
        "store.kdl:2:14: there is no definition called `a` (define it: `server a { … }`)",
        "store.kdl:4:10: `cal` is not a statement (did you mean `call`?)",
    ];
    assert_eq!(mistakes.to_string(), lines.join("\n"));
}
