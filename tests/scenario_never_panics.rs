//! No text makes the front end panic: examples with bytes deleted, doubled and inserted.

use proptest::prelude::*;

use treefall::scenario::parse;

const REFERENCE: &str = include_str!("../docs/scenario.md");

/// A change of a text, at a place given in thousandths of its length.
#[derive(Clone, Debug)]
enum Mutation {
    Delete { at: usize, length: usize },
    Repeat { at: usize, length: usize, times: usize },
    Insert { at: usize, text: String },
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "(",
        ")",
        "\"",
        "#",
        "#\"",
        "\"\"\"",
        "\\",
        "/*",
        "*/",
        "//",
        "/-",
        ";",
        "=",
        "$",
        "_",
        "(term)",
        "(term)\"",
        "\n",
        " ",
        "-",
        "0",
        "1.5",
        "#true",
        "#null",
        "é",
        "\u{feff}",
        "\0",
        "as=$x",
        "else",
        "when",
        "args",
        "self",
        "name=#false",
        "99999999999999999999",
        "infinity",
    ]);
    prop_oneof![
        (0..1000usize, 1..40usize).prop_map(|(at, length)| Mutation::Delete { at, length }),
        (0..1000usize, 1..40usize, 1..4usize).prop_map(|(at, length, times)| Mutation::Repeat {
            at,
            length,
            times
        }),
        (0..1000usize, pieces).prop_map(|(at, text)| Mutation::Insert { at, text: text.to_owned() }),
    ]
}

fn mutate(text: &str, mutations: &[Mutation]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for mutation in mutations {
        let place = |at: usize, length: usize| {
            let start = at * bytes.len() / 1000;
            (start, (start + length).min(bytes.len()))
        };
        match mutation {
            Mutation::Delete { at, length } => {
                let (start, end) = place(*at, *length);
                bytes.drain(start..end);
            }
            Mutation::Repeat { at, length, times } => {
                let (start, end) = place(*at, *length);
                let piece = bytes[start..end].repeat(*times);
                bytes.splice(end..end, piece);
            }
            Mutation::Insert { at, text } => {
                let (start, _) = place(*at, 0);
                bytes.splice(start..start, text.bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn examples() -> Vec<&'static str> {
    let blocks = REFERENCE.split("```kdl\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_scenario(
        example in prop::sample::select(examples()),
        mutations in prop::collection::vec(mutation(), 1..8),
    ) {
        let text = mutate(example, &mutations);
        if let Err(mistakes) = parse("mutated.kdl", &text) {
            prop_assert!(!mistakes.list.is_empty());
            for mistake in &mistakes.list {
                prop_assert!(text.get(mistake.span.start..mistake.span.end).is_some());
                prop_assert!(!mistake.message.contains("gave up"), "the KDL parser panics");
            }
            prop_assert!(!mistakes.render(80, true).is_empty());
        }
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        if let Err(mistakes) = parse("any.kdl", &text) {
            prop_assert!(!mistakes.render(40, false).is_empty());
        }
    }
}
