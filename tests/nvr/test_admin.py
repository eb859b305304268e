from __future__ import annotations

from django.contrib.auth.models import Group, Permission

from cameras.models import CameraGroup, Grant
from recordings.models import Delivery, NotifyChannel, NotifyMessage, NotifyRule
from tests.support.people import PASSWORD, House


def test_rights_are_given_on_the_page_of_a_person(house: House) -> None:
    browser = house.browser("alice")
    page = f"/admin/auth/user/{house.charlie.pk}/change/"
    assert "which cameras" in browser.get(page).content.decode()
    form = {"username": "charlie", "is_active": "on", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    form |= {"grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "0", "grants-0-action": "view", "grants-0-camera": str(house.other.pk)}
    answer = browser.post(page, form)
    assert answer.status_code == 302, answer.context["errors"]
    assert Grant.objects.filter(user=house.charlie, camera=house.other, action="view").exists()
    assert browser.get("/admin/auth/group/add/").status_code == 200


def test_login_of_the_admin_is_everybodys(house: House) -> None:
    answer = house.browser("nobody").get("/admin/login/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_a_person_goes_with_what_is_theirs(house: House) -> None:
    rule = NotifyRule.objects.create(owner=house.bob, name="Rule", kinds=["motion"])
    message = NotifyMessage.objects.create(rule=rule, sort="motion", earliest_ms=0, due_ms=0)
    channel = NotifyChannel.objects.create(owner=house.bob, name="Mail", kind="email", settings={"to": "b@example.org"})
    Delivery.objects.create(message=message, channel=channel, next_try_ms=0, made_ms=0)
    assert house.browser("alice").post(f"/admin/auth/user/{house.bob.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not NotifyRule.objects.exists()


def test_whoever_may_change_accounts_does_not_become_a_superuser_by_it(house: House) -> None:
    house.carol.user_permissions.add(*Permission.objects.filter(codename__in=("view_user", "change_user", "delete_user")))
    browser = house.browser("carol")
    for whom in (house.alice, house.carol):
        page = f"/admin/auth/user/{whom.pk}/"
        assert browser.post(f"{page}change/", {"username": "mallory", "is_superuser": "on"}).status_code == 403
        assert browser.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    several = {"action": "delete_selected", "post": "yes", "_selected_action": [house.alice.pk, house.bob.pk]}
    assert b"permission to delete" in browser.post("/admin/auth/user/", several | {"post": ""}).content
    assert browser.post("/admin/auth/user/", several).status_code == 403
    assert type(house.alice).objects.filter(username__in=("alice", "bob")).count() == 2
    when = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    given = {"username": "charlie", "is_active": "on", "is_superuser": "on", "is_staff": "on", "user_permissions": ["1"], **when}
    assert browser.post(f"/admin/auth/user/{house.charlie.pk}/change/", given).status_code == 302
    charlie = type(house.charlie).objects.get(pk=house.charlie.pk)
    assert not (charlie.is_superuser or charlie.is_staff or charlie.user_permissions.exists())


def test_a_right_with_hours_and_an_end_is_given_in_the_admin(house: House) -> None:
    browser = house.browser("alice")
    given = {"user": house.charlie.pk, "camera": house.other.pk, "action": "view", "valid_until_0": "2099-01-01", "valid_until_1": "00:00"}
    assert b"no weekday" in browser.post("/admin/cameras/grant/add/", given | {"hours": '{"9": []}'}).content
    assert browser.post("/admin/cameras/grant/add/", given | {"hours": ""}).status_code == 302
    grant = Grant.objects.get(user=house.charlie)
    assert (grant.hours, grant.granted_by) == (None, house.alice)
    assert browser.get("/admin/cameras/grant/").status_code == 200


def test_whoever_may_change_accounts_can_t_become_the_person(house: House) -> None:
    """By a password, or an address to which a link goes, or for the issuer of a single sign-on."""
    house.carol.user_permissions.add(*Permission.objects.filter(codename__in=("view_user", "change_user")))
    browser, page = house.browser("carol"), f"/admin/auth/user/{house.bob.pk}/"
    words = {"usable_password": "true", "password1": "mallory's own words", "password2": "mallory's own words"}
    assert browser.post(f"{page}password/", words).status_code == 403
    given = {"username": "mallory", "email": "m@example.org", "first_name": "Bob", "is_active": "on"}
    assert browser.post(f"{page}change/", given | {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}).status_code == 302
    bob = type(house.bob).objects.get(pk=house.bob.pk)
    assert (bob.username, bob.email, bob.first_name) == ("bob", "", "Bob")
    assert bob.check_password(PASSWORD)


def test_no_permission_of_django_s_makes_rights(house: House) -> None:
    """Staff who may change groups and grants would give themselves everything."""
    family, outside = Group.objects.create(name="family"), CameraGroup.objects.create(name="outside")
    house.carol.groups.add(family)
    house.carol.user_permissions.add(*Permission.objects.filter(content_type__model__in=("group", "grant", "cameragroup")))
    browser = house.browser("carol")
    right = {"user": house.carol.pk, "camera": house.other.pk, "action": "delete", "hours": ""}
    assert browser.get("/admin/auth/group/").status_code == browser.get("/admin/cameras/grant/").status_code == 200
    assert browser.post("/admin/cameras/grant/add/", right).status_code == 403
    everything = {"name": "family", "permissions": [str(one.pk) for one in Permission.objects.all()]}
    assert browser.post(f"/admin/auth/group/{family.pk}/change/", everything).status_code == 403
    assert browser.post(f"/admin/cameras/cameragroup/{outside.pk}/change/", {"name": "mine"}).status_code == 403
    assert browser.post(f"/admin/cameras/cameragroup/{outside.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_administrator_is_left_whatever_is_done(house: House) -> None:
    browser, page = house.browser("alice"), f"/admin/auth/user/{house.alice.pk}/"
    form = {"username": "alice", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "grants-TOTAL_FORMS": "0"}
    assert browser.post(f"{page}change/", form | {"grants-INITIAL_FORMS": "0"}).status_code == 302
    assert browser.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    everybody = {"action": "delete_selected", "post": "yes", "_selected_action": [house.alice.pk, house.bob.pk]}
    browser.post("/admin/auth/user/", everybody)
    alice = type(house.alice).objects.get(pk=house.alice.pk)
    assert alice.is_superuser and alice.is_active
