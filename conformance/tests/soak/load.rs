//! The calls, each of which is written into the book.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use cards_model::airpay::{RegisterUser, TopUp, UpdateCustomer};
use cards_model::ibanera::{CreateCard, CustomerCard, ListCustomerCards};
use cards_model::paysafe::{CardStatus, ListPrepaidCards, UpdatePrepaidCard};
use cards_sandbox::world;
use cards_transport::airpay::Airpay;
use cards_transport::blocking::Client as Blocking;
use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use cards_transport::{Client, Error, Provider, Reply, ReqwestTransport, Settings, UreqTransport};
use futures_util::future::join_all;
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Value, json};

use crate::ledger::{Kind, Known, Ledger};

const REGISTRATION: &str = include_str!("../../fixtures/airpay/register-user/valid/input.json");
const CREATION: &str = include_str!("../../fixtures/ibanera/create-card/smallest/input.json");

/// As many rows of a kind as a store has room for, by far.
const MOST_ROWS: u32 = 6_000;

/// The number in the address of the first worker's own customer.
pub(crate) const FIRST_OWN: u32 = 900_000;

/// A client of each provider over one backend, and the book.
pub(crate) struct Load {
    address: SocketAddr,
    workers: usize,
    next: [AtomicU32; 4],
    ledger: Mutex<Ledger>,
    /// The id of each worker's own customer.
    customers: OnceLock<Vec<String>>,
}

/// The call that a worker draws.
enum Drawn {
    Register(u32),
    Load(u32),
    Create,
    Move(u32),
    Lock(UpdatePrepaidCard),
    ReadCards,
    ReadCustomers,
}

impl Load {
    pub(crate) fn new(address: SocketAddr, workers: usize) -> Self {
        Self {
            address,
            workers,
            next: [const { AtomicU32::new(1) }; 4],
            ledger: Mutex::default(),
            customers: OnceLock::new(),
        }
    }

    /// Registers each worker's own customer, before anything goes wrong.
    pub(crate) fn begin(&self) {
        let client = Blocking::with_settings(
            self.provider::<Airpay>(),
            UreqTransport::new().unwrap(),
            settings(),
        );
        let begin = |worker: usize| {
            let number = FIRST_OWN + u32::try_from(worker).unwrap();
            let reply = client.send(&registration(number)).unwrap();
            let mut ledger = self.ledger.lock().unwrap();
            ledger.registered.insert(number, Known::Done);
            // Registered in the city of turn 0.
            ledger.moved.insert(worker, vec![0]);
            reply.value().entity_id.clone()
        };
        let customers = (0..self.workers).map(begin).collect();
        self.customers.set(customers).unwrap();
    }

    pub(crate) fn into_ledger(self: Arc<Self>) -> Ledger {
        std::mem::take(&mut self.ledger.lock().unwrap())
    }

    fn provider<P: Provider>(&self) -> P {
        let vars: BTreeMap<_, _> = world::env(self.address).into_iter().collect();
        P::from_vars(|name| match name {
            "CARDS_IBANERA_OTP_REUSE" => Some("allowed".to_owned()),
            _ => vars.get(name).cloned(),
        })
        .unwrap()
    }

    /// The move of a worker's customer to a city whose name is a number, in letters.
    fn moving(&self, worker: usize, turn: u32) -> UpdateCustomer {
        let customers = self.customers.get().unwrap();
        UpdateCustomer::new(&*customers[worker]).city(city(turn))
    }

    fn draw(&self, rng: &mut TestRng, worker: usize, turn: u32) -> Drawn {
        let more = |at: usize| {
            let number = self.next[at].fetch_add(1, Ordering::Relaxed);
            (number < MOST_ROWS).then_some(number)
        };
        let drawn = match rng.next_u64() % 20 {
            0..2 => more(0).map(Drawn::Register),
            2..4 => more(1).map(Drawn::Load),
            4 => more(2).map(|_| Drawn::Create),
            5..11 => Some(Drawn::ReadCards),
            11..13 => Some(Drawn::ReadCustomers),
            13..16 => card_of(worker)
                .filter(|_| more(3).is_some())
                .map(|card| Drawn::Lock(locking(card, turn))),
            _ => None,
        };
        drawn.unwrap_or(Drawn::Move(turn))
    }

