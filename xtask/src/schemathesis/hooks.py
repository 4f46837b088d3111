"""What Schemathesis needs to get through to the sandbox, and one check more.

Every call gets the credentials of its API where CARDS_AUTHORISED is `yes`: for
Airpay a checksum over exactly the values that are sent, for Ibanera the
one-time password of now. Without, calls go out as they are generated. What a
call under /_sandbox/ is about is put there before it.

In the stateful phase a call may have a token or an id out of a reply, which stays
as it is. The numbers of the exchanges that used an issued token go to a file.
"""

import base64
import hashlib
import hmac
import json
import os
import struct
import time
import urllib.parse

import requests
import schemathesis
from schemathesis import GenerationMode
from schemathesis.generation.meta import TestPhase

AUTHORISED = os.environ["CARDS_AUTHORISED"] == "yes"
SANDBOX = os.environ["CARDS_SANDBOX_URL"]
SETTINGS = os.environ
TAKEN = set()
# Out of replies: tokens, and ids as text.
ISSUED = set()
SHOWN = set()
IDS = {"entity_id", "kit_no", "customerId", "cardId", "customersId"}


def one_time_password() -> str:
    """RFC 6238: SHA-1, six digits, 30 seconds."""
    key = base64.b32decode(SETTINGS["CARDS_IBANERA_TOTP_SECRET"])
    step = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(key, step, hashlib.sha1).digest()
    at = digest[-1] & 15
    code = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{code % 1_000_000:06d}"


def checksum(case) -> str:
    """SHA-256 of the values as they are sent, then the secret key."""
    kwargs = case.as_transport_kwargs(base_url=SANDBOX)
    body = requests.Request(**kwargs).prepare().body or ""
    if isinstance(body, bytes):
        body = body.decode(errors="surrogateescape")
    pairs = urllib.parse.parse_qsl(body, keep_blank_values=True, errors="surrogateescape")
    joined = "".join(value for _, value in pairs).encode(errors="surrogateescape")
    return hashlib.sha256(joined + SETTINGS["CARDS_AIRPAY_SECRET_KEY"].encode()).hexdigest()


@schemathesis.hook
def before_call(context, case, kwargs):
    if not AUTHORISED:
        return
    operation = case.operation.definition.raw.get("operationId", "")
    if case.operation.path.startswith("/_sandbox/"):
        if is_positive(case):
            case.body = with_integers(case.body)
            put_there(operation, case)
        return
    schemes = {
        scheme
        for requirement in case.operation.definition.raw.get("security", [])
        for scheme in requirement
    }
    if operation == "upload-document" and not is_positive(case) and isinstance(case.body, dict):
        # In a part every value is text, so that one of a wrong type may be right: without
        # its file none is. The same body may serve other cases.
        case.body = {name: value for name, value in case.body.items() if name != "file"}
    if operation == "upload-document" and is_positive(case):
        FITTING_UPLOADS.append(case)
    if is_positive(case):
        # Before the checksum is taken.
        name_what_is_there(operation, case)
    headers = {}
    if "affiliate" in schemes:
        headers["affiliate"] = SETTINGS["CARDS_AIRPAY_AFFILIATE"]
        headers["processor-key"] = SETTINGS["CARDS_AIRPAY_PROCESSOR_KEY"]
    is_linked = token_of(case) in ISSUED
    if "token" in schemes and not is_linked:
        headers["token"] = SETTINGS["CARDS_AIRPAY_TOKEN"]
    if "checksum" in schemes:
        headers["checksum"] = checksum(case)
    if "client" in schemes:
        pair = SETTINGS["CARDS_PAYSAFE_CLIENT_ID"] + ":" + SETTINGS["CARDS_PAYSAFE_CLIENT_SECRET"]
        headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    if "otp" in schemes:
        headers["otp"] = one_time_password()
    if "bearer" in schemes and not is_linked:
        provider = "IBANERA" if "otp" in schemes else "PAYSAFE"
        headers["authorization"] = "Bearer " + SETTINGS[f"CARDS_{provider}_TOKEN"]
    for name, value in headers.items():
        case.headers[name] = value
    if "checksum" not in schemes and is_positive(case):
        # What only lacked these headers fits now.
        name_what_is_there(operation, case)


