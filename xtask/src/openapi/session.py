"""A session with the clients that openapi-python-client makes of the documents, and a
shorter one with those of openapi-generator: each token, and a call that it opens.

Every operation of the providers is called through the generated code, with its
types; what no generator can know, the checksum and the one-time password, a
hook of the HTTP client adds. Each answer has to be the documented success.
"""

import base64
import hashlib
import hmac
import io
import struct
import sys
import time
import urllib.parse
from datetime import date

import httpx

import generated_airpay.api
import generated_control.api
import generated_ibanera.api
import generated_paysafe.api

import cards_airpay
import cards_control
import cards_ibanera
import cards_ibanera.types
import cards_paysafe
from cards_airpay.api.customers import (
    add_card,
    card_details,
    card_replacement,
    customer_preference,
    forgot_password,
    generate_otp,
    lock_unlock,
    register_user,
    set_pin,
    update_customer,
    update_kyc_status,
)
from cards_airpay.api.login import user_login
from cards_airpay.api.money import card_balance, topup
from cards_airpay import models as airpay
from cards_control.api.control import credentials, exchanges, issue_one_time_password, order_fault
from cards_control import models as control
from cards_ibanera.api.cards import (
    activate_card,
    cards_by_customer,
    create_card,
    list_card_balances,
    list_card_transactions,
    list_customer_cards,
    review_create_card,
    upload_document,
)
from cards_ibanera.api.login import login
from cards_ibanera.api.simulations import simulate_payin
from cards_ibanera import models as ibanera
from cards_paysafe.api.cards import (
    create_prepaid_card,
    get_prepaid_card,
    list_prepaid_cards,
    update_prepaid_card,
)
from cards_paysafe.api.login import issue_access_token
from cards_paysafe import models as paysafe


def is_a(kind, value):
    """The value, which has to be of a generated type."""
    assert isinstance(value, kind), f"{value!r} is no {kind.__name__}"
    return value


def same(one, other):
    assert one == other, f"{one!r} is not {other!r}"


def one_time_password(secret: str) -> str:
    """RFC 6238: SHA-1, six digits, 30 seconds."""
    step = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), step, hashlib.sha1).digest()
    at = digest[-1] & 15
    code = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{code % 1_000_000:06d}"


def at_airpay(url: str, known: dict, issued: str):
    def sign(request: httpx.Request):
        fields = urllib.parse.parse_qsl(request.content.decode(), keep_blank_values=True)
        text = "".join(value for _, value in fields) + known["secretKey"]
        request.headers["checksum"] = hashlib.sha256(text.encode()).hexdigest()

    keys = {"affiliate": known["affiliate"], "processor-key": known["processorKey"]}

    def client(token: str) -> cards_airpay.Client:
        hooks = {"event_hooks": {"request": [sign]}}
        return cards_airpay.Client(base_url=url, headers={**keys, "token": token}, httpx_args=hooks)

    me = airpay.UserLoginBody(mobile_no=known["mobileNo"], password=known["password"])
    token = is_a(airpay.AirpaySuccessOfAirpayToken, user_login.sync(client=client(""), body=me)).data.token
    with client(token) as signed:
        new = airpay.RegisterUserBody(
            mobile_no="9000000977",
            kit_no="100000000977",
            card_type=airpay.RegisterUserBodyCardType.V,
            card_no=known["cardNo"],
            card_expiry=f"12/{date.today().year % 100 + 2}",
            first_name="Asha",
            last_name="Rao",
            title=airpay.RegisterUserBodyTitle.MS,
            gender=airpay.RegisterUserBodyGender.F,
            dob=date(1990, 2, 3),
            email="asha.rao@example.com",
            address="1 MG Road",
            city="Kochi",
            state="Kerala",
            pincode="682001",
            doc_type=airpay.RegisterUserBodyDocType.AADHAAR,
            doc_number="59048961235",
            doc_expiry="",
            doc_country_issue="India",
            otp=issued,
            password="Other@1234",
        )
        registered = is_a(airpay.AirpaySuccessOfRegistered, register_user.sync(client=signed, body=new))
        entity_id = registered.data.entity_id
        # The same again is refused, and the refusal has a type too.
        is_a(airpay.AirpayFailure, register_user.sync(client=signed, body=new))
        for done in (
            update_customer.sync(client=signed, body=airpay.UpdateCustomerBody(entity_id=entity_id, city="Delhi")),
            lock_unlock.sync(
                client=signed,
                body=airpay.LockUnlockBody(
                    entity_id=entity_id, kit_no=new.kit_no, flag=airpay.LockUnlockBodyFlag.L, reason="Lost"
                ),
            ),
            customer_preference.sync(
                client=signed,
                body=airpay.CustomerPreferenceBody(
                    entity_id=entity_id,
                    status=airpay.CustomerPreferenceBodyStatus.ALLOWED,
                    type_=airpay.CustomerPreferenceBodyType.ATM,
                ),
            ),
        ):
            same(is_a(airpay.AirpaySuccessOfEmptyArray, done).data, [])
        with_cards_and_money(signed, entity_id, new, known)


