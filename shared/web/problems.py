"""Every error in one shape: `application/problem+json` (RFC 9457) for programs, a page for people."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID, uuid4

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.i18n import Messages, preferred

if TYPE_CHECKING:
    from shared.web.shell import Pages

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://brandmeester.example/problems/"
MOST_FAULTS = 50
"""As many are told one by one: a body of a megabyte can have a hundred thousand, and nobody reads on."""
_LOGGED_FRAMES = 6
_log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field; `field` is its dotted path on the wire, empty for the whole.

    Without a message of its own it is worded from the catalogue, by its code and values. Values name limits
    and choices, never what was typed.
    """

    field: str
    message: str = ""
    code: str = "invalid"
    values: Mapping[str, object] = dataclass_field(default_factory=dict)

    def text(self, t: Messages) -> str:
        """The message in one language."""
        key = f"fault.{self.code}"
        return self.message or t(key if key in t else "fault.invalid", **self.values)


class Problem(HTTPException):
    """An answer that is an error; title and detail come from the catalogue by status unless given."""

    def __init__(
        self,
        status: int,
        title: str = "",
        detail: str = "",
        type: str = "",
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        next_step: str = "",
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.title = title
        self.explanation = detail
        self.type = type
        self.faults = tuple(faults)
        self.next_step = next_step
        self.instance: UUID | None = None


def bad_request(faults: Iterable[Fault]) -> Problem:
    """All faults of a request at once, as a 400."""
    return Problem(400, type="faults", faults=faults)


def not_found(detail: str = "") -> Problem:
    return Problem(404, detail=detail)


def wants_html(request: Request) -> bool:
    """People ask for pages with a browser; everything under /v1 answers programs."""
    return not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


def faults_of(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """Pydantic's errors as faults: the field as it is called on the wire, and no input."""
    return first_of(list(errors), _fault)


def first_of(wrong: Sequence[T], fault: Callable[[T], Fault]) -> list[Fault]:
    """As many faults as are told one by one, and of the rest how many there are."""
    more = len(wrong) - MOST_FAULTS
    rest = [Fault("", code="more", values={"count": more})] if more > 0 else []
    return [*map(fault, wrong[:MOST_FAULTS]), *rest]


def faults_of_model(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """The same for a model that was not the body of a request."""
    return faults_of({**error, "loc": ("body", *error["loc"])} for error in errors)


class ProblemAnswers:
    """Turns problems into answers, in the language and form that the asker reads."""

    def __init__(self, pages: "Pages") -> None:
        self._pages = pages

    def answer(self, request: Request, problem: Problem) -> Response:
        if wants_html(request):
            return self._page(request, problem)
        body = self._body(problem, self._api_messages(request))
        return JSONResponse(body, problem.status_code, problem.headers, media_type=MEDIA_TYPE)

    def _page(self, request: Request, problem: Problem) -> Response:
        t = self._pages.messages(request)
        response = self._pages.render(
            request,
            "problem.html",
            problem.status_code,
            t=t,
            title=problem.title or _worded(t, problem, "title"),
            detail=problem.explanation or _worded(t, problem, "detail"),
            next_step=problem.next_step or _worded(t, problem, "next"),
            faults=[(fault.field, fault.text(t)) for fault in problem.faults],
            instance=problem.instance,
        )
        response.headers.update(problem.headers or {})
        return response

    def _body(self, problem: Problem, t: Messages) -> dict[str, object]:
        body: dict[str, object] = {
            "type": TYPE_BASE + problem.type if problem.type else "about:blank",
            "title": problem.title or _worded(t, problem, "title"),
            "status": problem.status_code,
            "detail": problem.explanation or _worded(t, problem, "detail"),
        }
        if problem.instance:
            body["instance"] = problem.instance.urn
        if problem.faults:
            body["faults"] = [
                {"field": fault.field, "message": fault.text(t), "code": fault.code} for fault in problem.faults
            ]
        return body

    def _api_messages(self, request: Request) -> Messages:
        # Programs are answered in English, like their field names, unless they ask for Dutch.
        wanted = preferred(request.headers.get("accept-language", ""))
        return self._pages.translations.of("nl" if wanted[:1] == ["nl"] else "en")


def install_problems(app: FastAPI, answers: ProblemAnswers) -> None:
    """Answer FastAPI's and Starlette's own errors in the same shape."""

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answers.answer(request, error if isinstance(error, Problem) else _plain(error))

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        if wants_html(request) and all(fault["loc"][0] == "path" for fault in error.errors()):
            # Whoever follows an address that is broken off sent nothing that could be put right.
            return answers.answer(request, not_found())
        if _is_other_content(request, error.errors()):
            return answers.answer(request, Problem(415, type="content-type"))
        return answers.answer(request, bad_request(faults_of(error.errors())))

    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_validation)


class UnexpectedErrors:
    """Answers what nobody foresaw with a number to quote, and logs where it happened without what was sent."""

    def __init__(self, app: ASGIApp, answers: ProblemAnswers, new_id: Callable[[], UUID] = uuid4) -> None:
        self._app = app
        self._answers = answers
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            problem = Problem(500)
            problem.instance = self._new_id()
            _log_without_input(error, problem.instance)
            if started:
                raise
            await self._answers.answer(Request(scope, receive), problem)(scope, receive, send)


def _log_without_input(error: Exception, instance: UUID) -> None:
    # The message of an error may quote what a person typed; its class and place never do.
    _log.error(
        "request failed",
        instance=str(instance),
        error=type(error).__name__,
        place="".join(traceback.format_tb(error.__traceback__)[-_LOGGED_FRAMES:]),
    )


def _worded(t: Messages, problem: Problem, part: str) -> str:
    """The words for this very type of problem if there are any, else for its status, else for its family."""
    family = 400 if problem.status_code < 500 else 500
    keys = (f"problem.{kind}.{part}" for kind in (problem.type, problem.status_code, family))
    return t(next(key for key in keys if key in t))


def _plain(error: HTTPException) -> Problem:
    # FastAPI says of a body that it cannot parse no more than that; why stands in the cause.
    unreadable = next((code for kind, code in _UNREADABLE.items() if isinstance(error.__cause__, kind)), None)
    if error.status_code == 400 and unreadable:
        return bad_request([Fault("", code=unreadable)])
    return Problem(error.status_code, headers=error.headers)


def _is_other_content(request: Request, errors: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a body was not read as JSON because it does not say that it is."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    return not is_json and any(error["loc"] == ("body",) and error["type"] != "missing" for error in errors)


_UNREADABLE: Mapping[type[Exception], str] = {
    UnicodeDecodeError: "encoding",
    RecursionError: "nested",
    ValueError: "json",  # a number of thousands of digits, for example
}
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown",
    "json_invalid": "json",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_short": "too_few",
    "too_long": "too_many",
    "enum": "choice",
    "literal_error": "choice",
    "bool_parsing": "boolean",
    "bool_type": "boolean",
    "string_type": "text",
    "string_unicode": "characters",
    "greater_than": "above",
    "greater_than_equal": "at_least",
    "less_than": "below",
    "less_than_equal": "at_most",
    "timezone_aware": "zone",
    "string_pattern_mismatch": "pattern",
}
# A rule of our own names its code itself: `fault_postcode`. See shared/contracts/reported.py.
_OWN = "fault_"
_FAMILIES = {
    "int": "number",
    "float": "number",
    "decimal": "number",
    "finite": "number",
    "datetime": "moment",
    "date": "date",
    "uuid": "id",
    "model": "object",
    "dict": "object",
    "list": "list",
    "tuple": "list",
}
_LIMITS = ("min_length", "max_length", "gt", "ge", "lt", "le")


def _fault(error: Mapping[str, Any]) -> Fault:
    kind, context = str(error["type"]), error.get("ctx", {})
    where = ".".join(known_name(part) for part in error["loc"][1:])
    if kind == "json_invalid":
        return Fault("", code="json")
    if kind == "missing" and not where:
        return Fault("", code="object")  # there is no body, and so no field to fill in
    if kind in ("value_error", "assertion_error"):
        return Fault(where, str(context.get("error", "")))
    if kind.startswith(_OWN):
        # What a whole object gets wrong may still be about one field of it.
        where = ".".join(filter(None, (where, context.get("field"))))
        return Fault(where, code=kind.removeprefix(_OWN), values={k: v for k, v in context.items() if k != "field"})
    code = _CODES.get(kind) or _FAMILIES.get(kind.partition("_")[0], "invalid")
    if code == "choice":
        choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return Fault(where, code=code, values={"choices": choices})
    limit = next((context[name] for name in _LIMITS if name in context), "")
    return Fault(where, code=code, values={"limit": limit})


def known_name(part: str | int) -> str:
    # The name of a field that we do not know was typed by somebody: shown if it looks like a name, else not.
    text = str(part)
    return text if len(text) <= 40 and text.replace("_", "").replace("-", "").isalnum() else "?"
