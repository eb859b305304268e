from __future__ import annotations

from cameras.findings import Fact, Finding, bad, good, look
from streaming.doctor.evidence import Evidence

_SOON_MS = 14 * 86_400_000


def check(evidence: Evidence) -> Finding | None:
    """None for rtsp://, which is not encrypted: the login check says what that means."""
    certificate = evidence.certificate
    if certificate is None:
        return None
    if certificate.failure:
        return bad(
            "tls",
            f"There is no encrypted connection: {certificate.failure}.",
            "At this port the camera does not speak TLS, or an old kind that is not safe any more.",
            "Use rtsp:// with the port for it (usually 554), or update the camera's software.",
        )
    facts: dict[str, Fact] = {"version": certificate.version, "subject": certificate.subject, "is_trusted": not certificate.distrust}
    ends_at_ms = round(certificate.ends_at.timestamp() * 1000) if certificate.ends_at else None
    if certificate.ends_at is not None:
        facts["ends_on"] = f"{certificate.ends_at:%Y-%m-%d}"
    if evidence.verify_tls and certificate.distrust:
        return bad(
            "tls",
            f"The camera's certificate can't be trusted: {certificate.distrust}.",
            "You asked for certificates to be verified, so the camera is refused.",
            "Give the camera a certificate of an authority this server knows, or switch the verification off: most cameras make their own.",
            **facts,
        )
    if ends_at_ms is not None and ends_at_ms < evidence.now_ms + _SOON_MS:
        is_over = ends_at_ms < evidence.now_ms
        return look(
            "tls",
            f"The camera's certificate {'expired' if is_over else 'expires'} on {facts['ends_on']}.",
            "As long as it isn't verified, the connection works all the same. Programs that verify it refuse it.",
            "Renew the certificate in the camera. If it says the wrong year, set the camera's clock first.",
            **facts,
        )
    whose = "made by the camera itself" if certificate.is_self_signed else f"for {certificate.subject}"
    trust = "verified" if evidence.verify_tls else "not verified"
    return good("tls", f"Encrypted with {certificate.version}. The certificate is {whose}, and {trust}.", **facts)
