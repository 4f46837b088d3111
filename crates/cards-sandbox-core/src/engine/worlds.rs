//! The worlds beside the first one of a sandbox: each with a state of its own, picked by a prefix
//! of the path, and made when it is first used. Parallel tests share a server so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use axum::Router;
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, watch};
use tokio::task::JoinHandle;

use crate::engine::app::App;
use crate::engine::deliver;
use crate::engine::error::Error;
use crate::engine::world_name::{NoWorld, WorldName};

/// One world beside the first.
struct World {
    app: App,
    router: Router,
    /// Its end: dropped, the deliverer and the streams of the world end.
    stop: Option<watch::Sender<()>>,
    delivering: JoinHandle<()>,
}

/// Makes the state of a world and the routes that serve it, which end with the receiver's sender.
type Open = dyn Fn(WorldName, watch::Receiver<()>) -> Result<(App, Router), Error> + Send + Sync;

/// The worlds beside the first of one sandbox.
pub(crate) struct Worlds {
    most: usize,
    runtime: Handle,
    /// `None` once the sandbox stops.
    state: Mutex<Option<State>>,
}

struct State {
    open: Arc<Open>,
    all: BTreeMap<WorldName, Arc<OnceCell<World>>>,
}

/// The worlds, as handlers know them, which are among what the worlds hold.
#[derive(Clone)]
pub(crate) struct KnownWorlds(pub(crate) Weak<Worlds>);

/// Tells of a world.
pub(crate) struct ToldWorld {
    pub(crate) name: WorldName,
    /// The calls that it has had.
    pub(crate) exchanges: u64,
}

impl Worlds {
    /// Has at most so many, whose tasks run on this runtime.
    pub(crate) fn new(
        most: usize,
        runtime: Handle,
        open: impl Fn(WorldName, watch::Receiver<()>) -> Result<(App, Router), Error>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let state = State {
            open: Arc::new(open),
            all: BTreeMap::new(),
        };
        Self {
            most,
            runtime,
            state: Mutex::new(Some(state)),
        }
    }

    pub(crate) const fn most(&self) -> usize {
        self.most
    }

    /// Gives the state and the routes of a world, which is opened where nobody has used it yet. All
    /// who use it first at one time get the same one.
    pub(crate) async fn get(&self, name: &WorldName) -> Result<(App, Router), NoWorld> {
        let (cell, open) = self.entry(name)?;
        let opened = cell.get_or_try_init(|| self.open(name, open)).await;
        match opened {
            Ok(world) => Ok((world.app.clone(), world.router.clone())),
            Err(no) => {
                self.forget_unopened(name, &cell);
                Err(no)
            }
        }
    }

    /// Takes a world's place, or makes it one.
    fn entry(&self, name: &WorldName) -> Result<(Arc<OnceCell<World>>, Arc<Open>), NoWorld> {
        let mut state = self.state();
        let state = state.as_mut().ok_or_else(NoWorld::stopping)?;
        let open = Arc::clone(&state.open);
        if let Some(cell) = state.all.get(name) {
            return Ok((Arc::clone(cell), open));
        }
        if state.all.len() >= self.most {
            return Err(NoWorld::too_many(self.most));
        }
        let cell = Arc::new(OnceCell::new());
        state.all.insert(name.clone(), Arc::clone(&cell));
        Ok((cell, open))
    }

    async fn open(&self, name: &WorldName, open: Arc<Open>) -> Result<World, NoWorld> {
        let (stop, stopping) = watch::channel(());
        let (name, ended) = (name.clone(), stopping.clone());
        let opened = self.runtime.spawn_blocking(move || open(name, ended)).await;
        let opened = opened.unwrap_or_else(|error| Err(Error::runtime(error.into())));
        let (app, router) = opened.map_err(|error| {
            tracing::error!(%error, "a world cannot be opened");
            NoWorld::failed()
        })?;
        let delivering = self.runtime.spawn(deliver::run(app.clone(), stopping));
        Ok(World {
            app,
            router,
            stop: Some(stop),
            delivering,
        })
    }

    /// Leaves the place of a world that could not be opened to who asks next.
    fn forget_unopened(&self, name: &WorldName, cell: &Arc<OnceCell<World>>) {
        if let Some(state) = &mut *self.state()
            && state
                .all
                .get(name)
                .is_some_and(|one| Arc::ptr_eq(one, cell))
            && !cell.initialized()
        {
            state.all.remove(name);
        }
    }

    /// Lists those that are open, by name.
    pub(crate) fn list(&self) -> Vec<ToldWorld> {
        let state = self.state();
        let all = state.iter().flat_map(|state| &state.all);
        let told = all.filter_map(|(name, cell)| {
            Some(ToldWorld {
                name: name.clone(),
                exchanges: cell.get()?.app.journal.last_id(),
            })
        });
        told.collect()
    }

    /// Ends a world. Whoever uses its name next gets a new one. `None`: there is none.
    pub(crate) fn remove(&self, name: &WorldName) -> Option<ToldWorld> {
        let cell = self.state().as_mut()?.all.remove(name)?;
        let exchanges = cell.get().map_or(0, |world| world.app.journal.last_id());
        let ended = Ended::of([cell]);
        self.runtime.spawn(ended.close());
        Some(ToldWorld {
            name: name.clone(),
            exchanges,
        })
    }

    /// Lets no further world be opened, ends the streams and the deliveries of those that there are,
    /// and gives them, to be closed once their calls have ended.
    pub(crate) fn end(&self) -> Ended {
        let state = self.state().take();
        Ended::of(state.into_iter().flat_map(|state| state.all.into_values()))
    }

    fn state(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Worlds whose deliveries and streams have been told to end.
pub(crate) struct Ended(Vec<World>);

impl Ended {
    fn of(cells: impl IntoIterator<Item = Arc<OnceCell<World>>>) -> Self {
        // One that is being opened ends with the call that opens it.
        let opened = cells.into_iter().filter_map(Arc::into_inner);
        let mut all: Vec<World> = opened.filter_map(OnceCell::into_inner).collect();
        for world in &mut all {
            drop(world.stop.take());
        }
        Self(all)
    }

    /// Closes the stores, once no delivery is under way.
    pub(crate) async fn close(mut self) {
        for world in &mut self.0 {
            // A panic of the task's has been reported by it.
            drop((&mut world.delivering).await);
        }
        // Closing a store waits for its thread.
        drop(tokio::task::spawn_blocking(move || drop(self)).await);
    }
}
