//! Runs, told, where the story of a calm run, which the snapshots of `scenarios/` hold, is not enough.

mod causes;
mod documents;
pub(in crate::trace) mod stories;
mod words;

fn matches(name: &str, told: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/trace");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, told));
}