# Uploads that fit their schema. Once a hook has changed a body with a file in it, Schemathesis
# takes it for one that does not, whatever it is.
FITTING_UPLOADS = []


def is_stateful(case) -> bool:
    return case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL


def token_of(case) -> str:
    """The token that a call goes out with, in whatever header."""
    token = case.headers.get("token") or case.headers.get("authorization") or ""
    return token.removeprefix("Bearer ")


def is_from_a_reply(case, value) -> bool:
    """Whether a link gave this value: nobody draws one that a reply has shown
    before any call named it."""
    return is_stateful(case) and str(value) in SHOWN


def learn(value, tokens: bool, sent: str):
    """Takes the ids, or the tokens, out of a reply. What only repeats what was
    sent is nothing that a reply gave."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in IDS and isinstance(item, (str, int)) and str(item) not in sent:
                SHOWN.add(str(item))
            if tokens and name in ("token", "access_token", "accessToken"):
                ISSUED.add(item)
            learn(item, tokens, sent)
    elif isinstance(value, list):
        for item in value:
            learn(item, tokens, sent)


def name_what_is_there(operation: str, case):
    """No schema knows which customers there are, or which cards are taken.
    Where the answer to an unknown one is a 400, or hides what else is in the
    request, a known one is named, mostly."""
    given = case.body.get("entity_id", "") if isinstance(case.body, dict) else ""
    # Along links few calls are made of each operation, so that all of them name a known one.
    is_chosen = is_stateful(case) or len(given) % 4
    if given and is_chosen and not is_from_a_reply(case, given):
        known = {"entity_id": "AIRPAYCUST0001", "kit_no": "100000000978"}
        case.body.update((name, value) for name, value in known.items() if name in case.body)
    if operation == "update-customer" and is_stateful(case) and "mobile_no" in case.body:
        # Who logs in has to have this number still.
        case.body["mobile_no"] = "9000000978"
    if operation == "user-login" and len(case.body["password"]) % 4:
        case.body.update(mobile_no="9000000978", password="PaSwd@1234")
    digest = hashlib.sha256(repr(case.body).encode()).digest()
    number, year = int.from_bytes(digest[:4], "big"), time.gmtime().tm_year + 2
    if operation == "register-user" and digest[4] % 4:
        card = {"card_no": f"411111{number:010d}", "card_expiry": f"01/{year % 100}"}
        case.body.update(card, otp="1234")
    if operation == "add-card" and digest[4] % 4:
        card = {"card_no": f"411111{number:010d}", "card_expiry": f"01/{year}"}
        case.body.update(card, kit_no=f"7{number:010d}")
    if operation == "topup" and digest[4] % 4:
        # Within what may be loaded in a month, many times over.
        case.body["amount"] = "1"
    if operation == "forgot-password" and len(case.body["mobile_no"]) % 4:
        case.body.update(mobile_no="9000000978", dob="1990-01-31")
    if operation == "set-pin" and case.body["kit_no"] == "100000000978":
        # That card's own.
        case.body["expiryDate"] = "1249"
    path_of_cards = "/_sandbox/world/airpay/customers/AIRPAYCUST0001/cards"
    if operation == "card-replacement" and case.body["entity_id"] == "AIRPAYCUST0001":
        # Not the card that the others name: one that is there for this.
        old = f"9{number:010d}"
        control("POST", path_of_cards, {"kit_no": old})
        case.body.update(old_kit_no=old, new_kit_no="8" + old[1:])
    if operation == "lock-unlock" and case.body["entity_id"] == "AIRPAYCUST0001":
        # A block is final: the card that the others name has to live on.
        kit = f"6{number:010d}"
        control("POST", path_of_cards, {"kit_no": kit})
        case.body["kit_no"] = kit
    path = case.path_parameters or {}
    if len(path.get("customerId", "")) % 4 and not is_from_a_reply(case, path["customerId"]):
        path["customerId"] = "12345678"
    if len(path.get("cardId", "")) % 4 and not is_from_a_reply(case, path["cardId"]):
        path["cardId"] = "f16ba382-eb42-481a-b08f-c57bdc9aae24"
    if operation == "create-prepaid-card" and isinstance(case.body, dict):
        # A programme decides whether there is an address; no schema has the programmes.
        kind = "PHYSICAL" if case.body.get("deliveryAddress") else "VIRTUAL"
        case.body["programName"] = f"BRAND-{kind}-MC"
    if operation == "update-prepaid-card" and isinstance(case.body, dict) and case.body.get("status"):
        # A card's type decides which statuses it takes; no schema has the types.
        case.body["status"] = "CANCELLED" if len(case.body["statusReason"]) % 4 == 0 else "ACTIVE"
    if operation == "issue-access-token" and len(case.path_parameters["brandIdentity"]) % 4:
        case.path_parameters["brandIdentity"] = SETTINGS["CARDS_PAYSAFE_BRAND"]
    if operation == "cards-by-customer" and not is_from_a_reply(case, case.query["customersId"]):
        case.query["customersId"] = 11057 + int(case.query["customersId"]) % 23
    query = case.query or {}
    if operation == "list-card-balances" and "CustomersID" in query:
        query["CustomersID"] = 11057 + int(query["CustomersID"]) % 23
    if operation == "list-card-transactions" and not is_from_a_reply(case, query["CardsId"]):
        query["CardsId"] = 1001 + int(query["CardsId"]) % 26
    if operation == "simulate-payin" and isinstance(case.body, dict):
        account = case.body["DestinationAccountId"]
        if not is_from_a_reply(case, account):
            case.body["DestinationAccountId"] = 1001 + int(account) % 26
        # How many decimals a number has is told in words.
        if isinstance(case.body.get("Amount"), float):
            case.body["Amount"] = max(0.01, round(case.body["Amount"], 2))
    if operation == "create-card" and isinstance(case.body, dict):
        # No schema has the programmes. The last two customers have details to tell again.
        case.body.update(cardProgramID=1001, customersId=11057 + int(case.body["customersId"]) % 20)
    if operation == "upload-document" and isinstance(case.body, dict):
        # Names of other parts may be such as no part's head can have.
        known = ("customersId", "type", "documentSide", "file")
        case.body = {name: value for name, value in case.body.items() if name in known}
        if not is_from_a_reply(case, case.body["customersId"]):
            case.body["customersId"] = 11057 + int(case.body["customersId"]) % 23
    if operation == "review-create-card" and not is_from_a_reply(case, query["customersId"]):
        query["customersId"] = 11057 + int(query["customersId"]) % 20
    if operation == "activate-card" and isinstance(case.body, dict):
        # A card that is active is not activated.
        if not is_from_a_reply(case, case.body["cardsId"]):
            case.body["cardsId"] = 1001 + int(case.body["cardsId"]) % 26
        control("PUT", f"/_sandbox/ibanera/cards/{case.body['cardsId']}", {"bSuppressed": True})
    if "fromDate" in query and "toDate" in query:
        # Of two texts of one form, the later time is the larger one without its Z.
        both = sorted([query["fromDate"], query["toDate"]], key=lambda time: time.rstrip("Z"))
        query.update(fromDate=both[0], toDate=both[1])
    if operation == "login":
        case.body.update(
            username=SETTINGS["CARDS_IBANERA_USERNAME"],
            password=SETTINGS["CARDS_IBANERA_PASSWORD"],
            otp=one_time_password(),
        )


def control(method: str, path: str, body=None):
    """A call beside those that are judged."""
    return requests.request(method, SANDBOX + path, json=body, timeout=120)


def with_integers(value):
    """To a schema 7.0 is an integer; every client writes 7."""
    if isinstance(value, dict):
        return {name: with_integers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [with_integers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def put_there(operation: str, case):
    """The same under /_sandbox/, where calls before this one may have taken
    away what there was: mostly it is put there again."""
    path = case.path_parameters or {}
    number = sum(repr(path).encode()) + len(repr(case.body))
    make_fit(operation, case, number)
    if number % 4 == 0:
        return
    if operation in ("event", "resend-event", "remove-receiver"):
        # The numbers of both go on.
        control("POST", "/_sandbox/reset")
        receiver = {"provider": "paysafe", "url": "http://127.0.0.1:9/"}
        receiver = control("POST", "/_sandbox/receivers", receiver).json()["number"]
        order = {"action": "expire", "card": "12345678-0000-4000-8000-000000000002"}
        control("POST", "/_sandbox/issuer/paysafe", order)
        events = control("GET", "/_sandbox/events").json()["events"]
        path["number"] = receiver if operation == "remove-receiver" else events[-1]["number"]
    elif operation == "remove-delivery-fault":
        fault = control("POST", "/_sandbox/delivery-faults", {"fault": "duplicate"})
        path["id"] = fault.json()["id"]
    elif operation == "remove-world":
        name = "fuzzed"
        control("GET", f"/_worlds/{name}/_sandbox/health")
        path["name"] = name
    elif operation in ("show-fault", "remove-fault"):
        control("DELETE", "/_sandbox/faults")
        path["id"] = control("POST", "/_sandbox/faults", {"fault": "garbage"}).json()["id"]
    elif operation == "exchange":
        control("DELETE", "/_sandbox/faults")
        path["id"] = int(control("GET", "/airpay/other").headers["x-sandbox-exchange"])
    elif operation in ("act-on-paysafe-card", "set-paysafe-card-status"):
        control("POST", "/_sandbox/reset")
        path["card_id"] = "12345678-0000-4000-8000-000000000001"
    elif operation == "change-ibanera-card":
        control("POST", "/_sandbox/reset")
        path["id"] = 1001
    elif operation == "find-one-time-password":
        control("POST", "/_sandbox/airpay/one-time-passwords", {"mobile_no": "9000000001"})
        path["mobile_no"] = "9000000001"
    elif operation == "reset-airpay-password":
        case.body.update(token=reset_token(), password="PaSwd@1234")
    elif operation in ("remove-customer", "add-card-to-customer", "remove-card"):
        control("POST", "/_sandbox/reset")
        customer = {"airpay": "AIRPAYCUST0001", "paysafe": "12345678", "ibanera": "11057"}
        path["id"] = customer[path["provider"]]
        if operation == "remove-card":
            path.update(provider="ibanera", id="11057", card="1001")
    elif operation == "advance-clock":
        control("DELETE", "/_sandbox/clock")
    elif operation == "order-fault":
        control("DELETE", "/_sandbox/faults")


ORDERS = {
    "airpay": [
        {"action": "approve-kyc", "customer": "AIRPAYCUST0001"},
        {"action": "expire", "customer": "AIRPAYCUST0001", "card": "1"},
        {"action": "clear", "transaction": "1"},
    ],
    "paysafe": [
        {"action": "ship", "card": "12345678-0000-4000-8000-000000000002"},
        {"action": "tokenise", "card": "12345678-0000-4000-8000-000000000001", "wallet": "APPLE"},
        {"action": "reject-card", "card": "nobody"},
    ],
    "ibanera": [
        {"action": "authorise", "card": "1005", "amount": "1.50"},
        {"action": "approve-card", "request": "1"},
        {"action": "deliver", "card": "1005"},
    ],
}


def make_fit(operation: str, case, number: int):
    """Which fields go together is told in words."""
    if operation == "act-as-issuer":
        orders = ORDERS[case.path_parameters["provider"]]
        case.body = dict(orders[number % len(orders)])
    elif operation == "order-delivery-fault" and isinstance(case.body, dict):
        control("DELETE", "/_sandbox/delivery-faults")
        own = {"status": {"status": 503}, "delay": {"millis": 5}}
        case.body = {"fault": case.body["fault"], **own.get(case.body["fault"], {})}
    elif operation == "register-receiver" and isinstance(case.body, dict):
        control("POST", "/_sandbox/reset")
        case.body = {"provider": "paysafe", "url": f"http://127.0.0.1:9/{number}"}


def reset_token() -> str:
    """The token of a link that forgot-password gives."""
    fields = [("mobile_no", "9000000978"), ("dob", "1990-01-31")]
    joined = "".join(value for _, value in fields) + SETTINGS["CARDS_AIRPAY_SECRET_KEY"]
    headers = {
        "affiliate": SETTINGS["CARDS_AIRPAY_AFFILIATE"],
        "processor-key": SETTINGS["CARDS_AIRPAY_PROCESSOR_KEY"],
        "checksum": hashlib.sha256(joined.encode()).hexdigest(),
    }
    url = SANDBOX + "/airpay/ms/cards/api/forgot-password"
    reply = requests.post(url, data=fields, headers=headers, timeout=120).json()
    return reply["data"]["url"].rsplit("token=", 1)[1]


@schemathesis.hook
def after_call(context, case, response):
    """Notes which operations did what was asked, and who used an issued token."""
    definition = case.operation.definition.raw
    if any(fitting is case for fitting in FITTING_UPLOADS):
        case.meta.generation.mode = GenerationMode.POSITIVE
        for component in case.meta.components.values():
            component.mode = GenerationMode.POSITIVE
    FITTING_UPLOADS.clear()
    if response.status_code in (200, 201):
        operation = definition["operationId"]
        if operation not in TAKEN:
            TAKEN.add(operation)
            note("CARDS_TAKEN", operation)
    if case.operation.path.startswith("/_sandbox/") or not is_stateful(case):
        return
    numbers = response.headers.get("x-sandbox-exchange")
    if numbers and token_of(case) in ISSUED:
        note("CARDS_LINKED", numbers[0])
    if response.status_code in (200, 201):
        learn(response.json(), "login" in definition["tags"], repr(case.body))


def note(variable: str, line: str):
    with open(SETTINGS[variable], "a", encoding="utf-8") as file:
        print(line, file=file)


def is_positive(case) -> bool:
    return case.meta is None or case.meta.generation.mode == GenerationMode.POSITIVE


def exchange_of(response) -> dict:
    (number,) = response.headers["x-sandbox-exchange"]
    return control("GET", f"/_sandbox/exchanges/{number}").json()


def form_of(case) -> dict:
    """The schema of the form, which stands among the components."""
    (content,) = case.operation.definition.raw["requestBody"]["content"].values()
    name = content["schema"]["$ref"].rsplit("/", 1)[1]
    return case.operation.schema.raw_schema["components"]["schemas"][name]


def is_told(case, broken: dict) -> bool:
    """Whether the schema of a form's field says a rule. Of credentials, and of
    what is there already, such as a customer's password, none can."""
    field = form_of(case)["properties"].get(broken["field"])
    if field is None or broken["rule"] in UNTOLD:
        return False
    return broken["rule"] != "allowed" or '"enum"' in json.dumps(field)


