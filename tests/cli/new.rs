//! `treefall new`: every template runs and holds, and nothing is written over.

use crate::sandbox::{HELD, Sandbox, assert_output};

#[test]
fn every_template_holds_and_says_what_to_try() {
    let sandbox = Sandbox::new();
    for template in ["registry", "pool", "pipeline", "outage", "application"] {
        let made = sandbox.output(&format!("new {template} --template {template}"));
        assert!(made.status.success(), "{made:?}");
        let text = sandbox.read(&format!("{template}.kdl"));
        assert!(text.starts_with(&format!("scenario \"{template}: ")), "{text}");
        assert!(text.contains("// What to try next:"), "{text}");
        let explored = sandbox.output(&format!("explore -q --seeds 0..200 {template}.kdl"));
        assert!(explored.status.success(), "{template}: {explored:?}");
    }
}

/// What the last lines of the templates propose breaks what they say.
#[test]
fn what_they_say_to_try_breaks_them() {
    let sandbox = Sandbox::new();
    for (template, was, becomes) in [
        ("registry", "restart=temporary", "restart=permanent"),
        (
            "pool",
            "    call pool monitor_me self $worker\n    exit reason=careless\n",
            "    exit reason=careless\n",
        ),
        ("outage", "init { send_after 1000 self ping }", "init { send_after 100 self ping }"),
        ("application", "type=permanent", "type=temporary"),
    ] {
        sandbox.output(&format!("new {template} --template {template}"));
        let text = sandbox.read(&format!("{template}.kdl"));
        assert_eq!(text.matches(was).count(), 1, "{template}: {was}");
        sandbox.write("other.kdl", text.replace(was, becomes));
        let explored = sandbox.output("explore -q --trace none other.kdl");
        assert_eq!(explored.status.code(), Some(1), "{template}: {explored:?}");
    }
}

#[test]
fn a_project_is_found_and_no_file_is_written_over() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    let app = "{application,shop,[{applications,[kernel,stdlib]},{mod,{'Elixir.Shop',[]}}]}.";
    sandbox.write("mine/_build/test/lib/shop/ebin/shop.app", app);
    sandbox.write("fresh/mix.exs", "");
    sandbox.write("rebar/rebar.config", "");
    let shown = sandbox.session(&[
        "new held",
        "new held.kdl --template pool",
        "new mine/check --template code",
        "new elsewhere --template code",
        "new fresh/check --template code",
        "new rebar/check --template code",
        "new nowhere/x",
        "new .kdl",
        "new x --template cluster",
    ]);
    assert_output!("new", [shown, sandbox.read("mine/check.kdl")].join("\n\n"));
    assert_eq!(sandbox.read("held.kdl"), HELD);
}
