"""Why a stream could not be opened or went on no longer, as a code for programs and a sentence for the camera's owner.

StreamFailure          the camera, the network or the address is at fault; expected, retried by ingest
MessageError           message.py: the peer's bytes are no RTSP message (client.py turns it into a StreamFailure)
AuthError, SdpError, HeaderError, RtpError   the same for the other parsers
"""

from __future__ import annotations

from enum import StrEnum

from cameras.stream_url import redact


class FailureCode(StrEnum):
    NAME_NOT_FOUND = "name_not_found"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    PATH_NOT_FOUND = "path_not_found"
    SERVER_ERROR = "server_error"
    PROTOCOL = "protocol"
    REDIRECT_REFUSED = "redirect_refused"
    NO_VIDEO = "no_video"
    UNSUPPORTED_CODEC = "unsupported_codec"
    NO_PACKETS = "no_packets"
    NO_KEYFRAME = "no_keyframe"
    CLOSED = "closed"


class StreamFailure(Exception):
    """`text` is plain words for a camera owner and never holds a secret."""

    def __init__(self, code: FailureCode, text: str) -> None:
        self.code = code
        self.text = redact(text)
        super().__init__(f"{code}: {self.text}")

    def __reduce__(self) -> tuple[type[StreamFailure], tuple[FailureCode, str]]:
        return type(self), (self.code, self.text)
