"""The media bus on Redis Streams.

One stream per camera stream, entries as in entry.py, ids by capture time (ids.py), trimmed by age. A pointer names the newest
keyframe, so that a late reader starts there with one GET. One blocked XREAD per stream that is read, on a connection of its own:
sharing one between streams makes Redis parse every key for every packet.
"""

from __future__ import annotations

from streaming.bus.redis_publisher import RedisPublisher
from streaming.bus.redis_reader import RedisReader

__all__ = ["RedisPublisher", "RedisReader"]
