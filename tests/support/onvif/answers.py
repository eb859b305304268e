"""The XML that the camera speaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.support.onvif.head import Head

NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tr2": "http://www.onvif.org/ver20/media/wsdl",
    "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "timg": "http://www.onvif.org/ver20/imaging/wsdl",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
    "tmd": "http://www.onvif.org/ver10/deviceIO/wsdl",
    "tt": "http://www.onvif.org/ver10/schema",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "ter": "http://www.onvif.org/ver10/error",
    "tns1": "http://www.onvif.org/ver10/topics",
}
SERVICES = {"media": "trt", "media2": "tr2", "ptz": "tptz", "imaging": "timg", "events": "tev", "deviceio": "tmd"}
_SPACES = "http://www.onvif.org/ver10/tptz"


def envelope(body: str) -> bytes:
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {declared}><s:Body>{body}</s:Body></s:Envelope>'.encode()


def fault(subcode: str, reason: str) -> bytes:
    code = f"<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:{subcode}</s:Value></s:Subcode></s:Code>"
    return envelope(f'<s:Fault>{code}<s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason></s:Fault>')


def clock(ahead: timedelta) -> str:
    now = datetime.now(UTC) + ahead
    time = f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second></tt:Time>"
    date = f"<tt:Date><tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date>"
    return (
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>"
        f"<tt:UTCDateTime>{time}{date}</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def information() -> str:
    fields = {"Manufacturer": "Example", "Model": "SC-1", "FirmwareVersion": "1.2", "SerialNumber": "0815", "HardwareId": "r1"}
    listed = "".join(f"<tds:{name}>{value}</tds:{name}>" for name, value in fields.items())
    return f"<tds:GetDeviceInformationResponse>{listed}</tds:GetDeviceInformationResponse>"


def services(origin: str, names: set[str]) -> str:
    listed = "".join(
        f"<tds:Service><tds:Namespace>{NAMESPACES[SERVICES[name]]}</tds:Namespace><tds:XAddr>{origin}/onvif/{name}</tds:XAddr>"
        "<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"
        for name in sorted(names)
    )
    return f"<tds:GetServicesResponse>{listed}</tds:GetServicesResponse>"


def capabilities(origin: str, names: set[str]) -> str:
    words = {"media": "Media", "ptz": "PTZ", "imaging": "Imaging", "events": "Events"}
    listed = "".join(f"<tt:{word}><tt:XAddr>{origin}/onvif/{name}</tt:XAddr></tt:{word}>" for name, word in words.items() if name in names)
    return f"<tds:GetCapabilitiesResponse><tds:Capabilities>{listed}</tds:Capabilities></tds:GetCapabilitiesResponse>"


def profiles(has_ptz: bool) -> str:
    return f"<trt:GetProfilesResponse>{''.join(_profile(*each, has_ptz) for each in _SIZES)}</trt:GetProfilesResponse>"


_SIZES = (("main", "Main", 1920, 1080, 25, 4096), ("sub", "Sub", 640, 360, 15, 512), ("tiny", "Mobile", 320, 180, 5, 128))


def _profile(token: str, name: str, width: int, height: int, fps: int, kbps: int, has_ptz: bool) -> str:
    ptz = '<tt:PTZConfiguration token="ptz1"><tt:Name>PTZ</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>node1</tt:NodeToken>'
    ptz += "</tt:PTZConfiguration>"
    source = (
        '<tt:VideoSourceConfiguration token="vsc1"><tt:Name>v</tt:Name><tt:UseCount>3</tt:UseCount>'
        "<tt:SourceToken>vs1</tt:SourceToken>"
        '<tt:Bounds x="0" y="0" width="1920" height="1080"/></tt:VideoSourceConfiguration>'
    )
    video = (
        f'<tt:VideoEncoderConfiguration token="vec-{token}"><tt:Name>v</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding>'
        f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution><tt:Quality>5</tt:Quality>"
        f"<tt:RateControl><tt:FrameRateLimit>{fps}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>"
        f"<tt:BitrateLimit>{kbps}</tt:BitrateLimit></tt:RateControl>"
        f"<tt:H264><tt:GovLength>{fps * 2}</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264></tt:VideoEncoderConfiguration>"
    )
    return f'<trt:Profiles token="{token}" fixed="true"><tt:Name>{name}</tt:Name>{source}{video}{ptz if has_ptz else ""}</trt:Profiles>'


def profiles2() -> str:
    listed = "".join(
        f'<tr2:Profiles token="{token}2" fixed="true"><tr2:Name>{name}</tr2:Name><tr2:Configurations>'
        f'<tr2:VideoSource token="vsc1"><tt:Name>v</tt:Name><tt:SourceToken>vs1</tt:SourceToken></tr2:VideoSource>'
        f'<tr2:VideoEncoder token="vec" GovLength="{fps * 2}" Profile="Main"><tt:Name>v</tt:Name><tt:Encoding>H265</tt:Encoding>'
        f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
        f'<tt:RateControl ConstantBitRate="true"><tt:FrameRateLimit>{fps}.0</tt:FrameRateLimit>'
        f"<tt:BitrateLimit>{kbps}</tt:BitrateLimit></tt:RateControl>"
        "<tt:Quality>5</tt:Quality></tr2:VideoEncoder>"
        '<tr2:PTZ token="ptz1"><tt:Name>p</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>node1</tt:NodeToken></tr2:PTZ>'
        "</tr2:Configurations></tr2:Profiles>"
        for token, name, width, height, fps, kbps in _SIZES
    )
    return f"<tr2:GetProfilesResponse>{listed}</tr2:GetProfilesResponse>"


def stream_uri(service: str, address: str) -> str:
    if service == "media2":
        return f"<tr2:GetStreamUriResponse><tr2:Uri>{address}</tr2:Uri></tr2:GetStreamUriResponse>"
    return f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{address}</tt:Uri></trt:MediaUri></trt:GetStreamUriResponse>"


def snapshot_uri(service: str, address: str) -> str:
    if service == "media2":
        return f"<tr2:GetSnapshotUriResponse><tr2:Uri>{address}</tr2:Uri></tr2:GetSnapshotUriResponse>"
    return f"<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>{address}</tt:Uri></trt:MediaUri></trt:GetSnapshotUriResponse>"


def nodes(spaces: set[str], *, has_home: bool, most_presets: int) -> str:
    both = "<tt:XRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:XRange><tt:YRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:YRange>"
    zoom = "<tt:XRange><tt:Min>{}</tt:Min><tt:Max>1</tt:Max></tt:XRange>"
    known = {
        "AbsolutePanTiltPositionSpace": f"{_SPACES}/PanTiltSpaces/PositionGenericSpace",
        "AbsoluteZoomPositionSpace": f"{_SPACES}/ZoomSpaces/PositionGenericSpace",
        "RelativePanTiltTranslationSpace": f"{_SPACES}/PanTiltSpaces/TranslationGenericSpace",
        "RelativeZoomTranslationSpace": f"{_SPACES}/ZoomSpaces/TranslationGenericSpace",
        "ContinuousPanTiltVelocitySpace": f"{_SPACES}/PanTiltSpaces/VelocityGenericSpace",
        "ContinuousZoomVelocitySpace": f"{_SPACES}/ZoomSpaces/VelocityGenericSpace",
    }
    listed = "".join(
        f"<tt:{name}><tt:URI>{uri}</tt:URI>{zoom.format(0 if 'Position' in name else -1) if 'Zoom' in name else both}</tt:{name}>"
        for name, uri in known.items()
        if name in spaces
    )
    return (
        f'<tptz:GetNodesResponse><tptz:PTZNode token="node1"><tt:Name>PTZ</tt:Name><tt:SupportedPTZSpaces>{listed}</tt:SupportedPTZSpaces>'
        f"<tt:MaximumNumberOfPresets>{most_presets}</tt:MaximumNumberOfPresets><tt:HomeSupported>{str(has_home).lower()}</tt:HomeSupported>"
        "</tptz:PTZNode></tptz:GetNodesResponse>"
    )


def status(head: Head) -> str:
    pan, tilt, zoom = head.position
    state = "MOVING" if head.is_moving else "IDLE"
    return (
        f'<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position><tt:PanTilt x="{pan}" y="{tilt}"/><tt:Zoom x="{zoom}"/></tt:Position>'
        f"<tt:MoveStatus><tt:PanTilt>{state}</tt:PanTilt><tt:Zoom>{state}</tt:Zoom></tt:MoveStatus>"
        f"<tt:UtcTime>{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</tt:UtcTime></tptz:PTZStatus></tptz:GetStatusResponse>"
    )


def presets(head: Head) -> str:
    listed = "".join(
        f'<tptz:Preset token="{token}"><tt:Name>{preset.name}</tt:Name><tt:PTZPosition>'
        f'<tt:PanTilt x="{preset.position[0]}" y="{preset.position[1]}"/>'
        f'<tt:Zoom x="{preset.position[2]}"/></tt:PTZPosition></tptz:Preset>'
        for token, preset in head.presets.items()
    )
    return f"<tptz:GetPresetsResponse>{listed}</tptz:GetPresetsResponse>"


def relays(states: dict[str, bool]) -> str:
    listed = "".join(
        f'<tds:RelayOutputs token="{token}"><tt:Properties><tt:Mode>Bistable</tt:Mode><tt:DelayTime>PT0S</tt:DelayTime>'
        "<tt:IdleState>open</tt:IdleState></tt:Properties></tds:RelayOutputs>"
        for token in states
    )
    return f"<tds:GetRelayOutputsResponse>{listed}</tds:GetRelayOutputsResponse>"


def subscription(address: str, granted_s: float, ahead: timedelta) -> str:
    now = datetime.now(UTC) + ahead
    end = now + timedelta(seconds=granted_s)
    times = f"<wsnt:CurrentTime>{_stamp(now)}</wsnt:CurrentTime><wsnt:TerminationTime>{_stamp(end)}</wsnt:TerminationTime>"
    return (
        "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
        f"<wsa:Address>{address}</wsa:Address></tev:SubscriptionReference>{times}</tev:CreatePullPointSubscriptionResponse>"
    )


def renewed(granted_s: float, ahead: timedelta) -> str:
    now = datetime.now(UTC) + ahead
    end = f"<wsnt:TerminationTime>{_stamp(now + timedelta(seconds=granted_s))}</wsnt:TerminationTime>"
    return f"<wsnt:RenewResponse>{end}<wsnt:CurrentTime>{_stamp(now)}</wsnt:CurrentTime></wsnt:RenewResponse>"


def messages(waiting: list[str], ahead: timedelta) -> str:
    now = datetime.now(UTC) + ahead
    times = (
        f"<tev:CurrentTime>{_stamp(now)}</tev:CurrentTime><tev:TerminationTime>{_stamp(now + timedelta(seconds=60))}</tev:TerminationTime>"
    )
    return f"<tev:PullMessagesResponse>{times}{''.join(waiting)}</tev:PullMessagesResponse>"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
