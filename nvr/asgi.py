from __future__ import annotations

import os
import warnings

from django.core.asgi import get_asgi_application

# WhiteNoise hands out small static files synchronously, which Django tells of at each first request.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nvr.settings")
http_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  # models must be ready first
from django.conf import settings  # noqa: E402

from nvr.routing import websocket_urlpatterns  # noqa: E402
from nvr.server.body_limit import BodyLimit  # noqa: E402

application = ProtocolTypeRouter(
    {"http": BodyLimit(http_application, most_bytes=settings.LARGEST_BODY_BYTES), "websocket": URLRouter(websocket_urlpatterns)}
)
