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

    /// What stands in a file.
    pub(super) fn text(&self, name: &str) -> Option<Vec<u8>> {
        let (file, _) = self.0.get(name)?;
        match LIBRARIES.contains(&name) {
            true => Some(format!("{{application, {}, []}}.", name.trim_end_matches(".app")).into_bytes()),
            false => file.read().ok(),
        }
    }
}
