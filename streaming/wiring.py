"""The only module of streaming that reads settings and picks implementations."""

from __future__ import annotations
