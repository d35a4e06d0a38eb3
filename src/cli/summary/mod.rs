//! What several scenarios have come to, for those who read it elsewhere: as Markdown in a pull request, as JUnit in a CI,
//! as annotations on GitHub.

mod entry;
mod github;
mod junit;
mod markdown;

use std::path::{Path, PathBuf};

use super::output_file;
use super::terminal::{Terminal, Wanted};

pub(super) use entry::{Entry, Kept, line_of};

/// Where results go beside the terminal.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Results elsewhere")]
pub(super) struct Reporting {
    /// Write the results to this file as JUnit XML too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// For GitHub Actions: annotate the lines of scenarios that break, and add a summary to the job
    ///
    /// The annotations are printed as `::error file=…,line=…::…`. The summary, with the explanation of each failure,
    /// is appended to the file that GITHUB_STEP_SUMMARY names; if it names none, there is no summary.
    #[arg(long)]
    github: bool,
}

impl Reporting {
    /// Tries whether the results can be written, and tells the terminal to keep them if anybody wants them. False if
    /// they cannot: it has been said.
    pub(super) fn begin<'a>(
        &self,
        inputs: impl IntoIterator<Item = &'a Path>,
        terminal: &mut Terminal<'_>,
    ) -> bool {
        if let Some(path) = &self.junit
            && let Err(error) = output_file::prepare_with_folder(path, inputs)
        {
            terminal.complain_unwritten(path, &error);
            return false;
        }
        let explains = self.github || terminal.drawing == Some(Wanted::Markdown);
        if self.junit.is_some() || explains {
            terminal.kept = Some(Kept::new(explains));
        }
        true
    }

    /// Sends the results to wherever they were wanted.
    pub(super) fn end(&self, command: &str, terminal: &mut Terminal<'_>) {
        let Some(Kept { entries, .. }) = terminal.kept.take() else { return };
        let title = format!("treefall {command}");
        if let Some(path) = &self.junit
            && let Err(error) = output_file::write(path, &junit::text(&title, &entries))
        {
            terminal.complain_unwritten(path, &error);
        }
        if terminal.drawing == Some(Wanted::Markdown) {
            terminal.print_at_last(&markdown::text(&title, &entries));
        }
        if self.github {
            github::annotate(&entries, terminal);
            github::summarise(&markdown::text(&title, &entries), terminal);
        }
    }
}
