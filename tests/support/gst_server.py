"""A camera made of gst-rtsp-server: an RTSP server that somebody else wrote. Runs under the system's Python, which has its bindings.

    /usr/bin/python3 tests/support/gst_server.py [--basic | --digest USER PASSWORD]

prints its port on a line of its own, and serves on 127.0.0.1 until its standard input ends. Debian: gir1.2-gst-rtsp-server-1.0,
gstreamer1.0-plugins-good, -bad and -ugly.
"""

from __future__ import annotations

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

_PICTURES = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1"
_SOUND = "audiotestsrc is-live=true wave=sine ! audio/x-raw,channels=1"


def _h264(encoder: str = "tune=zerolatency", profile: str = "baseline", payloader: str = "") -> str:
    source = f"{_PICTURES},format=I420 ! x264enc {encoder} key-int-max=25 bitrate=500 ! video/x-h264,profile={profile}"
    return f"{source} ! rtph264pay name=pay0 pt=96 {payloader} "


_LAUNCHES = {
    "/h264": _h264(),
    "/h264_aac": f"{_h264()} {_SOUND},rate=16000 ! voaacenc bitrate=32000 ! rtpmp4gpay name=pay1 pt=97",
    "/h264_pcma": f"{_h264()} {_SOUND},rate=8000 ! alawenc ! rtppcmapay name=pay1 pt=8",
    "/h264_pcmu": f"{_h264()} {_SOUND},rate=8000 ! mulawenc ! rtppcmupay name=pay1 pt=0",
    "/h264_opus": f"{_h264()} {_SOUND},rate=48000 ! opusenc ! rtpopuspay name=pay1 pt=97",
    "/h264_b": _h264("bframes=2 b-adapt=false rc-lookahead=3", "main"),
    "/h264_slices": _h264("tune=zerolatency sliced-threads=true threads=4", payloader="mtu=400"),
    "/h264_aggregated": _h264(payloader="aggregate-mode=max-stap config-interval=-1"),
    "/h265": f"{_PICTURES},format=I420 ! x265enc tune=zerolatency key-int-max=25 speed-preset=ultrafast ! rtph265pay name=pay0 pt=96",
    "/mjpeg": f"{_PICTURES},format=I420 ! jpegenc quality=60 ! rtpjpegpay name=pay0 pt=26",
    "/mjpeg_422": f"{_PICTURES},format=Y42B ! jpegenc quality=90 ! rtpjpegpay name=pay0 pt=26",
    "/vp8": f"{_PICTURES},format=I420 ! vp8enc deadline=1 ! rtpvp8pay name=pay0 pt=96",
    "/mpegts": f"{_PICTURES},format=I420 ! x264enc tune=zerolatency ! mpegtsmux ! rtpmp2tpay name=pay0 pt=33",
    "/aac_only": f"{_SOUND},rate=16000 ! voaacenc ! rtpmp4gpay name=pay0 pt=97",
}


def main(arguments: list[str]) -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    if arguments:
        kind, user, password = arguments
        auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        if kind == "--digest":
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(user, password, token)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        server.set_auth(auth)
    for path, launch in _LAUNCHES.items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(f"( {launch} )")
        if arguments:
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("viewer", "media.factory.access", True)
            permissions.add_permission_for_role("viewer", "media.factory.construct", True)
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory(path, factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.io_add_watch(GLib.IOChannel.unix_new(sys.stdin.fileno()), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
    sys.stdout.write(f"{server.get_bound_port()}\n")
    sys.stdout.flush()
    loop.run()


if __name__ == "__main__":
    main(sys.argv[1:])