    fn registered<T>(&self, number: u32, outcome: &Result<Reply<T>, Error>) {
        let mut ledger = self.ledger.lock().unwrap();
        let known = ledger.called(Kind::Register, outcome);
        ledger.registered.insert(number, known);
    }

    fn loaded<T>(&self, number: u32, outcome: &Result<Reply<T>, Error>) {
        let mut ledger = self.ledger.lock().unwrap();
        let known = ledger.called(Kind::Load, outcome);
        ledger.loaded.insert(number, known);
    }

    fn created(&self, outcome: &Result<Reply<CustomerCard>, Error>) {
        let mut ledger = self.ledger.lock().unwrap();
        let known = ledger.called(Kind::Create, outcome);
        ledger.created.push(known);
        if let Ok(reply) = outcome {
            let card = reply.value().card.as_ref();
            ledger.ids.extend(card.map(|card| card.id));
        }
    }

    fn moved<T>(&self, worker: usize, turn: u32, outcome: &Result<Reply<T>, Error>) {
        let mut ledger = self.ledger.lock().unwrap();
        let known = ledger.called(Kind::Move, outcome);
        let cities = ledger.moved.entry(worker).or_default();
        match known {
            Known::Done => *cities = vec![turn],
            Known::Maybe => cities.push(turn),
            Known::NotDone => {}
        }
    }

    fn locked<T>(&self, update: &UpdatePrepaidCard, outcome: &Result<Reply<T>, Error>) {
        let mut ledger = self.ledger.lock().unwrap();
        let known = ledger.called(Kind::Lock, outcome);
        let status = update.status.clone().unwrap();
        let changes = ledger.locked.entry(update.card_id.clone()).or_default();
        changes.push((status, known));
    }

    fn read<T>(&self, kind: Kind, outcome: &Result<Reply<T>, Error>) {
        if let Err(error) = outcome {
            assert!(!error.is_outcome_unknown(), "a read: {error}");
        }
        self.ledger.lock().unwrap().called(kind, outcome);
    }
}

fn settings() -> Settings {
    Settings::new().total_timeout(Duration::from_secs(5))
}

/// Starts the workers: half of them tasks over `reqwest` on one thread, half threads over `ureq`.
pub(crate) fn start(load: &Arc<Load>, stop: &Arc<AtomicBool>) -> Vec<JoinHandle<()>> {
    let half = load.workers / 2;
    let clients = Arc::new((
        Blocking::with_settings(
            load.provider::<Airpay>(),
            UreqTransport::new().unwrap(),
            settings(),
        ),
        Blocking::with_settings(
            load.provider::<Paysafe>(),
            UreqTransport::new().unwrap(),
            settings(),
        ),
        Blocking::with_settings(
            load.provider::<Ibanera>(),
            UreqTransport::new().unwrap(),
            settings(),
        ),
    ));
    let mut workers: Vec<_> = (0..half)
        .map(|worker| {
            let (load, stop, clients) = (Arc::clone(load), Arc::clone(stop), Arc::clone(&clients));
            thread::spawn(move || by_ureq(&load, &stop, &clients, worker))
        })
        .collect();
    let (load, stop) = (Arc::clone(load), Arc::clone(stop));
    workers.push(thread::spawn(move || by_reqwest(&load, &stop, half)));
    workers
}

type OverUreq = (
    Blocking<Airpay, UreqTransport>,
    Blocking<Paysafe, UreqTransport>,
    Blocking<Ibanera, UreqTransport>,
);

fn by_ureq(load: &Load, stop: &AtomicBool, (airpay, paysafe, ibanera): &OverUreq, worker: usize) {
    let mut rng = rng(worker);
    for turn in 1.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        match load.draw(&mut rng, worker, turn) {
            Drawn::Register(number) => load.registered(number, &airpay.send(&registration(number))),
            Drawn::Load(number) => load.loaded(number, &airpay.send(&top_up(number))),
            Drawn::Create => load.created(&ibanera.send(&creation())),
            Drawn::Move(turn) => load.moved(worker, turn, &airpay.send(&load.moving(worker, turn))),
            Drawn::Lock(update) => load.locked(&update, &paysafe.send(&update)),
            Drawn::ReadCards => load.read(Kind::ReadCards, &paysafe.send(&cards())),
            Drawn::ReadCustomers => load.read(
                Kind::ReadCustomers,
                &ibanera.send(&ListCustomerCards::new()),
            ),
        }
        thread::sleep(Duration::from_millis(rng.next_u64() % 20));
    }
}

