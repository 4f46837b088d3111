//! Ctrl-C and SIGTERM while a call is under way, or a change of a sandbox. Nobody is to take a
//! change that may have been sent for one that was not.

use std::process;
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::error::Error;
use crate::exit::Exit;

/// Tells what there is to say where a signal ends the program.
type LastWords = Box<dyn FnOnce() -> Error + Send>;

/// The phase of the program, which decides what a signal does.
enum Phase {
    /// No call is under way; signals do what they do to every program.
    Idle,
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
    let was_idle = {
        let mut phase = phase();
        let was_idle = matches!(*phase, Phase::Idle);
        *phase = next;
        was_idle
    };
    if was_idle {
        let (ready, is_ready) = mpsc::channel();
        let listener = thread::Builder::new().name("signals".to_owned());
        // Where it cannot listen, signals end the program without a word.
        if listener.spawn(move || listen(ready)).is_ok() {
            let _ = is_ready.recv();
        }
    }
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
        Phase::Waiting(tell, last_words) => {
            tell();
            Phase::Printing(last_words)
        }
        Phase::Printing(last_words) => {
            let error = last_words();
            error.report();
            process::exit(error.exit.code().into());
        }
        Phase::Ending(exit) => process::exit(exit.code().into()),
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
fn listen(ready: Sender<()>) {
    use tokio::signal::unix::{SignalKind, signal};
    on_a_runtime(async {
        let signals = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
        );
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
            return;
        };
        drop(ready);
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            interrupted();
        }
    });
}

#[cfg(not(unix))]
fn listen(ready: Sender<()>) {
    on_a_runtime(async {
        drop(ready);
        while tokio::signal::ctrl_c().await.is_ok() {
            interrupted();
        }
    });
}
