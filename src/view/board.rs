//! What a drawing of a run shows, from top to bottom: the storyboard as rows, each of one thing.
//!
//! How OTP does it is left out, and whoever has no part in what is shown has no lane.

use crate::trace::chart::{Chart, Kind, Moment};

/// A row of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BoardRow {
    /// When it happens.
    pub(super) moment: Moment,
    /// What happens in it.
    pub(super) what: What,
}

/// What happens in a row, by its place in the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// An arrow begins here, and ends further down, or never.
    Sent(usize),
    /// It ends here.
    Arrived(usize),
    /// It is sent and arrives before anything else that is shown.
    Passed(usize),
    /// A life ends, by its lane and its number there.
    Ended(usize, usize),
    /// A mark of one lane.
    Mark(usize),
}

/// The rows of a drawing, and the lanes that they need.
#[derive(Clone, Debug, Default)]
pub(super) struct Board {
    /// The lanes of the chart that are drawn, from left to right.
    pub(super) lanes: Vec<usize>,
    pub(super) rows: Vec<BoardRow>,
    /// How many more rows there would be.
    pub(super) more: usize,
}

impl Board {
    /// The first so many rows of a chart.
    pub(super) fn of(chart: &Chart, rows_max: usize) -> Board {
        let mut rows = unfolded(chart);
        rows.sort_by_key(|row| row.moment.event);
        let mut rows = folded(rows);
        let more = rows.len().saturating_sub(rows_max);
        rows.truncate(rows_max);
        let mut is_needed = vec![false; chart.lanes.len()];
        for lane in rows.iter().flat_map(|row| lanes_of(chart, row.what)) {
            is_needed[lane] = true;
        }
        let lanes = (0..chart.lanes.len()).filter(|lane| is_needed[*lane]).collect();
        Board { lanes, rows, more }
    }

    /// As which row the first one stands that is not before this moment.
    pub(super) fn row_of(&self, moment: Moment) -> usize {
        self.rows.partition_point(|row| row.moment.event < moment.event)
    }
}

/// The lanes that a row touches.
fn lanes_of(chart: &Chart, what: What) -> impl Iterator<Item = usize> {
    let (one, other) = match what {
        What::Sent(arrow) | What::Arrived(arrow) | What::Passed(arrow) => {
            (chart.arrows[arrow].from, Some(chart.arrows[arrow].to))
        }
        What::Ended(lane, _) => (Some(lane), None),
        What::Mark(mark) => (Some(chart.marks[mark].lane), None),
    };
    one.into_iter().chain(other)
}

fn unfolded(chart: &Chart) -> Vec<BoardRow> {
    let mut rows = Vec::new();
    for (place, arrow) in chart.arrows.iter().enumerate() {
        if arrow.kind == Kind::Machinery {
            continue;
        }
        match arrow.arrived {
            // What a timer sends is nowhere before it arrives.
            Some(arrived) if arrow.from.is_none() || arrived == arrow.sent => {
                rows.push(BoardRow { moment: arrived, what: What::Passed(place) });
            }
            Some(arrived) => {
                rows.push(BoardRow { moment: arrow.sent, what: What::Sent(place) });
                rows.push(BoardRow { moment: arrived, what: What::Arrived(place) });
            }
            None => rows.push(BoardRow { moment: arrow.sent, what: What::Sent(place) }),
        }
    }
    let marks = chart.marks.iter().enumerate();
    rows.extend(marks.map(|(place, mark)| BoardRow { moment: mark.moment, what: What::Mark(place) }));
    for (lane, life, end) in chart.ends() {
        rows.push(BoardRow { moment: end.moment, what: What::Ended(lane, life) });
    }
    rows
}

/// Makes one row of what is sent and arrives with nothing in between.
fn folded(rows: Vec<BoardRow>) -> Vec<BoardRow> {
    let mut folded: Vec<BoardRow> = Vec::with_capacity(rows.len());
    for row in rows {
        match (folded.last_mut(), row.what) {
            (Some(BoardRow { what: what @ What::Sent(_), .. }), What::Arrived(arrow))
                if *what == What::Sent(arrow) =>
            {
                *what = What::Passed(arrow);
            }
            _ => folded.push(row),
        }
    }
    folded
}
