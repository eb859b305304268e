"""A message as e-mail: text, and HTML with the picture inside of it."""

from __future__ import annotations

import smtplib
import ssl
from email.mime.image import MIMEImage
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from recordings.notify.letter import SENT, Letter, Outcome, Result

_PICTURE_ID = "picture"
NO_SERVER = "This server can't send e-mail: its administrator has not named a mail server (NVR_EMAIL_HOST)."


def send(letter: Letter, to: str) -> Outcome:
    """Blocks for at most some EMAIL_TIMEOUT per step of the dialogue."""
    if not settings.EMAIL_HOST:
        return Outcome(Result.REFUSED, NO_SERVER)
    try:
        _mail(letter, to).send()
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _ in error.recipients.values()), default=0)
        return _refused(code, f"The mail server does not take messages for this address ({code}).")
    except smtplib.SMTPAuthenticationError as error:
        return Outcome(Result.AGAIN, f"The mail server refuses our user name or password ({error.smtp_code}).")
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, f"The mail server refused the message ({error.smtp_code}).")
    except ssl.SSLCertVerificationError as error:
        return Outcome(Result.AGAIN, f"The certificate of the mail server can't be trusted: {error.verify_message}.")
    except smtplib.SMTPServerDisconnected:
        return Outcome(Result.AGAIN, "The mail server hung up.")
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(Result.AGAIN, f"The mail server can't be reached: {getattr(error, 'strerror', None) or type(error).__name__}.")
    return SENT


def _refused(code: int, reason: str) -> Outcome:
    """RFC 5321, 4.2.1: 4yz may work later."""
    return Outcome(Result.AGAIN if 400 <= code < 500 else Result.REFUSED, reason)


def _mail(letter: Letter, to: str) -> EmailMultiAlternatives:
    # The same when it is sent again, so that a mailbox can tell; RFC 5322, 3.6.4.
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{letter.id}@{domain}>", "Auto-Submitted": "auto-generated"}
    context = {"letter": letter, "picture_id": _PICTURE_ID if letter.picture else ""}
    text = render_to_string("notifications/mail.txt", context)
    mail = EmailMultiAlternatives(subject=" ".join(letter.title.split()), body=text, to=[to], headers=headers)
    mail.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    if letter.picture:
        mail.mixed_subtype = "related"
        picture = MIMEImage(letter.picture, "jpeg")
        picture.add_header("Content-ID", f"<{_PICTURE_ID}>")
        picture.add_header("Content-Disposition", "inline", filename="event.jpg")
        mail.attach(picture)
    return mail
