"""Children that are started again when they die: at once, and each time after a longer pause when they die again."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.process import Child

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 20.0
"""Who ran this long before dying is started again at once."""


@dataclass
class Supervised:
    """One child with its environment, and when it may be started again."""

    child: Child
    environment: Mapping[str, str]
    pause: float = 0.0
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
                self.pause, self.failures = 0.0, 0
            self.failures += 1
            ended = f"{self.name} ended with code {self.child.exit_code}"
            if self.pause == 0:
                self._start_again()
                return f"{ended} and was started again. See {self.child.log}."
            self.due = now + self.pause
            return f"{ended}; starting it again in {self.pause:.0f} s. See {self.child.log}."
        if now < self.due:
            return None
        self._start_again()
        return f"{self.name} started again."

    def _start_again(self) -> None:
        self.pause = min(max(self.pause * 2, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        self.start()
