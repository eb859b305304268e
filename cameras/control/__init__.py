"""Turning cameras, and what keeps that safe.

deadman    PURE when to renew a move and when to stop
tempo      PURE how many messages a socket may send
ranks      PURE who may take the helm from whom
thread     the event loop of its own that talks to the cameras
devices    the cameras that are connected
marks      Redis: which camera is turning, and until when somebody answers for it
history    when cameras turned
resting    PURE whether a camera stands still
journey    one move that ends by itself
helm       one camera that is turned by somebody who holds a key down
steering   who steers, by a lease in the database
commands   what is done once: a step, a preset, home, stop
presets    views with a name and a picture
setup      finding and keeping a camera's ONVIF settings
watch      stops what nobody answers for any more
tours      presets one after the other
"""
