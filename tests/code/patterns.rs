//! Regular expressions.

use treefall::code::term::Term;

use super::witness::{Dice, Suite, native};

fn text(text: &str) -> Term {
    Term::list(text.chars().map(|letter| Term::Int(i64::from(u32::from(letter)))).collect::<Vec<Term>>())
}

/// A pattern of few letters, most often well made.
fn pattern(dice: &mut Dice, depth: usize, groups: &mut usize) -> String {
    let some = [
        "a",
        "b",
        "ab",
        ".",
        "[ab]",
        "[^a]",
        "\\w",
        "\\d",
        "\\s",
        "\\W",
        "c",
        "\\n",
        "[[:alpha:]1-]",
        "[^\\d_]",
        "\u{e9}",
    ];
    match dice.below(if depth == 0 { 6 } else { 24 }) {
        0..6 => dice.of(&some).to_string(),
        6..10 => pattern(dice, depth - 1, groups) + &pattern(dice, depth - 1, groups),
        10..12 => pattern(dice, depth - 1, groups) + "|" + &pattern(dice, depth - 1, groups),
        12..15 => {
            *groups += 1;
            format!("({})", pattern(dice, depth - 1, groups))
        }
        15 => format!("(?:{})", pattern(dice, depth - 1, groups)),
        16..20 => {
            let repeats = ["*", "+", "?", "*?", "+?", "??", "*+", "{2}", "{1,}", "{0,2}?", "{1,2}", "++"];
            let inner = pattern(dice, depth - 1, groups);
            format!("(?:{inner}){}", dice.of(&repeats))
        }
        20 => {
            let look =
                dice.of(&["(?=", "(?!", "(?>", "(?<=", "(?<!", "(?i:", "(?|", "(?s:", "(?m:", "(?x: "]);
            let inner = if look.contains('<') {
                dice.of(&["a", "b|a", "ab", "^", "\\n", "ab|c", "[^b]"]).to_string()
            } else {
                pattern(dice, depth - 1, groups)
            };
            format!("{look}{inner})")
        }
        21 => dice
            .of(&["^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\G", "(?i)", "\\K", "\\R", "(?m)", "(?#x)"])
            .to_string(),
        22 if *groups > 0 => format!("\\{}", 1 + dice.below(*groups)),
        22 => dice
            .of(&[
                "a{", "\\x61", "\\x{62}", "\\141", "\\Qa*\\E", "\\t", "[\\]a]", "[]b]", "\\.", "\\h", "\\v",
                "\\N",
            ])
            .to_string(),
        _ if *groups > 0 => {
            let inner = pattern(dice, 0, groups);
            format!("(?({})a|{inner})", 1 + dice.below(*groups))
        }
        _ => "a".to_string(),
    }
}

fn subject(dice: &mut Dice) -> String {
    let count = dice.below(9);
    (0..count)
        .map(|_| dice.of(&['a', 'b', 'c', 'a', 'b', 'A', 'B', '1', '_', ' ', '\n', '\u{e9}', '\u{c9}']))
        .collect()
}

fn options(suite: &Suite, dice: &mut Dice) -> Vec<Term> {
    let names = [
        "caseless",
        "multiline",
        "dotall",
        "extended",
        "ungreedy",
        "global",
        "global",
        "anchored",
        "notbol",
        "noteol",
        "notempty",
        "notempty_atstart",
        "dollar_endonly",
        "firstline",
        "unicode",
        "no_auto_capture",
    ];
    let mut options: Vec<Term> = Vec::new();
    for _ in 0..dice.below(4) {
        options.push(suite.atom(dice.of(&names)));
    }
    if dice.below(3) == 0 {
        let wanted = ["all", "all_but_first", "first", "none", "all_names"].map(|name| suite.atom(name));
        let these = Term::list([Term::Int(1), Term::Int(0), suite.atom("x"), Term::Int(4)]);
        let wanted = if dice.below(3) == 0 { these } else { dice.of(&wanted) };
        let kind = suite.atom(dice.of(&["index", "list", "binary"]));
        options.push(Term::tuple([suite.atom("capture"), wanted, kind]));
    }
    if dice.below(6) == 0 {
        options.push(Term::tuple([suite.atom("offset"), Term::Int(dice.below(2) as i64)]));
    }
    options
}

#[test]
fn patterns_and_subjects() {
    let mut suite = Suite::new("regular expressions", "");
    let mut dice = Dice::new(10);
    for _ in 0..12_000 {
        let mut groups = 0;
        let pattern = text(&pattern(&mut dice, 4, &mut groups));
        let subject = subject(&mut dice);
        let mut options = options(&suite, &mut dice);
        if subject.is_empty() {
            options.retain(|option| option.as_tuple().is_none_or(|parts| parts[0] != suite.atom("offset")));
        }
        suite.calls("re", "run", &[text(&subject), pattern, Term::list(options)]);
    }
    suite.holds();
}

