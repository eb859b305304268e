"""Log set-up: one line per event, as text for people or JSON for machines, and no credentials in either."""

from __future__ import annotations

import re
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from cameras.stream_url import redact

_IN_ADDRESS = re.compile(r"([?&]ticket=|/share/|/push/picture/)[^\s&/'\"]+")


def hide_credentials(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Runs last before rendering, so that it sees interpolated messages, extra fields and tracebacks alike."""
    return {key: _hidden(value) for key, value in event.items()}


def _hidden(value: Any) -> Any:
    """An object, such as a request, is shown as the renderer would, unless that tells nothing."""
    if value is None or isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else repr(value)
    hidden = _without_secrets(text)
    return value if hidden == text else hidden


def _without_secrets(text: str) -> str:
    """A refused request is logged with its address, which may hold a ticket or be a link that is shared."""
    return _IN_ADDRESS.sub(r"\1***", redact(text))


def logging_config(level: str, style: str) -> dict[str, Any]:
    """`style` is "console" or "json"."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide_credentials, renderer],
            }
        },
        "filters": {"redis_weather": {"()": "nvr.redis_weather.WorkerWeather"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django_structlog": {"level": "WARNING"},
            "django.channels.server": {"level": "WARNING"},
            "libav": {"level": "ERROR"},
            "celery": {"level": "WARNING"},
            # A line per attempt while Redis is away. That it is back they say at INFO.
            "celery.worker.consumer.consumer": {"filters": ["redis_weather"]},
            "celery.worker.consumer.connection": {"level": "INFO", "filters": ["redis_weather"]},
            # What was sent to a worker that is not there goes back into its queue.
            "kombu.transport.virtual.base": {"level": "ERROR"},
            # It tells what services answer. recordings/notify/apprise_door.py listens, and says what may be said.
            "apprise": {"level": "WARNING", "propagate": False},
            # A traceback each second while Redis is away; the bus says so once.
            "channels_redis.pubsub": {"level": "CRITICAL"},
            "uvicorn.error": {"level": "WARNING"},
            # They log whole messages, and a traceback for each value that a camera gets wrong; what matters of it is told by cameras.onvif.
            "zeep": {"level": "CRITICAL"},
            "onvif": {"level": "ERROR"},
        },
    }
