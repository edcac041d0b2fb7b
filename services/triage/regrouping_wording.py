"""How pages say what regrouping cases would lead to, how two cases differ, and how alike two signals are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from services.triage import wording
from services.triage.domain.case import Case
from services.triage.domain.linkage.likeness import Agreement
from services.triage.domain.linkage.relation import Relation
from services.triage.use_cases.desk import CaseFile
from services.triage.use_cases.regrouping import Becomes
from shared.web.times import said
from shared.web.words import word

RELATIONS: Mapping[Relation, str] = {
    Relation.DUPLICATE: "Waarschijnlijk twee keer dezelfde melding, langs dezelfde weg.",
    Relation.CORROBORATION: "Waarschijnlijk dezelfde situatie, door een ander gemeld.",
}
_STRONG, _SOME = 4.0, 0.5


def consequences(cases: Sequence[Becomes], now: datetime) -> list[str]:
    """What would become of each case, sentence by sentence; of one that goes, also of its grade and its clock."""
    told = [sentence for before, after in cases for sentence in _of_case(before, after, now)]
    for gone, after in cases:
        if gone and after.merged and not gone.merged:
            stays = [one.after for one in cases if one.after.number == after.merged.into.number]
            told += [sentence for one in stays for sentence in _of_what_goes(gone, one, now)]
    return told


def beside(one: CaseFile, other: CaseFile, regions: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What is known of two cases, as label and both values; what neither knows is left out."""
    left, right = dict(_known(one.case, regions)), dict(_known(other.case, regions))
    labels = dict.fromkeys([*left, *right])
    return [(label, left.get(label, "niet bekend"), right.get(label, "niet bekend")) for label in labels]


def weight(agreement: Agreement) -> str:
    """What an agreement says about the two being the same."""
    if abs(agreement.bits) < _SOME:
        return "zegt weinig"
    towards = "ervoor" if agreement.bits > 0 else "ertegen"
    return f"pleit sterk {towards}" if abs(agreement.bits) >= _STRONG else f"pleit {towards}"


def _of_case(before: Case | None, after: Case, now: datetime) -> Iterator[str]:
    holds = f"met {wording.counted(len(after.signals))}, ingeschat als {word(after.grade)}"
    name = f"Zaak {after.number}"
    if before is None:
        name = "De nieuwe zaak"
        yield f"Er komt een nieuwe zaak {holds}."
    elif after.merged and not before.merged:
        into = after.merged.into.number
        brings = f"{wording.counted(len(before.signals)).capitalize()} en wat nog over haar adres komt"
        yield f"{name} sluit. {brings}, gaan naar zaak {into}."
        yield f"Haar bladzijde blijft leesbaar en wijst naar zaak {into}."
        return
    elif before.merged and not after.merged:
        state = "open" if after.is_open else "gesloten, zoals zij was"
        yield f"{name} staat weer op zichzelf, {state}, {holds}."
    elif before.grade == after.grade:
        yield f"{name} houdt {wording.counted(len(after.signals))} en blijft {word(after.grade)}."
    else:
        changed = f"wordt {word(after.grade)} in plaats van {word(before.grade)}"
        yield f"{name} heeft dan {wording.counted(len(after.signals))} en {changed}."
    yield from _of_clock(name, before, after, now)
    yield from _of_visit(name, before, after)
    yield from _of_override(name, before, after)


def _of_what_goes(gone: Case, stays: Case, now: datetime) -> Iterator[str]:
    """What becomes of the grade and the clock of a case that goes into another."""
    if stays.grade.rank < gone.grade.rank:
        yield f"Zaak {gone.number} was {word(gone.grade)}; samen zijn zij dat niet meer, maar {word(stays.grade)}."
    if gone.clock is None:
        return
    if stays.clock is None:
        yield f"De klok van zaak {gone.number}, die liep tot {said(gone.clock.due_at, now)}, stopt."
    elif stays.clock.started_at == gone.clock.started_at:
        yield f"De klok van zaak {gone.number} loopt verder in zaak {stays.number}."


def _of_clock(name: str, before: Case | None, after: Case, now: datetime) -> Iterator[str]:
    ran, runs = before.clock if before else None, after.clock
    if runs and not ran:
        yield f"{name} krijgt een klok van 24 uur, die loopt tot {said(runs.due_at, now)}."
    elif ran and not runs:
        yield f"De klok van {name[0].lower()}{name[1:]} stopt."
    elif ran and runs and ran.started_at != runs.started_at:
        until = f"tot {said(runs.due_at, now)} in plaats van {said(ran.due_at, now)}"
        yield f"De klok van {name[0].lower()}{name[1:]} loopt {until}."


def _of_visit(name: str, before: Case | None, after: Case) -> Iterator[str]:
    """What the grade means for a visit; what planning makes of it follows its own rules."""
    asked, asks = bool(before and before.is_open and before.grade.calls_for_visit), after.grade.calls_for_visit
    if asked and not asks:
        yield (
            f"{name} vraagt dan niet meer om een bezoek binnen 24 uur: een voorstel waaraan niemand begon, vervalt. "
            "Wat iemand begon, gaat door tot iemand beslist."
        )
    elif asks and not asked and after.is_open:
        yield f"{name} vraagt dan om een bezoek binnen 24 uur."


def _of_override(name: str, before: Case | None, after: Case) -> Iterator[str]:
    was = before.override if before else None
    if after.override == was:
        return
    whom = f"{name[0].lower()}{name[1:]}"
    if after.override:
        set_by = after.override
        yield f"De inschatting {word(set_by.grade)} die {set_by.by.name} zette, geldt dan voor {whom}."
    elif after.set_aside and was:
        yield (
            f"{was.by.name} zette {whom} op {word(was.grade)}. Dat geldt dan niet meer, want wat erbij komt uit zaak "
            f"{after.set_aside.other.number} is ernstiger. Klopt het daarna nog, zet het dan opnieuw."
        )
    else:
        yield f"De inschatting die een mens zette, geldt niet langer voor {whom}."


def _known(case: Case, regions: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    site = case.situation.site
    pairs = [
        ("Locatie", wording.where(case)),
        ("Adres", " ".join(filter(None, (site.postcode, site.house_number)))),
        ("Gemeente", site.municipality),
        ("Veiligheidsregio", regions.get(site.region or "")),
        ("Nummer bij de KvK", site.registration),
        ("Waarover", ", ".join(word(theme) for theme in case.situation.themes)),
        ("Sector", word(case.situation.sector) if case.situation.sector else None),
        *wording.observed(case),
    ]
    yield from ((label, value) for label, value in pairs if value)
