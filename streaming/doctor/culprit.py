"""Which check a failure of a stream belongs to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from streaming.doctor.evidence import Evidence
from streaming.rtsp.errors import FailureCode, StreamFailure

_ALWAYS: Mapping[FailureCode, str] = MappingProxyType(
    {
        FailureCode.NAME_NOT_FOUND: "name",
        FailureCode.UNREACHABLE: "route",
        FailureCode.REFUSED: "port",
        FailureCode.TLS: "tls",
        FailureCode.REDIRECT_REFUSED: "rtsp",
        FailureCode.SERVER_ERROR: "rtsp",
        FailureCode.UNAUTHORIZED: "login",
        FailureCode.FORBIDDEN: "login",
        FailureCode.PATH_NOT_FOUND: "description",
        FailureCode.NO_VIDEO: "description",
        FailureCode.UNSUPPORTED_CODEC: "codec",
        FailureCode.NO_KEYFRAME: "keyframe",
    }
)


def culprit_of(failure: StreamFailure, evidence: Evidence) -> str:
    """The codes left over (timeout, closed, no packets, protocol) mean different things at different times."""
    if failure.code in _ALWAYS:
        return _ALWAYS[failure.code]
    observation = evidence.observation
    if observation is not None:
        return "staying" if observation.first_packet_ms is not None else "packets"
    described = [exchange for exchange in evidence.exchanges if exchange.method == "DESCRIBE" and exchange.status == 200]
    if failure.code is FailureCode.PROTOCOL and described:
        return "transport" if evidence.description is not None else "description"
    return "rtsp"
