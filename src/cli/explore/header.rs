//! What a result says of the campaign that it is a part of, in its first line: who puts results together must know
//! what there is to wait for.

use serde::{Deserialize, Serialize};

use crate::model::VERSION;

use super::shard::Shard;

/// A campaign, as one machine knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of treefall.
    pub version: String,
    /// All scenarios, as they were given, whether or not anything came of them.
    pub files: Vec<String>,
    /// Which part of the seeds this machine has; none if it has all.
    pub part: Option<Shard>,
    /// Whether it came to the end of what it had to do. Somebody may have pressed Ctrl-C.
    pub ended: bool,
}

impl Header {
    pub(super) fn of(files: Vec<String>, part: Option<Shard>, ended: bool) -> Self {
        Header { version: VERSION.to_owned(), files, part, ended }
    }
}
