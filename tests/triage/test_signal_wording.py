"""Signals of one case are told apart by what they say and who sent them, and add up to how certain it is."""

from services.triage.domain import case as cases
from services.triage.signal_wording import SignalWording, numbered
from shared.reference.places import Reference
from shared.situation import Site
from shared.vocabulary import Channel
from tests.triage.builders import NOON, RULES, after, signal, situation

WORDS = SignalWording(Reference.load())
OF_REGION = signal("s1", about=situation(people_exposed=20), channel=Channel.INTEGRATION, party="vr06")
OF_APP = signal("s2", about=situation(no_screens=True, positive=1200), channel=Channel.INTEGRATION, party="uitzend-app")
BY_PHONE = signal("s3", about=situation(), channel=Channel.HOTLINE, party="hotline")


def test_two_that_came_in_the_same_quarter_differ_in_number_sender_and_what_they_tell() -> None:
    (first, words), (second, other), (third, last) = WORDS.choices([OF_REGION, OF_APP, BY_PHONE], after(hours=1))
    assert (first, second, third) == ("s1", "s2", "s3")
    assert "Melding 1 · vandaag 14:00 · via koppeling, Veiligheidsregio Noord- en Oost-Gelderland · werken" in words
    assert "7141AB 12, Groenlo; mensen blootgesteld: 20" in words
    assert "Melding 2 · vandaag 14:00 · via koppeling, uitzend-app" in other
    assert "positief getest: 1.200; geen schermen: ja" in other
    assert "via meldlijn 0800-5151 · werken" in last
    assert "geen aantallen of omstandigheden" in last
    assert numbered([OF_REGION, OF_APP]) == {"s1": 1, "s2": 2}


def test_what_somebody_typed_stays_text() -> None:
    named = signal(about=situation(site=Site(name="<b>De Hoeve</b>")))
    ((_, words),) = WORDS.choices([named], after(hours=1))
    assert "&lt;b&gt;De Hoeve" in words


def test_a_case_says_how_many_sources_it_rests_on_and_calls_them_by_name() -> None:
    at = after(hours=1)
    one = cases.found("Z", signal(about=situation(people_exposed=20)), RULES, NOON)
    assert WORDS.confidence(one) == "Eén bron: 1 melding (webformulier). Niemand anders bevestigde het."
    twice = cases.with_signal(one, signal("s2", at), RULES, at)
    assert WORDS.confidence(twice).startswith("Eén bron: 2 meldingen (webformulier), misschien van dezelfde melder.")
    parties = [signal(party, at, channel=Channel.INTEGRATION, party=party) for party in ("vr06", "uitzend-app")]
    known = cases.with_signal(cases.with_signal(twice, parties[0], RULES, at), parties[1], RULES, at)
    assert WORDS.confidence(known) == (
        "Bevestigd door verschillende bronnen: 4 meldingen van 3 bronnen "
        "(webformulier, koppeling van Veiligheidsregio Noord- en Oost-Gelderland, koppeling van uitzend-app)."
    )
    withdrawn = cases.with_withdrawal(one, "s1", at, RULES, at)
    assert WORDS.confidence(withdrawn) == "Niets: er is geen melding die meetelt."
