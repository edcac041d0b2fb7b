"""Runs the journey against the platform of this data folder; exits non-zero on any miss."""

from __future__ import annotations

import sys
import time

from rich.console import Console
from rich.table import Table

from deploy.administration import administration
from deploy.journey.doors import Missed
from deploy.journey.partner import Partner
from deploy.journey.shapes import shapes
from deploy.journey.walk import Walk
from deploy.local.description import Description, NotRunning
from deploy.local.files import data_folder

PARTNER = "ggd-vr06"


def main() -> int:
    console = Console(soft_wrap=True)
    try:
        platform = Description.read(data_folder())
    except NotRunning as reason:
        console.print(str(reason))
        return 1
    admin = administration()
    partner = Partner(PARTNER, admin.broker, platform.kafka_partners, admin.settings)
    folder = data_folder() / "journey"
    folder.mkdir(exist_ok=True)
    misses = 0
    for shape in shapes():
        table = Table("step", "seconds", "outcome", title=shape.name, title_justify="left", box=None)
        began = time.monotonic()
        walk = Walk(platform, partner, folder, lambda step, took, words: table.add_row(step, f"{took:.2f}", words))  # noqa: B023
        miss: Missed | None = None
        try:
            walk.go(shape)
        except Missed as error:
            miss = error
        table.add_row("in all", f"{time.monotonic() - began:.2f}", f"MISSED: {miss}" if miss else "as it should be")
        console.print(table, "")
        misses += miss is not None
    console.print("The journey missed." if misses else "The journey is complete.")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
