"""Gigabytes in forms, bytes in rows."""

from __future__ import annotations

from decimal import Decimal

from django import forms

GIGABYTE = 10**9


class GigabytesField(forms.DecimalField):
    def __init__(self, *, required: bool, label: str, help_text: str) -> None:
        super().__init__(required=required, label=label, help_text=help_text, min_value=Decimal(0), max_digits=9, decimal_places=2)


def to_gigabytes(size_bytes: int | None) -> Decimal | None:
    return None if size_bytes is None else (Decimal(size_bytes) / GIGABYTE).quantize(Decimal("0.01"))


def to_bytes(gigabytes: Decimal | None) -> int | None:
    return None if gigabytes is None else int(gigabytes * GIGABYTE)
