//! Signals that ask the program to end: Ctrl-C, SIGTERM, and a hangup or SIGQUIT unless that was
//! ignored when it started, as `nohup` has it. Nobody is to take a change that may have been sent
//! for one that was not.

use std::process;
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::exit::Exit;

/// Tells what there is to say where a signal ends the program.
type LastWords = Box<dyn FnOnce() -> Error + Send>;

/// The time that the end has to be told. Where a terminal closes, one hangup follows another.
const PATIENCE: Duration = Duration::from_secs(1);

/// The phase of the program, which decides what a signal does.
enum Phase {
    /// No call is under way: the program ends without a word.
    Idle,
    /// A sandbox serves: the function tells it, and it ends in its own way.
    Serving(Box<dyn Fn() + Send>),
    /// A call is: the function tells whoever waits for it.
    Waiting(Box<dyn FnOnce() + Send>, LastWords),
    /// The outcome is known, and is being printed or looked at; or a sandbox is told to change
    /// something, and whoever waits for it cannot be told.
    Printing(LastWords),
    /// The end is known, and is being told where there is something to tell.
    Ending(Exit),
}

static PHASE: Mutex<Phase> = Mutex::new(Phase::Idle);

fn phase() -> MutexGuard<'static, Phase> {
    PHASE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A call begins. The first signal during it calls `tell`, and is no end yet.
pub(crate) fn waiting(
    tell: impl FnOnce() + Send + 'static,
    last_words: impl FnOnce() -> Error + Send + 'static,
) {
    begin(Phase::Waiting(Box::new(tell), Box::new(last_words)));
}

/// From here on, a signal ends the program with these words: a sandbox is about to be told to
/// change something, or it is known how a change ended.
pub(crate) fn ends_with(last_words: impl FnOnce() -> Error + Send + 'static) {
    begin(Phase::Printing(Box::new(last_words)));
}

fn begin(next: Phase) {
    *phase() = next;
}

/// Listens from here on.
pub(crate) fn listen() {
    let (ready, is_ready) = mpsc::channel();
    let listener = thread::Builder::new().name("signals".to_owned());
    // Where it cannot listen, signals do what they do to every program.
    if listener.spawn(move || hear(ready)).is_ok() {
        let _ = is_ready.recv();
    }
}

/// A sandbox serves from here on. Each signal calls `tell`.
pub(crate) fn serving(tell: impl Fn() + Send + 'static) {
    begin(Phase::Serving(Box::new(tell)));
}

/// The call is over, and what came of it is printed.
pub(crate) fn printing() {
    let mut phase = phase();
    *phase = match std::mem::replace(&mut *phase, Phase::Idle) {
        Phase::Waiting(_, last_words) => Phase::Printing(last_words),
        other => other,
    };
}

/// The program ends with these last words.
pub(crate) fn ending(exit: Exit) {
    *phase() = Phase::Ending(exit);
}

/// Handles a signal. It ends the program unless somebody waits, who is told
/// instead. The lock is held meanwhile, so that only one has the last word.
fn interrupted() {
    let mut phase = phase();
    *phase = match std::mem::replace(&mut *phase, Phase::Idle) {
        Phase::Serving(tell) => {
            tell();
            Phase::Serving(tell)
        }
        Phase::Waiting(tell, last_words) => {
            tell();
            Phase::Printing(last_words)
        }
        Phase::Printing(last_words) => {
            let error = last_words();
            error.report();
            process::exit(error.exit.code().into());
        }
        Phase::Ending(exit) => {
            thread::sleep(PATIENCE);
            process::exit(exit.code().into());
        }
        Phase::Idle => process::exit(Exit::Interrupted.code().into()),
    };
}

/// Runs this to its end on a runtime of the thread's own, where one can be had.
fn on_a_runtime(work: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    if let Ok(runtime) = runtime.enable_all().build() {
        runtime.block_on(work);
    }
}

#[cfg(unix)]
fn hear(ready: Sender<()>) {
    use std::future::poll_fn;
    use std::task::Poll;

    use tokio::signal::unix::{SignalKind, signal};
    on_a_runtime(async {
        let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
        let others = [SignalKind::hangup(), SignalKind::quit()];
        let ignored = ignored();
        let is_ignored = |kind: &SignalKind| ignored >> (kind.as_raw_value() - 1) & 1 == 1;
        kinds.extend(others.into_iter().filter(|kind| !is_ignored(kind)));
        // One that was begun to be heard is not left alone any more, whatever becomes of the others.
        let mut signals: Vec<_> = kinds.into_iter().flat_map(signal).collect();
        drop(ready);
        loop {
            poll_fn(|context| {
                let mut signals = signals.iter_mut();
                match signals.any(|signal| signal.poll_recv(context).is_ready()) {
                    true => Poll::Ready(()),
                    false => Poll::Pending,
                }
            })
            .await;
            interrupted();
        }
    });
}

/// Gives a bit for each signal that this process was started to ignore, the lowest for the first.
/// Where the system does not say, it may be any.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.unwrap_or(u64::MAX)
}

#[cfg(not(unix))]
fn hear(ready: Sender<()>) {
    on_a_runtime(async {
        drop(ready);
        while tokio::signal::ctrl_c().await.is_ok() {
            interrupted();
        }
    });
}
