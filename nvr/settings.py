"""The only reader of the environment. .env.example lists every name."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import environ
from tzlocal import get_localzone_name

from nvr import env
from nvr.logs import logging_config
from nvr.supervisor.redis_server import socket_path

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("NVR_DATA_DIR", str(BASE_DIR / "data"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

_release = re.search(r"^## (\d[^ \n]*)", (BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
VERSION = _release[1] if _release else "0.1.dev"

SECRET_KEY = env.text("NVR_SECRET_KEY") or env.kept_secret(DATA_DIR / "secret_key")
# Encrypts stored logins, addresses and second steps; the first encrypts, all decrypt: a key is rotated by putting a new one in front.
_field_keys = env.items("NVR_FIELD_KEYS")
FIELD_KEY_FILE = None if _field_keys else DATA_DIR / "field_key"
SALT_KEY = _field_keys or env.kept_secrets(DATA_DIR / "field_key")
DEBUG = env.boolean("NVR_DEBUG", False)

BIND = env.text("NVR_BIND", "127.0.0.1")
PORT = env.integer("NVR_PORT", 8000, minimum=1, maximum=65535)
ALLOWED_HOSTS = env.items("NVR_ALLOWED_HOSTS", "*")
CSRF_TRUSTED_ORIGINS = env.items("NVR_TRUSTED_ORIGINS")
IS_BEHIND_TLS = env.boolean("NVR_BEHIND_TLS", False)

# For the first administrator only, on an installation that has none; without a password a random one is made and shown once.
ADMIN_USER = env.text("NVR_ADMIN_USER", "admin")
ADMIN_PASSWORD = env.text("NVR_ADMIN_PASSWORD")

INSTALLED_APPS = [
    # It brings Twisted along, half a second at each start: only where it serves.
    *(["daphne"] if "runserver" in sys.argv else []),
    "nvr.admin_config.OperatorAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # our own widgets' templates lie beside the pages'
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "cameras",
    "streaming",
    "recordings",
    "nvr",
]

MIDDLEWARE = [
    "nvr.headers.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nvr.api.conditional.ConditionalApi",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "nvr.people.sign_ins.SeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "cameras.audit.middleware.audit_middleware",
    "nvr.people.attempt_answer.TooManyAttemptsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "nvr.urls"
ASGI_APPLICATION = "nvr.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nvr.pages.people.managing",
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_environ = environ.FileAwareEnv()
DATABASES = {"default": _environ.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'nvr.sqlite3'}")}
if not DATABASES["default"].get("PASSWORD"):
    DATABASES["default"]["PASSWORD"] = env.text("NVR_DATABASE_PASSWORD")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers and the one writer work side by side; IMMEDIATE makes a writer wait for its turn instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# `manage.py nvr` starts a Redis of its own when this is not set, and tells its children where.
REDIS_URL = env.text("REDIS_URL", f"unix://{socket_path(DATA_DIR)}")
# RESP2: under RESP3 redis-py formats every pushed message for its debug log, 0.6 ms for 17 KB.
_LAYER_URL = f"{REDIS_URL}{'&' if '?' in REDIS_URL else '?'}protocol=2"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [_LAYER_URL], "prefix": "nvr"},
    },
    # JPEG and raw pictures, apart from events: one member per web process and picture group (see docs/architecture.md).
    "frames": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [_LAYER_URL], "prefix": "nvr-frames"},
    },
}
MEDIA_WINDOW_MS = env.integer("NVR_MEDIA_WINDOW_MS", 10_000, minimum=2_000, maximum=60_000)
REDIS_MAXMEMORY_MB = env.integer("NVR_REDIS_MAXMEMORY_MB", 1024, minimum=64)

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# What may take minutes has a worker of its own, so that the catalogue never waits for an export; so has what computes all the time.
CELERY_TASK_ROUTES = {name: {"queue": "slow"} for name in ("recordings.exports", "recordings.pictures", "recordings.catch_up")} | {
    name: {"queue": "motion"} for name in ("recordings.find_motion", "recordings.motion", "recordings.name_objects")
}
# Nor does it wait for somebody's mail server.
CELERY_TASK_ROUTES |= {f"recordings.notify_{name}": {"queue": "notify"} for name in ("event", "seal", "deliver", "sweep", "forget")}
CELERY_TASK_ROUTES |= {name: {"queue": "notify"} for name in ("nvr.mail_resets", "nvr.mail_invitation")}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")

# Asked by cameras.services.test_connection: what is wrong with this camera, in words.
NVR_CAMERA_PROBER = "streaming.probe.probe"
# Names what moved, for cameras that want it: a class as recordings/objects/finder.py describes it.
OBJECT_FINDER = "recordings.objects.ssd.SsdFinder"
# Asked by cameras.control for the hours of tours: stored hours in, something with is_on(at_ms, zone) out; ValueError for what is none.
NVR_SCHEDULE_READER = "recordings.rules.schedule.parse_schedule"
# Asked by cameras.control.presets: what the camera shows now.
NVR_CAMERA_PICTURE = "streaming.pictures.current_picture"
PRESET_PICTURES_DIR = DATA_DIR / "presets"
# Asked by cameras.access and cameras.api.tickets for ?ticket=.
NVR_TICKET_CHECKER = "nvr.people.tickets.check"
# Live connections of one person, and of one web process.
LIVE_VIEWERS_PER_USER = env.integer("NVR_VIEWERS_PER_USER", 64, minimum=1)
LIVE_VIEWERS = env.integer("NVR_VIEWERS", 1000, minimum=1)
CAMERA_PICTURES_DIR = DATA_DIR / "pictures"
# Strips, thumbnails and snapshots of footage; what people exported, for so many days and at most so much a person (10^9 bytes).
PREVIEWS_DIR = DATA_DIR / "previews"
EXPORTS_DIR = DATA_DIR / "exports"
EXPORT_KEEP_DAYS = env.integer("NVR_EXPORT_KEEP_DAYS", 7, minimum=1, maximum=3650)
EXPORT_BYTES_PER_USER = env.integer("NVR_EXPORT_GB_PER_USER", 50, minimum=1) * 10**9
EXPORTS_AT_ONCE = env.integer("NVR_EXPORTS_AT_ONCE", 1, minimum=1, maximum=16)
# Events go with their footage; those that have none (a camera was down, a disk failed) after so many days.
EVENT_KEEP_DAYS = env.integer("NVR_EVENT_KEEP_DAYS", 90, minimum=1, maximum=3650)
# Who did what is kept for so many days; what the newest entry was is written down here, outside of the database.
AUDIT_KEEP_DAYS = env.integer("NVR_AUDIT_KEEP_DAYS", 365, minimum=1, maximum=36_500)
AUDIT_DIR = DATA_DIR / "audit"
# A camera is down, and well again, when it has been so for so long.
CAMERA_DOWN_AFTER_S = env.integer("NVR_CAMERA_DOWN_AFTER_S", 30, minimum=0, maximum=3600)
CAMERA_UP_AFTER_S = env.integer("NVR_CAMERA_UP_AFTER_S", 10, minimum=0, maximum=3600)
# Why there is no footage, line by line (recordings/journal.py).
RECORDINGS_JOURNAL_DIR = DATA_DIR / "journal"
# What all footage together may take, in gigabytes of 10^9 bytes; 0 for no limit. Limits per camera and volume are in the database.
RECORDINGS_MAX_BYTES = env.integer("NVR_RECORDINGS_MAX_GB", 0, minimum=0) * 10**9
RECORDINGS_DIR = DATA_DIR / "recordings"  # the first volume, made on the first start; others are added in the admin
# What may wait for slow disks in the ingest process.
RECORDER_MEMORY_BYTES = env.integer("NVR_RECORDER_MEMORY_MB", 256, minimum=16) * 2**20
# How others reach this server, for links in messages; without it messages have none.
PUBLIC_URL = env.address("NVR_PUBLIC_URL")
# Private networks that webhooks and other services may be in: networks, addresses, or "all".
NOTIFY_PRIVATE = env.networks("NVR_NOTIFY_PRIVATE")
# Who we are to the push services: a key (RFC 8292), and an address of whoever runs this server.
PUSH_KEY = env.text("NVR_PUSH_KEY") or env.kept_secret(DATA_DIR / "push_key")
PUSH_CONTACT = env.address("NVR_PUSH_CONTACT", schemes=("mailto", "https")) or (
    PUBLIC_URL if PUBLIC_URL.startswith("https://") else "mailto:nvr@example.org"
)
# The server that takes our e-mail; without one nobody can be written to.
EMAIL_HOST = env.text("NVR_EMAIL_HOST")
_mail_tls = env.choice("NVR_EMAIL_TLS", "starttls", ("starttls", "tls", "none"))
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail_tls == "tls", _mail_tls == "starttls"
EMAIL_PORT = env.integer("NVR_EMAIL_PORT", {"starttls": 587, "tls": 465, "none": 25}[_mail_tls], minimum=1, maximum=65535)
EMAIL_HOST_USER = env.text("NVR_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("NVR_EMAIL_PASSWORD")
DEFAULT_FROM_EMAIL = env.text("NVR_EMAIL_FROM") or (EMAIL_HOST_USER if "@" in EMAIL_HOST_USER else "nvr@localhost")
EMAIL_TIMEOUT = 10
# How much of a core looking through one camera's footage for motion may take, and how long footage may wait for it.
MOTION_CORE_PERCENT = env.integer("NVR_MOTION_CORE_PERCENT", 30, minimum=1, maximum=100)
MOTION_QUEUE_MINUTES = env.integer("NVR_MOTION_QUEUE_MINUTES", 60, minimum=1, maximum=10_080)
# How many cameras may be opened at the same time by one ingest process.
INGEST_CONCURRENT_CONNECTS = env.integer("NVR_CONCURRENT_CONNECTS", 8, minimum=1)
# Networks in which cameras may be searched for besides private ones (cameras/discovery/networks.py).
DISCOVERY_NETWORKS = env.ipv4_networks("NVR_DISCOVERY_NETWORKS")
DEMO_CAMERAS = env.integer("NVR_DEMO", -1, minimum=-1, maximum=16)
DEMO_PORT = env.integer("NVR_DEMO_PORT", 0, minimum=0, maximum=65535)

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend"]
# How wrong passwords and codes are counted is in nvr/people/attempt_rules.py.
AXES_HANDLER = "nvr.people.axes_handler.AttemptHandler"
AXES_CLIENT_IP_CALLABLE = "nvr.people.address.counted_address"
AXES_VERBOSE = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "nvr.people.adapter.Accounts"
# By address only, for what costs something; wrong passwords are counted by axes.
ACCOUNT_RATE_LIMITS = {"login_failed": "", "login": "120/m/ip"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Links by which a password is chosen (nvr/people/links.py).
PASSWORD_RESET_TIMEOUT = 3 * 86_400
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  # a class
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# How far X-Forwarded-For is believed when attempts to log in are counted by address.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if IS_BEHIND_TLS else 0
# Signing in by another service, OpenID Connect. The issuer is what is set here; nothing in a request chooses it (nvr/people/oidc.py).
OIDC_ISSUER = env.address("NVR_OIDC_ISSUER")
OIDC_NAME = env.text("NVR_OIDC_NAME", "single sign-on")
OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = env.text("NVR_OIDC_CLIENT_ID"), env.text("NVR_OIDC_CLIENT_SECRET")
OIDC_GROUPS_CLAIM = env.text("NVR_OIDC_GROUPS_CLAIM", "groups")
OIDC_GROUPS = env.pairs("NVR_OIDC_GROUPS")
OIDC_CREATE = env.boolean("NVR_OIDC_CREATE", False)
env.require_together("NVR_OIDC_ISSUER", OIDC_ISSUER, NVR_OIDC_CLIENT_ID=OIDC_CLIENT_ID, NVR_OIDC_CLIENT_SECRET=OIDC_CLIENT_SECRET)
SOCIALACCOUNT_ADAPTER = "nvr.people.oidc.OneIssuer"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"provider_class": "nvr.people.oidc.SingleSignOn", "OAUTH_PKCE_ENABLED": True}}
# Who may change settings or people must have a second step; they are made to set one up when they sign in next.
ADMINS_NEED_SECOND_FACTOR = env.boolean("NVR_ADMINS_NEED_SECOND_FACTOR", False)
MFA_ADAPTER = "nvr.people.second_factor.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "NVR"
# The code before and the one after are good too: clocks of phones differ.
MFA_TOTP_TOLERANCE = 1
# Shown when they are made and never again.
MFA_RECOVERY_CODES_SHOW_ONCE = True
# An account needs no address here.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "nvr.people.second_factor.CountedAuthenticateForm",
    "reauthenticate": "nvr.people.second_factor.CountedReauthenticateForm",
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_BEHIND_TLS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_TLS else None
# Who ends TLS before us also knows the plain address; what asks there is sent to the safe one, but for who looks whether we live.
SECURE_SSL_REDIRECT = IS_BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_BEHIND_TLS else 0
# Hosts below ours, and the lists that browsers come with, are for who owns the domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_HTTPONLY = True
# Nobody uploads files, and the longest text is a rule with its hours. Held against what comes by nvr/server/body_limit.py.
LARGEST_BODY_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Browsers heed it on https only; on plain http they complain about it on every page.
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if IS_BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
# Where a form may lead to, also by a redirect.
FORM_ACTIONS = ["'self'", *([env.origin_of(OIDC_ISSUER)] if OIDC_ISSUER else [])]
# No script and no style is in a page itself, so there is nothing that would need a nonce. 'self' includes ws: and wss: of this server.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:", "mediastream:"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": FORM_ACTIONS,
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "cameras.api.authentication.ScopedTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["nvr.api.json_body.BoundedJsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "nvr.api.problems.to_problem",
    "DEFAULT_THROTTLE_RATES": {
        "token": "60/minute",
        "share": "240/minute",
        "notify_test": "20/minute",
        "diagnose": "20/minute",
        "discovery": "12/minute",
        "trial": "30/minute",
    },
    "NUM_PROXIES": 1 if IS_BEHIND_TLS else 0,
    "DEFAULT_PAGINATION_CLASS": "cameras.api.paging.Paging",
    "DEFAULT_FILTER_BACKENDS": ["cameras.api.paging.Ordering"],
    "PAGE_SIZE": 100,
    "URL_FORMAT_OVERRIDE": None,
}
# What Django's migrations of our own rows about tokens lean on.
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105  # a model
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "NVR API",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Cameras, their pictures and their live streams. Errors are problem details (RFC 9457).",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "nvr.api.schema.add_problems"],
    "ENUM_NAME_OVERRIDES": {
        "ActionEnum": "cameras.models.Action",
        "TokenScopeEnum": "nvr.people.models.ApiToken.Reach",
        "StreamStateEnum": "cameras.models.StreamState",
        "RetentionRuleEnum": "recordings.api.storage.RULES",
        "ExportKindEnum": "recordings.models.Export.Kind",
        "NotifyChannelKindEnum": "recordings.models.NotifyChannel.Kind",
        "DeliveryStateEnum": "recordings.models.Delivery.State",
        "EventKindEnum": "recordings.models.Event.Kind",
        "EventStateEnum": "recordings.api.event_form.STATES",
        "AuditActionEnum": "cameras.models.AuditAction",
        "DiagnosisStateEnum": "cameras.models.Diagnosis.State",
        "TicketActionEnum": "nvr.api.tickets.ACTIONS",
        "GrantStandingEnum": "nvr.api.people.grants.STANDINGS",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = env.text("NVR_TIME_ZONE") or get_localzone_name() or "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "nvr.staticfiles.ModuleStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

LOGGING = logging_config(env.text("NVR_LOG_LEVEL", "INFO"), env.text("NVR_LOG_FORMAT", "console"))
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
