"""From the bytes that a device answers to the element with its answer; or to what went wrong, in words.

Read by local names only: devices get namespaces, their order and even their declaration wrong, and mean the right thing all the same.
SOAP 1.2 and 1.1 alike. What is cut off or is no XML at all is not guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from cameras.onvif.answers import local_name
from cameras.onvif.errors import CameraRefuses, Malformed, NotAuthorized, NotOnvif, NotSupported, OnvifError

_BUSY = (429, 503)
_ABSENT = (301, 302, 303, 307, 308, 404, 405, 410, 501)


def read_answer(content: bytes, operation: str, status: int = 200) -> Any:
    """The `<operation>Response` element. Raises OnvifError; never anything else, whatever the bytes."""
    if status in _ABSENT:
        raise NotOnvif(f"What answers there does not speak ONVIF (HTTP {status}).")
    if status in _BUSY:
        raise CameraRefuses(f"The camera is busy (HTTP {status}).")
    try:
        body = _body(content)
    except etree.XMLSyntaxError as error:
        raise _unreadable(content, operation, status) from error
    first = next(_elements(body), None) if body is not None else None
    if first is not None and local_name(first.tag) == "Fault":
        raise _fault(first, operation)
    if first is None or local_name(first.tag) != f"{operation}Response" or status >= 300:
        raise _unreadable(content, operation, status)
    return first


def _body(content: bytes) -> Any:
    root = _parse(content)
    if root is None or local_name(root.tag) != "Envelope" or root.getroottree().docinfo.doctype:
        return None
    return next((child for child in _elements(root) if local_name(child.tag) == "Body"), None)


def _parse(content: bytes) -> Any:
    """A prefix that nothing declares is forgiven; other faults of form are not."""
    parser = _parser(recover=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        if not parser.error_log or any(entry.domain_name != "NAMESPACE" for entry in parser.error_log):
            raise
    return etree.fromstring(content, _parser(recover=True))


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, recover=recover)


def _elements(parent: Any) -> Iterator[Any]:
    return (child for child in parent if isinstance(child.tag, str))


def _fault(fault: Any, operation: str) -> OnvifError:
    codes, said = "", ""
    for element in fault.iter():
        name, value = local_name(element.tag), (element.text or "").strip()
        if name in ("Value", "faultcode"):
            codes += f" {value}"
        elif name in ("Text", "faultstring") and not said:
            said = " ".join(value.split())[:200]
    if any(code in codes for code in ("NotAuthorized", "FailedAuthentication", "InvalidSecurity")) or _is_about_login(said):
        return NotAuthorized("The camera refuses the user name or password.")
    if any(code in codes for code in ("ActionNotSupported", "NotImplemented", "UnknownAction", "NoSuchService")) or _is_lack(said):
        return NotSupported(f"The camera does not offer {operation}.")
    reason = said or codes.rpartition(":")[2].strip() or "no reason given"
    return CameraRefuses(f"The camera refuses {operation}: {reason}")


def _is_about_login(said: str) -> bool:
    """Many say it in words only: "Sender not Authorized", "Authority failure", "Wrong username or password"."""
    said = said.lower()
    return any(words in said for words in ("authoriz", "authoris", "authent", "authority", "password"))


def _is_lack(said: str) -> bool:
    said = said.lower()
    return any(words in said for words in ("not supported", "not implemented", "not support", "unknown action"))


def _unreadable(content: bytes, operation: str, status: int) -> OnvifError:
    head = content[:2000].lower()
    if status in (401, 403):
        return NotAuthorized("The camera refuses the user name or password.")
    if b"envelope" not in head and status < 500:
        return NotOnvif(f"What answers there does not speak ONVIF (HTTP {status}).")
    if status >= 300:
        return CameraRefuses(f"The camera answers {operation} with HTTP {status}.")
    return Malformed(f"The camera's answer to {operation} is not what the standard asks for.")
