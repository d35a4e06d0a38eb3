//! The `.app` files of the folders, and the configuration beside them, as OTP's application controller asks for them.

use std::collections::BTreeMap;

use super::location::Location;

/// Of what Erlang and Elixir run on themselves nothing is started: what of it code may call is there, or is cut.
const LIBRARIES: [&str; 4] = ["kernel.app", "elixir.app", "logger.app", "ex_unit.app"];

/// Where each file is, and whether it is the user's; of two with one name the first one counts.
#[derive(Debug, Default)]
pub(super) struct Applications(BTreeMap<String, (Location, bool)>);

impl Applications {
    /// Notes a file, if it is one.
    pub(super) fn add(&mut self, file: &Location, users: bool) {
        if let Some(name) = file.name()
            && (name.ends_with(".app") || (users && name == "sys.config"))
        {
            self.0.entry(name.to_owned()).or_insert_with(|| (file.clone(), users));
        }
    }

    /// Whether there is such a file and it is the user's.
    pub(super) fn is_users(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|(_, users)| *users)
    }

    /// What stands in a file. Of a library only what it is and how it is configured: nothing of it is started.
    pub(super) fn text(&self, name: &str) -> Option<Vec<u8>> {
        let (file, _) = self.0.get(name)?;
        let text = file.read().ok()?;
        if !LIBRARIES.contains(&name) {
            return Some(text);
        }
        let text = String::from_utf8_lossy(&text);
        let kept = ["description", "vsn", "env"].into_iter().filter_map(|key| pair(&text, key));
        let kept = kept.collect::<Vec<_>>().join(", ");
        Some(format!("{{application, {}, [{kept}]}}.", name.trim_end_matches(".app")).into_bytes())
    }

    /// What a library's own file says of a part of its environment, as it is written there.
    pub(super) fn library_value(&self, application: &str, key: &str) -> Option<String> {
        let name = format!("{application}.app");
        let (file, _) = self.0.get(&name).filter(|_| LIBRARIES.contains(&name.as_str()))?;
        let text = file.read().ok()?;
        let text = String::from_utf8_lossy(&text);
        let pair = pair(pair(&text, "env")?, key)?;
        Some(pair.split_once(',')?.1.trim_end_matches('}').trim().to_owned())
    }
}

/// `{Key, Value}`, where it stands first. No bracket of these files is a part of a string.
fn pair<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let pair = &text[text.find(&format!("{{{key},"))?..];
    let mut depth = 0;
    let end = pair.find(|letter| {
        depth += match letter {
            '{' | '[' => 1,
            '}' | ']' => -1,
            _ => 0,
        };
        depth == 0
    })?;
    Some(&pair[..=end])
}

#[cfg(test)]
mod tests {
    use super::pair;

    #[test]
    fn a_pair_ends_where_its_brackets_do() {
        let text = "{application,x,\n [{mod,{x,[]}},{env,[{a,[{b,1}]},\n {c,2}]}]}.";
        assert_eq!(pair(text, "env"), Some("{env,[{a,[{b,1}]},\n {c,2}]}"));
        assert_eq!(pair(text, "c"), Some("{c,2}"));
        assert_eq!(pair(text, "d"), None);
        assert_eq!(pair("{env,[", "env"), None);
    }
}
