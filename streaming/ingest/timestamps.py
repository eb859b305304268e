"""RTP timestamps of one track, repaired and put on the media clock (docs/time.md).

RFC 3550, 5.1: 32 bits that start anywhere, wrap, and count the track's clock rate. Cameras make them jump, repeat, step back, or run
fast. Media time is anchored to the wall clock at the first packet of a connection and keeps the camera's own spacing from then on,
which is more even than the arrival times.

    a second apart from the arrivals                 the clocks drift: the anchor slides, by an eighth of each step
    a step far ahead, or back beyond reordering      no step of a clock: the arrival counts, and is the new anchor
    ten seconds ahead or behind, however it came     the same; ahead, media time goes at half speed until the wall clock has caught up
    the same timestamp again                         spaced as the arrivals are

A wall clock that is set back is led from then on by as much, so that media time goes on.

What does not belong here: decoding times (decode_times.py), reading a clock (the arrival is an argument).
"""

from __future__ import annotations

from streaming.media.timing import TICKS_PER_SECOND, ms_to_90k, rescale

_WRAP = 1 << 32
_HALF = 1 << 31

JUMP_AHEAD_90K = 2 * TICKS_PER_SECOND
# More than any reordering: sixteen pictures at eight a second.
JUMP_BACK_90K = 2 * TICKS_PER_SECOND
ADRIFT_90K = 10 * TICKS_PER_SECOND
DRIFT_90K = TICKS_PER_SECOND
_DRIFT_SETTLED_90K = TICKS_PER_SECOND // 10
_WINDOW_90K = 2 * TICKS_PER_SECOND
_SLIDE_PARTS = 8
# Beyond this, sender reports of two tracks contradict what is seen to arrive: the camera's clocks are not one clock.
_BELIEVABLE_SKEW_90K = TICKS_PER_SECOND
_AUDIBLE_SKEW_90K = TICKS_PER_SECOND // 100


class TrackClock:
    """Maps one track's RTP timestamps to media time, across connections. Results repeat and step back as reordered pictures do."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._is_anchored = False
        self._is_led = False
        self._anchor_90k = 0
        self._elapsed = 0  # in the track's clock, since the anchor
        self._rtp = 0
        self._newest_90k = 0
        self._arrived_90k = 0
        self._step_90k = 0
        self._lead_90k = 0
        self._slide_90k = 0
        self._least_late_90k: int | None = None
        self._window_end_90k = 0

    @property
    def newest_90k(self) -> int:
        return self._newest_90k

    def reconnect(self, rate_hz: int) -> None:
        """The next packet is the first of a new connection."""
        self._rate_hz = rate_hz
        self._is_anchored = self._is_led = False

    def to_pts(self, rtp_timestamp: int, arrived_at_ms: int) -> int:
        arrived = ms_to_90k(arrived_at_ms)
        if not self._is_anchored:
            return self._anchor(rtp_timestamp, arrived)
        arrived += self._lead_90k
        elapsed = arrived - self._arrived_90k
        if elapsed < 0:
            self._lead_90k -= elapsed
            arrived, elapsed = self._arrived_90k, 0
        self._arrived_90k = arrived
        ticks = (rtp_timestamp - self._rtp + _HALF) % _WRAP - _HALF
        self._rtp = rtp_timestamp
        self._elapsed += ticks
        pts = self._anchor_90k + rescale(self._elapsed, self._rate_hz, TICKS_PER_SECOND) if ticks else self._newest_90k + elapsed
        step, late = pts - self._newest_90k, arrived - pts
        if (late < -JUMP_AHEAD_90K and (step - elapsed > JUMP_AHEAD_90K or late < -ADRIFT_90K)) or step < -JUMP_BACK_90K:
            return self._jump(arrived, elapsed)
        if step > 0:
            self._step_90k = step
            if self._slide_90k and ticks:
                pts += self._slide(step)
            self._newest_90k = pts
        self._follow_arrival(late, arrived)
        return pts

    def pts_at(self, rtp_timestamp: int) -> int | None:
        """Media time of a timestamp near the newest one; None before the first packet of a connection."""
        if not self._is_anchored:
            return None
        near = (rtp_timestamp - self._rtp + _HALF) % _WRAP - _HALF
        return self._anchor_90k + rescale(self._elapsed + near, self._rate_hz, TICKS_PER_SECOND)

    def slide_by(self, shift_90k: int) -> None:
        """Moves media time of this track gently, and from now on leaves it to the caller to follow drift."""
        self._is_led = True
        self._slide_90k = shift_90k

    def _anchor(self, rtp_timestamp: int, arrived: int) -> int:
        self._is_anchored = True
        self._rtp = rtp_timestamp
        self._elapsed = self._slide_90k = self._step_90k = 0
        self._anchor_90k = self._newest_90k = max(arrived, self._newest_90k + 1)
        self._lead_90k = self._anchor_90k - arrived
        self._arrived_90k = self._anchor_90k
        self._restart_window(self._arrived_90k)
        return self._anchor_90k

    def _jump(self, arrived: int, elapsed: int) -> int:
        slow = self._newest_90k + max(1, min(self._step_90k, elapsed) // 2)
        self._anchor_90k = self._newest_90k = max(arrived, slow)
        self._elapsed = self._slide_90k = 0
        self._restart_window(arrived)
        return self._newest_90k

    def _slide(self, step_90k: int) -> int:
        most = step_90k // _SLIDE_PARTS
        shift = max(-most, min(most, self._slide_90k))
        self._slide_90k -= shift
        self._anchor_90k += shift
        return shift

    def _follow_arrival(self, late: int, arrived: int) -> None:
        """Judges drift by the least delayed packet of a window: a network that stalls delays some, a clock that drifts moves all."""
        if self._least_late_90k is None or late < self._least_late_90k:
            self._least_late_90k = late
        if arrived < self._window_end_90k:
            return
        drift = self._least_late_90k
        self._restart_window(arrived)
        if drift > ADRIFT_90K:
            self._anchor_90k += drift
            self._slide_90k = 0
        elif self._is_led:
            return
        elif abs(drift) > DRIFT_90K or (self._slide_90k and abs(drift) > _DRIFT_SETTLED_90K):
            self._slide_90k = drift
        else:
            self._slide_90k = 0

    def _restart_window(self, arrived: int) -> None:
        self._least_late_90k = None
        self._window_end_90k = arrived + _WINDOW_90K


def align(leader: TrackClock, leader_report: tuple[int, int], follower: TrackClock, follower_report: tuple[int, int]) -> None:
    """Makes two tracks of a connection share one mapping by their RTCP sender reports (RFC 3550, 6.4.1).

    A report is (RTP timestamp, the camera's clock in ms at that timestamp). Skews that can't be true are ignored.
    """
    leader_pts, follower_pts = leader.pts_at(leader_report[0]), follower.pts_at(follower_report[0])
    if leader_pts is None or follower_pts is None:
        return
    skew = (leader_pts - ms_to_90k(leader_report[1])) - (follower_pts - ms_to_90k(follower_report[1]))
    if abs(skew) <= _BELIEVABLE_SKEW_90K:
        follower.slide_by(skew if abs(skew) > _AUDIBLE_SKEW_90K else 0)
