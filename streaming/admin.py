"""Examinations of cameras in the administration: begun for many cameras at once, and for a look afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cameras.admin.camera import CameraAdmin
from cameras.admin.camera_actions import configurable
from cameras.admin.downloads import DOWNLOADS, Downloadable
from cameras.admin.filters import CameraFilter
from cameras.admin.links import badge
from cameras.admin.outcomes import do_each
from cameras.admin.rights import OfCamera, ReadOnly
from cameras.findings import Grade
from cameras.models import Action, Camera, Diagnosis
from cameras.permissions import cameras_for, signed_in
from streaming import diagnoses

_COLOURS = {Grade.GOOD.value: "live", Grade.LOOK.value: "connecting", Grade.BAD.value: "down"}
_WORDS = {Grade.GOOD.value: "well", Grade.LOOK.value: "worth a look", Grade.BAD.value: "bad", Grade.NOT_REACHED.value: "not reached"}


@admin.register(Diagnosis)
class DiagnosisAdmin(Downloadable, ReadOnly, OfCamera):
    """For who may configure the camera: findings tell its addresses."""

    list_display = ("started_at", "camera", "result", "cause_words", "state", "started_by", "again")
    list_filter = (CameraFilter, "grade", "state")
    search_fields = ("camera__name", "cause", "started_by__username")
    list_select_related = ("started_by",)
    fields = ("camera", "result", "cause_words", "state", "started_at", "finished_at", "started_by", "found", "again")
    readonly_fields = fields
    actions = DOWNLOADS
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "camera": lambda diagnosis: diagnosis.camera.name,
        "started_at": lambda diagnosis: diagnosis.started_at,
        "started_by": lambda diagnosis: diagnosis.started_by,
        "state": lambda diagnosis: diagnosis.state,
        "grade": lambda diagnosis: diagnosis.grade,
        "cause": lambda diagnosis: diagnosis.cause,
        "findings": lambda diagnosis: [finding.to_json() for finding in diagnosis.findings],
    }

    def cameras(self, request: HttpRequest) -> QuerySet[Camera]:
        return cameras_for(request.user, Action.CONFIGURE)

    @admin.display(description="result", ordering="grade")
    def result(self, diagnosis: Diagnosis) -> SafeString:
        return badge(_COLOURS.get(diagnosis.grade, "off"), _WORDS.get(diagnosis.grade, diagnosis.grade))

    @admin.display(description="to mend first", ordering="cause")
    def cause_words(self, diagnosis: Diagnosis) -> str:
        return diagnosis.cause_title or "nothing"

    @admin.display(description="check again")
    def again(self, diagnosis: Diagnosis) -> SafeString:
        address = reverse("pages:check", args=[diagnosis.camera.slug])
        return format_html('<a href="{}">Check<span class="visually-hidden"> {}</span></a>', address, diagnosis.camera.name)

    @admin.display(description="findings")
    def found(self, diagnosis: Diagnosis) -> SafeString:
        cells = (
            (
                badge(_COLOURS.get(one.grade, "off"), one.title),
                f"{one.stream} stream" if one.stream else "",
                one.text,
                f"{one.meaning} {one.advice}",
            )
            for one in diagnosis.findings
        )
        rows = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{} {}</td></tr>", cells)
        head = '<tr><th scope="col">Check</th><th scope="col">Of</th><th scope="col">What was found</th></tr>'
        return format_html('<table class="told"><thead>{}</thead><tbody>{}</tbody></table>', SafeString(head), rows)


@admin.action(description="Check selected cameras with the camera doctor", permissions=["change"])
def examine(_page: CameraAdmin, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
    """At most as many at once as the doctor takes; the others are named."""

    def begin(camera: Camera) -> str:
        diagnoses.start(camera, by=signed_in(request.user))
        return "being checked; what was found is under Diagnoses in half a minute"

    do_each(request, configurable(request, queryset), begin, failures=(diagnoses.TooMany,))


CameraAdmin.actions = (*CameraAdmin.actions, examine)
