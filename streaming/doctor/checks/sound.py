from __future__ import annotations

from cameras.findings import Fact, Finding, good, look
from streaming.doctor.evidence import Evidence
from streaming.doctor.profiles import CODEC_NAMES
from streaming.media.packet import Codec

_PHONE = (Codec.PCMA, Codec.PCMU)


def check(evidence: Evidence) -> Finding | None:
    if evidence.description is None or evidence.observation is None or not evidence.observation.packets:
        return None
    audio = next((media for media in evidence.media if media.kind == "audio"), None)
    if audio is not None and audio.codec is not None:
        facts: dict[str, Fact] = {"codec": audio.codec.value, "sample_rate_hz": audio.clock_rate_hz, "channels": audio.channels}
        name = f"{CODEC_NAMES[audio.codec]}, {audio.clock_rate_hz / 1000:g} kHz"
        if not evidence.observation.sound_packets:
            return look(
                "sound",
                f"The camera promises sound ({name}), but sends none.",
                "Players may wait for it a moment; there is none in recordings.",
                "Switch the camera's microphone on, or its sound off.",
                **facts,
            )
        return good("sound", f"{name}{': as good as a telephone' if audio.codec in _PHONE else ''}.", **facts)
    left_out = [note for note in evidence.notes if note.startswith("Sound is left out")]
    if left_out:
        return look(
            "sound",
            left_out[0],
            "Browsers and recordings can't hold this format.",
            "Set the camera's audio codec to AAC, or to G.711.",
            codec="unsupported",
        )
    return good("sound", "The camera sends no sound.", codec="none")
