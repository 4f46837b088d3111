"""Writes the vectors beside this file: each stage of the checksum, from the fields to the digest.

An implementation of its own, on hashlib, so that the crate is never checked against itself.
"""

import hashlib
import json
import pathlib

HERE = pathlib.Path(__file__).parent
SECRET = "fake-secret-for-tests"
PLACEHOLDER = "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"


def arrange(order, fields, example):
    if order == "table":
        return list(fields)
    if order == "sorted":
        return sorted(fields, key=lambda field: field[0].encode())
    rank = {name: at for at, name in reversed(list(enumerate(example)))}
    return sorted(fields, key=lambda field: rank.get(field[0], len(example)))


def stages(order, fields, example, secret):
    arranged = arrange(order, fields, example)
    values = "".join(value for _, value in arranged)
    return {
        "arranged": [name for name, _ in arranged],
        "pre_image": values + "<secret>",
        "digest": hashlib.sha256((values + secret).encode()).hexdigest(),
    }


def case(name, fields, example=None, secret=SECRET):
    example = [name for name, _ in fields] if example is None else example
    return {
        "name": name,
        "fields": fields,
        "example": example,
        "secret": secret,
        "orders": {
            order: stages(order, fields, example, secret)
            for order in ("table", "example", "sorted")
        },
    }


def split(length, pieces=3):
    """`length` bytes of digits over a few fields."""
    text = "".join(str(at % 10) for at in range(length))
    cuts = [length * piece // pieces for piece in range(pieces + 1)]
    return [[f"field_{at}", text[cuts[at] : cuts[at + 1]]] for at in range(pieces)]


REGISTER_USER = [
    ["mobile_no", "9XXXXXX513"],
    ["kit_no", "100000001200"],
    ["card_type", "V"],
    ["card_no", "462294XXXXXX3713"],
    ["card_expiry", "01/25"],
    ["first_name", "Prasanth"],
    ["last_name", "Kumar"],
    ["title", "Mr"],
    ["gender", "M"],
    ["dob", "1989-11-09"],
    ["email", "xyz@airpay.co.in"],
    ["address", "Kochi"],
    ["city", "Ernakulam"],
    ["state", "Kerala"],
    ["pincode", "689673"],
    ["doc_type", "AADHAAR"],
    ["doc_number", "59048961234"],
    ["doc_expiry", ""],
    ["doc_country_issue", "India"],
    ["otp", ""],
    ["password", "PaSwd@1234"],
]
REGISTER_USER_EXAMPLE = [
    "mobile_no", "kit_no", "card_type", "card_no", "card_expiry", "title", "first_name",
    "last_name", "gender", "dob", "email", "address", "state", "city", "pincode", "doc_type",
    "doc_number", "doc_expiry", "doc_country_issue", "otp", "password",
]  # fmt: skip
UPDATE_CUSTOMER = [
    ["entity_id", PLACEHOLDER],
    ["email", "xyz@airpay.co.in"],
    ["mobile_no", "9XXXXXX879"],
    ["address", "Address"],
    ["country", "India"],
    ["city", "City"],
    ["state", "Kerala"],
    ["pincode", "682308"],
]
UPDATE_CUSTOMER_EXAMPLE = [
    "entity_id", "email", "mobile_no", "address", "city", "state", "country", "pincode",
]  # fmt: skip
PREFERENCE = [["entity_id", PLACEHOLDER], ["status", "ALLOWED"], ["type", "CONTACTLESS"]]

FILES = {
    "airpay-register-user": (
        "Airpay, User Registration: the Request Example's values, fields as the Request Body table lists them",
        [
            case("documented example", REGISTER_USER, REGISTER_USER_EXAMPLE),
            case(
                "otp and document expiry filled in",
                [
                    [name, {"otp": "0000", "doc_expiry": "2030-01-01"}.get(name, value)]
                    for name, value in REGISTER_USER
                ],
                REGISTER_USER_EXAMPLE,
            ),
        ],
    ),
    "airpay-update-customer": (
        "Airpay, Update Customer: the Request Example's values, fields as the Request Body table lists them",
        [
            case("documented example", UPDATE_CUSTOMER, UPDATE_CUSTOMER_EXAMPLE),
            case("only the required field", UPDATE_CUSTOMER[:1], UPDATE_CUSTOMER_EXAMPLE),
            case(
                "optional fields sent empty",
                [[name, value if name == "entity_id" else ""] for name, value in UPDATE_CUSTOMER],
                UPDATE_CUSTOMER_EXAMPLE,
            ),
        ],
    ),
    "airpay-customer-preference": (
        "Airpay, Customer Preference: the Request-Example's values, and one published digest",
        [
            case("documented example", PREFERENCE),
            case(
                "published cross-check",
                [["entity_id", "E1"], ["status", "ALLOWED"], ["type", "ATM"]],
                secret="test-secret",
            ),
        ],
    ),
    "block-boundaries": (
        "Pre-images that end just before, on and just after the places where SHA-256 pads differently",
        [
            made
            for length in (55, 56, 63, 64, 65, 119, 120)
            for made in (
                case(f"{length} bytes with the secret", split(length - len(SECRET))),
                case(f"{length} bytes of values", split(length)),
                case(f"{length} bytes of values, no secret", split(length), secret=""),
            )
        ],
    ),
    "values": (
        "Values and names that are easy to get wrong",
        [
            case("no fields", []),
            case("nothing at all", [], secret=""),
            case("all values empty", [["b", ""], ["a", ""]]),
            case("unicode", [["city", "എറണാകുളം"], ["address", "Straße 1, 東京 🏙"], ["name", "e\u0301"]]),
            case("kept as they are", [["a", " a+b&c=d%20\r\n"], ["b", "\t"], ["c", "<b>'\"\\"]]),
            case("secret longer than a block", [["a", "1"], ["b", "2"]], secret="fake-" * 30),
            case("unicode secret", [["a", "1"]], secret="fake-sécrét-🔑"),
            case(
                "a name sent twice keeps its place",
                [["b", "1"], ["a", "2"], ["b", "3"], ["a", "4"]],
                ["a", "b"],
            ),
            case(
                "fields the example lacks come last",
                [["x", "1"], ["a", "2"], ["y", "3"], ["b", "4"]],
                ["b", "never_sent", "a"],
            ),
            case("bytes decide the sorted order", [["é", "1"], ["z", "2"], ["_", "3"], ["A", "4"], ["a", "5"]]),
        ],
    ),
}

for name, (about, cases) in FILES.items():
    text = json.dumps({"about": about, "cases": cases}, ensure_ascii=False, indent=2)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
