//! A million beside a thousand. Requests that are signed and checked at once; calls that list, page
//! and look up in a sandbox whose file holds a million customers and as many cards, both sandboxes at
//! once; and how long the larger one takes to start.
//!
//! It leaves its rows for `cargo xtask bench` and prints them.

#[path = "../../../crates/cards-sandbox/tests/scale/fill.rs"]
mod fill;

mod batch;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

use benches::goals;
use benches::row::{self, Range, Row};
use cards_sandbox::{Running, Sandbox, Store};

/// The customers of each of the three providers, and so a third of all.
const FEW: u32 = 334;
const MANY: u32 = 333_334;

/// Rounds, in each of which both sandboxes are called in turns.
const ROUNDS: usize = 20;
const CALLS: u32 = 50;
const STARTS: usize = 5;

fn main() {
    // Not in /tmp, which may be memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let file = |customers: u32| {
        let path = folder.path().join(format!("{customers}.db"));
        drop(start(&path));
        fill::fill(&path, customers).expect("the file is filled");
        path
    };
    let (few, many) = (file(FEW), file(MANY));
    let mut rows = batch::rows();
    rows.push(starts(&few, &many));
    rows.extend(calls(&few, &many));
    for row in &rows {
        let (step, ours, verdict) = (&row.step, &row.ours, row.verdict().as_str());
        let ratio = row.ratio.unwrap_or_default();
        writeln!(io::stdout(), "{step}, {ours}: {ratio:.2} {verdict}").expect("it is shown");
    }
    row::save("scale", &rows).expect("the rows are written");
}

fn start(path: &Path) -> Running {
    let store = Store::File(path.to_owned());
    Sandbox::builder()
        .store(store)
        .start_blocking()
        .expect("the sandbox starts")
}

/// Starts both again and again, each time until it has answered.
fn starts(few: &Path, many: &Path) -> Row {
    let once = |path: &Path| {
        let begun = Instant::now();
        let sandbox = start(path);
        Connection::to(&sandbox).call("GET", "/_sandbox/health", "");
        begun.elapsed().as_nanos() as f64
    };
    let rounds: Vec<_> = (0..STARTS).map(|_| (once(few), once(many))).collect();
    row("start, until the first answer", &rounds, None)
}

/// Compares the least that a thousand and a million took in any round: whether two threads that talk
/// are on one core makes a call three times as dear, for seconds.
fn row(step: &str, rounds: &[(f64, f64)], goal: Option<f64>) -> Row {
    let ratios = Range::of(rounds.iter().map(|(few, many)| many / few)).expect("rounds");
    let least = |of: fn(&(f64, f64)) -> f64| Range::of(rounds.iter().map(of)).map(|all| all.low);
    let (few, many) = (least(|(few, _)| *few), least(|(_, many)| *many));
    Row {
        step: step.to_owned(),
        ours: "of 1,000,000".to_owned(),
        beside: "of 1,000".to_owned(),
        unit: "ns".to_owned(),
        ours_took: many,
        beside_took: few,
        ratio: many.zip(few).map(|(many, few)| many / few),
        spread: Some([ratios.low, ratios.high]),
        goal,
    }
}

/// A step by its name: the headers and the target of its call in a sandbox with so many customers of
/// each provider.
type Step = (&'static str, &'static str, fn(u32) -> String);

const SAMPLE: &str = "authorization: YOUR_API_KEY\r\notp: text\r\n";
const BEARER: &str = "authorization: Bearer sandbox-paysafe-token\r\n";
const CARDS: &str = "/api/v1/customer/cards";

const STEPS: [Step; 9] = [
    ("list, first page", SAMPLE, |_| {
        format!("{CARDS}/byuser/list?pageNumber=1")
    }),
    ("list, middle page", SAMPLE, |n| {
        format!("{CARDS}/byuser/list?pageNumber={}", n / 20)
    }),
    ("list, last page", SAMPLE, |n| {
        format!("{CARDS}/byuser/list?pageNumber={}", n / 10)
    }),
    ("balances, last page", SAMPLE, |n| {
        format!("{CARDS}/balances?PageNumber={}", n / 10)
    }),
    ("balances, of one customer", SAMPLE, |n| {
        format!("{CARDS}/balances?CustomersID={}", 100_000 + n / 2)
    }),
    ("cards of a customer, by state", BEARER, |n| {
        format!(
            "/customers/{}/prepaid/cards?status=ACTIVE",
            80_000_000 + n / 2
        )
    }),
    ("one card", BEARER, |n| {
        format!(
            "/customers/{}/prepaid/cards/scale-{}",
            80_000_000 + n / 2,
            n / 2
        )
    }),
    ("the page's first customers", "", |_| {
        "/_sandbox/page/customers".to_owned()
    }),
    ("the page's customers, further on", "", |n| {
        format!(
            "/_sandbox/page/customers?provider=ibanera&after={}",
            100_000 + n / 2
        )
    }),
];

fn calls(few: &Path, many: &Path) -> Vec<Row> {
    let (few, many) = (start(few), start(many));
    let (mut small, mut large) = (Connection::to(&few), Connection::to(&many));
    let mut rounds = STEPS.map(|_| Vec::new());
    // All steps in each round. In the first one pages of the file are read.
    for _ in 0..ROUNDS {
        for ((_, headers, target), rounds) in STEPS.iter().zip(&mut rounds) {
            let few = small.calls(&target(FEW), headers);
            rounds.push((few, large.calls(&target(MANY), headers)));
        }
    }
    let named = STEPS.iter().zip(&rounds);
    named
        .map(|((name, ..), rounds)| row(name, rounds, Some(goals::GROWTH)))
        .collect()
}

/// One connection that is kept, and waits for each answer.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn to(sandbox: &Running) -> Self {
        let stream = TcpStream::connect(sandbox.addr()).expect("it listens");
        stream.set_nodelay(true).expect("a setting");
        Self(BufReader::new(stream))
    }

    /// Makes the call many times. Gives the CPU time that each took, in nanoseconds.
    fn calls(&mut self, target: &str, headers: &str) -> f64 {
        let begun = benches::cpu_nanoseconds();
        for _ in 0..CALLS {
            self.call("GET", target, headers);
        }
        (benches::cpu_nanoseconds() - begun) as f64 / f64::from(CALLS)
    }

    fn call(&mut self, method: &str, target: &str, headers: &str) {
        let request = format!("{method} {target} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n");
        let stream = self.0.get_mut();
        stream.write_all(request.as_bytes()).expect("it is taken");
        let (mut line, mut length) = (String::new(), 0);
        self.0.read_line(&mut line).expect("an answer");
        assert!(line.starts_with("HTTP/1.1 200"), "{target}: {line}");
        loop {
            line.clear();
            self.0.read_line(&mut line).expect("a head");
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a body");
    }
}