# Rules that depend on the day, or on which letters there are beyond ASCII, are
# more than a schema can tell.
UNTOLD = {"range", "composition"}


# Whole worlds have rules across fields, and those that depend on what is there
# already; a clock moves no further than from where it is; an amount has no
# exponent; a password has characters of four kinds: more than a schema tells.
UNTOLD_OF_CONTROL = {
    "replace-world",
    "add-customer",
    "add-card-to-customer",
    "change-ibanera-card",
    "advance-clock",
    "reset-airpay-password",
    "act-as-issuer",
    "order-delivery-fault",
    "register-receiver",
}


@schemathesis.check
def control_takes_what_fits(ctx, response, case):
    """positive_data_acceptance, but for operations whose schema does not tell
    everything; those have to be taken at times, which is looked at in the end."""
    operation = case.operation.definition.raw["operationId"]
    if is_positive(case) and operation not in UNTOLD_OF_CONTROL:
        assert response.status_code != 400, "fits the schema and is refused"


@schemathesis.check
def airpay_judges_as_documented(ctx, response, case):
    """Airpay refuses in the body, under HTTP 200: negative_data_rejection and
    positive_data_acceptance cannot see it. What fits the schema may still be
    refused by the state (a customer, a card, an address that is or is not
    there), never by a rule that the schema tells; what does not fit is never
    taken."""
    if not AUTHORISED or not case.operation.path.startswith("/airpay/"):
        return
    if response.status_code != 200:
        return
    status = response.json()["status"]
    exchange = exchange_of(response)
    assert (exchange.get("checksum") or {}).get("result") == "right", exchange["verdict"]
    if is_positive(case):
        told = [broken for broken in exchange["violations"] if is_told(case, broken)]
        assert not told, f"fits the schema and is refused: {told}"
    else:
        assert status == 400, "does not fit the schema and is taken"
