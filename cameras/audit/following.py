"""Changes of models, before and after, whoever makes them: API, admin, a command.

Heard by Django's signals, which every save() and delete() sends. What is written past them (update(), bulk_create()) is what the system
itself keeps up to date, or is noted where it is done. Costs a query before each save of a followed model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from cameras.audit.entries import note
from cameras.encryption import EncryptedJson, EncryptedText
from cameras.models import AuditAction, Camera

HIDDEN = "hidden"
HIDDEN_CHANGE = "changed"
_BEFORE = "_audit_before"


@dataclass(frozen=True, slots=True)
class Followed:
    """`secrets`: of them only that they changed is noted. Encrypted columns and passwords are secrets without being named."""

    kind: str
    fields: Mapping[str, models.Field[Any, Any]]
    secrets: frozenset[str]
    camera: Callable[[Any], Camera | None]
    name: Callable[[Any], str]
    number: Callable[[Any], object]


_followed: dict[type[models.Model], Followed] = {}


def follow(
    model: type[models.Model],
    *,
    kind: str = "",
    ignore: Iterable[str] = (),
    secrets: Iterable[str] = (),
    camera: Callable[[Any], Camera | None] = lambda instance: getattr(instance, "camera", None),
    name: Callable[[Any], str] = str,
    number: Callable[[Any], object] = lambda instance: instance.pk,
    sets: Iterable[str] = (),
) -> None:
    """To be called once, when the apps are ready. `sets`: many-to-many fields whose members count; `number`: what the entry has for id."""
    left_out = set(ignore)
    fields = {field.name: field for field in model._meta.concrete_fields if _is_set_by_people(field) and field.name not in left_out}
    hidden = {name for name, field in fields.items() if isinstance(field, EncryptedText | EncryptedJson) or name == "password"}
    _followed[model] = Followed(kind or str(model._meta.verbose_name), fields, frozenset(hidden | set(secrets)), camera, name, number)
    for signal, hear in ((pre_save, _before_save), (post_save, _after_save), (pre_delete, _before_delete), (post_delete, _after_delete)):
        signal.connect(hear, sender=model, dispatch_uid=f"audit-{model._meta.label}")
    for field_name in sets:
        field = model._meta.get_field(field_name)
        through = field.remote_field.through  # type: ignore[union-attr]
        m2m_changed.connect(_members_changed, sender=through, dispatch_uid=f"audit-{model._meta.label}-{field_name}")


def _is_set_by_people(field: models.Field[Any, Any]) -> bool:
    return field.editable and not field.primary_key


def _before_save(sender: type[models.Model], instance: models.Model, raw: bool = False, **_: Any) -> None:
    old = None
    if not raw and instance.pk is not None and not instance._state.adding:
        old = sender._base_manager.filter(pk=instance.pk).first()
    setattr(instance, _BEFORE, _values(_followed[sender], old) if old is not None else None)


def _after_save(
    sender: type[models.Model],
    instance: models.Model,
    created: bool,
    raw: bool = False,
    update_fields: Iterable[str] | None = None,
    **_: Any,
) -> None:
    if raw:
        return
    followed = _followed[sender]
    if created:
        _note(AuditAction.ADD, followed, instance, {"values": _shown(followed, _values(followed, instance))})
        return
    before: Mapping[str, Any] | None = instance.__dict__.pop(_BEFORE, None)
    if before is None:
        return
    saved = set(update_fields) if update_fields is not None else None
    after = _values(followed, instance)
    changed = {name for name in after if before[name] != after[name] and (saved is None or name in saved)}
    if isinstance(instance, AbstractBaseUser) and saved == {"password"} and getattr(instance, "_password", None) is None:
        changed.discard("password")  # hashed anew at a login, as Django does when it hashes better than it did
    if changed:
        _note(
            AuditAction.CHANGE, followed, instance, {"changes": {name: _change(followed, name, before, after) for name in sorted(changed)}}
        )


def _before_delete(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    """What it is about may be gone afterwards."""
    followed = _followed[sender]
    setattr(instance, _BEFORE, (followed.camera(instance), followed.name(instance), followed.number(instance), _values(followed, instance)))


def _after_delete(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    followed = _followed[sender]
    camera, name, number, values = instance.__dict__.pop(_BEFORE)
    details = {"values": _shown(followed, values)}
    note(AuditAction.REMOVE, camera=camera, kind=followed.kind, object_id=number, name=name, details=details)


def _members_changed(
    instance: models.Model, action: str, reverse: bool, model: type[models.Model], pk_set: set[Any] | None, sender: Any, **_: Any
) -> None:
    """Groups of a camera, of a person; permissions. Told from the side on which it was done."""
    followed = _followed.get(type(instance))
    if followed is None or action not in ("post_add", "post_remove", "pre_clear"):
        return
    others = model._base_manager.filter(pk__in=pk_set) if pk_set is not None else _members(instance, sender, model)
    names = [str(other) for other in others]
    if names:
        how = "added" if action == "post_add" else "removed"
        _note(AuditAction.CHANGE, followed, instance, {how: {str(model._meta.verbose_name_plural): names}})


def _members(instance: models.Model, through: Any, model: type[models.Model]) -> Iterable[models.Model]:
    """Of a set that is about to be emptied."""
    mine = next(field.name for field in through._meta.fields if field.related_model is type(instance))
    theirs = next(field.name for field in through._meta.fields if field.related_model is model and field.name != mine)
    return model._base_manager.filter(pk__in=through._base_manager.filter(**{mine: instance.pk}).values(theirs))


def _note(action: AuditAction, followed: Followed, instance: models.Model, details: Mapping[str, Any]) -> None:
    camera = followed.camera(instance)
    note(action, camera=camera, kind=followed.kind, object_id=followed.number(instance), name=followed.name(instance), details=details)


def _values(followed: Followed, instance: models.Model) -> dict[str, Any]:
    return {name: getattr(instance, field.attname) for name, field in followed.fields.items()}


def _shown(followed: Followed, values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was left empty."""
    filled = {name: value for name, value in values.items() if value not in ("", None, [], {}) and value is not False}
    return {name: HIDDEN if name in followed.secrets else _readable(followed.fields[name], value) for name, value in filled.items()}


def _change(followed: Followed, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Any:
    field = followed.fields[name]
    return HIDDEN_CHANGE if name in followed.secrets else [_readable(field, before[name]), _readable(field, after[name])]


def _readable(field: models.Field[Any, Any], value: Any) -> Any:
    """The name of what a foreign key leads to."""
    if value is None or not isinstance(field, models.ForeignKey):
        return value
    related = field.remote_field.model
    return str(related._base_manager.filter(**{field.target_field.name: value}).first() or value)