def with_cards_and_money(signed, entity_id: str, me, known: dict):
    """What a customer who is registered, and has locked a card, does next at Airpay."""
    year = date.today().year + 2
    more = airpay.AddCardBody(
        entity_id=entity_id,
        card_type=airpay.AddCardBodyCardType.V,
        kit_no="100000000988",
        card_no=known["cardNo"][:-1] + "1",
        card_expiry=f"12/{year}",
    )
    known_well = airpay.UpdateKycStatusBody(
        entity_id=entity_id,
        doc_type="AADHAAR",
        doc_number="59048961235",
        kyc_type=airpay.UpdateKycStatusBodyKycType.FULL,
        reg_date=date(2026, 1, 2),
        reason_desc="Verified",
    )
    pin = airpay.SetPinBody(entity_id=entity_id, kit_no=more.kit_no, pin="7141", expiry_date=f"12{year % 100}")
    other = airpay.CardReplacementBody(entity_id=entity_id, old_kit_no=me.kit_no, new_kit_no="100000000999")
    for done in (
        update_kyc_status.sync(client=signed, body=known_well),
        add_card.sync(client=signed, body=more),
        set_pin.sync(client=signed, body=pin),
        card_replacement.sync(client=signed, body=other),
        generate_otp.sync(client=signed, body=airpay.GenerateOtpBody(mobile_no="9000000955")),
    ):
        same(is_a(airpay.AirpaySuccessOfEmptyArray, done).data, [])
    for rupees in ("250.50", "0.25"):
        loaded = topup.sync(client=signed, body=airpay.TopupBody(entity_id=entity_id, amount=rupees))
        assert is_a(airpay.AirpaySuccessOfAirpayToppedUp, loaded).data.transaction_id, loaded
    told = card_balance.sync(client=signed, body=airpay.CardBalanceBody(entity_id=entity_id))
    same(is_a(airpay.AirpaySuccessOfAirpayBalance, told).data.balance, "250.75")
    listed = card_details.sync(client=signed, body=airpay.CardDetailsBody(entity_id=entity_id))
    kits = {card.kit_no for card in is_a(airpay.AirpaySuccessOfAirpayCustomerCards, listed).data}
    same(kits, {me.kit_no, more.kit_no, other.new_kit_no})
    forgot = airpay.ForgotPasswordBody(mobile_no=me.mobile_no, dob=me.dob)
    link = is_a(airpay.AirpaySuccessOfAirpayResetLink, forgot_password.sync(client=signed, body=forgot))
    assert link.data.url.startswith("http"), link


