//! Long runs of like things, folded: six are shown, the rest counted.

use crate::kernel::{Fingerprint, Term};
use crate::otp::Started;
use crate::trace::names::Directory;

use super::node::{CallEnd, ROOT, StoryNode, Tree, Verb, What};

/// What is shown of a list of nodes.
pub(super) enum Folded {
    Node(usize),
    /// So many more like this one.
    More(usize, usize),
    /// Something that an excerpt leaves out.
    Cut,
}

/// How many of a run are shown, of what happens to processes and of what processes say.
const LIVES_SHOWN: usize = 6;
const WORDS_SHOWN: usize = 12;

/// And how many, if each is a group of lines.
const GROUPS_SHOWN: usize = 3;

/// Computes for every node whether it is worth showing, and to which it is alike.
pub(super) struct Likeness {
    visible: Vec<bool>,
    /// What would be worth showing if it were not left out.
    cut: Vec<bool>,
    like: Vec<u64>,
}

impl Likeness {
    pub(super) fn of(tree: &Tree, directory: &Directory) -> Self {
        let count = tree.nodes.len();
        let (mut visible, mut like, mut cut) = (vec![false; count], vec![0; count], vec![false; count]);
        // Children come after their parents, so this meets them first.
        for index in (0..count).rev() {
            let node = &tree.nodes[index];
            let children: Vec<u64> =
                node.children.iter().filter(|child| visible[**child]).map(|child| like[*child]).collect();
            let quiet = node.quiet || node.backstage || is_in_the_answer(tree, node);
            visible[index] = !(quiet || node.cut) || !children.is_empty();
            cut[index] = !visible[index] && (!quiet || node.children.iter().any(|child| cut[*child]));
            let who = (node.actor.map(|pid| directory.base(pid)), node.other.map(|pid| directory.base(pid)));
            like[index] = Fingerprint::of(&(kind(node), who, children));
        }
        Likeness { visible, cut, like }
    }

    /// The nodes that are shown; none stands for some that are left out.
    fn on_stage(&self, tree: &Tree, children: &[usize], found: &mut Vec<Option<usize>>) {
        for &child in children {
            if !self.visible[child] {
                // Within a group it goes without saying.
                if self.cut[child] && tree.nodes[child].parent == ROOT && found.last() != Some(&None) {
                    found.push(None);
                }
                continue;
            }
            match tree.nodes[child].backstage {
                true => self.on_stage(tree, &tree.nodes[child].children, found),
                false => found.push(Some(child)),
            }
        }
    }

    /// What to show of these children.
    pub(super) fn fold(&self, tree: &Tree, children: &[usize]) -> Vec<Folded> {
        let mut visible = Vec::new();
        self.on_stage(tree, children, &mut visible);
        let mut shown = Vec::new();
        let like = |node: &Option<usize>| node.map(|node| self.like[node]);
        for run in visible.chunk_by(|one, other| like(one) == like(other)) {
            let run: Vec<usize> = run.iter().copied().flatten().collect();
            if run.is_empty() {
                shown.push(Folded::Cut);
                continue;
            }
            let group = tree.nodes[run[0]].children.iter().any(|child| self.visible[*child]);
            let most = if group { GROUPS_SHOWN } else { most(&tree.nodes[run[0]]) };
            // Folding two lines into one that says so gains nothing.
            if run.len() > most + 2 {
                shown.extend(run[..most].iter().copied().map(Folded::Node));
                shown.push(Folded::More(run[most], run.len() - most));
            } else {
                shown.extend(run.iter().copied().map(Folded::Node));
            }
        }
        shown
    }
}

/// A started child goes without saying below the call that returns it.
fn is_in_the_answer(tree: &Tree, node: &StoryNode) -> bool {
    let (What::Start(start), Some(pid)) = (&node.what, node.actor) else { return false };
    let started = matches!(start.result, Some(Started::Ok { .. })) || !start.waits;
    let What::Call { outcome: CallEnd::Answered { reply, .. }, .. } = &tree.nodes[node.parent].what else {
        return false;
    };
    let returned = reply.as_tuple().and_then(|terms| terms.get(1)).and_then(Term::as_pid);
    started && start.died.is_none() && start.flags.is_none() && returned == Some(pid)
}

fn most(node: &StoryNode) -> usize {
    match &node.what {
        What::Call { .. } | What::Stop { .. } | What::Signal { .. } | What::Note(_) => WORDS_SHOWN,
        _ => LIVES_SHOWN,
    }
}

/// What two nodes must have in common to be alike, beside who they are about.
fn kind(node: &StoryNode) -> (u8, Option<Verb>, u64) {
    fn of(value: &impl std::hash::Hash) -> u64 {
        Fingerprint::of(value)
    }
    match &node.what {
        What::Run => (0, None, 0),
        What::Start(start) => {
            (1, None, of(&(start.died.is_some(), start.result.as_ref().map(std::mem::discriminant))))
        }
        What::Call { verb, request, outcome } => {
            let head = request.as_tuple().and_then(<[_]>::first).unwrap_or(request);
            (2, Some(*verb), of(&(head, std::mem::discriminant(outcome))))
        }
        What::Stop { reason, outcome } => (3, None, of(&(reason, std::mem::discriminant(outcome)))),
        What::Signal { verb, content, fate } => {
            let head = content.as_tuple().and_then(<[_]>::first).unwrap_or(content);
            (4, Some(*verb), of(&(head, *fate as u8)))
        }
        What::Timer(content) => (5, None, of(content)),
        What::Cancelled(content) => (26, None, of(content)),
        What::OfNode(content) => (25, None, of(content)),
        What::Died { reason, .. } => (6, None, of(reason)),
        What::Stopping(stopping) => (7, None, of(&(&stopping.reason, stopping.killed, stopping.error))),
        What::Restarting(restarting) => (8, None, u64::from(restarting.again)),
        What::NotRestarted { reason, .. } => (9, None, of(reason)),
        What::GivingUp { .. } => (10, None, 0),
        What::AutoShutdown { .. } => (11, None, 0),
        What::StartError { child, reason } => (12, None, of(&(child, reason))),
        What::TryAgain { .. } => (13, None, 0),
        What::Heard { verb, reason, .. } => (14, Some(*verb), of(reason)),
        What::Unexpected(message) => (15, None, of(message)),
        What::Named { verb, .. } => (16, Some(*verb), 0),
        What::Read { place, .. } => (22, None, of(&place.name)),
        What::Found { name, .. } => (24, None, of(name)),
        What::Wrote { place, .. } => (23, None, of(&place.name)),
        What::Note(line) => (17, None, of(line)),
        What::TakesLate(_) => (18, None, 0),
        What::GoesOn(_) => (19, None, 0),
        What::ShutdownErrors { reason, .. } => (21, None, of(reason)),
        What::ToldToStop => (20, None, 0),
    }
}
