"""The admin's forms. A password goes in and never comes out; an address with credentials in it is taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from cameras.addresses import agreed, check_name, split_address
from cameras.models import Camera, Stream
from cameras.services import guard_password, settled_detection
from cameras.stream_url import Credentials, StreamUrl, redact

_ADDRESS_FIELD = re.compile(r"^(streams-\d+)-url$")

if TYPE_CHECKING:
    _CameraForm = forms.ModelForm[Camera]
    _StreamForm = forms.ModelForm[Stream]
    _StreamFormSet = forms.BaseInlineFormSet[Stream, Camera, _StreamForm]
else:
    _CameraForm = _StreamForm = forms.ModelForm
    _StreamFormSet = forms.BaseInlineFormSet


class CameraForm(_CameraForm):
    """Reads the stream forms' addresses too, since what is pasted there belongs in its own fields. `by` is set by the admin."""

    by: ClassVar[AbstractBaseUser]
    is_pasted = False

    password = forms.CharField(
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "class": "vTextField"}),
    )
    clear_password = forms.BooleanField(required=False, label="Remove the stored password")

    class Meta:
        model = Camera
        fields = ("name", "is_enabled", "record", "detects_motion", "username", "position", "groups")
        help_texts: ClassVar = {
            "detects_motion": "Looks for motion in what is recorded, in the sub stream if there is one: that is recorded too then. "
            "Recording “on motion” needs it."
        }
        widgets: ClassVar = {
            "username": forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
            "groups": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_password = self.instance.password
        if "username" not in self.fields:
            return  # for a look only
        self.fields["username"].strip = False  # type: ignore[attr-defined]  # a CharField
        if self.stored_password:
            self.fields["password"].help_text = "A password is stored. Leave this empty to keep it."
        else:
            self.fields["password"].help_text = "No password is stored."
            self.fields["clear_password"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        pasted = list(self._pasted())
        self.is_pasted = any(credentials != Credentials() for _, credentials in pasted)
        try:
            if "name" in cleaned:
                cleaned["name"] = check_name(cleaned["name"])
            username = cleaned.get("username", "")
            kept_username = username if self.is_pasted and "username" not in self.changed_data else ""
            typed = Credentials("" if kept_username else username, cleaned.get("password", ""))
            credentials = agreed([typed, *(credentials for _, credentials in pasted)])
            is_cleared = bool(cleaned.get("clear_password"))
            if is_cleared and credentials.password:
                raise ValidationError({"clear_password": "either a new password or none"})
            addresses = [address for address, _ in pasted]
            if self.instance.pk:
                guard_password(self.instance, addresses, is_new_password=is_cleared or bool(credentials.password), by=self.by)
        except ValidationError as error:
            self.add_error(None, error)
            return cleaned
        cleaned["username"] = credentials.username or kept_username
        cleaned["password"] = "" if is_cleared else credentials.password or self.stored_password
        return cleaned

    def clean_detects_motion(self) -> bool:
        """Is switched on together with recording on motion, and stays on with it."""
        record, is_ticked = self.cleaned_data.get("record", self.instance.record), bool(self.cleaned_data["detects_motion"])
        wanted = None if not is_ticked and "record" in self.changed_data else is_ticked
        try:
            return settled_detection(record, wanted=wanted, now=is_ticked)
        except ValidationError as error:
            raise ValidationError(error.messages) from error

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's hook, without types
        if not self.errors:
            self.instance.password = self.cleaned_data["password"]
            if "record" in self.changed_data:
                self.instance.record_changed_at = timezone.now()

    @property
    def has_new_password(self) -> bool:
        return bool(self.data.get("password")) or self.is_pasted

    def _pasted(self) -> Iterator[tuple[StreamUrl, Credentials]]:
        """What can't be read is left to the stream's own form to complain about."""
        for name in self.data:
            if (field := _ADDRESS_FIELD.match(name)) and not self.data.get(f"{field[1]}-DELETE") and self.data[name].strip():
                try:
                    yield split_address(self.data[name])
                except ValidationError:
                    continue


class StreamForm(_StreamForm):
    """Credentials are taken out of the address before the field sees it, so that a page shown again doesn't show them."""

    url = forms.CharField(
        label="Address",
        max_length=1000,
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "placeholder": "rtsp://192.168.1.20/stream1", "spellcheck": "false"}),
        help_text="rtsp:// or rtsps://. A user name and password in it are moved to their own fields.",
    )

    class Meta:
        model = Stream
        fields = ("role", "url", "transport", "verify_tls")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.add_prefix("url")
        if self.is_bound and (text := self.data.get(name)):
            data = cast(QueryDict, self.data).copy()
            data[name] = _without_credentials(text)
            self.data = data

    def clean_url(self) -> str:
        try:
            return str(split_address(self.cleaned_data["url"])[0])
        except ValidationError as error:
            raise ValidationError(error.messages) from error


class StreamFormSet(_StreamFormSet):
    """One form per role; those of roles the camera has no stream of are empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["initial"] = [{"role": role} for role in missing_roles(kwargs.get("instance"))]
        super().__init__(**kwargs)

    def clean(self) -> None:
        super().clean()
        forms_kept = [form for form in self.forms if form.cleaned_data.get("url") and not form.cleaned_data.get("DELETE")]
        roles = [form.cleaned_data.get("role") for form in forms_kept]
        if not any(self.errors) and roles.count(Stream.Role.MAIN) != 1:
            raise ValidationError("A camera needs exactly one main stream: enter its address.")


def missing_roles(camera: Camera | None) -> list[str]:
    present = set(camera.streams.values_list("role", flat=True)) if camera is not None and camera.pk else set()
    return [role for role in Stream.Role.values if role not in present]


def _without_credentials(text: str) -> str:
    try:
        address, credentials = split_address(text)
    except ValidationError:
        return redact(text)
    return text if credentials == Credentials() else str(address)