def at_paysafe(url: str, known: dict):
    pair = f"{known['clientId']}:{known['clientSecret']}".encode()
    basic = cards_paysafe.AuthenticatedClient(base_url=url, token=base64.b64encode(pair).decode(), prefix="Basic")
    grant = paysafe.IssueAccessTokenBody(grant_type="client_credentials")
    issued = issue_access_token.sync(known["brand"], client=basic, body=grant)
    token = is_a(paysafe.PaysafeToken, issued).access_token
    bearer = cards_paysafe.AuthenticatedClient(base_url=url, token=token)
    customer = known["customerIds"][0]
    before = is_a(paysafe.PaysafePage, list_prepaid_cards.sync(customer, client=bearer, limit=2))
    assert len(before.cards) == 2, before
    wanted = paysafe.CreatePrepaidCardBody(program_name="BRAND-VIRTUAL-MC", currency="EUR", external_id="ours")
    made = is_a(paysafe.PaysafeCard, create_prepaid_card.sync(customer, client=bearer, body=wanted))
    got = is_a(paysafe.PaysafeCard, get_prepaid_card.sync(customer, made.card_id, client=bearer))
    same((got.card_id, got.currency), (made.card_id, "EUR"))
    ended = paysafe.UpdatePrepaidCardBody(
        status=paysafe.UpdatePrepaidCardBodyStatusType1.CANCELLED, status_reason="lost"
    )
    updated = is_a(paysafe.PaysafeCard, update_prepaid_card.sync(customer, made.card_id, client=bearer, body=ended))
    same(updated.status, paysafe.PaysafeCardStatus.CANCELLED)
    missing = get_prepaid_card.sync_detailed(customer, "no-such-card", client=bearer)
    same(missing.status_code, 404)
    is_a(paysafe.PaysafeError, missing.parsed)


def at_ibanera(url: str, known: dict):
    otp = one_time_password(known["totpSecret"])
    me = ibanera.LoginBody(username=known["username"], password=known["password"], otp=otp)
    logged_in = login.sync(client=cards_ibanera.Client(base_url=url), body=me)
    token = is_a(ibanera.IbaneraLoggedIn, logged_in).details.access_token
    bearer = cards_ibanera.AuthenticatedClient(base_url=url, token=token, headers={"otp": otp})
    page = is_a(ibanera.IbaneraPage, list_customer_cards.sync(client=bearer, page_size=5))
    same(len(page.details), 5)
    one = cards_by_customer.sync(client=bearer, customers_id=known["customersId"])
    assert is_a(ibanera.IbaneraCardsByCustomer, one).details.cards, one
    review = review_create_card.sync(client=bearer, customers_id=known["customersId"])
    same(is_a(ibanera.IbaneraReview, review).details.required_documents, [])
    wanted = ibanera.CreateCardBody(
        customers_id=known["customersId"],
        currency=ibanera.CreateCardBodyCurrency.USD,
        card_reference_id="ours",
        shipping_method=ibanera.CreateCardBodyShippingMethod.EXPRESS,
        card_program_id=1002,
        card_type=ibanera.CreateCardBodyCardTypeType1.VIRTUAL,
        shipping_address=ibanera.CreateCardBodyShippingAddress(
            shipping_address_line_1="Suite 500",
            shipping_address_city="New York",
            shipping_address_state="New York",
            shipping_address_postcode="10001",
            shipping_address_country="USA",
        ),
    )
    made = is_a(ibanera.IbaneraCreated, create_card.sync(client=bearer, body=wanted)).id
    active = activate_card.sync(client=bearer, body=ibanera.ActivateCardBody(cards_id=made))
    same(is_a(ibanera.IbaneraActivated, active).details.card.id, made)
    paid = ibanera.SimulatePayinBody(
        destination_account_id=made, transfer_type=ibanera.SimulatePayinBodyTransferType.ACH, amount=25.5
    )
    is_a(ibanera.IbaneraDone, simulate_payin.sync(client=bearer, body=paid))
    balances = list_card_balances.sync(client=bearer, customers_id=known["customersId"], page_size=50)
    totals = {one.id: one.total_balance for one in is_a(ibanera.IbaneraBalances, balances).details}
    same(totals[made], 25.5)
    moved = is_a(ibanera.IbaneraTransactions, list_card_transactions.sync(client=bearer, cards_id=made))
    same([one.amount for one in moved.details], [25.5])
    scan = ibanera.UploadDocumentBody(
        customers_id=known["customersId"],
        type_=ibanera.UploadDocumentBodyType.TAX_DOCUMENT,
        document_side="Front",
        file=cards_ibanera.types.File(payload=io.BytesIO(b"%PDF-1.7"), file_name="a.pdf", mime_type="application/pdf"),
    )
    is_a(ibanera.IbaneraDone, upload_document.sync(client=bearer, body=scan))
    refused = cards_by_customer.sync_detailed(
        client=bearer.with_headers({"otp": "000000"}), customers_id=known["customersId"]
    )
    same(refused.status_code, 401)
    is_a(ibanera.IbaneraFailure, refused.parsed)


