//! The one thread that writes, and makes one commit for all who wait.
//!
//! A commit to disk costs the same for one change and for a hundred. While one
//! is under way, jobs gather; the thread then takes them all. Nobody waits for
//! company: a job that comes alone is committed alone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::thread;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot, watch};

use super::StoreError;
use super::caught::caught;
use super::connection::lock;
use super::file_lock::Place;

/// The most jobs in one commit, so that the first of them is not kept waiting.
const BATCH: usize = 128;

/// The most jobs that wait, so that memory does not fill up while the disk is
/// slow. Whoever has one more waits for room.
const QUEUE: usize = 4096;

/// The way to the thread.
pub(super) struct Writer {
    /// Dropped, it ends the thread once all that was sent is done.
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<thread::JoinHandle<()>>,
    /// Changes with each commit.
    commits: watch::Receiver<()>,
}

impl Writer {
    /// Starts the writer; `end` gets the connection once nothing more will be written. The file is
    /// looked for at its place before each commit.
    pub(super) fn start(
        connection: Arc<Mutex<Connection>>,
        place: Option<Arc<Place>>,
        end: impl FnOnce(Arc<Mutex<Connection>>) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let (committed, commits) = watch::channel(());
        let work = move || {
            run(&connection, place.as_deref(), receiver, &committed);
            drop(place);
            end(connection);
        };
        let thread = thread::Builder::new()
            .name("cards-store".to_owned())
            .spawn(work)
            .map_err(|error| StoreError::io("the store's thread", error))?;
        Ok(Self {
            jobs: Some(sender),
            thread: Some(thread),
            commits,
        })
    }

    /// Gives a receiver that changes with each commit.
    pub(super) fn commits(&self) -> watch::Receiver<()> {
        self.commits.clone()
    }

    /// Counts the jobs that wait.
    pub(super) fn waiting(&self) -> usize {
        let jobs = self.jobs.as_ref();
        jobs.map_or(0, |jobs| jobs.max_capacity() - jobs.capacity())
    }

    /// Runs a job, and answers when what it did is on disk, or nothing of it
    /// ever will be. Once there is room for it, it is run even if nobody waits
    /// for it any more.
    pub(super) async fn write<T, E>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (asker, answer) = oneshot::channel();
        let pending = Pending {
            job: Some(job),
            done: None,
            asker,
        };
        let Some(jobs) = &self.jobs else {
            return Err(StoreError::Gone.into());
        };
        if jobs.send(Box::new(pending)).await.is_err() {
            return Err(StoreError::Gone.into());
        }
        answer
            .await
            .unwrap_or_else(|_| Err(StoreError::Gone.into()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take()
            // The last to hold the store may be a job of its own.
            && thread.thread().id() != thread::current().id()
        {
            // A panic of the thread's has been reported by it.
            drop(thread.join());
        }
    }
}

/// Work for the thread, whatever comes of it.
trait Job: Send {
    /// Tells whether its changes are to stay.
    fn run(&mut self, transaction: &Transaction<'_>) -> bool;

    /// Tells whoever waits what came of it, or that all was in vain.
    fn tell(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Pending<F, T, E> {
    job: Option<F>,
    done: Option<Result<T, E>>,
    asker: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Pending<F, T, E>
where
    F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, transaction: &Transaction<'_>) -> bool {
        // A job that panics is rolled back like one that fails.
        let job = self.job.take();
        self.done = job.map(|job| caught(|| job(transaction)));
        matches!(self.done, Some(Ok(_)))
    }

    fn tell(self: Box<Self>, committed: Result<(), StoreError>) {
        let answer = match (committed, self.done) {
            (Ok(()), Some(done)) => done,
            (Ok(()), None) => Err(StoreError::Gone.into()),
            (Err(error), _) => Err(error.into()),
        };
        // The asker may be gone.
        drop(self.asker.send(answer));
    }
}

fn run(
    connection: &Mutex<Connection>,
    place: Option<&Place>,
    mut jobs: mpsc::Receiver<Box<dyn Job>>,
    commits: &watch::Sender<()>,
) {
    while let Some(first) = jobs.blocking_recv() {
        let others = std::iter::from_fn(|| jobs.try_recv().ok()).take(BATCH - 1);
        let mut waiting: VecDeque<_> = std::iter::once(first).chain(others).collect();
        // Once around, unless a job that fails ends the transaction.
        while !waiting.is_empty() {
            let mut ran = Vec::new();
            let committed = commit(&mut lock(connection), place, &mut waiting, &mut ran);
            if !matches!(committed, Ok(()) | Err(StoreError::TakenBack)) {
                ran.extend(waiting.drain(..));
            }
            for job in ran {
                job.tell(committed.clone());
            }
            commits.send_replace(());
        }
    }
}

/// Runs all that wait in one transaction; `ran` gets those who are to be told how
/// it ended. Also who was refused is told only then: what a job was refused for
/// may be another's change, which has to be on disk first.
fn commit(
    connection: &mut Connection,
    place: Option<&Place>,
    waiting: &mut VecDeque<Box<dyn Job>>,
    ran: &mut Vec<Box<dyn Job>>,
) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    while let Some(mut job) = waiting.pop_front() {
        let kept = in_savepoint(&transaction, &mut *job);
        // On some errors, a full disk first of all, SQLite ends the transaction.
        if transaction.is_autocommit() {
            if matches!(kept, Ok(false)) {
                // It knows best what was the matter.
                job.tell(Ok(()));
            } else {
                ran.push(job);
            }
            return Err(StoreError::TakenBack);
        }
        ran.push(job);
        kept?;
    }
    // SQLite would go on writing to a file that has no name any more.
    place.map_or(Ok(()), Place::check)?;
    transaction.commit()?;
    Ok(())
}

/// A job that fails takes back what it did, and nothing else. Gives whether it
/// succeeded.
fn in_savepoint(transaction: &Transaction<'_>, job: &mut dyn Job) -> Result<bool, StoreError> {
    let run = |sql| transaction.prepare_cached(sql)?.execute([]);
    run("SAVEPOINT job")?;
    let kept = job.run(transaction);
    if !transaction.is_autocommit() {
        if !kept {
            run("ROLLBACK TO job")?;
        }
        run("RELEASE job")?;
    }
    Ok(kept)
}
