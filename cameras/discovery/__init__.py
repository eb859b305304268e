"""Cameras that nobody has told us of: who answers in the network, and how to get at their streams.

    networks       which addresses may be looked at
    ws_discovery   the messages of WS-Discovery, by which ONVIF devices call themselves
    multicast      asks several networks of this machine at once
    onvif_door     whether a host speaks ONVIF, and where
    scan           looks at one subnet, address by address
    makers         stream addresses of the common makers, for devices without ONVIF

No Django here. Nothing searches unless somebody asked for it.
"""
