//! A damaged delivery does not stop the others.

use cards_sandbox::Store;
use rusqlite::Connection;

use super::*;

#[test]
fn a_damaged_delivery_stops_no_event_of_another_card() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let builder = || Sandbox::builder().store(Store::File(file.clone()));
    let refusing = Receiver::judging(|_| Some(500));
    let sandbox = at(builder(), &refusing.url);
    act(&sandbox, ISSUED, "ACTIVATE");
    events(&sandbox, |events| events[0].deliveries[0].attempts == 1);
    sandbox.shutdown_blocking();

    let connection = Connection::open(&file).unwrap();
    let damage = "UPDATE event_delivery SET attempts = -1";
    assert_eq!(connection.execute(damage, []).unwrap(), 1);
    drop(connection);

    // The one that refused is still registered by its address.
    let receiver = Receiver::start();
    let sandbox = at(builder(), &refusing.url);
    let to = json!({"provider": "paysafe", "url": receiver.url});
    assert_eq!(
        control(sandbox.addr(), "POST", "/_sandbox/receivers", &to).0,
        200
    );
    act(&sandbox, ACTIVE, "CANCEL");
    assert_eq!(receiver.wait(1)[0].text("newStatus"), "CANCELLED");
    let all = events(&sandbox, |events| {
        events[0].deliveries[0].ended_at.is_some()
    });
    let trouble = all[0].deliveries[0].trouble.as_deref();
    assert_eq!(trouble, Some("its row is damaged"));
    let (status, health) = control(sandbox.addr(), "GET", "/_sandbox/health", &Value::Null);
    assert_eq!((status, &health["status"]), (200, &json!("ok")));
}
