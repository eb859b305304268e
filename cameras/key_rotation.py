"""Encrypting again, under the first key, what was encrypted under another (docs/security.md#keys).

Finds every encrypted column of every model by itself; secrets inside others are for who keeps them there. Works while the NVR runs: a value
that somebody changes meanwhile is left to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.db import models
from django.db.models import TextField, Value
from django.db.models.functions import Cast
from encrypted_fields.fields import EncryptedFieldMixin


@dataclass(frozen=True, slots=True)
class Rotation:
    """`unreadable`: values that no key opens, named by model, column and id. They are left as they are."""

    renewed: int
    unreadable: tuple[str, ...]


def rotate() -> Rotation:
    renewed, unreadable = 0, []
    for model, field in encrypted_columns():
        rows = model._base_manager.annotate(raw_value=Cast(field.name, TextField())).exclude(raw_value="")
        for pk, raw in rows.values_list("pk", "raw_value").iterator(500):
            if not raw:
                continue
            try:
                again = under_first_key(field, raw)
            except InvalidToken:
                unreadable.append(f"{model._meta.label}.{field.name} of {pk}")
                continue
            value = Value(again, output_field=TextField())
            renewed += rows.filter(pk=pk, raw_value=raw).update(**{field.name: value})
    return Rotation(renewed, tuple(unreadable))


def encrypted_columns() -> Iterator[tuple[type[models.Model], Any]]:
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedFieldMixin):
                yield model, field


def under_first_key(field: Any, raw: str) -> str:
    """Raises InvalidToken."""
    text: bytes = field.f.decrypt(raw.encode())
    return Fernet(field.keys[0]).encrypt(text).decode()
