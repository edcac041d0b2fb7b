"""Answers with a report as PDF, made off the event loop and measured."""

import asyncio
from dataclasses import dataclass

from prometheus_client import Histogram
from starlette.responses import Response

from services.reporting.domain.report import Report
from services.reporting.paper import Press
from services.reporting.use_cases.desk import Desk

PDF = "application/pdf"


@dataclass(frozen=True)
class Printing:
    """Prints for the API and for the pages."""

    desk: Desk
    press: Press
    seconds: Histogram

    async def answer(self, report: Report) -> Response:
        """The PDF, to show or to keep under the report's number."""
        names = await self.desk.names(report.filling.shared_with)
        with self.seconds.time():
            made = await asyncio.to_thread(self.press.print, report, names, self.desk.bus.now())
        headers = {"Content-Disposition": f'inline; filename="{report.number}.pdf"', "Vary": "Accept"}
        return Response(made, media_type=PDF, headers=headers)
