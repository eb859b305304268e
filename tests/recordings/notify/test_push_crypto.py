"""Web Push encryption against the example of RFC 8291 and against a decoder of another make."""

from __future__ import annotations

import base64
import hashlib
import json

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from recordings.notify.push_crypto import (
    MOST_PAYLOAD_BYTES,
    PushKeyError,
    derived_key,
    encrypt,
    from_base64url,
    public_bytes,
    to_base64url,
    to_browser_keys,
    vapid_header,
)

# RFC 8291, 5 and appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
RECEIVER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
RECEIVER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT, AUTH = "DGv6ra1nlYgDCS1FRnbzlw", "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_base64url(text), "big"), ec.SECP256R1())


def test_the_example_of_the_standard_to_the_byte() -> None:
    body = encrypt(PLAIN, to_browser_keys(RECEIVER_PUBLIC, AUTH), ephemeral=private_key(SENDER_PRIVATE), salt=from_base64url(SALT))
    assert to_base64url(body) == BODY


@given(payload=st.binary(max_size=MOST_PAYLOAD_BYTES), salt=st.binary(min_size=16, max_size=16))
def test_a_decoder_of_another_make_opens_it(payload: bytes, salt: bytes) -> None:
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    body = encrypt(payload, to_browser_keys(RECEIVER_PUBLIC, AUTH), ephemeral=ephemeral, salt=salt)
    opened = http_ece.decrypt(body, private_key=private_key(RECEIVER_PRIVATE), auth_secret=from_base64url(AUTH), version="aes128gcm")
    assert opened == payload
    assert len(body) <= 4096


def test_more_than_a_push_service_takes_is_our_fault() -> None:
    with pytest.raises(ValueError, match="more than 3993"):
        encrypt(b"x" * 3994, to_browser_keys(RECEIVER_PUBLIC, AUTH), ephemeral=private_key(SENDER_PRIVATE), salt=bytes(16))


def test_vapid_says_who_sends_and_is_signed() -> None:
    key = derived_key(b"kept")
    scheme, token, shown = vapid_header("https://push.example", "mailto:a@b.example", key, now_s=1000).replace(",", "").split(" ")
    assert (scheme, shown) == ("vapid", f"k={to_base64url(public_bytes(key))}")
    head, claims, signature = token.removeprefix("t=").split(".")
    assert json.loads(from_base64url(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(from_base64url(claims)) == {"aud": "https://push.example", "exp": 1000 + 43_200, "sub": "mailto:a@b.example"}
    raw = from_base64url(signature)
    whole = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.public_key().verify(whole, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


def test_a_kept_secret_stands_for_one_key() -> None:
    first, again, other = (public_bytes(derived_key(secret)) for secret in (b"a", b"a", b"b"))
    assert first == again != other
    assert len(first) == 65 and first[0] == 4


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", AUTH),
        (RECEIVER_PUBLIC, ""),
        (RECEIVER_PUBLIC, "ü"),
        (RECEIVER_PUBLIC[:-2], AUTH),
        (RECEIVER_PUBLIC, AUTH + "AA"),
        (to_base64url(b"\x04" + bytes(64)), AUTH),  # not on the curve
        ("!" * 87, AUTH),
    ],
)
def test_keys_that_are_none_are_named(p256dh: str, auth: str) -> None:
    with pytest.raises(PushKeyError):
        to_browser_keys(p256dh, auth)


@given(st.binary(max_size=100))
def test_base64url_there_and_back(data: bytes) -> None:
    text = to_base64url(data)
    assert from_base64url(text) == data == base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert hashlib.sha256(data).digest() == from_base64url(to_base64url(hashlib.sha256(data).digest()))
