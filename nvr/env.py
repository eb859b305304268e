"""Typed reading of the environment: NAME, or NAME_FILE for a secret kept in a file. A malformed value stops the start."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from ipaddress import IPv4Network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from recordings.notify.destinations import Network, parse_networks


def text(name: str, default: str = "") -> str:
    """NAME, else the first line of the file NAME_FILE names, else the default. Raises ImproperlyConfigured for an unreadable file."""
    if name in os.environ:
        return os.environ[name]
    file_name = os.environ.get(f"{name}_FILE")
    if not file_name:
        return default
    try:
        lines = Path(file_name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE: cannot read {file_name}: {error}") from error
    if not lines:
        raise ImproperlyConfigured(f"{name}_FILE: {file_name} is empty")
    return lines[0]


def integer(name: str, default: int, *, minimum: int = 0, maximum: int = 2**31) -> int:
    raw = text(name, str(default))
    try:
        value = int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {raw!r} is not a whole number") from error
    if not minimum <= value <= maximum:
        raise ImproperlyConfigured(f"{name}: {value} is not between {minimum} and {maximum}")
    return value


def boolean(name: str, default: bool) -> bool:
    raw = text(name, "1" if default else "0").strip().lower()
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if raw not in known:
        raise ImproperlyConfigured(f"{name}: {raw!r} is neither true nor false")
    return known[raw]


def choice(name: str, default: str, known: tuple[str, ...]) -> str:
    raw = text(name, default).strip().lower()
    if raw not in known:
        raise ImproperlyConfigured(f"{name}: {raw!r} is none of {', '.join(known)}")
    return raw


def items(name: str, default: str = "") -> list[str]:
    return [item for item in (part.strip() for part in text(name, default).split(",")) if item]


def pairs(name: str) -> dict[str, str]:
    """Comma separated, as in theirs=ours."""
    found = {}
    for item in items(name):
        left, sign, right = (part.strip() for part in item.partition("="))
        if not (left and sign and right):
            raise ImproperlyConfigured(f"{name}: {item!r} is no pair such as theirs=ours")
        found[left] = right
    return found


def require_together(name: str, value: str, **others: str) -> None:
    """What is set needs the others as well."""
    missing = [other for other, given in others.items() if value and not given]
    if missing:
        raise ImproperlyConfigured(f"{name} needs {' and '.join(missing)} as well")


def address(name: str, *, schemes: tuple[str, ...] = ("http", "https")) -> str:
    """Of a server, or (mailto) of a person; without a slash at its end."""
    raw = text(name).strip().rstrip("/")
    parts = urlsplit(raw)
    if raw and (parts.scheme not in schemes or not (parts.netloc or parts.scheme == "mailto") or parts.query or parts.fragment):
        raise ImproperlyConfigured(f"{name}: {raw!r} is no address: it begins with {' or '.join(schemes)}")
    return raw


def origin_of(address: str) -> str:
    """Scheme, host and port, as policies of browsers name a site."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def networks(name: str) -> tuple[Network, ...]:
    """Networks, single addresses, or “all”."""
    try:
        return parse_networks(items(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}; name networks as in 192.168.1.0/24") from error


def ipv4_networks(name: str) -> list[IPv4Network]:
    """Comma separated, as in 10.0.0.0/8."""
    found = []
    for item in items(name):
        try:
            found.append(IPv4Network(item))
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {item!r} is no IPv4 network such as 10.0.0.0/8") from error
    return found


def kept_secret(path: Path) -> str:
    """A random secret, made on first use and kept in a file only its owner can read.

    Several processes that start at once get the same one: the file appears whole or not at all. Raises ImproperlyConfigured for a file
    that can't be read or is empty: a new secret would silently lock away what the lost one encrypted.
    """
    if not path.exists():
        _keep_new_secret(path)
    try:
        value = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"cannot read the secret in {path}: {error}") from error
    if not value:
        raise ImproperlyConfigured(f"{path} is empty: put the file back from a backup, or delete it to have a new secret made")
    return value


def kept_secrets(path: Path) -> list[str]:
    """As kept_secret(), of a file that may hold several, one a line: the newest first."""
    return kept_secret(path).split()


def add_secret(path: Path) -> None:
    """A new one in front of those there."""
    _replace(path, [secrets.token_urlsafe(48), *kept_secrets(path)])


def keep_first_secret(path: Path) -> None:
    _replace(path, kept_secrets(path)[:1])


def _replace(path: Path, lines: list[str]) -> None:
    """The file has either what it had or all of this, whatever happens, and stays for its owner only."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join(lines))
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


def _keep_new_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # for its owner only
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process of ours was quicker
            os.link(name, path)
    finally:
        Path(name).unlink()
