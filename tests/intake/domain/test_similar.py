"""What an operator is shown as already told: the same address first, then name and place; never what was withdrawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.intake.domain.signal import Signal, Status
from services.intake.domain.similar import most_similar
from shared.situation import Site, Situation
from shared.vocabulary import Channel, Theme

NOON = datetime(2020, 10, 24, 12, tzinfo=UTC)
HERE = Site(
    name="Slachterij De Hoeve", postcode="7141AB", house_number="12", place="Groenlo", municipality="Oost Gelre"
)


def signal(site: Site, hours_ago: int = 0, status: Status = Status.RECEIVED) -> Signal:
    received = NOON - timedelta(hours=hours_ago)
    return Signal(Situation((Theme.WORK,), site=site), Channel.WEB, received, status=status)


def shown(site: Site, **signals: Signal) -> list[tuple[str, str]]:
    return [(similar.id, similar.why) for similar in most_similar(site, signals.items())]


def test_the_same_address_comes_first_then_name_then_postcode_then_place() -> None:
    assert shown(
        HERE,
        place=signal(Site(place="groenlo", municipality="Oost Gelre")),
        postcode=signal(Site(postcode="7141AB", house_number="14")),
        name=signal(Site(name="Slachterij de Hoeve BV", place="Groenlo", municipality="Oost Gelre")),
        address=signal(Site(postcode="7141AB", house_number="12")),
    ) == [
        ("address", "zelfde adres"),
        ("name", "zelfde naam en plaats"),
        ("postcode", "zelfde postcode"),
        ("place", "zelfde plaats"),
    ]


def test_of_equals_the_latest_comes_first() -> None:
    assert [id_ for id_, _ in shown(HERE, older=signal(HERE, hours_ago=2), later=signal(HERE, hours_ago=1))] == [
        "later",
        "older",
    ]


def test_what_was_withdrawn_or_lies_elsewhere_is_not_shown() -> None:
    abroad = replace(HERE, country="DE", district="kreis-borken")
    elsewhere = Site(name="Slachterij De Hoeve", place="Venlo", municipality="Venlo")
    withdrawn = signal(HERE, status=Status.WITHDRAWN)
    assert shown(HERE, withdrawn=withdrawn, abroad=signal(abroad), elsewhere=signal(elsewhere)) == []


def test_what_confirms_a_signal_is_not_shown_beside_it() -> None:
    confirming = replace(signal(HERE), corroborates="first")
    assert shown(HERE, first=signal(HERE, hours_ago=3), confirming=confirming) == [("first", "zelfde adres")]
    assert shown(HERE, confirming=confirming) == [("confirming", "zelfde adres")]


def test_only_what_is_just_in_the_same_place_needs_no_answer() -> None:
    likely = {
        similar.why: similar.is_likely
        for similar in most_similar(
            HERE,
            [
                ("place", signal(Site(place="groenlo", municipality="Oost Gelre"))),
                ("postcode", signal(Site(postcode="7141AB", house_number="14"))),
            ],
        )
    }
    assert likely == {"zelfde plaats": False, "zelfde postcode": True}


def test_across_the_border_the_district_is_the_place() -> None:
    assert shown(Site(country="DE", district="kreis-borken"), one=signal(Site(country="DE", district="kreis-borken")))
    assert not shown(
        Site(country="DE", district="kreis-kleve"), one=signal(Site(country="DE", district="kreis-borken"))
    )
