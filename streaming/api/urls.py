from __future__ import annotations

from django.urls import URLPattern, path

from streaming.api.diagnoses import DiagnosesView, DiagnosisView
from streaming.api.snapshot import SnapshotView
from streaming.api.trials import TrialsView

urlpatterns: list[URLPattern] = [
    path("cameras/<slug:slug>/snapshot.jpg", SnapshotView.as_view(), name="snapshot"),
    path("discovery/trials/", TrialsView.as_view(), name="trials"),
    path("cameras/<slug:slug>/diagnose/", DiagnosesView.as_view(), name="diagnoses"),
    path("cameras/<slug:slug>/diagnose/<int:diagnosis_id>/", DiagnosisView.as_view(), name="diagnosis"),
]
