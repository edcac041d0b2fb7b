"""Situations of every kind, for properties that hold for all of them."""

from dataclasses import fields
from typing import Any

from hypothesis import strategies as st

from shared.situation import Observations, Situation
from shared.vocabulary import Sector, Theme

_VALUES: dict[Any, st.SearchStrategy[Any]] = {
    bool | None: st.none() | st.booleans(),
    int | None: st.none() | st.integers(0, 700),
    float | None: st.none() | st.floats(0, 40),
}
THEMES = st.sets(st.sampled_from(Theme), min_size=1).map(lambda some: tuple(t for t in Theme if t in some))
OBSERVATIONS = st.builds(Observations, **{field.name: _VALUES[field.type] for field in fields(Observations)})
SITUATIONS = st.builds(Situation, themes=THEMES, sector=st.none() | st.sampled_from(Sector), observations=OBSERVATIONS)
