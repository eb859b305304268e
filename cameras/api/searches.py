from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from cameras import searches
from cameras.discovery.makers import MAKERS
from cameras.models import CameraSearch
from cameras.permissions import may_add, signed_in


class DeviceSerializer(serializers.Serializer[Any]):
    address = serializers.IPAddressField(protocol="IPv4")
    onvif = serializers.CharField(help_text="Where it speaks ONVIF; empty when that was not found.", allow_blank=True)
    rtsp_port = serializers.IntegerField(help_text="Where it speaks RTSP, if that was looked for and found.", allow_null=True)
    name = serializers.CharField(help_text="As the device calls itself.", allow_blank=True)
    maker = serializers.CharField(allow_blank=True)
    model = serializers.CharField(allow_blank=True)
    server = serializers.CharField(help_text="What its RTSP server calls itself.", allow_blank=True)
    is_added = serializers.BooleanField(help_text="A camera of this NVR is at this address.")
    camera = serializers.CharField(help_text="That camera's slug, if you may see it.", allow_null=True)


class SearchRequestSerializer(serializers.Serializer[Any]):
    network = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=40,
        help_text="To look at each of its addresses too: at most a /24, private unless NVR_DISCOVERY_NETWORKS names it.",
    )


class CameraSearchSerializer(serializers.ModelSerializer[CameraSearch]):
    started_by = serializers.CharField(source="started_by.username", default="")
    found = serializers.SerializerMethodField()

    class Meta:
        model = CameraSearch
        fields = ("id", "state", "network", "looked_at", "in_all", "found", "started_by", "started_at", "finished_at")
        read_only_fields = fields

    @extend_schema_field(DeviceSerializer(many=True))
    def get_found(self, search: CameraSearch) -> list[dict[str, Any]]:
        return searches.found_by(search, signed_in(self.context["request"].user))


class NetworksSerializer(serializers.Serializer[Any]):
    networks = serializers.ListField(child=serializers.CharField(), help_text="Those of this machine that may be looked at.")


class MakerSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    also = serializers.ListField(child=serializers.CharField(), help_text="Other names the same devices are sold under.")
    hint = serializers.CharField(help_text="What has to be done on the device first.", allow_blank=True)


class ForWhoMayAdd(APIView):
    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if not may_add(request.user):
            raise PermissionDenied("you have no right to add cameras")


@extend_schema(tags=["discovery"])
class NetworksView(ForWhoMayAdd):
    @extend_schema(operation_id="discovery_networks", responses={200: NetworksSerializer})
    def get(self, request: Request) -> Response:
        """Which networks could be looked at address by address. Nothing is searched by asking."""
        return Response({"networks": [str(network) for network in searches.own_networks()]})


@extend_schema(tags=["discovery"])
class MakersView(ForWhoMayAdd):
    @extend_schema(operation_id="discovery_makers", responses={200: MakerSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Makers whose usual stream addresses are known, for devices without ONVIF."""
        return Response(MakerSerializer(MAKERS, many=True).data)


@extend_schema(tags=["discovery"])
class SearchesView(ForWhoMayAdd):
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "discovery"

    @extend_schema(operation_id="discovery_search", request=SearchRequestSerializer, responses={202: CameraSearchSerializer})
    def post(self, request: Request) -> Response:
        """Searches for cameras: calls by WS-Discovery in the private networks of this machine (three seconds), and looks at each address of
        `network` if one is named (half a minute). One search at a time; `search` events tell you what is found.
        """
        given = SearchRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            search = searches.start(network=given.validated_data["network"], by=signed_in(request.user))
        except searches.Busy as error:
            raise Throttled(wait=5, detail=str(error)) from error
        return Response(CameraSearchSerializer(search, context={"request": request}).data, status=status.HTTP_202_ACCEPTED)


@extend_schema(tags=["discovery"])
class SearchView(ForWhoMayAdd):
    @extend_schema(operation_id="discovery_search_retrieve", responses={200: CameraSearchSerializer})
    def get(self, request: Request, search_id: int) -> Response:
        """One of your searches, also while it runs."""
        CameraSearch.objects.all().end_cut_off()
        search = get_object_or_404(CameraSearch, pk=search_id, started_by=request.user.pk)
        return Response(CameraSearchSerializer(search, context={"request": request}).data)