fn by_reqwest(load: &Load, stop: &AtomicBool, half: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let transport = || ReqwestTransport::new().unwrap();
    let airpay = Client::with_settings(load.provider::<Airpay>(), transport(), settings());
    let paysafe = Client::with_settings(load.provider::<Paysafe>(), transport(), settings());
    let ibanera = Client::with_settings(load.provider::<Ibanera>(), transport(), settings());
    let (airpay, paysafe, ibanera) = (&airpay, &paysafe, &ibanera);
    let task = async |worker: usize| {
        let mut rng = rng(worker);
        for turn in 1.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            match load.draw(&mut rng, worker, turn) {
                Drawn::Register(number) => {
                    load.registered(number, &airpay.send(&registration(number)).await);
                }
                Drawn::Load(number) => load.loaded(number, &airpay.send(&top_up(number)).await),
                Drawn::Create => load.created(&ibanera.send(&creation()).await),
                Drawn::Move(turn) => {
                    load.moved(worker, turn, &airpay.send(&load.moving(worker, turn)).await);
                }
                Drawn::Lock(update) => load.locked(&update, &paysafe.send(&update).await),
                Drawn::ReadCards => load.read(Kind::ReadCards, &paysafe.send(&cards()).await),
                Drawn::ReadCustomers => load.read(
                    Kind::ReadCustomers,
                    &ibanera.send(&ListCustomerCards::new()).await,
                ),
            }
            tokio::time::sleep(Duration::from_millis(rng.next_u64() % 20)).await;
        }
    };
    runtime.unwrap().block_on(async {
        join_all((half..load.workers).map(task)).await;
    });
}

fn rng(worker: usize) -> TestRng {
    let seed = [u8::try_from(worker).unwrap(); 32];
    TestRng::from_seed(RngAlgorithm::ChaCha, &seed)
}

/// A registration of somebody whose address, card and kit nobody else has.
fn registration(number: u32) -> RegisterUser {
    let mut input: Value = serde_json::from_str(REGISTRATION).unwrap();
    input["email"] = json!(format!("p{number}@example.com"));
    input["card_no"] = json!(format!("462294{number:010}"));
    input["kit_no"] = json!(format!("{number:012}"));
    input["city"] = json!(city(0));
    serde_json::from_value(input).unwrap()
}

/// A load of an amount that no other has.
fn top_up(number: u32) -> TopUp {
    let amount = cards_model::Decimal::new(i64::from(number), 2);
    TopUp::new(world::airpay::CUSTOMER, amount)
}

/// A card of the last customer who is not reviewed first, and who is not on the page that is read: a
/// reply that grows with every card would be taken for a leak of the clients.
fn creation() -> CreateCard {
    let customer = world::ibanera::REVIEWED[0] - 1;
    let mut input: Value = serde_json::from_str(CREATION).unwrap();
    input["customersId"] = customer.into();
    input["cardProgramID"] = 1001.into();
    serde_json::from_value(input).unwrap()
}

/// The card that a worker locks and unlocks, where it has one: only it changes that card, one call
/// after another.
fn card_of(worker: usize) -> Option<String> {
    let customer = world::paysafe::CUSTOMER_WITH_MANY;
    // Each tenth card is ACTIVE from the start, and each third is one of plastic, which may be locked.
    let position = worker / 16 * 30;
    let is_one = worker.is_multiple_of(16);
    is_one.then(|| format!("{customer}-0000-4000-8000-{position:012}"))
}

fn locking(card: String, turn: u32) -> UpdatePrepaidCard {
    let status = match turn.is_multiple_of(2) {
        true => CardStatus::Locked,
        false => CardStatus::Active,
    };
    UpdatePrepaidCard::new(world::paysafe::CUSTOMER_WITH_MANY, card)
        .status(status)
        .status_reason("a soak")
}

fn cards() -> ListPrepaidCards {
    ListPrepaidCards::new("12345678")
}

/// A number in letters, `a` for 0.
pub(crate) fn city(number: u32) -> String {
    let digit = |digit: u8| char::from(b'a' + digit - b'0');
    number.to_string().bytes().map(digit).collect()
}
