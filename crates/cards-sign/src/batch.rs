//! Signs and checks many requests at once, over the cores.

use std::iter::Zip;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::slice::{Chunks, ChunksMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::digest::{Checksum, checksum, verify};

/// The items that a thread takes at a time: enough that the way to them costs nothing, and few enough that all threads
/// end together.
const AT_ONCE: usize = 256;

/// The items for which a thread is worth starting, which takes as long as some hundred checksums.
const WORTH_A_THREAD: usize = 512;

/// Signs or checks many requests over the cores.
///
/// The results stand in the order of the requests. Nothing else is kept of an item.
/// Below a thousand items no thread is started, and the work is done where it is called. Threads last for one call.
///
/// ```
/// use cards_sign::{Batch, Checksum};
///
/// let requests = [["E1", "ALLOWED", "ATM"], ["E2", "NOTALLOWED", "POS"]];
/// let sums: Vec<Checksum> = Batch::new().checksums(&requests, b"test-secret", |values| *values);
///
/// let received: Vec<_> = requests.into_iter().zip(sums.iter().map(Checksum::to_hex)).collect();
/// let are_right = Batch::new().verify(&received, b"test-secret", |(values, _)| *values, |(_, given)| given);
/// assert_eq!(are_right, [true, true]);
/// ```
///
/// A panic of a function that is given here is passed on, after the other threads have put down their work.
#[derive(Clone, Copy, Debug, Default)]
pub struct Batch {
    /// The most threads; `None`: as many as there are cores for this process.
    threads: Option<NonZeroUsize>,
}

impl Batch {
    /// Uses as many threads as there are cores for this process, that of the caller among them.
    #[must_use]
    pub const fn new() -> Self {
        Self { threads: None }
    }

    /// Uses so many threads at most, that of the caller among them: with 1, no other is started.
    #[must_use]
    pub const fn threads(self, most: NonZeroUsize) -> Self {
        Self {
            threads: Some(most),
        }
    }

    /// The [`checksum`] of each request, whose values `values` gives in their order.
    #[must_use]
    pub fn checksums<'a, T, V>(
        &self,
        requests: &'a [T],
        secret: &[u8],
        values: impl Fn(&'a T) -> V + Sync,
    ) -> Vec<Checksum>
    where
        T: Sync,
        V: IntoIterator<Item = &'a str>,
    {
        self.each(requests, |request| checksum(values(request), secret))
    }

    /// Tells of each request whether the checksum that `given` gives of it is its own, as [`verify`] decides.
    #[must_use]
    pub fn verify<'a, T, V>(
        &self,
        requests: &'a [T],
        secret: &[u8],
        values: impl Fn(&'a T) -> V + Sync,
        given: impl Fn(&'a T) -> &'a str + Sync,
    ) -> Vec<bool>
    where
        T: Sync,
        V: IntoIterator<Item = &'a str>,
    {
        self.each(requests, |request| {
            verify(values(request), secret, given(request))
        })
    }

    /// Does anything else to each item, such as [`Recipe::sign`](crate::Recipe::sign) or
    /// [`SignatureKey::sign`](crate::SignatureKey::sign), and gives what came of it in the order of the items.
    ///
    /// ```
    /// use cards_sign::{Batch, HashEncoding, HashSecret};
    ///
    /// let secret = HashSecret::new("test-secret")?;
    /// let bodies = [r#"{"id":1}"#, r#"{"id":2}"#];
    /// let hashes = Batch::new().each(&bodies, |body| secret.sign(body.as_bytes()));
    /// let second = secret.sign(bodies[1].as_bytes());
    /// assert_eq!(hashes[1].to_text(HashEncoding::Hex), second.to_text(HashEncoding::Hex));
    /// # Ok::<(), cards_sign::HashSecretError>(())
    /// ```
    #[must_use]
    pub fn each<'a, T: Sync, R: Send>(
        &self,
        items: &'a [T],
        work: impl Fn(&'a T) -> R + Sync,
    ) -> Vec<R> {
        let threads = self.worth_it(items.len());
        if threads == 1 {
            return items.iter().map(work).collect();
        }
        let mut results: Vec<Option<R>> = Vec::new();
        results.resize_with(items.len(), || None);
        let queue = Queue::new(items, &mut results);
        thread::scope(|scope| {
            let start = |at: usize| {
                let thread = thread::Builder::new().name(format!("cards-sign-{at}"));
                thread.spawn_scoped(scope, || queue.work_off(&work)).ok()
            };
            // Where the system has no thread left, there is this one.
            let others: Vec<_> = (1..threads).map_while(start).collect();
            queue.work_off(&work);
            for other in others {
                other.join().unwrap_or_else(|panic| resume_unwind(panic));
            }
        });
        // Each is there: who leaves one out has panicked.
        debug_assert!(results.iter().all(Option::is_some));
        results.into_iter().flatten().collect()
    }

    /// The number of threads that so many items are worth.
    fn worth_it(&self, items: usize) -> usize {
        let worth = items / WORTH_A_THREAD;
        if worth < 2 {
            return 1;
        }
        // It reads files to know, which takes as long as a hundred checksums.
        let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let most = self.threads.map_or_else(cores, NonZeroUsize::get);
        most.min(worth)
    }
}

/// Holds the items that nobody has taken yet, with the places of their results.
struct Queue<'a, 'r, T, R> {
    left: Mutex<Zip<Chunks<'a, T>, ChunksMut<'r, Option<R>>>>,
    /// Says whether one of the threads panics, and the work is in vain.
    is_over: AtomicBool,
}

impl<'a, 'r, T, R> Queue<'a, 'r, T, R> {
    fn new(items: &'a [T], results: &'r mut [Option<R>]) -> Self {
        let left = items.chunks(AT_ONCE).zip(results.chunks_mut(AT_ONCE));
        Self {
            left: Mutex::new(left),
            is_over: AtomicBool::new(false),
        }
    }

    fn take(&self) -> Option<(&'a [T], &'r mut [Option<R>])> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.next()
    }

    /// Works on what is left until nothing is.
    fn work_off(&self, work: impl Fn(&'a T) -> R) {
        let _told = TellPanic(&self.is_over);
        while !self.is_over.load(Ordering::Relaxed)
            && let Some((items, results)) = self.take()
        {
            for (item, result) in items.iter().zip(results) {
                *result = Some(work(item));
            }
        }
    }
}

/// Tells the other threads when it is dropped by a panic.
struct TellPanic<'a>(&'a AtomicBool);

impl Drop for TellPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
