"""One check per module: a pure function from the evidence to a finding, or to None while there is nothing to judge.

A check is a module here, a line below, and its title in cameras/findings.py. sub_stream compares two streams and stands apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cameras.findings import Finding
from streaming.doctor.checks import (
    bitrate,
    clock,
    codec,
    description,
    jitter,
    keyframe,
    keyframes,
    login,
    loss,
    name,
    packets,
    parameter_sets,
    port,
    reordering,
    route,
    rtsp,
    smart_codec,
    sound,
    staying,
    tls,
    transport,
)
from streaming.doctor.evidence import Evidence

__all__ = ["CHECKS_OF_A_STREAM", "Check"]

Check = Callable[[Evidence], Finding | None]

# In the order of cameras.findings.CHECKS.
CHECKS_OF_A_STREAM: Mapping[str, Check] = MappingProxyType(
    {
        "name": name.check,
        "route": route.check,
        "port": port.check,
        "tls": tls.check,
        "rtsp": rtsp.check,
        "login": login.check,
        "description": description.check,
        "codec": codec.check,
        "transport": transport.check,
        "packets": packets.check,
        "keyframe": keyframe.check,
        "staying": staying.check,
        "loss": loss.check,
        "jitter": jitter.check,
        "bitrate": bitrate.check,
        "smart_codec": smart_codec.check,
        "keyframes": keyframes.check,
        "reordering": reordering.check,
        "parameter_sets": parameter_sets.check,
        "clock": clock.check,
        "sound": sound.check,
    }
)
