//! How runs begin: many seeds take the same first steps, and each of these is taken once.
//!
//! Most runs start all trees before anything can be chosen, and go apart only then, so what many have in common is kept
//! as a tree of worlds and copied where a run leaves it. Schedulers are asked all along the way, of the world as it was
//! there, so a seed is the run that it would have been alone.

use crate::kernel::{Choice, StopFlag};

use super::super::run::{Choose, Run, Underway};
use super::super::seam::Model;

/// How many worlds are kept.
const WORLDS: usize = 1_000;
/// How many bytes they may weigh together: a world is not small because its start has few steps.
const BYTES: u64 = 128 << 20;

/// The first steps of runs of one model.
pub struct Beginnings<'m, M: Model> {
    model: &'m M,
    points: Vec<Point<'m, M>>,
    bytes: u64,
}

/// Where runs have come by.
struct Point<'m, M: Model> {
    underway: Underway<'m, M>,
    /// What was chosen here, and which point that has led to.
    then: Vec<(Choice, usize)>,
}

impl<'m, M: Model> Beginnings<'m, M> {
    /// Of this model, of which no run has begun yet.
    pub fn of(model: &'m M) -> Self {
        Beginnings { model, points: Vec::new(), bytes: 0 }
    }

    /// Runs the model as [`run`](super::super::run::run) does when it records nothing.
    pub fn run(&mut self, stop: &StopFlag, choose: &mut Choose<'_, M>) -> Run<M> {
        let mut place = Position::Beginning;
        let underway = match self.points.first() {
            None => Underway::start(self.model, self.model.events().until(stop)),
            Some(_) => match self.along(stop, choose) {
                Err(run) => return *run,
                Ok((underway, after)) => {
                    place = after;
                    underway
                }
            },
        };
        underway.go_on(false, stop, choose, &mut |here| {
            place = self.keep(here, place);
            !matches!(place, Position::Nowhere)
        })
    }

    /// Goes along what is kept as long as that is what is chosen, and takes the first step off it; the run, if it is
    /// given up before.
    fn along(
        &self,
        stop: &StopFlag,
        choose: &mut Choose<'_, M>,
    ) -> Result<(Underway<'m, M>, Position), Box<Run<M>>> {
        let mut at = 0;
        loop {
            let Point { underway, then } = &self.points[at];
            let chosen = if stop.is_raised() { None } else { choose(underway.world(), &[]) };
            let Some(chosen) = chosen else { return Err(Box::new(underway.forked().abandoned())) };
            match then.iter().find(|(choice, _)| *choice == chosen) {
                Some((_, next)) => at = *next,
                None => {
                    let mut underway = underway.forked();
                    underway.take(chosen);
                    return Ok((underway, Position::After(at, chosen)));
                }
            }
        }
    }

    /// Keeps the point that a run has come to, and says where the next one belongs: where nothing can be chosen, every
    /// run that comes by goes on in the same way.
    fn keep(&mut self, here: &Underway<'m, M>, place: Position) -> Position {
        let is_full = self.points.len() == WORLDS || self.bytes > BYTES;
        if matches!(place, Position::Nowhere) || is_full || here.is_watched() {
            return Position::Nowhere;
        }
        self.bytes = self.bytes.saturating_add(here.world().weight());
        if self.bytes > BYTES {
            return Position::Nowhere;
        }
        let number = self.points.len();
        if let Position::After(before, choice) = place {
            self.points[before].then.push((choice, number));
        }
        self.points.push(Point { underway: here.forked(), then: Vec::new() });
        let choices = here.world().choices();
        match choices.get(0) {
            Some(only) if choices.len() == 1 => Position::After(number, only),
            _ => Position::Nowhere,
        }
    }
}

/// Where a point belongs.
#[derive(Clone, Copy)]
enum Position {
    Beginning,
    After(usize, Choice),
    Nowhere,
}
