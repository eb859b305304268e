from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from cameras.permissions import MANAGE_PEOPLE, is_superuser
from cameras.services import announce_list
from nvr.api.people.doors import LARGEST_ID, PeopleViewSet, SearchSerializer, narrowed
from nvr.people.authority import NotYours, check_may_change, check_may_let_in, check_somebody_stays, may_change, people_in_charge

_FOR_SUPERUSERS = {
    "is_superuser": "only an administrator can make somebody an administrator",
    "is_staff": "only an administrator can let somebody into the administration",
    "may_manage_people": "only an administrator can let somebody manage people",
}
# With these somebody could become the person whose they are.
_KEYS = {
    "password": "only an administrator can set the password of an account that exists",
    "email": "only an administrator can change the e-mail address of an account that exists",
    "username": "only an administrator can rename an account",
}


class ManagesField(serializers.BooleanField):
    """No column: a permission, of which the context says who has it."""

    def get_attribute(self, instance: User) -> bool:
        return instance.pk in self.context["in_charge"]


class UserSerializer(serializers.ModelSerializer[User]):
    """Needs `by` in its context, who asks, and `in_charge`, the ids of those who manage people."""

    groups = serializers.PrimaryKeyRelatedField[Group](
        many=True, queryset=Group.objects.order_by("name"), required=False, help_text="Ids of groups of people."
    )
    password = serializers.CharField(write_only=True, required=False, max_length=1000, trim_whitespace=False)
    may_manage_people = ManagesField(required=False, help_text="Themselves or through a group. Written: themselves.")
    may_change = serializers.SerializerMethodField(help_text="Whether you may change this account.")

    class Meta:
        model = User
        fields = (
            *("id", "username", "password", "first_name", "last_name", "email", "is_active", "is_superuser", "is_staff"),
            *("may_manage_people", "groups", "may_change", "last_login", "date_joined"),
        )
        read_only_fields = ("last_login", "date_joined")

    def get_may_change(self, user: User) -> bool:
        return may_change(self.context["by"], user, self.context["in_charge"])


class UserFilterSerializer(SearchSerializer):
    group = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False, help_text="Only members of it.")
    is_active = serializers.BooleanField(required=False, allow_null=True, default=None)


@extend_schema(tags=["people"])
@extend_schema_view(
    list=extend_schema(operation_id="users_list", parameters=[UserFilterSerializer], description="Everybody with an account, by name."),
    retrieve=extend_schema(operation_id="users_retrieve"),
)
class UserViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PeopleViewSet[User]):
    queryset = User.objects.none()
    serializer_class = UserSerializer

    def get_queryset(self) -> QuerySet[User]:
        wanted = narrowed(self.request, UserFilterSerializer) if self.action == "list" else {}
        users = User.objects.prefetch_related("groups").order_by("username")
        if text := wanted.get("search"):
            users = users.filter(
                Q(username__icontains=text) | Q(first_name__icontains=text) | Q(last_name__icontains=text) | Q(email__icontains=text)
            )
        if "group" in wanted:
            users = users.filter(groups=wanted["group"])
        return users.filter(is_active=wanted["is_active"]) if "is_active" in wanted else users

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        if self.request is not None:
            context |= {"by": self.request.user, "in_charge": people_in_charge()}
        return context

    @extend_schema(operation_id="users_create", responses={201: UserSerializer})
    def create(self, request: Request) -> Response:
        """Without a password the account can't sign in until it has one."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = User(username=given.validated_data["username"])
        self._save(user, given.validated_data)
        return Response(self.get_serializer(user).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="users_partial_update", responses={200: UserSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Switching an account off (`is_active`) ends within five seconds whatever it has open."""
        user = self.get_object()
        check_may_change(self.by, user)
        given = self.get_serializer(user, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        self._save(user, given.validated_data)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(operation_id="users_destroy", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """With the account's exports, layouts, notifications and rights."""
        user = self.get_object()
        check_may_change(self.by, user)
        check_somebody_stays(without=user)
        if user.pk == self.by.pk:
            raise NotYours("you can't delete yourself: another administrator can")
        with transaction.atomic():
            user.delete()
            announce_list()
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _save(self, user: User, given: dict[str, Any]) -> None:
        """Raises NotYours, ValidationError."""
        values = dict(given)
        self._check(user, values)
        password, groups, manages = values.pop("password", None), values.pop("groups", None), values.pop("may_manage_people", None)
        for name, value in values.items():
            setattr(user, name, value)
        if password is not None:
            _check_password(password, user)
            user.set_password(password)
        elif user._state.adding:
            user.set_unusable_password()
        with transaction.atomic():
            user.save()
            if groups is not None:
                user.groups.set(groups)
            if manages is not None:
                (user.user_permissions.add if manages else user.user_permissions.remove)(_permission())
            announce_list()

    def _check(self, user: User, values: dict[str, Any]) -> None:
        if not is_superuser(self.by):
            barred = _FOR_SUPERUSERS | (_KEYS if user.pk else {})
            for name, why in barred.items():
                if name in values and values[name] != getattr(user, name, False):
                    raise NotYours(why)
        if "password" in values and user.pk == self.by.pk:
            raise NotYours("your own password is changed on the page /accounts/password/change/, which asks for the one you have")
        loses = values.get("is_active") is False or values.get("is_superuser") is False
        if loses and user.pk:
            check_somebody_stays(without=user)
            if user.pk == self.by.pk:
                raise NotYours("you can't switch yourself off: another administrator can")
        now = set(user.groups.values_list("pk", flat=True)) if user.pk else set()
        check_may_let_in(self.by, [group for group in values.get("groups", ()) if group.pk not in now])


def _check_password(password: str, user: User) -> None:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise serializers.ValidationError({"password": error.messages}) from error


def _permission() -> Permission:
    app, _, codename = MANAGE_PEOPLE.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
