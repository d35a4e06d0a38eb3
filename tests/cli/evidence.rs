//! The sentences that say why something does not hold: what was found, and what was wanted.

use crate::sandbox::{Sandbox, assert_output};

/// Nothing that anybody expects here is so.
const WRONG: &str = r#"scenario "everybody is wrong"

shared count 3
shared wanted 4
shared_table sessions
shared_table empty_one

supervisor top { worker a; worker b restart=temporary }

client fill {
    insert sessions bob 1
    insert sessions cleo 2
    whereis b as=$b
    kill b
    settle
    expect alive $b
}

client has         { await fill; expect has sessions ann }
client has_not     { await fill; expect not-has sessions bob }
client empty       { await fill; expect empty sessions }
client size        { await fill; expect size sessions above 2 }
client dead        { await fill; expect dead a }
client alive       { await fill; expect alive b }
client count       { await fill; expect count top specs=1 active=2 }
client more        { await fill; expect count top active above 1 }
client children    { await fill; expect children top a b }
client restarted   { await fill; expect restarted a }
client incarnation { await fill; expect incarnation a 3 }
client same        { await fill; expect $count is $wanted }
client other       { await fill; expect $count is_not 3 }
client answer      { await fill; call a hello; expect error }
client returned    { await fill; call a hello; expect exit noproc }
client gone        { await fill; call b hello; expect exit timeout }
client lonely      { await fill; receive never timeout=10 }

finally all-of-it {
    $count below $wanted
    $count below 3
    count top workers at_least 2
    count top supervisors is 1
    dead a
    alive b
    has empty_one ann
    not-empty empty_one
    $wanted is (term)"{4, a}"
}
eventually { $count is 4 }
eventually soon within=5 { $count is 4 }
"#;

#[test]
fn every_condition_says_why_it_does_not_hold() {
    let sandbox = Sandbox::with(&[("wrong.kdl", WRONG)]);
    assert_output!("evidence", sandbox.run("run wrong.kdl --trace none --width 80"));
}
