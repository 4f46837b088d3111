#!/usr/bin/env python3
"""Writes cases.json: checksums made wrong in the ways that people report, each in several orders.

Nothing here is the code under test: hashlib, hmac, json and urllib make every text and every digest.

    python3 crates/cards-sign/tests/it/reported/generate.py
"""

import base64
import hashlib
import hmac
import html
import json
import pathlib
import urllib.parse

SECRET = "fake-S3cret/with+marks"
AFFILIATE, PROCESSOR_KEY, TOKEN = "fakeaff7", "fake-processor-key", "fake-token-9"
IST, UTC = "2026-11-28", "2026-11-27"

TABLES = {
    "register-user": "mobile_no kit_no card_type card_no card_expiry first_name last_name title gender dob email "
    "address city state pincode doc_type doc_number doc_expiry doc_country_issue otp password",
    "update-customer": "entity_id email mobile_no address country city state pincode",
    "user-login": "mobile_no password",
    "customer-preference": "entity_id status type",
}
EXAMPLES = {
    "register-user": "mobile_no kit_no card_type card_no card_expiry title first_name last_name gender dob email "
    "address state city pincode doc_type doc_number doc_expiry doc_country_issue otp password",
    "update-customer": "entity_id email mobile_no address city state country pincode",
    "user-login": "mobile_no password",
    "customer-preference": "entity_id status type",
}
VALUES = {
    "register-user": {
        "mobile_no": "9000000513", "kit_no": "1000000012", "card_type": "V", "card_no": "XXXX3713",
        "card_expiry": "01/30", "first_name": "Asha", "last_name": "Menon", "title": "Mrs", "gender": "F",
        "dob": "1989-11-09", "email": "asha@example.co.in", "address": "Flat 12B Main Road", "city": "Ernakulam",
        "state": "Kerala", "pincode": "689673", "doc_type": "PASSPORT", "doc_number": "K1234567",
        "doc_expiry": "2031-12-31", "doc_country_issue": "India", "otp": "1234", "password": "PaSwd@1234",
    },
    "update-customer": {
        "entity_id": "AIRPAYCUST0001", "email": "asha@example.co.in", "mobile_no": "9000000513",
        "address": "Flat 12B Main Road", "country": "India", "city": "Kochi", "state": "Kerala", "pincode": "682308",
    },
    "user-login": {"mobile_no": "9000000513", "password": "PaSwd@1234"},
    "customer-preference": {"entity_id": "AIRPAYCUST0001", "status": "ALLOWED", "type": "ATM"},
}


def headers(operation):
    if operation == "register-user":
        return [("affiliate", AFFILIATE), ("processor-key", PROCESSOR_KEY)]
    return [] if operation == "user-login" else [("token", TOKEN)]


def orders(operation, received):
    table, example = TABLES[operation].split(), EXAMPLES[operation].split()

    def by(names):
        return sorted(received, key=lambda pair: names.index(pair[0]) if pair[0] in names else 99)

    in_table = by(table)
    return {
        "the order received": received,
        "the order of the parameter table": in_table,
        "the order of the request example": sorted(
            in_table, key=lambda pair: example.index(pair[0]) if pair[0] in example else 99
        ),
        "the order of their names": sorted(in_table, key=lambda pair: pair[0]),
        "the order of the values themselves": sorted(received, key=lambda pair: pair[1].encode()),
        "the order received, backwards": received[::-1],
    }


