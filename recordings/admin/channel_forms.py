"""One form for each kind of channel. What is secret goes in and never comes out: an empty field keeps what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from recordings.models import NotifyChannel
from recordings.services.notices import channels
from recordings.services.notices.channel_settings import checked_settings

if TYPE_CHECKING:
    _ChannelForm = forms.ModelForm[NotifyChannel]
else:
    _ChannelForm = forms.ModelForm

Kind = NotifyChannel.Kind


class WriteOnly(forms.PasswordInput):
    """Readable while it is typed, and never sent back."""

    input_type = "text"


def _secret(*, label: str, help_text: str = "", is_hidden: bool = True) -> forms.CharField:
    attrs = {"autocomplete": "new-password", "class": "vTextField", "spellcheck": "false"}
    widget = forms.PasswordInput(attrs=attrs) if is_hidden else WriteOnly(attrs=attrs)
    return forms.CharField(label=label, help_text=help_text, required=False, strip=False, max_length=2000, widget=widget)


class ChannelForm(_ChannelForm):
    """`kind` and `by` are set by the admin. `told_settings` are those fields that are not the channel's own."""

    kind: ClassVar[str] = ""
    by: ClassVar[AbstractBaseUser]
    write_only: ClassVar[Any] = ()
    told_settings: ClassVar[Any] = ()

    class Meta:
        model = NotifyChannel
        fields = ("owner", "name", "is_enabled")
        labels: ClassVar = {"is_enabled": "Enabled"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.settings or {}
        for name in self.told_settings:
            if name in self.write_only:
                self.fields[name].help_text = f"{self.fields[name].help_text} {self._about(name, stored)}".strip()
            else:
                self.initial.setdefault(name, stored.get(name, self.fields[name].initial))

    def _about(self, name: str, stored: dict[str, Any]) -> str:
        return "One is stored. Leave this empty to keep it." if stored.get(name) else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        owner = self.instance.owner if self.instance.pk else cleaned.get("owner", self.by)
        if self.errors:
            return cleaned
        self._check_owner(owner, cleaned)
        try:
            self.checked = checked_settings(owner, self.kind, self._given(cleaned), dict(self.instance.settings or {}))
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned

    def _check_owner(self, owner: Any, cleaned: dict[str, Any]) -> None:
        theirs = NotifyChannel.objects.filter(owner=owner).exclude(pk=self.instance.pk)
        if not channels.may_have(owner, self.kind):
            self.add_error(None, f"only staff may have channels of this kind, and {owner} is not")
        if not self.instance.pk and theirs.count() >= channels.MOST_CHANNELS:
            self.add_error("name", f"{owner} has {channels.MOST_CHANNELS} channels already")
        if theirs.filter(name=cleaned["name"]).exists():
            self.add_error("name", f"{owner} has a channel “{cleaned['name']}” already: choose another name")

    def _given(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What was typed in: an empty secret is none."""
        return {name: cleaned[name] for name in self.told_settings if name not in self.write_only or cleaned[name]}


class EmailForm(ChannelForm):
    told_settings = ("to",)
    to = forms.CharField(
        label="Address", max_length=254, help_text="People who are not staff are written to at their account's address only."
    )


class WebhookForm(ChannelForm):
    told_settings = ("url", "secret", "has_picture")
    write_only = ("url", "secret")
    url = _secret(label="Address", help_text="https://…", is_hidden=False)
    secret = _secret(label="Secret", help_text="whsec_…; made up and told once when a new channel has none.")
    has_picture = forms.BooleanField(label="Send the picture along", required=False, initial=True)


class BrokerForm(ChannelForm):
    told_settings = ("host", "port", "has_tls", "verifies", "username", "password", "prefix", "discovery")
    write_only = ("password",)
    host = forms.CharField(max_length=253, help_text="A name or an address, as in 192.168.1.5.")
    port = forms.IntegerField(required=False, help_text="Empty: 1883, or 8883 with TLS.")
    has_tls = forms.BooleanField(label="TLS", required=False)
    verifies = forms.BooleanField(label="Verify the broker's certificate", required=False, initial=True)
    username = forms.CharField(required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    password = _secret(label="Password")
    clear_password = forms.BooleanField(label="Remove the stored password", required=False)
    # Django takes fields out of the class, so that this one hides nothing of Form's.
    prefix = forms.CharField(max_length=100, initial="nvr", help_text="The beginning of all topics.")  # type: ignore[assignment]  # see above
    discovery = forms.CharField(
        required=False, max_length=100, initial="homeassistant", help_text="Where Home Assistant looks. Empty: not told."
    )

    def _given(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        given = super()._given(cleaned)
        return given | {"password": ""} if cleaned.get("clear_password") and not cleaned["password"] else given


class ServiceForm(ChannelForm):
    told_settings = ("url",)
    write_only = ("url",)
    url = _secret(label="Address", help_text="As Apprise writes it: tgram://…, discord://…, ntfy://…", is_hidden=False)


class DevicesForm(ChannelForm):
    """A person's devices are added on the devices themselves."""


FORMS: dict[str, type[ChannelForm]] = {
    Kind.EMAIL: EmailForm,
    Kind.WEBHOOK: WebhookForm,
    Kind.MQTT: BrokerForm,
    Kind.APPRISE: ServiceForm,
    Kind.PUSH: DevicesForm,
}
