//! `cards list` where a provider or the whole list ends before its last card: the
//! time is up, or nobody reads on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use assert_cmd::Command;
use conformance::server::{RawServer, Reaction, reply};

use super::outcomes::BACKENDS;
use super::{cards, run};

/// The names of the providers that were asked, in the order of the requests.
type Asked = Arc<Mutex<Vec<&'static str>>>;

/// A server that notes each request under a name, and answers it after a pause.
fn noted(asked: &Asked, name: &'static str, pause: Duration, body: &'static str) -> RawServer {
    let asked = Arc::clone(asked);
    let headers = ["content-type: application/json"];
    let answer = Reaction::Delay(pause, reply("200 OK", &headers, body));
    RawServer::deciding(move |_| {
        asked.lock().unwrap().push(name);
        answer.clone()
    })
    .unwrap()
}

const AIRPAY: &str = r#"{"status":200,"message":"success","data":[{"kit_no":"1","expity":"","card_status":"ALLOCATED"}]}"#;
const PAYSAFE: &str =
    r#"{"cards":[{"cardId":"C1"}],"meta":{"numberOfRecords":1,"limit":50,"offset":0}}"#;

/// The settings for a list of Airpay's and Paysafe's cards, at these addresses.
fn settings(airpay: &str, paysafe: &str) -> [(&'static str, String); 7] {
    [
        ("CARDS_AIRPAY_BASE_URL", airpay.to_owned()),
        ("CARDS_AIRPAY_TOKEN", "t".to_owned()),
        ("CARDS_AIRPAY_SECRET_KEY", "s".to_owned()),
        ("CARDS_AIRPAY_AFFILIATE", "a".to_owned()),
        ("CARDS_AIRPAY_PROCESSOR_KEY", "p".to_owned()),
        ("CARDS_PAYSAFE_BASE_URL", paysafe.to_owned()),
        ("CARDS_PAYSAFE_TOKEN", "t".to_owned()),
    ]
}

/// A list of many customers of Airpay's, and of one of Paysafe's.
fn many(customers: usize) -> Command {
    let mut command = cards(&["list", "--provider=airpay", "--provider=paysafe"]);
    for number in 0..customers {
        command.arg(format!("--airpay-customer=E{number}"));
    }
    command.arg("--paysafe-customer=1");
    command
}

#[test]
fn a_provider_whose_time_is_up_is_asked_no_more_while_the_next_one_is() {
    for backend in BACKENDS {
        let asked = Asked::default();
        let airpay = noted(&asked, "airpay", Duration::from_millis(60), AIRPAY);
        let paysafe = noted(&asked, "paysafe", Duration::from_millis(600), PAYSAFE);
        let mut list = many(500);
        list.envs(settings(&airpay.url(), &paysafe.url()));
        let (code, out, err) = run(list.args(["--timeout=1", "--backend", backend]));
        assert_eq!(code, 5, "{err}");
        assert!(
            err.contains("airpay card-details: the time limit ran out"),
            "{err}"
        );
        assert!(out.contains("\npaysafe"), "{out}");
        let told = err.split_once("ran out (").unwrap().1;
        let (left_out, rest) = told.split_once(' ').unwrap();
        assert!(
            rest.starts_with("more customers were not asked for)"),
            "{err}"
        );
        let asked = asked.lock().unwrap();
        let of_airpay = asked.iter().filter(|name| **name == "airpay").count();
        // One may have been begun just when the time was up.
        let left_out = left_out.parse::<usize>().unwrap();
        assert!((500..=501).contains(&(left_out + of_airpay)), "{err}");
        let next = asked.iter().position(|name| *name == "paysafe").unwrap();
        // One may have been on its way.
        let late = asked[next..]
            .iter()
            .filter(|name| **name == "airpay")
            .count();
        assert!(next > 2 && late <= 1, "{next} {late}");
    }
}
