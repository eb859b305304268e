"""The only package of streaming that reads settings and picks implementations.

live.py      the hub of this process, with its reader, its pictures and the cameras' states
pictures.py  JPEG and raw pictures: wishes to the renderer, pictures from the channel layer
states.py    what the database says about the cameras somebody watches
rights.py    who may go on watching, asked again every few seconds
"""

from __future__ import annotations
