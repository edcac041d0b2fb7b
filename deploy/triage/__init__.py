"""`brandmeester triage`: triage's rules and tests for people with a file, without a platform that runs."""

import typer

from deploy.triage import backtesting, detecting, grading, rulesets
from deploy.triage.linking import benchmark, evaluating

app = typer.Typer(help=__doc__, no_args_is_help=True)
app.add_typer(detecting.app, name="detect")
app.command("grade")(grading.grade)
app.command("rulesets")(rulesets.rulesets)
app.command("backtest")(backtesting.backtest)
app.command("link-evaluate")(evaluating.link_evaluate)
app.command("link-example")(evaluating.link_example)
app.command("link-benchmark")(benchmark.link_benchmark)