#[test]
fn characters_of_unicode() {
    let mut suite = Suite::new("regular expressions on Unicode", "");
    let mut dice = Dice::new(11);
    let letters = ['a', 'b', '\u{e9}', '\u{c9}', '\u{436}', '\u{416}', '\u{20ac}', '\u{1f600}', ' ', '1'];
    let parts = [
        "\u{436}",
        ".",
        "\u{e9}",
        "[\u{430}-\u{44f}]",
        "[^a]",
        "\\x{20ac}",
        "(.)",
        "\\w",
        "\\W",
        "\\d",
        "\\s",
        "\\S",
        "a|",
        "(?=.)",
        "(?<=\u{436})",
        "\\b",
        ".*",
        ".+?",
        "(?i)",
        "[[:alpha:]]",
        "\u{1f600}?",
        "(a|\u{416})*",
    ];
    for _ in 0..6000 {
        let pattern: String = (0..1 + dice.below(3)).map(|_| dice.of(&parts)).collect();
        let subject: String = (0..dice.below(8)).map(|_| dice.of(&letters)).collect();
        let mut options = vec![suite.atom("unicode")];
        options.extend((0..dice.below(3)).map(|_| suite.atom(dice.of(&["global", "caseless", "ungreedy"]))));
        if dice.below(2) == 0 {
            let kind = suite.atom(dice.of(&["index", "list", "binary"]));
            options.push(Term::tuple([suite.atom("capture"), suite.atom("all"), kind]));
        }
        suite.calls("re", "run", &[Term::binary(subject.as_bytes()), text(&pattern), Term::list(options)]);
    }
    suite.holds();
}

const SOURCE: &str = r"
compile(Pattern, Options) ->
    case re:compile(Pattern, Options) of
        {ok, {re_pattern, Groups, Unicode, Crlf, _} = P} -> {ok, Groups, Unicode, Crlf, re:inspect(P, namelist)};
        Error -> Error
    end.
";

#[test]
fn what_is_no_pattern() {
    let mut suite = Suite::new("patterns compiled", SOURCE);
    let patterns = [
        "a",
        "(a)(b)",
        "(",
        "a)",
        "[a",
        "*a",
        "a\\",
        "(?<n>a",
        "(?<n>a)(?<n>b)",
        "a{2,1}",
        "a**",
        "(?z)",
        "[z-a]",
        "\\g{3}",
        "(?<=a+)b",
        "[[:foo:]]",
        "a{",
        "a{1",
        "{",
        "a{99999}",
        "x++",
        "(?'n'a)",
        "(?#c",
        "\\c",
        "\\x{110000}",
        "\\x{zz}",
        "[\\d-z]",
        "(?",
        "(?<>a)",
        "(?<n",
        "[]",
        "[^]",
        "[]a]",
        "()",
        "a|*",
        "^*",
        "\\8",
        "\\N",
        "\\Q(\\Ea",
        "(?P<1>a)",
        "(?<b>a)(?<a>b)(c)",
        "a{2}{3}",
        "(?P<n>a)(?P=n)",
        "(?i)a",
        "\\b*",
        "(?:a",
    ];
    for pattern in patterns {
        for options in
            [vec![], vec![suite.atom("unicode")], vec![suite.atom("wrong")], vec![suite.atom("extended")]]
        {
            let args = [text(pattern), Term::list(options)];
            let (compile, inspect) = (native("re", "compile", 2), native("re", "inspect", 2));
            let answer = compile(&args, suite.atoms()).map(|compiled| match compiled.as_tuple() {
                Some([ok, pattern]) if pattern.as_tuple().is_some_and(|parts| parts.len() == 5) => {
                    let parts = pattern.as_tuple().expect("a pattern");
                    let names =
                        inspect(&[pattern.clone(), suite.atom("namelist")], suite.atoms()).expect("names");
                    Term::tuple([ok.clone(), parts[1].clone(), parts[2].clone(), parts[3].clone(), names])
                }
                _ => compiled,
            });
            suite.says("witness", "compile", &args, &answer);
        }
    }
    suite.holds();
}

#[test]
fn classes_of_bytes() {
    let mut suite = Suite::new("classes of bytes", "");
    let all: Vec<u8> = (0..=255).collect();
    let classes = [
        "\\d",
        "\\D",
        "\\s",
        "\\S",
        "\\w",
        "\\W",
        "\\h",
        "\\H",
        "\\v",
        "\\V",
        ".",
        "\\N",
        "[[:alpha:]]",
        "[[:lower:]]",
        "[[:upper:]]",
        "[[:alnum:]]",
        "[[:ascii:]]",
        "[[:blank:]]",
        "[[:cntrl:]]",
        "[[:digit:]]",
        "[[:graph:]]",
        "[[:print:]]",
        "[[:punct:]]",
        "[[:space:]]",
        "[[:word:]]",
        "[[:xdigit:]]",
        "[^[:alpha:]]",
        "[[:^space:]]",
    ];
    for class in classes {
        let options = ["global"].map(|name| suite.atom(name));
        suite.calls("re", "run", &[Term::binary(&all), text(class), Term::list(options)]);
    }
    for letter in 0..=255_u8 {
        let pattern = text(&format!("\\x{letter:02x}"));
        let options = ["global", "caseless"].map(|name| suite.atom(name));
        suite.calls("re", "run", &[Term::binary(&all), pattern, Term::list(options)]);
    }
    suite.holds();
}
