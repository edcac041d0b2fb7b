"""`python -m tests.plan`: every row of the plan with the tests that prove it; fails on a mark without a row."""

import io
import sys
import tomllib
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROWS = Path(__file__).parent.parent / "docs" / "plan.toml"


class Marks:
    """Collects which test carries which row."""

    def __init__(self) -> None:
        self.tests: dict[str, list[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for mark in item.iter_markers("plan"):
                for row in mark.args:
                    name = item.nodeid.partition("[")[0]
                    if name not in self.tests.setdefault(row, []):
                        self.tests[row].append(name)


def main() -> int:
    rows: dict[str, str] = tomllib.loads(ROWS.read_text())["rows"]
    marks = Marks()
    with redirect_stdout(io.StringIO()) as collected:
        outcome = pytest.main(["--collect-only", "-qq"], plugins=[marks])
    if outcome:
        print(collected.getvalue())
    for row, title in rows.items():
        print(f"{row}  {title}")
        for test in marks.tests.get(row, ["-- no test yet"]):
            print(f"     {test}")
    unknown = sorted(set(marks.tests) - set(rows))
    proved = sum(row in marks.tests for row in rows)
    print(f"{proved} of {len(rows)} rows have tests" + (f"; unknown rows: {', '.join(unknown)}" if unknown else ""))
    return 1 if unknown or outcome else 0


if __name__ == "__main__":
    sys.exit(main())
