from __future__ import annotations

from cameras.findings import Fact, Finding, bad, good, look
from streaming.doctor.checks.bitrate import FALLING_BEHIND_MS_PER_S, is_clock_wrong
from streaming.doctor.evidence import Evidence, Observation
from streaming.doctor.measures import clock_pace, jumps, lag_growth_ms_per_s, repeats
from streaming.doctor.words import span

# A watch of ten seconds can't tell less apart from the network's jitter.
_DRIFT_MS_PER_S = 5.0
_WRONG_TIME_MS = 10_000
_NO_TIME_BEFORE_MS = 946_684_800_000  # 2000: the camera counts from its start


def check(evidence: Evidence) -> Finding | None:
    observation = evidence.observation
    if observation is None or len(observation.pictures) < 10:
        return None
    facts: dict[str, Fact] = {"has_reports": bool(observation.reports)}
    leaps, doubles = jumps(observation.pictures), repeats(observation.pictures)
    if leaps:
        return bad(
            "clock",
            f"The camera's time stamps leapt {'once' if leaps == 1 else f'{leaps} times'} in {observation.watched_ms / 1000:.0f} s.",
            "This NVR follows the time of arrival then, and the picture jerks. Other programs lose the stream.",
            "If the camera sets its clock by a time server (NTP) very often, make it daily. Else update its software.",
            **facts,
            leaps=True,
        )
    if doubles > len(observation.pictures) // 4:
        return look(
            "clock",
            "Several pictures in a row have the same time stamp.",
            "They are spaced by their time of arrival instead, which is less even.",
            "Update the camera's software, or set a fixed frame rate in it.",
            **facts,
        )
    growth = lag_growth_ms_per_s(observation.pictures)
    if growth is None:
        return good("clock", "The time stamps go on evenly; how well the clock keeps time takes a longer look.", **facts)
    is_links_fault = growth > FALLING_BEHIND_MS_PER_S and not is_clock_wrong(observation)
    if abs(growth) > _DRIFT_MS_PER_S and not is_links_fault:
        facts["drift_ms"] = round(growth)
        return _drifting(growth, facts)
    return _told_time(observation, facts) or good("clock", "The time stamps go on evenly, and as fast as our clock.", **facts)


def _drifting(growth: float, facts: dict[str, Fact]) -> Finding:
    slow = "slow" if growth > 0 else "fast"
    return (bad if abs(growth) > FALLING_BEHIND_MS_PER_S else look)(
        "clock",
        f"The camera's time stamps are too {slow}: by {abs(growth):.0f} ms each second.",
        "Sound and picture drift apart, and the NVR has to correct the pace of what it records and shows.",
        "Restart the camera, and set its frame rate to 25 or 30. A clock that stays wrong is a fault of its software: update it.",
        **facts,
    )


def _told_time(observation: Observation, facts: dict[str, Fact]) -> Finding | None:
    """What the camera's reports say about the time of day, and the pace of its clocks against each other."""
    pace = clock_pace(observation.reports)
    if pace is not None:
        facts["pace_percent"] = round(pace * 100, 1)
    timed = [report for report in observation.reports if report.ntp_ms is not None]
    if not timed or timed[-1].ntp_ms is None:
        return None
    ahead_ms = timed[-1].ntp_ms - timed[-1].arrived_at_ms
    if timed[-1].ntp_ms < _NO_TIME_BEFORE_MS or abs(ahead_ms) < _WRONG_TIME_MS:
        return None
    facts["ahead_ms"] = ahead_ms
    return look(
        "clock",
        f"The camera's clock is {span(abs(ahead_ms) / 1000)} {'ahead of' if ahead_ms > 0 else 'behind'} ours.",
        "Recordings go by our clock. The time that the camera writes into the picture is wrong, and ONVIF logins may fail.",
        "Set the time zone in the camera, and let it take the time from a time server (NTP).",
        **facts,
    )
