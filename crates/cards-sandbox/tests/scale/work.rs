//! Counts the steps that SQLite takes, as the sandbox logs them for each statement.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// The target of what the sandbox logs of statements.
const STATEMENTS: &str = "cards_sandbox_core::statements";

/// Hears of the statements of all threads.
#[derive(Clone, Default)]
pub struct Work(Arc<Mutex<Done>>);

/// The work that was done meanwhile.
#[derive(Default)]
pub struct Done {
    pub steps: u64,
    by_statement: BTreeMap<String, u64>,
}

impl Work {
    pub fn listen() -> Self {
        let work = Self::default();
        let all = tracing_subscriber::registry().with(work.clone());
        tracing::subscriber::set_global_default(all).expect("nobody else listens");
        work
    }

    /// Gives what was done since the last time.
    pub fn take(&self) -> Done {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Work {
    /// Waits until what the last call left to do is done, and forgets it: events are sent after
    /// the call that causes them.
    pub fn settles(&self) {
        loop {
            self.take();
            std::thread::sleep(Duration::from_millis(30));
            if self.take().steps == 0 {
                return;
            }
        }
    }
}

impl Done {
    /// Names the statements that took more steps.
    pub fn more_than(&self, other: &Self) -> String {
        let mut lines = Vec::new();
        for (sql, steps) in &self.by_statement {
            let before = other.by_statement.get(sql).copied().unwrap_or(0);
            if *steps > before {
                let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ");
                lines.push(format!("    {before} -> {steps}: {sql}"));
            }
        }
        lines.join("\n")
    }
}

impl<S: Subscriber> Layer<S> for Work {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == STATEMENTS || *metadata.level() == Level::ERROR
    }

    #[expect(clippy::print_stderr, reason = "it is what a failing test says")]
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != STATEMENTS {
            // The sandbox failed, and so will the test.
            eprintln!("{event:?}");
            return;
        }
        let mut statement = Statement::default();
        event.record(&mut statement);
        let mut done = self.0.lock().unwrap();
        done.steps += statement.steps;
        *done.by_statement.entry(statement.sql).or_default() += statement.steps;
    }
}

#[derive(Default)]
struct Statement {
    sql: String,
    steps: u64,
}

impl Visit for Statement {
    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.name() == "steps" {
            self.steps = u64::try_from(value).unwrap();
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "sql" {
            self.sql = format!("{value:?}");
        }
    }
}
