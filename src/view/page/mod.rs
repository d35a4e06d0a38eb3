//! A run as one page: tree, lanes and processes over time, in a file that needs nothing else.
//!
//! What the page is made of lies in `web/`, as it was written: no tool has to run before the crate is built. What it
//! shows is one JSON in it. Nothing in the page can reach a network, unless `treefall observe` serves it, and then only
//! that. It puts text into the page as text, so no name can become a part of it.

mod run;
mod strings;

pub use run::{About, Said, run};

use serde_json::{Value, json};

/// The page before anything is put into it.
const PAGE: &str = include_str!("web/page.html");
const STYLE: &str = include_str!("web/page.css");
/// In the order in which they need each other. They are one script.
const SCRIPTS: [&str; 11] = [
    include_str!("web/living.js"),
    include_str!("web/recorded.js"),
    include_str!("web/rows.js"),
    include_str!("web/lanes.js"),
    include_str!("web/drawing.js"),
    include_str!("web/tree.js"),
    include_str!("web/process.js"),
    include_str!("web/address.js"),
    include_str!("web/forks.js"),
    include_str!("web/keys.js"),
    include_str!("web/main.js"),
];

/// All that a page shows.
#[derive(Clone, Debug)]
pub struct Page {
    /// What stands in the title.
    pub title: String,
    /// What is said above everything: why the run fails.
    pub told: Vec<Said>,
    /// The runs, each as [`run()`] makes it; the first is the one that the page opens with.
    pub runs: Vec<Value>,
    /// The run to be shown beside it.
    pub beside: Option<usize>,
    /// Whether somebody is there who runs forks.
    pub live: bool,
}

impl Page {
    /// The page as the text of its file.
    pub fn html(&self) -> String {
        let data = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "title": self.title,
            "told": self.told.iter().map(Said::json).collect::<Vec<_>>(),
            "runs": self.runs,
            "beside": self.beside,
            "live": self.live,
        });
        let script = SCRIPTS.join("\n");
        let connect = if self.live { "connect-src 'self'" } else { "connect-src 'none'" };
        let parts = [
            ("{{connect}}", connect),
            ("{{style}}", STYLE),
            ("{{data}}", &inert(&data)),
            ("{{script}}", &script),
        ];
        let mut html = String::with_capacity(PAGE.len() + data.to_string().len() + script.len());
        let mut rest = PAGE;
        // Each mark stands once, in this order; what is put in is not looked through.
        for (mark, part) in parts {
            let (before, after) = rest.split_once(mark).expect("the page has a place for each part");
            html.push_str(before);
            html.push_str(part);
            rest = after;
        }
        html + rest
    }
}

/// JSON that nothing in a script element ends, and that no old reader of JavaScript takes for a line's end.
fn inert(value: &Value) -> String {
    let text = value.to_string();
    text.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_becomes_a_part_of_the_page() {
        let hostile = "</script><script>alert(1)</script><!--{{script}}";
        let said = Said { tone: "plain", text: hostile.to_owned() };
        let page =
            Page { title: hostile.to_owned(), told: vec![said], runs: Vec::new(), beside: None, live: false };
        let html = page.html();
        assert!(!html.contains("<script>alert"));
        assert!(html.contains("\\u003c/script>\\u003cscript>alert(1)"));
        assert!(html.contains("connect-src 'none'"));
        // What a name says is not looked through for places.
        assert!(html.contains("\\u003c!--{{script}}"));
    }
}
