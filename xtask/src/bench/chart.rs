//! The chart: the ratios that have a goal, as an SVG picture that needs nothing else.

use benches::row::{Row, Verdict};
use maud::{PreEscaped, html};

const WIDTH: f64 = 960.0;
const LABELS: f64 = 400.0;
const LINE: f64 = 24.0;
const TOP: f64 = 40.0;

/// The ends of the scale, which is logarithmic: half of something is as far from it
/// as twice.
const ENDS: [f64; 2] = [1.0 / 64.0, 4.0];

/// Draws a bar for each ratio, its spread, and a mark at its goal.
pub(super) fn draw<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let rows: Vec<&Row> = rows.filter(|row| row.goal.is_some()).collect();
    let height = TOP + LINE * (rows.len() as f64 + 1.0);
    let view = format!("0 0 {WIDTH} {height}");
    let ticks = [1.0 / 32.0, 0.125, 0.25, 0.5, 1.0, 2.0];
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(view) role="img"
            font-family="system-ui, sans-serif" font-size="12" {
            title { "Ratios beside their goals" }
            rect width=(WIDTH) height=(height) fill="#ffffff" {}
            text x="12" y="20" font-size="14" { "ours / beside; less is better; | is the goal" }
            @for tick in ticks {
                @let x = place(tick);
                line x1=(x) x2=(x) y1=(TOP - 8.0) y2=(height - LINE) stroke="#dddddd" {}
                text x=(x) y=(height - 8.0) text-anchor="middle" fill="#555555" { (tick) }
            }
            @for (at, row) in rows.iter().enumerate() {
                (bar(row, TOP + LINE * at as f64))
            }
        }
    };
    picture.into_string()
}

fn bar(row: &Row, y: f64) -> PreEscaped<String> {
    let colour = match row.verdict() {
        Verdict::Met | Verdict::Informs => "#2e7d4f",
        Verdict::Unclear => "#c98a00",
        Verdict::Missed => "#b3382c",
        Verdict::NotMeasured => "#888888",
    };
    let name = format!("{} / {}", row.step, row.beside);
    let middle = y + LINE / 2.0;
    let said = match row.ratio {
        Some(ratio) => format!("{ratio:.2}"),
        None => "not measured".to_owned(),
    };
    html! {
        text x=(LABELS - 10.0) y=(middle + 4.0) text-anchor="end" { (name) }
        @let end = row.ratio.map_or(LABELS, place);
        rect x=(LABELS) y=(y + 5.0) width=(end - LABELS) height=(LINE - 10.0) fill=(colour) {}
        @if let Some([low, high]) = row.spread {
            line x1=(place(low)) x2=(place(high)) y1=(middle) y2=(middle)
                stroke="#222222" stroke-width="1.5" {}
        }
        @if let Some(goal) = row.goal {
            line x1=(place(goal)) x2=(place(goal)) y1=(y + 2.0) y2=(y + LINE - 2.0)
                stroke="#222222" stroke-width="2" {}
        }
        text x=(WIDTH - 12.0) y=(middle + 4.0) text-anchor="end" fill=(colour) { (said) }
    }
}

/// Finds a ratio on the scale, at its end where it is beyond.
fn place(ratio: f64) -> f64 {
    let [low, high] = ENDS.map(f64::log2);
    let part = (ratio.clamp(ENDS[0], ENDS[1]).log2() - low) / (high - low);
    LABELS + part * (WIDTH - 110.0 - LABELS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_logarithmic_and_ends() {
        let [half, one, two] = [0.5, 1.0, 2.0].map(place);
        assert!((one - half - (two - one)).abs() < 1e-9);
        assert_eq!(place(0.0), LABELS);
        assert_eq!(place(f64::INFINITY), place(4.0));
        assert!(place(4.0) < WIDTH);
    }

    #[test]
    fn what_is_missed_is_red_and_names_are_escaped() {
        let row = |ratio: f64, goal: Option<f64>| Row {
            step: "a < b".to_owned(),
            ours: "a".to_owned(),
            beside: "b".to_owned(),
            unit: "ns".to_owned(),
            ours_took: Some(ratio),
            beside_took: Some(1.0),
            ratio: Some(ratio),
            spread: None,
            goal,
        };
        let picture = draw([row(1.2, Some(1.0)), row(9.0, None)].iter());
        assert!(picture.contains("a &lt; b / b") && picture.contains("#b3382c"));
        assert_eq!(picture.matches(">1.20<").count(), 1);
        assert!(!picture.contains("9.00"), "it has no goal");
    }
}
