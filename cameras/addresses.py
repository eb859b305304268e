"""What people type about a camera, checked and taken apart: addresses with or without credentials, user names, passwords.

Refusals are django.core.exceptions.ValidationError by field name, in words that never repeat a password.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from cameras.stream_url import Credentials, StreamUrl, StreamUrlError, split_credentials

_ADDRESS_LENGTH = 500
_CREDENTIAL_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Source:
    """Addresses by stream role, and the credentials common to them."""

    addresses: Mapping[str, StreamUrl]
    credentials: Credentials


def split_address(text: str, *, field: str = "url") -> tuple[StreamUrl, Credentials]:
    try:
        address, credentials = split_credentials(text)
    except StreamUrlError as error:
        raise ValidationError({field: str(error)}) from error
    if len(str(address)) > _ADDRESS_LENGTH:
        raise ValidationError({field: f"the address is longer than {_ADDRESS_LENGTH} characters"})
    if "=***" in address.path:
        raise ValidationError({field: "the password in this address was hidden when it was shown; write it out again"})
    return address, credentials


def read_source(*, url: str, sub_url: str = "", username: str = "", password: str = "") -> Source:
    """One set of credentials from fields and addresses together; it is an error when they name two different ones."""
    main, in_main = split_address(url, field="url")
    addresses, given = {"main": main}, [Credentials(username, password), in_main]
    if sub_url:
        addresses["sub"], in_sub = split_address(sub_url, field="sub_url")
        given.append(in_sub)
    return Source(addresses, agreed(given))


def agreed(given: Iterable[Credentials]) -> Credentials:
    """The user name and password all sources that have one agree on."""
    given = list(given)
    usernames = {each.username for each in given if each.username}
    passwords = {each.password for each in given if each.password}
    if len(usernames) > 1:
        raise ValidationError({"username": "the addresses and the user name field name different users; a camera has one"})
    if len(passwords) > 1:
        raise ValidationError({"password": "the addresses and the password field hold different passwords; a camera has one"})
    return check_credentials(Credentials("".join(usernames), "".join(passwords)))


def check_credentials(credentials: Credentials) -> Credentials:
    for field, words, value in (("username", "user name", credentials.username), ("password", "password", credentials.password)):
        if len(value) > _CREDENTIAL_LENGTH:
            raise ValidationError({field: f"the {words} is longer than {_CREDENTIAL_LENGTH} characters"})
        # A line break would end the Authorization header it is sent in.
        if any(ord(character) < 32 or ord(character) == 127 for character in value):
            raise ValidationError({field: f"the {words} holds a line break or another control character"})
    return credentials


def check_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": "a camera needs a name"})
    if len(name) > 100:
        raise ValidationError({"name": "the name is longer than 100 characters"})
    if not name.isprintable():
        raise ValidationError({"name": "the name holds a control character"})
    return name
