"""How the system is, in words, for the administration's first page: what is wrong first.

Told is only what somebody may know: cameras by their rights, disks, queues and processes to staff as on their pages, people to superusers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nvr.overview import footage, service
from nvr.overview.facts import BAD, GOOD, LOOK, Fact, Person

_PARTS: dict[str, Callable[[Person], Iterable[Fact]]] = {
    "cameras": footage.cameras,
    "recording": footage.recording,
    "motion": footage.motion,
    "people": service.people,
    "notifications": service.notifications,
    "system": service.system,
}
_WORST_FIRST = [BAD, LOOK, GOOD]


def overview(person: Person) -> dict[str, list[Fact]]:
    """By the groups of nvr/admin_site.py. Some twenty queries, however many cameras there are, and a few looks at Redis."""
    return {key: sorted(tell(person), key=lambda fact: _WORST_FIRST.index(fact.level)) for key, tell in _PARTS.items()}
