//! What the Erlang that is installed does: `erlang/peers.erl`, on one scheduler.

use std::path::Path;
use std::process::Command;

use super::processor;

/// Where Elixir is, if it is.
const ELIXIR: &str = "/usr/lib/elixir/lib/elixir/ebin";

/// Compiles the module, where there is a compiler.
pub fn build() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("erlang/peers.erl");
    let _ = Command::new("erlc").arg("-o").arg(std::env::temp_dir()).arg(source).status();
}

fn erl(words: &[&str]) -> Option<String> {
    let folder = std::env::temp_dir();
    let output = Command::new("erl")
        .args(["+S", "1:1", "+P", "2000000", "-noshell", "-pa", ELIXIR, "-pa"])
        .arg(folder)
        .args(words)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// Items a second of one of its functions, of so many or beside so many.
pub fn rate(function: &str, many: u32) -> Option<f64> {
    erl(&["-run", "peers", "main", function, &many.to_string()])?.trim().parse().ok()
}

/// How often a second it starts, and does nothing.
pub fn starts() -> Option<f64> {
    let begun = processor::seconds();
    erl(&["-eval", "halt()."])?;
    Some(1.0 / (processor::seconds() - begun))
}
