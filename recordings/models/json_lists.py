"""Lists in JSON columns, asked for what they hold, by both databases: `zones__holds="Drive"`, `labels__names="person"`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db.models import JSONField, Lookup

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup


@JSONField.register_lookup
class Holds(_Lookup):
    """A text among the entries."""

    lookup_name = "holds"
    prepare_rhs = False
    _sqlite = "value = %s"

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        return "%s", [value]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE {self._sqlite})", [*parameters, self.rhs]  # noqa: S608  # no input

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} @> %s::jsonb", [*parameters, json.dumps([self.wanted()])]

    def wanted(self) -> Any:
        return self.rhs


@JSONField.register_lookup
class Names(Holds):
    """An entry with this `label`."""

    lookup_name = "names"
    _sqlite = "json_extract(value, '$.label') = %s"

    def wanted(self) -> Any:
        return {"label": self.rhs}
