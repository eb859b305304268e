from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser

from cameras.models import Action, Camera
from cameras.permissions import cameras_for
from nvr.people.models import ApiToken

_DAYS = [("7", "a week"), ("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "until I revoke it")]


class TokenForm(forms.Form):
    name = forms.CharField(max_length=100, label="Name", help_text="What it is for, so that you know it again: “Home Assistant”.")
    days = forms.ChoiceField(choices=_DAYS, initial="90", required=False, label="Valid for")
    scope = forms.ChoiceField(choices=ApiToken.Reach.choices, initial=ApiToken.Reach.READ, label="It may do", widget=forms.RadioSelect)
    actions = forms.MultipleChoiceField(
        choices=[(action.value, action.label) for action in Action],
        required=False,
        label="Which actions",
        widget=forms.CheckboxSelectMultiple,
    )
    cameras = forms.ModelMultipleChoiceField(
        queryset=Camera.objects.none(),
        required=False,
        label="With which cameras",
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen means all that you may see.",
    )

    def __init__(self, *args: Any, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cameras"].queryset = cameras_for(user)  # type: ignore[attr-defined]  # of this field

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("scope") == ApiToken.Reach.ACTIONS and not given.get("actions"):
            self.add_error("actions", "Choose at least one action, or let it do all or read only.")
        return given

    def wish(self) -> dict[str, Any]:
        """As make_token() takes it."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "scope": given["scope"],
            "actions": given["actions"] if given["scope"] == ApiToken.Reach.ACTIONS else (),
            "cameras": list(given["cameras"]) or None,
            "valid_for": timedelta(days=int(given["days"])) if given["days"] else None,
        }
