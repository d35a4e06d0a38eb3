//! What `--version` says: the version, the commit that a release was built from, and what is modelled.

use std::sync::LazyLock;

use crate::model::VERSION;
use crate::otp::Release;

/// The commit that it is built from: `src/build.rs` asks git for it, unless whoever builds it has named one.
const COMMIT: Option<&str> = option_env!("TREEFALL_COMMIT");

static LONG: LazyLock<String> = LazyLock::new(|| {
    let Release { otp, elixir: (major, minor) } = Release::default();
    let commit = COMMIT.map_or(String::new(), |commit| format!(" ({commit})"));
    format!(
        "{VERSION}{commit}\nmodels OTP {otp} and Elixir {major}.{minor}, unless a scenario says otherwise"
    )
});

/// The version at length.
pub(super) fn long() -> &'static str {
    &LONG
}
