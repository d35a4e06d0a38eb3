//! The command line as its users see it: whole outputs, exit status included.

#[path = "cli/bounds.rs"]
mod bounds;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/drawing.rs"]
mod drawing;
#[path = "cli/errors.rs"]
mod errors;
#[path = "cli/evidence.rs"]
mod evidence;
#[path = "cli/exhaustive.rs"]
mod exhaustive;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/explore.rs"]
mod explore;
#[path = "cli/files.rs"]
mod files;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/kills.rs"]
mod kills;
#[path = "cli/merge.rs"]
mod merge;
#[path = "cli/new.rs"]
mod new;
#[path = "cli/printing.rs"]
mod printing;
#[path = "cli/replay.rs"]
mod replay;
#[path = "cli/rounds.rs"]
mod rounds;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/sandbox.rs"]
mod sandbox;
#[path = "cli/shrink.rs"]
mod shrink;
#[path = "cli/step.rs"]
mod step;
#[path = "cli/sweep.rs"]
mod sweep;
#[path = "cli/tree.rs"]
mod tree;
#[path = "cli/view.rs"]
mod view;
#[path = "cli/watch.rs"]
mod watch;

#[test]
fn every_file_of_this_folder_is_part_of_the_test() {
    let main = include_str!("cli.rs");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let name = entry.expect("it can be listed").file_name().into_string().expect("names are UTF-8");
        assert!(main.contains(&format!("cli/{name}")), "tests/cli/{name} is not in tests/cli.rs");
    }
}