def sha(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def values(pairs):
    return "".join(value for _, value in pairs)


def with_absent(pairs, name, value):
    """Puts a field that was not sent where the table of update-customer has it."""
    names = TABLES["update-customer"].split()
    at = next(at for at, pair in enumerate(pairs) if names.index(pair[0]) > names.index(name))
    return pairs[:at] + [(name, value)] + pairs[at:]


CASES = []


def case(name, operation, make, *says, arrived=None, left=(), secret=SECRET, only=None, body=None):
    """`make` gives the checksum of the pairs in one order. `arrived` are values that differ from the usual ones."""
    pairs = {**VALUES[operation], **(arrived or {})}
    names = TABLES[operation].split()
    names = names[len(names) // 2 :] + names[: len(names) // 2]  # No order of the documents.
    names += [name for name in pairs if name not in names]
    received = [(name, pairs[name]) for name in names if name in pairs and name not in left]
    made = {}
    for order, arranged in orders(operation, received).items():
        if only is None or order in only:
            made.setdefault(make(arranged), order)
    CASES.append({
        "name": name, "operation": operation, "table": TABLES[operation].split(),
        "example": EXAMPLES[operation].split(), "received": body(received) if body else received,
        "others": headers(operation), "days": [["IST", IST], ["UTC", UTC]], "secret": secret,
        "made": [{"order": order, "checksum": checksum} for checksum, order in made.items()], "says": list(says),
    })


def changed(**hashed):
    """Hashes these values in place of those that arrived."""
    return lambda pairs: sha("".join(hashed.get(name, value) for name, value in pairs) + SECRET)


def joined(text, secret=SECRET):
    return lambda pairs: sha(text(pairs) + secret)


def each(change):
    return lambda pairs: "".join(change(value) for _, value in pairs)


def text_of(pairs, equals="=", between="&"):
    return between.join(name + equals + value for name, value in pairs)


quote = lambda text: urllib.parse.quote(text, safe="-._~")
lower = lambda text: "".join(f"%{b:02x}" if f"%{b:02X}" in quote(chr(b)) else chr(b) for b in text.encode())
UP, REG, LOG, PREF = "update-customer", "register-user", "user-login", "customer-preference"

# The text of values
case("a raw + in a telephone number", UP, changed(mobile_no="+91 98470"), "`mobile_no` with a `+`", "%2B",
     arrived={"mobile_no": " 91 98470"})
case("a raw + in an address", REG, changed(email="asha+card@example.co.in"), "`email` with a `+`", "%2B",
     arrived={"email": "asha card@example.co.in"})
case("trimmed before it was hashed", UP, changed(city="Kochi"), "`city` without the white space around it",
     arrived={"city": " Kochi "})
case("every value trimmed", REG, joined(each(str.strip)), "each value without the white space",
     arrived={"city": "Ernakulam ", "first_name": " Asha"})
case("a space after the value hashed", UP, changed(state="Kerala "), "`state` with a space after it", only=["the order received"])
case("a space before the value hashed", REG, changed(last_name=" Menon"), "`last_name` with a space before it")
case("hashed once, encoded twice", UP, changed(address="Main Road/5"), "`address` decoded once more",
     arrived={"address": "Main%20Road%2F5"})
case("hashed once, form-encoded twice", REG, changed(address="Flat 12B"), "`address` with a space where a `+` arrived",
     arrived={"address": "Flat+12B"})
case("null", UP, changed(city="null"), "`city` as the word `null`", arrived={"city": ""})
case("undefined", REG, changed(otp="undefined"), "`otp` as the word `undefined`", arrived={"otp": ""})
case("None", LOG, changed(password="None"), "`password` as the word `None`", arrived={"password": ""})
case("true as a text", PREF, changed(status="true"), "`status` as the word `true`", arrived={"status": "1"})
case("False as a text", PREF, changed(status="False"), "`status` as the word `False`", arrived={"status": "0"})
case("a leading zero lost", UP, changed(pincode="82308"), "`pincode` as a number, without the zeros",
     arrived={"pincode": "082308"})
case(".0 after a number", REG, changed(pincode="689673.0"), "`pincode` as a number, with `.0`")
case("decimals lost", UP, changed(pincode="500"), "`pincode` as a number, without its decimals",
     arrived={"pincode": "500.00"})
case("thousands", REG, changed(pincode="689,673"), "`pincode` as a number, with commas between its thousands")
case("lakhs", REG, changed(pincode="6,89,673"), "`pincode` as a number, with commas after its thousands and lakhs")
case("a day in another format", REG, changed(dob="09-11-1989"), "`dob` as a day in another format (`d-m-Y`)")
case("HTML", UP, changed(address="Nair &amp; Sons"), "`address` as HTML", arrived={"address": "Nair & Sons"})
case("JSON's slashes", REG, changed(card_expiry="01\\/30"), r"`card_expiry` with `\/`")
case("percent-encoded", REG, joined(each(quote)), "each value encoded (percent-encoding, a space as `%20`)")
case("encoded in small letters", UP, joined(each(lower)), "encoded (percent-encoding in small letters",
     arrived={"address": "5/6 Road"})
case("in capitals, in another order", REG, joined(each(str.upper)), "each value in capitals")

# The list of fields
case("a field left out", REG, lambda p: sha(values([x for x in p if x[0] != "otp"]) + SECRET), "without `otp`")
case("the last field left out", LOG, lambda p: sha(values([x for x in p if x[0] != "password"]) + SECRET),
     "without `password`")
case("a field left out, and a separator", UP,
     lambda p: sha("|".join(v for n, v in p if n != "email") + "|" + SECRET), "without `email`", "with `|` between them")
case("a field that was not sent, as null", UP, lambda p: sha(values(with_absent(p, "state", "null")) + SECRET),
     "with `state`, which was not sent, as the word `null`", left=["state"],
     only=["the order of the parameter table"])
case("a field twice", PREF, lambda p: sha(values([y for x in p for y in ([x, x] if x[0] == "type" else [x])]) + SECRET),
     "with `type` twice")
case("empties dropped under a separator", UP, lambda p: sha("|".join(v for _, v in p if v) + SECRET),
     "without the empty ones", "with `|` between them", arrived={"city": "", "address": ""})
case("empties kept under a separator", UP, lambda p: sha("|".join(v for _, v in with_absent(p, "state", "")) + SECRET),
     "with an empty one for each field that was not sent", "with `|` between them", left=["state"],
     only=["the order of the parameter table"])
case("a header's value hashed too", UP, lambda p: sha(values(p) + TOKEN + SECRET), "with `token`, which is not of the body")
case("keys sorted, headers included", REG,
     lambda p: sha(values(sorted(p + headers(REG), key=lambda x: x[0])) + SECRET),
     "with all the values of the headers among them by name", only=["the order of their names"])
case("the day in India appended", UP, lambda p: sha(values(p) + IST + SECRET), "the day in IST (`Y-m-d`)")
case("the day in UTC appended", REG, lambda p: sha(values(p) + UTC + SECRET), "the day in UTC (`Y-m-d`)")
case("the day in another format", LOG, lambda p: sha(values(p) + "28-11-2026" + SECRET), "the day in IST (`d-m-Y`)")
case("the day, and the secret first", UP, lambda p: sha(SECRET + values(p) + IST), "the day in IST", "the secret before them")

# The joint
case("a separator", UP, joined(lambda p: "|".join(v for _, v in p)), "with `|` between them")
case("a separator throughout", LOG, joined(lambda p: ",".join(v for _, v in p) + ","), "with `,` between them and before the secret")
case("a separator of two characters", REG, joined(lambda p: ", ".join(v for _, v in p)), "with `, ` between them")
case("trimmed, and a separator", UP, joined(lambda p: "|".join(v.strip() for _, v in p)),
     "`city` without the white space", "with `|` between them", arrived={"city": "Kochi "})
case("names and values", UP, joined(text_of), "as `name=value&name=value`")
case("names and values, and the key as another", LOG, joined(lambda p: text_of(p) + "&key="), "as `name=value&name=value`",
     "with `&key=` before the secret")
case("the body as it is sent", REG, joined(urllib.parse.urlencode), "as the encoded body (form encoding")
case("a JSON text", UP, joined(lambda p: json.dumps(dict(p), separators=(",", ":"))), "as a JSON text")
case("a JSON body under a form's content type", PREF, joined(values), "The body is a JSON text",
     body=lambda p: [[json.dumps(dict(p)), ""]])

# The secret
case("the secret in quotation marks", LOG, joined(values, f'"{SECRET}"'), "the secret in quotation marks")
case("a space after the secret", UP, joined(values, SECRET + " "), "with a space after the secret")
case("a space before the secret, or after the last value", LOG, joined(values, " " + SECRET),
     "with a space before the secret", "Or, which hashes the same: `password` with a space after it",
     only=["the order of the parameter table"])
case("a line break after the secret", LOG, joined(values, SECRET + "\n"), r"a line break (`\n`) after the secret")
case("white space around the secret configured here", UP, joined(values), "no white space around it",
     secret=f" {SECRET}\r\n")
case("the secret first, with a separator", LOG, lambda p: sha(SECRET + "|" + "|".join(v for _, v in p)),
     "with `|` between them", "the secret before them")
case("the secret cut at a $", UP, joined(values, "fake"), "without a `$` and the word after it", secret="fake$ecret1")
case("an HMAC", LOG, lambda p: hmac.new(SECRET.encode(), values(p).encode(), "sha256").hexdigest(), "as an HMAC")

# Bytes, hash and writing
case("ISO-8859-1", REG, lambda p: sha((values(p) + SECRET).encode("latin-1")), "as ISO-8859-1", arrived={"last_name": "Müller"})
case("UTF-16", LOG, lambda p: sha((values(p) + SECRET).encode("utf-16-le")), "as UTF-16 with the lower byte first")
case("hashed twice", UP, lambda p: sha(sha(values(p) + SECRET)), "once more")
case("in base64", LOG, lambda p: base64.b64encode(hashlib.sha256((values(p) + SECRET).encode()).digest()).decode(), "in base64")

# Nothing can tell these.
case("another secret", UP, joined(values, "another-secret"), "No order of the fields and no known mistake",
     only=["the order received"])
case("a number drawn by chance", LOG, lambda p: sha("f3a1" + values(p) + SECRET), "No order of the fields and no known mistake",
     only=["the order received"])
case("another value altogether", REG, changed(city="Thrissur"), "No order of the fields and no known mistake",
     only=["the order received"])


def write():
    path = pathlib.Path(__file__).with_name("cases.json")
    path.write_text(json.dumps(CASES, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(len(CASES), "cases,", sum(len(one["made"]) for one in CASES), "checksums")


if __name__ == "__main__":
    write()
