//! The worlds beside the first one of a sandbox: each with a state of its own, picked by a prefix
//! of the path, and made when it is first used. Parallel tests share a server so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use axum::Router;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::engine::app::App;
use crate::engine::deliver;
use crate::engine::error::Error;
use crate::engine::world_name::{NoWorld, WorldName};

/// Holds one world beside the first.
struct World {
    app: App,
    router: Router,
    /// The end of it: dropped, the deliverer and the streams of the world end.
    stop: Option<watch::Sender<()>>,
    delivering: JoinHandle<()>,
}

/// Makes the state of a world and the routes that serve it, which end with the receiver's sender.
type Open = dyn Fn(WorldName, watch::Receiver<()>) -> Result<(App, Router), Error> + Send + Sync;

/// Holds the worlds beside the first of one sandbox.
pub(crate) struct Worlds {
    most: usize,
    runtime: Handle,
    /// The state; `None` once the sandbox stops.
    state: Mutex<Option<State>>,
}

struct State {
    open: Arc<Open>,
    all: BTreeMap<WorldName, Arc<Place>>,
}

/// Holds a world that is open, or is about to be.
#[derive(Default)]
struct Place {
    world: OnceLock<World>,
    /// Held by the thread that opens the world: others wait for it on threads of their own. `true`
    /// once that has failed, whereupon the place is nobody's.
    has_failed: Mutex<bool>,
}

/// Leads handlers to the worlds, which are among what the worlds hold.
#[derive(Clone)]
pub(crate) struct KnownWorlds(pub(crate) Weak<Worlds>);

/// Tells of a world.
pub(crate) struct ToldWorld {
    pub(crate) name: WorldName,
    /// The calls that it has had.
    pub(crate) exchanges: u64,
}

impl Worlds {
    /// Allows at most so many worlds, whose tasks run on this runtime.
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

    /// Gives a world that is open already.
    pub(crate) fn opened(&self, name: &WorldName) -> Option<(App, Router)> {
        let state = self.state();
        let world = state.as_ref()?.all.get(name)?.world.get()?;
        Some((world.app.clone(), world.router.clone()))
    }

    /// Gives the state and the routes of a world, and opens it where nobody has used it yet. All who
    /// use it first at one time get the same one. It blocks the thread while the world is opened.
    pub(crate) fn open(&self, name: &WorldName) -> Result<(App, Router), NoWorld> {
        let (place, open) = self.place(name)?;
        let mut has_failed = place
            .has_failed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if *has_failed {
            return Err(NoWorld::failed(None));
        }
        let world = match place.world.get() {
            Some(world) => world,
            None => match self.make(name, &*open) {
                Ok(world) => place.world.get_or_init(|| world),
                Err(error) => {
                    tracing::error!(world = name.as_str(), %error, "a world cannot be opened");
                    *has_failed = true;
                    self.give_up(name, &place);
                    return Err(NoWorld::failed(Some(error)));
                }
            },
        };
        Ok((world.app.clone(), world.router.clone()))
    }

    /// Finds the place of a world, or makes one where there is room for it.
    fn place(&self, name: &WorldName) -> Result<(Arc<Place>, Arc<Open>), NoWorld> {
        let mut state = self.state();
        let state = state.as_mut().ok_or_else(NoWorld::stopping)?;
        let open = Arc::clone(&state.open);
        if let Some(place) = state.all.get(name) {
            return Ok((Arc::clone(place), open));
        }
        if state.all.len() >= self.most {
            return Err(NoWorld::too_many(self.most));
        }
        let place = Arc::<Place>::default();
        state.all.insert(name.clone(), Arc::clone(&place));
        Ok((place, open))
    }

    fn make(&self, name: &WorldName, open: &Open) -> Result<World, Error> {
        let (stop, stopping) = watch::channel(());
        let (app, router) = open(name.clone(), stopping.clone())?;
        let delivering = self.runtime.spawn(deliver::run(app.clone(), stopping));
        Ok(World {
            app,
            router,
            stop: Some(stop),
            delivering,
        })
    }

    /// Removes the place of a world that could not be opened.
    fn give_up(&self, name: &WorldName, place: &Arc<Place>) {
        if let Some(state) = &mut *self.state()
            && state
                .all
                .get(name)
                .is_some_and(|one| Arc::ptr_eq(one, place))
        {
            state.all.remove(name);
        }
    }

    /// Lists those that are open or about to be, by name.
    pub(crate) fn list(&self) -> Vec<ToldWorld> {
        let state = self.state();
        let all = state.iter().flat_map(|state| &state.all);
        all.map(|(name, place)| place.told(name)).collect()
    }

    /// Ends a world. Whoever uses its name next gets a new one. `None`: there is none.
    pub(crate) fn remove(&self, name: &WorldName) -> Option<ToldWorld> {
        let place = self.state().as_mut()?.all.remove(name)?;
        let told = place.told(name);
        self.runtime.spawn(Ended::of([place]).close());
        Some(told)
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

impl Place {
    fn told(&self, name: &WorldName) -> ToldWorld {
        let world = self.world.get();
        ToldWorld {
            name: name.clone(),
            exchanges: world.map_or(0, |world| world.app.journal.last_id()),
        }
    }
}

/// Holds worlds whose deliveries and streams have been told to end.
pub(crate) struct Ended(Vec<World>);

impl Ended {
    fn of(places: impl IntoIterator<Item = Arc<Place>>) -> Self {
        // One that is being opened ends with the call that opens it.
        let places = places.into_iter().filter_map(Arc::into_inner);
        let opened = places.filter_map(|place| place.world.into_inner());
        let mut all: Vec<World> = opened.collect();
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
