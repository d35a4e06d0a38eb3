//! A deterministic simulation testbed for supervision trees.

