"""Pull points: subscriptions that end unless they are renewed, and the messages that wait in them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime


def message(topic: str, *, source: dict[str, str], data: dict[str, str], at: datetime | None = None, operation: str = "Changed") -> str:
    """One notification, shaped as cameras send them (ONVIF Core, 9.5)."""
    stamp = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        '<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
        f'{topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="{stamp}" PropertyOperation="{operation}">'
        f"<tt:Source>{_items(source)}</tt:Source><tt:Data>{_items(data)}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>"
    )


def _items(values: dict[str, str]) -> str:
    return "".join(f'<tt:SimpleItem Name="{name}" Value="{value}"/>' for name, value in values.items())


def motion(is_moving: bool, *, at: datetime | None = None, operation: str = "Changed") -> str:
    source = {"VideoSourceConfigurationToken": "vsc1", "VideoAnalyticsConfigurationToken": "vac1", "Rule": "Motion"}
    return message(
        "tns1:RuleEngine/CellMotionDetector/Motion", source=source, data={"IsMotion": str(is_moving).lower()}, at=at, operation=operation
    )


@dataclass(slots=True)
class Subscription:
    ends_at: float
    waiting: list[str] = field(default_factory=list)


@dataclass(slots=True)
class PullPoints:
    """`longest_s`: what the camera grants at most. `refuses_relative_times`, as some do: "PT60S" ends at once there."""

    longest_s: float = 60.0
    refuses_relative_times: bool = False
    created: int = 0
    renewed: int = 0
    unsubscribed: int = 0
    initial: list[str] = field(default_factory=list)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)
    is_closing: bool = False

    def create(self, seconds: float) -> tuple[str, float]:
        with self.changed:
            self.created += 1
            name = f"sub{self.created}"
            granted = min(seconds, self.longest_s)
            self.subscriptions[name] = Subscription(time.monotonic() + granted, list(self.initial))
            return name, granted

    def renew(self, name: str, seconds: float) -> float | None:
        with self.changed:
            found = self._live(name)
            if found is None:
                return None
            self.renewed += 1
            granted = min(seconds, self.longest_s)
            found.ends_at = time.monotonic() + granted
            return granted

    def remove(self, name: str) -> bool:
        with self.changed:
            self.unsubscribed += 1
            return self.subscriptions.pop(name, None) is not None

    def pull(self, name: str, timeout_s: float, limit: int) -> list[str] | None:
        """Waits for messages; None for a subscription that has ended."""
        deadline = time.monotonic() + timeout_s
        with self.changed:
            while True:
                found = self._live(name)
                if found is None or self.is_closing:
                    return None
                if found.waiting or time.monotonic() >= deadline:
                    taken, found.waiting = found.waiting[:limit], found.waiting[limit:]
                    return taken
                self.changed.wait(max(0.0, min(0.2, deadline - time.monotonic())))

    def send(self, *messages: str) -> None:
        with self.changed:
            for subscription in self.subscriptions.values():
                subscription.waiting.extend(messages)
            self.changed.notify_all()

    def lose(self) -> None:
        """As a restart does."""
        with self.changed:
            self.subscriptions.clear()
            self.changed.notify_all()

    def close(self) -> None:
        with self.changed:
            self.is_closing = True
            self.changed.notify_all()

    def _live(self, name: str) -> Subscription | None:
        found = self.subscriptions.get(name)
        if found is not None and time.monotonic() > found.ends_at:
            del self.subscriptions[name]
            return None
        return found
