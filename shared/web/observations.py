"""Observations as people read them, in Dutch."""

from collections.abc import Mapping

from shared.situation import Observation
from shared.web.times import number

_LABELS: Mapping[str, str] = {
    "people_exposed": "Mensen die risico lopen",
    "confirmed_infections": "Bevestigde besmettingen",
    "tested": "Getest",
    "positive": "Positief getest",
    "people_with_symptoms": "Mensen met klachten",
    "sick_people_at_work": "Zieke mensen aan het werk",
    "distance_not_kept": "Minder dan 1,5 meter is gewoon",
    "cold_or_poorly_ventilated": "Koude of slecht geventileerde ruimte",
    "no_screens": "Schermen ontbreken",
    "shared_breaks": "Gezamenlijke pauzes",
    "people_per_bedroom": "Mensen per slaapkamer",
    "square_metres_per_person": "Vierkante meter per persoon",
    "people_per_toilet_or_shower": "Mensen per toilet of douche",
    "no_room_to_isolate": "Geen ruimte om zich af te zonderen",
    "van_mixed_households": "Busjes met meerdere huishoudens",
    "van_mixed_sites": "Busjes naar meerdere werklocaties",
    "vans_checked": "Gecontroleerde busjes",
    "vans_in_breach": "Busjes in overtreding",
    "same_workers_as_outbreak": "Dezelfde mensen als bij een andere uitbraak",
    "linked_sites": "Andere locaties met dezelfde mensen of busjes",
}


def in_words(observations: Mapping[str, Observation]) -> list[tuple[str, str]]:
    """What is known, as pairs of label and value, in one order always; what is unknown is left out."""
    known = ((label, observations.get(name)) for name, label in _LABELS.items())
    return [(label, _value(value)) for label, value in known if value is not None]


def _value(value: float) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return number(value, 0 if float(value).is_integer() else 1)
