"""Signals of one case are told apart by what they say and who sent them, not by their time alone."""

from services.triage.signal_wording import SignalWording, numbered
from shared.reference.places import Reference
from shared.situation import Site
from shared.vocabulary import Channel
from tests.triage.builders import after, signal, situation

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
