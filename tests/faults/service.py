"""`python -m tests.faults.service triage "kill after write 2"`: one of the five, as it is, to be killed at a point."""

import runpy
import sys

from tests.faults.disturbance import Disturbance


def main() -> None:
    service, disturb = sys.argv[1:]
    if disturb:
        Disturbance.read(disturb).install()
    sys.argv = [service]
    runpy.run_module(f"services.{service}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
