"""The way from an address and a login to a camera that can be added.

    place      what a person types, taken apart
    streams    where the device's streams are: it says so itself (ONVIF), or the makers' patterns are tried
    trial      the whole: finds the streams, has the doctor look at them quickly, makes a picture of each
    outcome    what came of it

Nothing is stored. The password goes to the device alone, and is in nothing that is told or returned.
"""
