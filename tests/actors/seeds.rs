//! Which seeds are tried, and for how long, is said from outside as well: this test starts itself with the variables set.

use std::process::Command;

use treefall::actors::*;

#[test]
fn counted() {
    let simulation = Simulation::new("a nap").client("test", |cx| cx.sleep(1));
    match simulation.explore(0..10) {
        Ok(Explored { seeds, .. }) => println!("tried {} to {}", seeds.start, seeds.end),
        Err(failure) => println!("{failure}"),
    }
}

fn with(variables: &[(&str, &str)]) -> String {
    let this = std::env::current_exe().expect("it runs");
    let output = Command::new(this)
        .args(["--exact", "seeds::counted", "--nocapture"])
        .env_remove("TREEFALL_SEEDS")
        .env_remove("TREEFALL_FOR")
        .envs(variables.iter().copied())
        .output()
        .expect("it can be started");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = printed.lines().find(|line| line.contains("tried ") || line.contains("is broken"));
    line.unwrap_or_else(|| panic!("{printed}")).to_owned()
}

/// Up to which seed it has tried, from 0 on.
fn end(printed: &str) -> u64 {
    let end = printed.split("tried 0 to ").nth(1).unwrap_or_else(|| panic!("{printed}"));
    end.trim().parse().unwrap_or_else(|_| panic!("{printed}"))
}

#[test]
fn seeds_and_time_are_said_from_outside() {
    assert_eq!(end(&with(&[])), 10);
    assert_eq!(end(&with(&[("TREEFALL_SEEDS", "0..25")])), 25);
    let one = with(&[("TREEFALL_SEEDS", "7")]);
    assert!(one.ends_with("tried 7 to 8"), "{one}");
    let timed = end(&with(&[("TREEFALL_FOR", "300ms")]));
    assert!(timed > 10, "{timed} seeds in 300 ms");
    let misread = with(&[("TREEFALL_SEEDS", "many")]);
    assert!(misread.contains(r#"TREEFALL_SEEDS is broken: "many" is none of 27 or 0..100000"#), "{misread}");
}
