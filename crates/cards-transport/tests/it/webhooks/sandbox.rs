//! The events of the sandbox, as they come over a socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Came, channel};
use std::thread;
use std::time::Duration;

use cards_sandbox::world::ibanera::WEBHOOK_SECRET;
use cards_sandbox::world::paysafe::SIGNATURE_KEY;
use cards_sandbox::{
    DeliveryFault, DeliveryFaultKind, IbaneraCardApproval, IssuerAction as A, IssuerOrder,
    ProviderId, Receiver, Running, Sandbox,
};
use cards_transport::Call as _;
use cards_transport::http::{HeaderMap, HeaderName};
use cards_transport::ibanera::Ibanera;
use cards_transport::model::ibanera::ApprovalStatus;
use cards_transport::model::{ibanera, paysafe};
use cards_transport::paysafe::Paysafe;
use cards_transport::sign::HashSecret;
use cards_transport::webhook::{Seen, Sighting};

/// A card of Paysafe's that is active.
const CARD: &str = "12345678-0000-4000-8000-000000000001";

struct Sent {
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Takes whatever comes, and hands it on.
fn listen() -> (String, Came<Sent>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (came, sent) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().map(Result::unwrap) {
            if came.send(read(&stream)).is_err() {
                return;
            }
            (&stream)
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
        }
    });
    (url, sent)
}

fn read(stream: &TcpStream) -> Sent {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let path = line.split(' ').nth(1).unwrap().to_owned();
    let mut headers = HeaderMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, value.parse().unwrap());
    }
    let length = headers["content-length"].to_str().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    Sent {
        path,
        headers,
        body,
    }
}

fn next(sent: &Came<Sent>) -> Sent {
    sent.recv_timeout(Duration::from_secs(20)).unwrap()
}

fn act(sandbox: &Running, provider: ProviderId, order: IssuerOrder) {
    sandbox.act_as_issuer(provider, order).unwrap();
}

#[test]
fn paysafes_are_verified_and_read_and_what_is_wrong_about_them_is_noticed() {
    let (url, sent) = listen();
    let to = Receiver::all(ProviderId::PAYSAFE, url.parse().unwrap());
    let sandbox = Sandbox::builder().receiver(to).start_blocking().unwrap();
    let webhook = Paysafe::webhook(SIGNATURE_KEY.parse().unwrap());
    let of = |action| IssuerOrder::new(action).card(CARD);
    let duplicate = DeliveryFault::new(DeliveryFaultKind::Duplicate).times(1);
    sandbox.delivery_faults().add(duplicate).unwrap();
    act(
        &sandbox,
        ProviderId::PAYSAFE,
        of(A::Tokenise).wallet("GOOGLE"),
    );
    let seen = Seen::new(8);
    let mut sightings = Vec::new();
    for _ in 0..2 {
        let sent = next(&sent);
        let verified = webhook.verify(&sent.headers, &sent.body).unwrap();
        let event = verified.event_at(&sent.path).unwrap();
        let paysafe::Event::CardTokenization(event) = event else {
            panic!("{event:?}");
        };
        assert_eq!(event.card_id, CARD);
        sightings.push(seen.note(event.id.as_deref().unwrap()));
    }
    assert_eq!(sightings, [Sighting::First, Sighting::Again]);

    let wrong = DeliveryFault::new(DeliveryFaultKind::WrongSignature).times(1);
    sandbox.delivery_faults().add(wrong).unwrap();
    act(&sandbox, ProviderId::PAYSAFE, of(A::Expire));
    let first = next(&sent);
    let error = webhook.verify(&first.headers, &first.body).unwrap_err();
    assert_eq!(error.answer(), 401, "{error}");
    let second = next(&sent);
    let event = webhook
        .verify(&second.headers, &second.body)
        .unwrap()
        .event();
    let event = event.unwrap();
    let paysafe::Event::CardToken(event) = event else {
        panic!("{event:?}");
    };
    assert_eq!(event.token_action, paysafe::TokenAction::Cancelled);
}

#[test]
fn ibaneras_are_verified_and_read() {
    let (url, sent) = listen();
    let to = Receiver::all(ProviderId::IBANERA, url.parse().unwrap());
    let sandbox = Sandbox::builder()
        .receiver(to)
        .ibanera_card_approval(IbaneraCardApproval::Manual)
        .ibanera_padded_event_type()
        .start_blocking()
        .unwrap();
    let webhook = Ibanera::webhook(HashSecret::new(WEBHOOK_SECRET).unwrap());
    let read = || {
        let sent = next(&sent);
        let verified = webhook.verify(&sent.headers, &sent.body).unwrap();
        match verified.event().unwrap() {
            ibanera::Event::CardApproval(approval) => approval,
            other => panic!("{other:?}"),
        }
    };
    for (action, status) in [
        (A::ApproveCard, ApprovalStatus::Approved),
        (A::RejectCard, ApprovalStatus::Rejected),
    ] {
        let request = create(&sandbox);
        act(
            &sandbox,
            ProviderId::IBANERA,
            IssuerOrder::new(action).request(request.clone()),
        );
        let approval = read();
        assert_eq!(approval.status, status);
        // The reply named the request that the callback is about.
        let of_request = approval.requested_top_up_cards_id.map(|id| id.to_string());
        assert_eq!(of_request, Some(request));
    }
}

/// Asks for a card, and gives the request's id.
fn create(sandbox: &Running) -> String {
    let body = r#"{"customersId":11057,"currency":"USD","cardReferenceId":"r","cardProgramID":1001,
        "shippingMethod":"Standard","shippingAddress":{"shippingAddressLine1":"Suite 500",
        "shippingAddressCity":"Austin","shippingAddressState":"Texas",
        "shippingAddressPostcode":"73301","shippingAddressCountry":"USA"}}"#;
    let mut stream = TcpStream::connect(sandbox.addr()).unwrap();
    let head = format!(
        "POST /api/v1/customer/cards/create HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         authorization: YOUR_API_KEY\r\notp: text\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let created = ibanera::CreateCard::parse(body.as_bytes()).unwrap();
    assert_eq!(created.card, None);
    created.request_id.unwrap().to_string()
}
