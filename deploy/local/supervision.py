"""Children that are started again when they die, each time after a longer pause."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.process import Child

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""Who ran this long before dying is started again after the first pause."""


@dataclass
class Supervised:
    """One child with its environment, and when it may be started again."""

    child: Child
    environment: Mapping[str, str]
    pause: float = FIRST_PAUSE_SECONDS
    started: float = 0.0
    failures: int = 0
    """How often it ended without having run steadily."""
    due: float | None = None

    @property
    def name(self) -> str:
        return self.child.name

    def start(self) -> None:
        self.child.start(self.environment)
        self.started, self.due = time.monotonic(), None

    def look(self) -> str | None:
        """Start it again when that is due; answers what people should know, if anything happened."""
        now = time.monotonic()
        if self.child.running():
            return None
        if self.due is None:
            if now - self.started > STEADY_SECONDS:
                self.pause, self.failures = FIRST_PAUSE_SECONDS, 0
            self.failures += 1
            self.due = now + self.pause
            return (
                f"{self.name} ended with code {self.child.exit_code}; "
                f"starting it again in {self.pause:.0f} s. See {self.child.log}."
            )
        if now < self.due:
            return None
        self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        self.start()
        return f"{self.name} started again."
