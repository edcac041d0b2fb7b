"""The OpenAPI document says what the services really answer: problem details with 400, not 422."""

from typing import Any

from fastapi import FastAPI

from shared.web.problems import MEDIA_TYPE, MOST_FAULTS

_PROBLEM = {
    "type": "object",
    "description": "An error as RFC 9457 describes it",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "A number to quote when asking about this error"},
        "faults": {
            "type": "array",
            "description": f"The first {MOST_FAULTS}; where there are more, a last one of code `more` says how many",
            "maxItems": MOST_FAULTS + 1,
            "items": {"$ref": "#/components/schemas/Fault"},
        },
    },
}
_FAULT = {
    "type": "object",
    "required": ["field", "message", "code"],
    "properties": {
        "field": {"type": "string", "description": "Dotted path of the field, empty for the whole body"},
        "message": {"type": "string"},
        "code": {"type": "string", "description": "Stable name of the fault, for programs"},
    },
}


def describe_problems(app: FastAPI) -> None:
    """Rewrite the document when it is first made."""
    make = app.openapi

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            _rewrite(make())
        return make()

    app.openapi = openapi  # type: ignore[method-assign]


def _rewrite(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas.update(Problem=_PROBLEM, Fault=_FAULT)
    for operations in document["paths"].values():
        for operation in operations.values():
            _answer(operation)


def _answer(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if responses.pop("422", None):
        responses.setdefault("400", _problem("The request has faults; all of them are listed"))
    if operation.get("security"):
        responses.setdefault("401", _problem("No valid token or session"))
        responses.setdefault("403", _problem("The caller may not do this"))
    responses.setdefault("default", _problem("Any other error"))
    for status, response in responses.items():
        if status[0] in "45":
            responses[status] = {**_problem(response["description"]), **response}


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}
