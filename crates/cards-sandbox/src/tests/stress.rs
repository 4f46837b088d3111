//! Many read pages while many write. What is written comes in twos, so that a
//! page of a state that never was shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rusqlite::{Transaction, params};
use serde_json::Value;

use crate::Sandbox;
use crate::Store;
use crate::testing::{Harness, registration};
use cards_sandbox_core::store::StoreError;

const WRITERS: u32 = 16;
const EACH: u32 = 25;
const READERS: usize = 8;
const BEARER: (&str, &str) = ("authorization", "Bearer sandbox-paysafe-token");
/// The documents' own, which need no code of the moment.
const IBANERA: [(&str, &str); 2] = [("authorization", "YOUR_API_KEY"), ("otp", "text")];

/// Two Paysafe cards of one customer, and two Ibanera customers with two cards
/// each.
fn add_twos(transaction: &Transaction<'_>, at: u32) -> Result<(), StoreError> {
    for at in [at * 2, at * 2 + 1] {
        transaction
            .prepare_cached(
                "INSERT INTO paysafe_card
                     (customer_id, position, card_id, status, card_type, expires, body)
                 SELECT 'twos', ?1, 'twos-' || ?1, status, card_type, expires,
                     json_set(body, '$.cardId', 'twos-' || ?1, '$.customerId', 'twos')
                 FROM paysafe_card WHERE customer_id = '12345678' AND position = 0",
            )?
            .execute([at])?;
        let customer = 20_000 + at;
        transaction
            .prepare_cached("INSERT INTO ibanera_customer VALUES (?1, 'twos')")?
            .execute([customer])?;
        for card in [customer * 2, customer * 2 + 1] {
            transaction
                .prepare_cached(
                    "INSERT INTO ibanera_card VALUES (
                         ?1, ?2, 'usd', '424242******4242', '1', '1', '0', FALSE
                     )",
                )?
                .execute(params![card, customer])?;
        }
    }
    Ok(())
}

async fn write(sandbox: &Harness, writer: u32) {
    for each in 0..EACH {
        let at = writer * EACH + each;
        let twos = sandbox
            .app
            .store
            .write(move |transaction| add_twos(transaction, at));
        twos.await.unwrap();
        let (email, card) = (
            format!("p{at}@example.com"),
            format!("462294{:010}", 9000 + at),
        );
        let changes = [("email", &*email), ("card_no", &*card), ("kit_no", &*card)];
        let reply = sandbox
            .airpay("register-user", &registration(&changes))
            .await;
        assert!(reply.body.contains("success"), "{}", reply.body);
    }
}

fn array<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap()
}

async fn paysafe_page(sandbox: &Harness, offset: u32) {
    let page = sandbox
        .get(
            &format!("/customers/twos/prepaid/cards?limit=50&offset={offset}"),
            &[BEARER],
        )
        .await;
    assert_eq!(page.status, 200, "{}", page.body);
    let page: Value = serde_json::from_str(&page.body).unwrap();
    let cards = array(&page, "cards");
    assert!(
        cards.len().is_multiple_of(2),
        "half of two: {}",
        cards.len()
    );
    let ids: std::collections::BTreeSet<_> = cards
        .iter()
        .map(|card| card["cardId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), cards.len());
    assert_eq!(page["meta"]["numberOfRecords"], cards.len());
}

async fn ibanera_page(sandbox: &Harness, number: usize) {
    const SIZE: usize = 25;
    let target = format!("/api/v1/customer/cards/byuser/list?pageNumber={number}&pageSize={SIZE}");
    let page = sandbox.get(&target, &IBANERA).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let page: Value = serde_json::from_str(&page.body).unwrap();
    let (customers, pages) = (
        array(&page, "details"),
        page["numberOfPages"].as_u64().unwrap(),
    );
    // The page and the number of pages are of one moment.
    let expected = match (number as u64).cmp(&pages) {
        std::cmp::Ordering::Less => SIZE..=SIZE,
        std::cmp::Ordering::Equal => 1..=SIZE,
        std::cmp::Ordering::Greater => 0..=0,
    };
    assert!(
        expected.contains(&customers.len()),
        "{} of {expected:?}",
        customers.len()
    );
    for customer in customers {
        if customer["customersReference"] == "twos" {
            assert_eq!(array(customer, "cards").len(), 2);
        }
    }
}

async fn world(sandbox: &Harness) {
    let world = sandbox.get_json("/_sandbox/world").await;
    for customer in array(&world["airpay"], "customers") {
        assert_eq!(array(customer, "cards").len(), 1);
    }
    let ibanera = array(&world["ibanera"], "customers").len();
    let twos = array(&world["paysafe"], "customers")
        .iter()
        .find(|customer| customer["customerId"] == "twos");
    assert_eq!(array(twos.unwrap(), "cards").len() + 23, ibanera);
}

async fn stress(store: Store) {
    let sandbox = Arc::new(Harness::with(Sandbox::builder().store(store)));
    sandbox
        .app
        .store
        .write(|transaction| {
            transaction.execute("INSERT INTO paysafe_customer VALUES ('twos')", [])?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    let (is_over, reads) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let readers: Vec<_> = (0..READERS)
        .map(|at| {
            let (sandbox, is_over) = (Arc::clone(&sandbox), Arc::clone(&is_over));
            let reads = Arc::clone(&reads);
            tokio::spawn(async move {
                for round in at.. {
                    paysafe_page(&sandbox, (round % 16) as u32 * 50).await;
                    ibanera_page(&sandbox, round % 35 + 1).await;
                    if round % 16 == 0 {
                        world(&sandbox).await;
                    }
                    reads.fetch_add(1, Ordering::Relaxed);
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let sandbox = Arc::clone(&sandbox);
            tokio::spawn(async move { write(&sandbox, writer).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    is_over.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    assert!(reads.load(Ordering::Relaxed) >= READERS);
    assert!(
        sandbox
            .app
            .journal
            .exchanges()
            .iter()
            .all(|exchange| exchange.status == 200)
    );

    let world = sandbox.get_json("/_sandbox/world").await;
    let all = (WRITERS * EACH) as usize;
    assert_eq!(array(&world["airpay"], "customers").len(), 2 + all);
    assert_eq!(array(&world["ibanera"], "customers").len(), 23 + 2 * all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_in_a_file_are_whole_while_many_write() {
    let folder = tempfile::tempdir().unwrap();
    stress(Store::File(folder.path().join("sandbox.db"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_in_memory_are_whole_while_many_write() {
    stress(Store::Memory).await;
}
