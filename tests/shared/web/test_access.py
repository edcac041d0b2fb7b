"""Members act, their readers read along, and the hotline and ops see nothing of what members do."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from shared.people import Person
from shared.web.access import api_actor, api_reader, may_act, page_actor, page_reader
from shared.web.members import Member, Role
from shared.web.problems import Problem

ACTING = {Role.MEMBER, Role.COORDINATOR}
READING = {*ACTING, Role.READER}


def somebody(*roles: Role) -> Member:
    return Member("gijs", "Gijs Dijkstra", "ggd-vr06", frozenset(roles), "VR06", "GGD NOG")


async def refused(door: Callable[[Member], Any], member: Member) -> bool:
    try:
        answer = door(member)
        if inspect.isawaitable(answer):
            await answer
    except Problem as problem:
        assert (problem.status_code, problem.type) == (403, "role-missing")
        return True
    return False


@pytest.mark.parametrize("door", [page_reader, api_reader])
async def test_who_belongs_to_the_platform_may_read(door: Callable[[Member], Any]) -> None:
    assert {role for role in Role if not await refused(door, somebody(role))} == READING
    assert await refused(door, somebody())


@pytest.mark.parametrize("door", [page_actor, api_actor])
async def test_only_members_and_coordinators_may_act(door: Callable[[Member], Any]) -> None:
    assert {role for role in Role if not await refused(door, somebody(role))} == ACTING
    assert await refused(door, somebody())


def test_pages_show_what_to_do_only_to_who_may() -> None:
    assert {role for role in Role if may_act(somebody(role))} == ACTING
    assert may_act(somebody(Role.READER, Role.MEMBER))


async def test_who_acts_is_recorded_as_the_sign_in_said() -> None:
    gijs = Person("gijs", "Gijs Dijkstra", "ggd-vr06", "GGD NOG")
    assert page_actor(somebody(Role.MEMBER)) == await api_actor(somebody(Role.MEMBER)) == gijs
