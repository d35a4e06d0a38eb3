//! Curves on paper with ten times as much at each line, up and to the right: what grows as fast as there is more of it
//! rises as steeply as the paper's diagonal, and what does not grow is level. The drawing is text, and says the same
//! for the same figures.

use std::fmt::Write;

/// A curve: what it is of, and its points.
pub type Curve = (&'static str, Vec<(f64, f64)>);

const LEFT: f64 = 64.0;
const TOP: f64 = 16.0;
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 240.0;
const COLOURS: [&str; 7] = ["#0b62a4", "#b5460f", "#2e7d4f", "#6b4fa0", "#9a7d0a", "#c2185b", "#4a5568"];

/// One direction of the paper, from a power of ten to another.
struct Axis {
    from: i32,
    to: i32,
    begins: f64,
    length: f64,
}

impl Axis {
    fn of(values: impl Iterator<Item = f64>, begins: f64, length: f64) -> Axis {
        let (mut from, mut to) = (i32::MAX, i32::MIN);
        for value in values.filter(|value| *value > 0.0) {
            from = from.min(value.log10().floor() as i32);
            to = to.max(value.log10().ceil() as i32);
        }
        let to = to.max(from.saturating_add(1));
        Axis { from, to, begins, length }
    }

    fn place(&self, value: f64) -> f64 {
        let part = (value.log10() - f64::from(self.from)) / f64::from(self.to - self.from);
        self.begins + self.length * part
    }

    fn lines(&self) -> impl Iterator<Item = (f64, f64)> {
        (self.from..=self.to).map(|power| (10_f64.powi(power), self.place(10_f64.powi(power))))
    }
}

/// The drawing.
pub fn drawn(curves: &[Curve], along: &str, up: &str) -> String {
    let points = || curves.iter().flat_map(|(_, points)| points.iter().copied());
    if points().next().is_none() {
        return String::new();
    }
    let across = Axis::of(points().map(|(x, _)| x), LEFT, WIDTH);
    let above = Axis::of(points().map(|(_, y)| y), TOP + HEIGHT, -HEIGHT);
    let (right, bottom) = (LEFT + WIDTH, TOP + HEIGHT);
    let mut svg = String::new();
    let mut say = |line: String| writeln!(svg, "{line}").expect("a text takes what is written");
    say(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\">",
        right + 32.0,
        bottom + 44.0 + 18.0 * curves.len() as f64
    ));
    say("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>".to_owned());
    for (value, x) in across.lines() {
        say(format!("<path d=\"M{x:.1} {TOP}V{bottom}\" stroke=\"#ddd\"/>"));
        say(format!(
            "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\" fill=\"#555\">{value}</text>",
            bottom + 16.0
        ));
    }
    for (value, y) in above.lines() {
        say(format!("<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#ddd\"/>"));
        say(format!(
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555\">{value}</text>",
            LEFT - 6.0,
            y + 4.0
        ));
    }
    say(format!("<text x=\"{LEFT}\" y=\"{}\" fill=\"#555\">{along}; upwards: {up}</text>", bottom + 34.0));
    for (nth, (name, points)) in curves.iter().enumerate() {
        let colour = COLOURS[nth % COLOURS.len()];
        let line = points.iter().map(|(x, y)| format!("{:.1},{:.1}", across.place(*x), above.place(*y)));
        let line = line.collect::<Vec<_>>().join(" ");
        say(format!("<polyline points=\"{line}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"));
        for (x, y) in points {
            let (x, y) = (across.place(*x), above.place(*y));
            say(format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>"));
        }
        let y = bottom + 52.0 + 18.0 * nth as f64;
        say(format!("<path d=\"M{LEFT} {:.1}h20\" stroke=\"{colour}\" stroke-width=\"2\"/>", y - 4.0));
        say(format!("<text x=\"{}\" y=\"{y:.1}\">{}</text>", LEFT + 28.0, name.replace('`', "")));
    }
    say("</svg>".to_owned());
    svg
}
