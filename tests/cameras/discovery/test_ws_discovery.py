"""Answers as cameras give them: their forms are those seen from several makers, their names are made up."""

from __future__ import annotations

from lxml import etree

from cameras.discovery.ws_discovery import Announcement, parse_matches, probe

STANDARD = b"""<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
<SOAP-ENV:Header><wsa:RelatesTo>uuid:1</wsa:RelatesTo></SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>
<wsa:EndpointReference><wsa:Address>urn:uuid:4d454930-0000-1000-8000-bcad28000001</wsa:Address></wsa:EndpointReference>
<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>
<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/ACME%20Dome onvif://www.onvif.org/hardware/DX-2043
 onvif://www.onvif.org/location/city/hangzhou onvif://www.onvif.org/Profile/Streaming</d:Scopes>
<d:XAddrs>http://192.168.1.64:8080/onvif/device_service http://[fe80::1]/onvif/device_service</d:XAddrs>
<d:MetadataVersion>10</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"""


def match(inside: str) -> bytes:
    return f"<E xmlns='urn:e'><B><ProbeMatches><ProbeMatch>{inside}</ProbeMatch></ProbeMatches></B></E>".encode()


def test_a_device_is_read_by_its_scopes_and_its_own_host_is_not_believed() -> None:
    assert parse_matches(STANDARD) == [
        Announcement(
            "urn:uuid:4d454930-0000-1000-8000-bcad28000001",
            8080,
            "/onvif/device_service",
            False,
            name="ACME Dome",
            model="DX-2043",
            location="city/hangzhou",
        )
    ]


def test_https_counts_where_there_is_no_plain_http() -> None:
    found = parse_matches(match("<Types>dn:NetworkVideoTransmitter</Types><XAddrs>https://10.0.0.9/onvif/device_service</XAddrs>"))
    assert (found[0].port, found[0].is_tls) == (443, True)
    both = "<Types>dn:NetworkVideoTransmitter</Types><XAddrs>https://10.0.0.9/onvif/device_service http://10.0.0.9/onvif/device_service</XAddrs>"
    assert parse_matches(match(both))[0].port == 80


def test_several_devices_in_one_answer_and_prefixes_nobody_declared() -> None:
    two = STANDARD.replace(
        b"</d:ProbeMatch>", b"</d:ProbeMatch><x:ProbeMatch><x:XAddrs>http://10.0.0.2/onvif/device_service</x:XAddrs></x:ProbeMatch>"
    )
    assert [each.port for each in parse_matches(two)] == [8080, 80]


def test_printers_and_computers_answer_too_and_are_left_out() -> None:
    assert parse_matches(match("<Types>wsdp:Device wscn:ScanDeviceType</Types><XAddrs>http://10.0.0.3:5357/abc/</XAddrs>")) == []


def test_what_makes_no_sense_is_nothing() -> None:
    for data in (b"", b"\xff\xfe", b"<", b"<a/>", b"hello", STANDARD[:200], bytes(100_000), match("<XAddrs>ftp://x/onvif</XAddrs>")):
        assert parse_matches(data) == []
    for end in range(0, len(STANDARD), 37):
        parse_matches(STANDARD[:end])
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]>' + match("<Scopes>onvif://www.onvif.org/name/&c;</Scopes>")
    assert parse_matches(bomb) == []


def test_names_hold_no_control_characters_and_no_more_than_a_line() -> None:
    named = f"<Scopes>onvif://www.onvif.org/name/a%0d%0ab{'x' * 500}</Scopes><XAddrs>http://10.0.0.2/onvif/x</XAddrs>"
    (found,) = parse_matches(match(named))
    assert found.name.isprintable()
    assert len(found.name) <= 80


def test_the_question_is_well_formed() -> None:
    root = etree.fromstring(probe("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "dn:NetworkVideoTransmitter"))
    assert "uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6" in [element.text for element in root.iter()]
