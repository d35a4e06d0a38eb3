//! Digests, and what is deflated: held against Erlang's own `crypto` and `zlib`, which are libraries in C.

use treefall::code::term::Term;

use super::witness::{Dice, Suite, native};

#[test]
fn digests_are_those_of_crypto() {
    if !super::witness::has("erl") {
        return;
    }
    let asked = std::process::Command::new("erl")
        .args(["-noshell", "-eval", "io:format(\"~p\", [catch crypto:hash(sha, <<>>)]), halt()."])
        .output();
    if !asked.is_ok_and(|asked| asked.stdout.starts_with(b"<<")) {
        return eprintln!(
            "digests are not held against Erlang, since there is no `crypto` here (package `erlang-crypto`)"
        );
    }
    let (mut suite, mut dice) = (Suite::new("digests", ""), Dice::new(41));
    for name in ["md5", "sha", "sha224", "sha256", "sha384", "sha512"] {
        let digest = suite.atom(name);
        // Around the lengths at which one more block is needed.
        for len in [0, 1, 55, 56, 57, 63, 64, 65, 111, 112, 113, 119, 120, 127, 128, 129, 200, 300] {
            let data: Vec<u8> = (0..len).map(|_| dice.word() as u8).collect();
            let data = Term::list([Term::binary(&data), Term::Int(7)]);
            suite.calls("crypto", "hash", &[digest.clone(), data.clone()]);
            let key = Term::binary(&dice.bytes(150));
            let hmac = suite.atom("hmac");
            suite.calls("crypto", "mac", &[hmac, digest.clone(), key, data]);
        }
    }
    suite.calls("crypto", "bytes_to_integer", &[Term::binary(&[1, 2, 3, 4, 5, 6, 7, 8, 9])]);
    suite.holds();
}

#[test]
fn what_is_deflated_here_is_inflated_there_and_the_other_way_round() {
    let (mut suite, mut dice) = (Suite::new("zlib", ""), Dice::new(42));
    suite.atom("data_error");
    for (deflate, inflate) in [("compress", "uncompress"), ("zip", "unzip"), ("gzip", "gunzip")] {
        for most in [0, 1, 20, 3000] {
            let data: Vec<u8> = dice.bytes(most).into_iter().map(|byte| byte % 5).collect();
            let deflated =
                native("zlib", deflate, 1)(&[Term::binary(&data)], suite.atoms()).expect("it can be");
            suite.says("zlib", inflate, std::slice::from_ref(&deflated), &Ok(Term::binary(&data)));
            suite.calls("zlib", inflate, std::slice::from_ref(&deflated));
            let Term::Bits(bits) = &deflated else { panic!("it is a binary") };
            let bytes = bits.bytes();
            suite.calls("zlib", inflate, &[Term::binary(&bytes[..bytes.len() - 1])]);
        }
        suite.calls("zlib", inflate, &[Term::binary(b"nothing that was deflated")]);
    }
    // As zlib itself has written it.
    let hello = Term::binary(&[120, 156, 203, 72, 205, 201, 201, 87, 200, 64, 39, 1, 104, 3, 8, 177]);
    suite.calls("zlib", "uncompress", &[hello]);
    suite.holds();
}
