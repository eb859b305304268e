"""Alice owns everything, Bob may view the camera, Carol (staff) may configure it, Charlie may nothing, Nobody is not logged in."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from cameras.models import Action, Camera, Grant
from cameras.services import add_camera
from nvr.people.tokens import create_token

PASSWORD = "correct horse battery"


class House:
    """One camera and four people, in the database."""

    def __init__(self) -> None:
        people = get_user_model().objects
        self.camera: Camera = add_camera(name="Front door", url="rtsp://viewer:hunter2@cam.local:8554/main", sub_url="rtsp://cam.local/sub")
        self.other: Camera = add_camera(name="Garden", url="rtsp://garden.local/main")
        self.alice = people.create_superuser("alice", password=PASSWORD)
        self.bob = people.create_user("bob", password=PASSWORD)
        self.carol = people.create_user("carol", password=PASSWORD, is_staff=True)
        self.charlie = people.create_user("charlie", password=PASSWORD)
        Grant.objects.create(user=self.bob, camera=self.camera, action=Action.VIEW)
        Grant.objects.create(user=self.carol, camera=self.camera, action=Action.CONFIGURE)

    def person(self, name: str) -> User:
        user: User = getattr(self, name)
        return user

    def api(self, name: str) -> APIClient:
        """A program with that person's token; without one for "nobody"."""
        client = APIClient()
        if name != "nobody":
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {create_token(self.person(name))}")
        return client

    def browser(self, name: str) -> Client:
        """A Django test client with that person's session."""
        client = Client()
        if name != "nobody":
            client.force_login(self.person(name), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client
