"""The administration site's texts, and its login: the same page, with the same limit on guesses, as everybody's."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

admin.site.site_header = "NVR administration"
admin.site.site_title = "NVR"
admin.site.index_title = "Cameras, people and rights"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way
