"""Scenes a camera may see, drawn by code, with what of them is motion: for tests of the detector, and for measuring how good it is.

yard.py     the place: ground, wall, fence; a person, a car, a flag in it
weather.py  what is no motion: rain, grain, headlights, clouds, an insect, a camera that shakes, the switch to night
cases.py    the scenes by name
"""

from __future__ import annotations
