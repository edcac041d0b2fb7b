"""HTTP in for people: the rules in plain Dutch with their sources; which version holds when and where."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.triage.domain.rulebook import Rulebook
from services.triage.rules_wording import says_when, says_where, standing
from shared.calendar import day_of
from shared.vocabulary import Grade
from shared.web.access import PageReader
from shared.web.shell import Pages

Version = Annotated[str, Query(max_length=40)]


class RulesPages:
    """The page that a grade points to; `clock` says what day it is."""

    def __init__(
        self, rules: Rulebook, clock: Callable[[], datetime], pages: Pages, regions: Mapping[str, str]
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._pages = pages
        self._regions = regions

    def router(self) -> APIRouter:
        """The route of the page."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/rules", self.rules)
        return router

    async def rules(self, request: Request, member: PageReader, version: Version = "") -> Response:
        """One version in full, those of the member's region if none is asked for, and the list of all."""
        today = day_of(self._clock())
        asked = self._rules.named(version)
        return self._pages.render(
            request,
            "rules.html",
            404 if version and asked is None else 200,
            rules=asked or self._rules.at(today, member.region),
            gone=version if asked is None else "",
            listed=self._rules.rulesets[::-1],
            grades=list(Grade),
            says_when=says_when,
            says_where=lambda one: says_where(one, self._regions),
            standing=lambda one: standing(one, today),
        )
