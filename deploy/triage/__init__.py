"""`brandmeester triage`: triage's rules and tests for people with a file, without a platform that runs."""

import typer

from deploy.triage import backtesting, detecting, grading

app = typer.Typer(help=__doc__, no_args_is_help=True)
app.add_typer(detecting.app, name="detect")
app.command("grade")(grading.grade)
app.command("backtest")(backtesting.backtest)
