"""Who did what, when, and from where: an append-only, hash-chained table (docs/security.md#the-audit).

note()        one thing that was done
gather()      one more bit of something that goes on: watching, playing back, steering; it gets one entry when it is over
follow()      all changes of a model, before and after
"""

from __future__ import annotations
