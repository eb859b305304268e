"""Columns that are encrypted in the database and plain in Python.

Three habits of the library's own field would hurt here: it stores "" as NULL, it marks the field object as "being cleaned" for all
threads at once, and it hands out the cipher text as if it were the password when the key is the wrong one.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken
from django.db import models
from encrypted_fields.fields import EncryptedFieldMixin

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    _TextField = models.CharField[str, str]
    _JsonField = models.CharField[dict[str, Any], dict[str, Any]]
else:
    _TextField = _JsonField = models.CharField


class EncryptedText(EncryptedFieldMixin, _TextField):  # type: ignore[misc]  # the library has no types
    """Fernet under settings.SALT_KEY. Can't be searched or sorted by."""

    def get_prep_value(self, value: Any) -> str:
        return self.f.encrypt(str(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str:
        return _decrypted(self, value)

    def to_python(self, value: Any) -> str:
        return "" if value is None else str(value)

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        return str(models.CharField.clean(self, value, model_instance))


class EncryptedJson(EncryptedFieldMixin, _JsonField):  # type: ignore[misc]  # the library has no types
    """A dictionary, kept as EncryptedText keeps its JSON; empty when it can't be decrypted."""

    def get_prep_value(self, value: Any) -> str:
        return self.f.encrypt(json.dumps(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> dict[str, Any]:
        text = _decrypted(self, value)
        return dict(json.loads(text)) if text else {}

    def to_python(self, value: Any) -> dict[str, Any]:
        return value or {}

    def clean(self, value: Any, model_instance: models.Model | None) -> dict[str, Any]:
        return self.to_python(value)


def _decrypted(field: Any, value: str | None) -> str:
    if not value:
        return ""
    try:
        return str(field.f.decrypt(value.encode()).decode())
    except InvalidToken:
        logger.error("%s can't be decrypted: the keys have changed; put the old key back or enter the value again", field)
        return ""
