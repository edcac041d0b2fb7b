"""Lists in pages: `{"items": [...], "page": 1, "pageSize": 50, "total": 3, "next": null}`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse

from shared.web.models import ApiModel

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a list is asked for, counted from 1."""

    page: int = 1
    size: int = 50

    @property
    def skip(self) -> int:
        return (self.page - 1) * self.size

    def pages(self, total: int) -> int:
        """How many pages a list of this length has; an empty list has one."""
        return max(1, -(-total // self.size))


def paging_query(
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    page_size: Annotated[int, Query(alias="pageSize", ge=1, le=200)] = 50,
) -> Paging:
    return Paging(page, page_size)


PagingQuery = Annotated[Paging, Depends(paging_query)]


class Paged(ApiModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    page: int
    page_size: int
    total: int
    next: str | None


def paged(request: Request, paging: Paging, items: Sequence[Item], total: int) -> Paged[Item]:
    """Wrap the items of one page; `next` keeps the filters of the request."""
    more = paging.page < paging.pages(total)
    following = page_link(request, paging.page + 1, paging.size) if more else None
    return Paged(items=list(items), page=paging.page, page_size=paging.size, total=total, next=following)


def page_link(request: Request, page: int, size: int | None = None) -> str:
    """The address of another page of the same list, without host, so that proxies do not matter."""
    return own_link(request, page=page) if size is None else own_link(request, page=page, pageSize=size)


def to_last_page(request: Request, paging: Paging, total: int) -> RedirectResponse | None:
    """Where somebody goes who asks for a page past the last, as a list does that grew shorter; else None."""
    last = paging.pages(total)
    return RedirectResponse(page_link(request, last), 303) if paging.page > last else None


def own_link(request: Request, **parameters: str | int) -> str:
    """The address asked for, with some of its parameters changed."""
    url = request.url.include_query_params(**parameters)
    return f"{url.path}?{url.query}"
