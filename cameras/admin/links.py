"""Where to look at what a row is about."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cameras.models import Camera


def recordings_url(slug: str, *, at_ms: int | None = None, span_s: int | None = None) -> str:
    """As static/js/timeline/address.js reads it; without a moment the newest footage."""
    query = {"camera": slug}
    if at_ms is not None:
        query["at"] = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if span_s is not None:
        query["span"] = str(span_s)
    return f"{reverse('pages:recordings')}?{urlencode(query, safe=':')}"


def camera_pages(camera: Camera) -> list[tuple[str, str]]:
    """Names and addresses, for who may configure the camera."""
    return [
        ("Live", reverse("pages:camera", args=[camera.slug])),
        ("Recordings", recordings_url(camera.slug)),
        ("Events", f"{reverse('pages:events')}?{urlencode({'review': 'all', 'camera': camera.slug})}"),
        ("Motion and zones", reverse("pages:motion", args=[camera.slug])),
        ("Check", reverse("pages:check", args=[camera.slug])),
    ]


def linked(links: list[tuple[str, str]], *, of: str) -> SafeString:
    """Each with the name of what it is of, for who hears the links of a table without their rows."""
    cells = ((address, name, of) for name, address in links)
    return format_html(
        '<span class="row-links">{}</span>', format_html_join(" ", '<a href="{}">{}<span class="visually-hidden"> {}</span></a>', cells)
    )


def timeline_link(camera: Camera | None, at_ms: int, *, span_s: int = 600, words: str = "Show on the timeline") -> SafeString | str:
    if camera is None:
        return "–"
    return format_html('<a href="{}">{}</a>', recordings_url(camera.slug, at_ms=at_ms, span_s=span_s), words)


def badge(state: str, words: str) -> SafeString:
    """`state` is one of live, connecting, down, off: a colour that the words say as well."""
    return format_html('<span class="camera-state camera-state-{}">{}</span>', state, words)
