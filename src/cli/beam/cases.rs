//! `cases.txt`: which cases a public test suite has, and why some of them cannot be said here.
//!
//! One line a case, in the suite's order: its name, or its name, a colon and the reason. A line that begins
//! with `#` is a remark; the first of them says which suite it is.

/// The cases of a suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cases {
    /// What the file says of the suite.
    pub(super) about: String,
    /// The cases, in the suite's order.
    pub(super) cases: Vec<Case>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// Its name in the suite, and of its scenario.
    pub(super) name: String,
    /// Why it cannot be said.
    pub(super) why_not: Option<String>,
}

impl Cases {
    /// Reads the file's text.
    pub(super) fn of(text: &str) -> Self {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let remark = |line: &str| line.strip_prefix('#').map(str::trim).map(str::to_owned);
        let about: Vec<String> =
            lines.clone().map_while(remark).filter(|remark: &String| !remark.is_empty()).collect();
        let cases =
            lines.by_ref().filter(|line| !line.starts_with('#')).map(|line| match line.split_once(':') {
                Some((name, why)) => {
                    Case { name: name.trim().to_owned(), why_not: Some(why.trim().to_owned()) }
                }
                None => Case { name: line.to_owned(), why_not: None },
            });
        Cases { about: about.join(" "), cases: cases.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Case, Cases};

    #[test]
    fn a_line_is_a_case_and_perhaps_a_reason() {
        let cases =
            Cases::of("# supervisor_SUITE.erl\n# of OTP 29\n\none_for_one\nauto_hibernate: a: b\n# later\n");
        assert_eq!(cases.about, "supervisor_SUITE.erl of OTP 29");
        let case = |name: &str, why_not: Option<&str>| Case {
            name: name.to_owned(),
            why_not: why_not.map(str::to_owned),
        };
        assert_eq!(cases.cases, [case("one_for_one", None), case("auto_hibernate", Some("a: b"))]);
    }
}
