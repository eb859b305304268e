"""What pure parsers raise.

    BitstreamError      the bytes break their standard, or use a part of it that no camera was seen to use

Expected and survivable: the camera's fault, logged as a warning without traceback. Our own mistakes are ValueError and assert.
"""

from __future__ import annotations


class BitstreamError(Exception):
    """A parameter set, header or picture that can't be understood. The message names the field, never dumps bytes."""
