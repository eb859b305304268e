"""What people choose, and what URL, form and JSON handling trip over."""

from __future__ import annotations

AWKWARD = ["p@ss", "a:b", "a/b", "a#b", "50%", "100%25", "what?", "a&b=c", "a+b", "two words", "grün ß", "@:/#%?&+ ü", "'\"<b>\\", " lead"]
