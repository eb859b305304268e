"""The files a span of footage is in, one row each: for programs that fetch or check them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers

from cameras.models import Action
from recordings.api.access import camera_of
from recordings.api.times import END, ROLE, START, role_of, window_of
from recordings.models import Segment
from recordings.rules.days import DAY_MS

_LONGEST_MS = 31 * DAY_MS
# No file lasts longer: bounds the part of the index that is looked through.
_LONGEST_FILE_MS = 3_600_000


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    start_ms = serializers.IntegerField(source="started_at_ms", help_text="Of its first picture.")
    end_ms = serializers.IntegerField(source="ended_at_ms")
    url = serializers.SerializerMethodField(help_text="Its bytes.")

    class Meta:
        model = Segment
        fields = (
            *("id", "role", "start_ms", "end_ms", "size_bytes", "is_finished"),
            *("video_codec", "audio_codec", "width_px", "height_px", "url"),
        )
        read_only_fields = fields

    def get_url(self, segment: Segment) -> str:
        return f"/api/v1/cameras/{self.context['view'].kwargs['slug']}/segments/{segment.pk}.mp4"


@extend_schema(tags=["recordings"])
@extend_schema_view(get=extend_schema(operation_id="cameras_segments", parameters=[START, END, ROLE]))
class SegmentsView(generics.ListAPIView[Segment]):
    """Files of one stream that overlap the window, of 31 days at most, oldest first. For who may play back."""

    queryset = Segment.objects.none()
    serializer_class = SegmentSerializer

    def get_queryset(self) -> QuerySet[Segment]:
        camera = camera_of(self.request, self.kwargs["slug"], Action.PLAYBACK)
        query: Any = self.request.query_params
        window = window_of(query, longest_ms=_LONGEST_MS)
        return Segment.objects.filter(
            camera=camera,
            role=role_of(query),
            doomed_by="",
            started_at_ms__lt=window.end_ms,
            started_at_ms__gt=window.start_ms - _LONGEST_FILE_MS,
            ended_at_ms__gt=window.start_ms,
        ).order_by("started_at_ms", "pk")
