//! Writes the log where it goes: to standard error, which may be closed, full, or not read by
//! whoever holds its other end. Writing it never fails and, where calls wait for their answers,
//! never waits; what is lost is counted.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// The most lines that wait to be written.
const QUEUE: usize = 1024;

/// The time that the end of the program waits for the lines that are left.
const PATIENCE: Duration = Duration::from_secs(1);

/// The way to the log; a clone leads to the same one.
#[derive(Clone)]
pub(crate) struct Log(Arc<Shared>);

struct Shared {
    lost: Arc<AtomicU64>,
    way: Way,
}

enum Way {
    /// Each line is written by who logs it.
    Direct(Mutex<Lines<Box<dyn Write + Send>>>),
    /// A thread writes, so that nobody else waits for the other end.
    Queue(SyncSender<Message>),
}

enum Message {
    Line(Vec<u8>),
    /// Answered once all that came before it is written or lost.
    Flush(SyncSender<()>),
}

impl Log {
    /// Has each line written before its event is over.
    pub(crate) fn direct(to: impl Write + Send + 'static) -> Self {
        let lost = Arc::new(AtomicU64::new(0));
        let lines = Lines::new(Box::new(to) as Box<dyn Write + Send>, Arc::clone(&lost));
        let way = Way::Direct(Mutex::new(lines));
        Self(Arc::new(Shared { lost, way }))
    }

    /// Has a thread of its own write the lines.
    pub(crate) fn queued(to: impl Write + Send + 'static) -> io::Result<Self> {
        let lost = Arc::new(AtomicU64::new(0));
        let mut lines = Lines::new(to, Arc::clone(&lost));
        let (sender, receiver): (_, Receiver<Message>) = sync_channel(QUEUE);
        let write = move || {
            for message in receiver {
                match message {
                    Message::Line(line) => lines.write(&line),
                    // The asker may have given up.
                    Message::Flush(done) => drop(done.try_send(())),
                }
            }
        };
        thread::Builder::new()
            .name("cards-log".to_owned())
            .spawn(write)?;
        let way = Way::Queue(sender);
        Ok(Self(Arc::new(Shared { lost, way })))
    }

    /// The number of lines that could not be written.
    pub(crate) fn lost(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }

    /// Waits until what was logged is written or lost, for a second at most.
    pub(crate) fn flush(&self) {
        let Way::Queue(sender) = &self.0.way else {
            return;
        };
        let (done, waiting) = sync_channel(1);
        // A queue that is full is not read.
        if sender.try_send(Message::Flush(done)).is_ok() {
            // An error is the end of the patience.
            waiting.recv_timeout(PATIENCE).ok();
        }
    }

    fn line(&self, line: &[u8]) {
        match &self.0.way {
            Way::Direct(lines) => {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                lines.write(line);
            }
            Way::Queue(sender) => match sender.try_send(Message::Line(line.to_vec())) {
                Ok(()) => {}
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                    self.0.lost.fetch_add(1, Ordering::Relaxed);
                }
            },
        }
    }
}

/// Leads one event to the log: it writes its line in one piece.
pub(crate) struct Event(Log);

impl<'a> MakeWriter<'a> for Log {
    type Writer = Event;

    fn make_writer(&'a self) -> Event {
        Event(self.clone())
    }
}

impl Write for Event {
    /// Takes a line; that never fails.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.line(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lines, each written whole or counted as lost.
struct Lines<W> {
    to: W,
    lost: Arc<AtomicU64>,
    /// The last line may have been cut.
    is_cut: bool,
}

impl<W: Write> Lines<W> {
    const fn new(to: W, lost: Arc<AtomicU64>) -> Self {
        Self {
            to,
            lost,
            is_cut: false,
        }
    }

    fn write(&mut self, line: &[u8]) {
        if self.try_write(line).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
            self.is_cut = true;
        }
    }

    fn try_write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.is_cut {
            // The next line begins a line of its own.
            self.to.write_all(b"\n")?;
            self.is_cut = false;
        }
        self.to.write_all(line)?;
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Takes so many bytes, and then none.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(usize, Vec<u8>)>>);

    impl Disk {
        fn make_room(&self, bytes: usize) {
            self.0.lock().unwrap().0 = bytes;
        }

        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().1.clone()).unwrap()
        }
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut disk = self.0.lock().unwrap();
            let taken = bytes.len().min(disk.0);
            if taken == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            disk.0 -= taken;
            disk.1.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_lost_is_counted_and_what_follows_is_whole() {
        let disk = Disk::default();
        for log in [
            Log::direct(disk.clone()),
            Log::queued(disk.clone()).unwrap(),
        ] {
            let say = |line: &[u8]| {
                assert_eq!(log.make_writer().write(line).unwrap(), line.len());
                log.flush();
            };
            *disk.0.lock().unwrap() = (6, Vec::new());
            say(b"one\n");
            say(b"two\n");
            say(b"three\n");
            assert_eq!((log.lost(), &*disk.text()), (2, "one\ntw"));
            disk.make_room(100);
            say(b"four\n");
            say(b"five\n");
            assert_eq!((log.lost(), &*disk.text()), (2, "one\ntw\nfour\nfive\n"));
        }
    }

    /// Never comes back from writing, until it is let go.
    struct Stuck(mpsc::Receiver<()>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // An error is the other end's end.
            self.0.recv().ok();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_waits_for_a_log_that_is_not_read() {
        let (let_go, held) = mpsc::channel();
        let (over, waiting) = mpsc::channel::<()>();
        // On a thread of its own, so that to wait for ever is a failure.
        let logging = thread::spawn(move || {
            let log = Log::queued(Stuck(held)).unwrap();
            let lines = QUEUE as u64 + 100;
            for _ in 0..lines {
                log.line(b"line\n");
            }
            // The stuck line may have been taken to be written.
            assert!((99..=100).contains(&log.lost()), "{}", log.lost());
            log.flush();
            drop(over);
            log
        });
        let outcome = waiting.recv_timeout(Duration::from_secs(60));
        assert_eq!(outcome, Err(mpsc::RecvTimeoutError::Disconnected));
        let log = logging.join().unwrap();
        drop(let_go);
        log.flush();
    }
}
