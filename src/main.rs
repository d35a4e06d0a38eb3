//! The command line of treefall.

fn main() {}
