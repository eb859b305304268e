"""Cameras by ONVIF: what they are, which streams they offer, how they are turned, what they notice.

    client     one device: clock, identity, services, and any call to it
    media      its streams and snapshots (profiles S and T)
    ptz        moves, presets, focus
    spaces     what the head can, and in which numbers
    events     what it notices, pulled
    relays     its outputs
    errors     what goes wrong, in words for people

The libraries (onvif-zeep-async, zeep, aiohttp) enter by `soap` alone. No Django here.
"""
