//! The table.

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};

use super::load::Measured;
use super::{Options, Row};

pub(super) fn facts(facts: &[(String, String)]) -> String {
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    facts
        .iter()
        .map(|(name, value)| format!("{name:width$}  {value}\n"))
        .collect()
}

pub(super) fn table(rows: &[Row], options: &Options) -> String {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header([
        "call",
        "server",
        "requests/s",
        "lowest",
        "highest",
        "99% within, ms",
        "CPU, us each",
        "sandbox / this",
    ]);
    for column in 2..8 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for row in rows {
        let sandbox = row
            .by_server
            .first()
            .map(|(_, measured)| per_second(measured));
        for (name, measured) in &row.by_server {
            let rates: Vec<f64> = measured.iter().map(|one| one.per_second).collect();
            let middle = per_second(measured);
            let ratio = sandbox.map_or(f64::NAN, |sandbox| sandbox / middle);
            let cpu: Vec<f64> = measured.iter().filter_map(|one| one.cpu_micros).collect();
            table.add_row([
                format!("{}, {} bytes", row.call.name, row.call.reply.len()),
                name.clone(),
                format!("{middle:.0}"),
                format!("{:.0}", rates.iter().copied().fold(f64::INFINITY, f64::min)),
                format!("{:.0}", rates.iter().copied().fold(0.0, f64::max)),
                format!("{:.1}", median(measured.iter().map(|one| one.slow_millis))),
                match cpu.is_empty() {
                    true => "-".to_owned(),
                    false => format!("{:.0}", median(cpu)),
                },
                format!("{ratio:.2}"),
            ]);
        }
    }
    format!(
        "medians of {} rounds of {} s, {} in flight, wrk -t1; size is that of the reply's body\n\n{table}",
        options.rounds, options.seconds, options.connections
    )
}

fn per_second(measured: &[Measured]) -> f64 {
    median(measured.iter().map(|one| one.per_second))
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    match (values.len() / 2, values.len() % 2) {
        (0, 0) => f64::NAN,
        (middle, 0) => f64::midpoint(values[middle - 1], values[middle]),
        (middle, _) => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median([7.0]), 7.0);
        assert!(median([]).is_nan());
    }
}
