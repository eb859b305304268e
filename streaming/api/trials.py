from __future__ import annotations

import base64
import logging
import threading
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from cameras import events
from cameras.addresses import split_address
from cameras.api.searches import ForWhoMayAdd
from cameras.discovery.makers import MAKERS
from cameras.findings import Finding, cause, worst
from cameras.following import Following
from cameras.models import Stream
from cameras.permissions import signed_in
from cameras.stream_url import Credentials, StreamUrl, redact
from streaming.api.diagnoses import GRADES, FindingSerializer
from streaming.assistant.outcome import Offer, Outcome, TriedStream, Way
from streaming.assistant.place import Place, parse_place
from streaming.assistant.trial import Doing, TrialStep, Wish, try_camera

logger = logging.getLogger(__name__)

_AT_ONCE = threading.BoundedSemaphore(8)
_LOOK_EVERY_S = 0.3


class ChosenSerializer(serializers.Serializer[Any]):
    main = serializers.CharField(max_length=1000)
    sub = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class TrialRequestSerializer(serializers.Serializer[Any]):
    address = serializers.CharField(max_length=1000, help_text="A host, an ONVIF address, or an RTSP address, which may hold the login.")
    username = serializers.CharField(max_length=200, required=False, allow_blank=True, default="", trim_whitespace=False, write_only=True)
    password = serializers.CharField(max_length=200, required=False, allow_blank=True, default="", trim_whitespace=False, write_only=True)
    maker = serializers.ChoiceField(
        choices=[(maker.key, maker.name) for maker in MAKERS],
        required=False,
        allow_blank=True,
        default="",
        help_text="Whose addresses come first.",
    )
    transport = serializers.ChoiceField(choices=Stream.Transport.choices, required=False, default=Stream.Transport.TCP.value)
    chosen = ChosenSerializer(required=False, help_text="Stream addresses out of `offers`, to look at these.")
    token = serializers.CharField(max_length=64, required=False, allow_blank=True, default="", help_text="Comes back in `trial` events.")


class OfferSerializer(serializers.Serializer[Offer]):
    url = serializers.SerializerMethodField()
    name = serializers.CharField()
    codec = serializers.CharField()
    width_px = serializers.IntegerField()
    height_px = serializers.IntegerField()

    def get_url(self, offer: Offer) -> str:
        return redact(str(offer.url))


class TriedStreamSerializer(serializers.Serializer[TriedStream]):
    role = serializers.ChoiceField(choices=Stream.Role.choices)
    url = serializers.SerializerMethodField(
        help_text="Without credentials; `{username}` and `{password}` stand where the device wants them."
    )
    codec = serializers.CharField()
    width_px = serializers.IntegerField()
    height_px = serializers.IntegerField()
    rate_fps = serializers.FloatField(help_text="Measured, as all that follows.")
    gop_ms = serializers.IntegerField(help_text="From keyframe to keyframe; 0 when there was time for one only.")
    bitrate_bps = serializers.IntegerField()
    sound = serializers.CharField(help_text="In words; empty for none.")
    transport = serializers.CharField()
    picture = serializers.SerializerMethodField(help_text="A JPEG as a data: address; empty when none could be made.")

    def get_url(self, stream: TriedStream) -> str:
        return redact(str(stream.url))

    def get_picture(self, stream: TriedStream) -> str:
        return f"data:image/jpeg;base64,{base64.b64encode(stream.picture).decode()}" if stream.picture else ""


class OutcomeSerializer(serializers.Serializer[Outcome]):
    way = serializers.ChoiceField(
        source="known.way", choices=[(way.value, way.value) for way in Way], allow_null=True, help_text="How the streams were found."
    )
    device = serializers.CharField(source="known.device", help_text="Maker and model, as it says by ONVIF.")
    firmware = serializers.CharField(source="known.firmware")
    onvif = serializers.CharField(source="known.onvif", help_text="Where it speaks ONVIF; empty when that was not found.")
    hint = serializers.CharField(source="known.hint", help_text="What its maker wants done on the device first.")
    offers = OfferSerializer(source="known.offers", many=True, help_text="All streams the device offers, to choose others.")
    streams = TriedStreamSerializer(many=True, help_text="Those that showed a picture: the camera works when the main one is among them.")
    findings = FindingSerializer(many=True)
    grade = serializers.SerializerMethodField()
    cause = serializers.SerializerMethodField(help_text="The check to mend first; empty when all is well.")

    @extend_schema_field(serializers.ChoiceField(choices=GRADES))
    def get_grade(self, outcome: Outcome) -> str:
        return worst(outcome.findings).value

    def get_cause(self, outcome: Outcome) -> str:
        first = cause(outcome.findings)
        return first.check if first is not None else ""


@extend_schema(tags=["discovery"])
class TrialsView(ForWhoMayAdd):
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "trial"

    @extend_schema(operation_id="discovery_try", request=TrialRequestSerializer, responses={200: OutcomeSerializer})
    def post(self, request: Request) -> Response:
        """Tries a camera that is not added: finds its streams, looks at them for a few seconds, and makes a picture of each.

        Takes five to ten seconds, a minute at most. Nothing is stored. What is wrong with it is in `findings`, not in the status.
        """
        given = TrialRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wish = _wish(given.validated_data)
        if not _AT_ONCE.acquire(blocking=False):
            raise Throttled(wait=10, detail="enough cameras are being tried just now; try again in a moment")
        try:
            outcome = _followed(wish, signed_in(request.user).pk, given.validated_data["token"])
        finally:
            _AT_ONCE.release()
        logger.info("%s tried a camera at %s: %s", request.user, wish.place.host, worst(outcome.findings))
        return Response(OutcomeSerializer(outcome).data)


def _wish(given: dict[str, Any]) -> Wish:
    """Raises ValidationError."""
    place = parse_place(given["address"], given["username"], given["password"])
    chosen = given.get("chosen")
    if chosen is None:
        return Wish(place, given["maker"], given["transport"])
    addresses = {role: _of_the_same_host(url, place) for role, url in chosen.items() if url}
    return Wish(place, given["maker"], given["transport"], addresses)


def _of_the_same_host(url: str, place: Place) -> StreamUrl:
    """The login was typed for that host and no other."""
    address, pasted = split_address(url, field="chosen")
    if address.host.lower() != place.host.lower() or pasted != Credentials():
        raise ValidationError({"chosen": "choose among the streams that this camera offers"})
    return address


def _followed(wish: Wish, user_id: int, token: str) -> Outcome:
    following = Following[TrialStep, Outcome](lambda tell: try_camera(wish, tell), look_every_s=_LOOK_EVERY_S)
    for step in following:
        if token and isinstance(step, Doing):
            events.publish_to_user(user_id, events.TrialNews(type="trial", token=token, text=step.text, findings=[]))
        elif token and isinstance(step, Finding):
            found = {**step.to_json(), "title": step.title}
            events.publish_to_user(user_id, events.TrialNews(type="trial", token=token, text="", findings=[found]))
    return following.result