def with_the_other_generator(known: dict):
    """The same three logins, and a list or a change by each token, with openapi-generator's."""
    api, keys = generated_airpay, known["airpay"]

    def signed(call, token: str, fields: dict):
        text = "".join(fields.values()) + keys["secretKey"]
        headers = {
            "affiliate": keys["affiliate"],
            "processorKey": keys["processorKey"],
            "token": token,
            "checksum": hashlib.sha256(text.encode()).hexdigest(),
        }
        settings = api.Configuration(host=keys["baseUrl"], api_key=headers)
        return call(api.ApiClient(settings))(**fields).actual_instance

    login = {"mobile_no": keys["mobileNo"], "password": keys["password"]}
    issued = signed(lambda client: api.api.LoginApi(client).user_login, "", login)
    token = is_a(api.AirpaySuccessOfAirpayToken, issued).data.token
    change = {"entity_id": keys["entityId"], "status": "ALLOWED", "type": "ATM"}
    done = signed(lambda client: api.api.CustomersApi(client).customer_preference, token, change)
    same(is_a(api.AirpaySuccessOfEmptyArray, done).data, [])

    api, keys = generated_paysafe, known["paysafe"]
    settings = api.Configuration(host=keys["baseUrl"], username=keys["clientId"], password=keys["clientSecret"])
    issued = api.api.LoginApi(api.ApiClient(settings)).issue_access_token(keys["brand"], "client_credentials")
    bearer = api.Configuration(host=keys["baseUrl"], access_token=issued.access_token)
    page = api.api.CardsApi(api.ApiClient(bearer)).list_prepaid_cards(keys["customerIds"][0], limit=2)
    same(len(page.cards), 2)

    api, keys = generated_ibanera, known["ibanera"]
    otp = one_time_password(keys["totpSecret"])
    me = api.LoginBody(username=keys["username"], password=keys["password"], otp=otp)
    here = api.Configuration(host=keys["baseUrl"])
    token = api.api.LoginApi(api.ApiClient(here)).login(me).details.access_token
    bearer = api.Configuration(host=keys["baseUrl"], access_token=token, api_key={"otp": otp})
    page = api.api.CardsApi(api.ApiClient(bearer)).list_customer_cards(page_size=5)
    same(len(page.details), 5)


def main(url: str):
    here = cards_control.Client(base_url=url)
    known = is_a(control.Credentials, credentials.sync(client=here)).to_dict()
    wanted = control.OneTimePasswordWanted(mobile_no="9000000977", lifetime_seconds=60)
    issued = is_a(control.OneTimePassword, issue_one_time_password.sync(client=here, body=wanted)).otp
    # Any 16 digits are taken.
    other = generated_control.ApiClient(generated_control.Configuration(host=url))
    same(generated_control.api.ControlApi(other).health().status, "ok")
    known["airpay"]["cardNo"] = "411111".ljust(16, "0")
    at_airpay(known["airpay"]["baseUrl"], known["airpay"], issued)
    at_paysafe(known["paysafe"]["baseUrl"], known["paysafe"])
    at_ibanera(known["ibanera"]["baseUrl"], known["ibanera"])
    with_the_other_generator(known)
    fault = control.FaultOrder(fault=control.FaultOrderFault.STATUS, status=503, operation="login", times=1)
    is_a(control.OrderedFault, order_fault.sync(client=here, body=fault))
    nonsense = control.FaultOrder(fault=control.FaultOrderFault.STATUS)
    is_a(control.Problem, order_fault.sync(client=here, body=nonsense))
    journal = is_a(control.Exchanges, exchanges.sync(client=here, limit=1000))
    accepted = [one.operation for one in journal.exchanges if one.accepted]
    refused = [one.operation for one in journal.exchanges if not one.accepted]
    same(refused, ["register-user", "get-prepaid-card", "cards-by-customer"])
    print(f"{len(accepted)} calls of the generated clients were accepted, {len(refused)} refused as they should be")


if __name__ == "__main__":
    main(sys.argv[1])
