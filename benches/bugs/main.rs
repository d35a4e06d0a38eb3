//! Writes `docs/bugs.md`: how soon each scheduler finds each bug of `scenarios/bugs/`.

mod campaigns;

use std::path::Path;

use campaigns::{Row, names, repaired, row, runs, times};

const PAGE: &str = "docs/bugs.md";
/// How many seeds a repaired file must survive.
const SEEDS: u64 = 10_000;

fn main() {
    // `cargo test --benches` starts this too, and wants nothing written.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let rows: Vec<Row> = names().iter().map(|name| row(name, SEEDS)).collect();
    let page = replaced(&page, "runs", &runs(&rows));
    let page = replaced(&page, "repaired", &repaired(&rows));
    let page = replaced(&page, "times", &times(&rows));
    std::fs::write(&path, page).expect("the page can be written");
    println!("{PAGE} is written: {} bugs", rows.len());
}

/// The page with another text between the marks of this part.
fn replaced(page: &str, part: &str, text: &str) -> String {
    let (before, rest) = page.split_once(&format!("<!-- {part} -->\n")).expect("the part begins");
    let (_, after) = rest.split_once(&format!("<!-- end of {part} -->")).expect("the part ends");
    format!("{before}<!-- {part} -->\n{text}<!-- end of {part} -->{after}")
}
