"""How pages say when and where rules hold, and what is wrong with those that somebody made."""

from collections.abc import Mapping
from datetime import date

from services.triage.domain.ruleset import Ruleset
from services.triage.domain.ruleset_faults import FaultCode
from shared.web.times import full_day

FAULTS: Mapping[FaultCode, str] = {
    FaultCode.NO_TOML: "is geen TOML ({why})",
    FaultCode.NO_BASE: "deze versie is er niet",
    FaultCode.BASE_NOT_WHOLE: "noem een versie die op zichzelf volledig is",
    FaultCode.MISSING: "ontbreekt",
    FaultCode.UNKNOWN_PART: "dit onderdeel bestaat niet",
    FaultCode.WRONG_FORM: "heeft niet de vorm die hier hoort",
    FaultCode.NOT_A_CHOICE: "kies uit {choices}",
    FaultCode.NO_WHOLE_NUMBER: "moet een geheel getal zijn",
    FaultCode.NO_NUMBER: "moet een getal zijn",
    FaultCode.NO_TEXT: "moet tekst zijn",
    FaultCode.NO_DATE: "moet een datum zijn",
    FaultCode.NO_YES_OR_NO: "moet true of false zijn",
    FaultCode.NOT_AMONG_INPUTS: "{name} staat niet bij inputs",
    FaultCode.FORBIDDEN_INPUT: "hierop mag geen inschatting rusten",
    FaultCode.UNUSED_INPUT: "geen factor gebruikt dit",
    FaultCode.WRONG_INPUT: "zo'n factor kan niet op {name} rusten",
    FaultCode.THEMES_DIFFER: "de inputs horen bij verschillende thema's",
    FaultCode.TWICE: "staat er twee keer",
    FaultCode.NOT_POSITIVE: "moet boven nul liggen",
    FaultCode.STEPS_FALL: "de stappen moeten oplopen in aantal en in punten",
    FaultCode.UNKNOWN_PLACEHOLDER: "in de zinnen mag tussen accolades alleen {allowed} staan",
    FaultCode.BAND_HOLE: "laat een gat: begin bij 0",
    FaultCode.BAND_OVERLAP: "moet oplopen: de band vanaf {start} valt samen met die vanaf {before}",
    FaultCode.MATRIX_FORM: "heeft een rij nodig voor elke kans en een kolom voor elke omvang",
    FaultCode.MATRIX_FALLS: "een inschatting mag niet dalen als kans of omvang stijgt",
    FaultCode.NOT_A_BAND: "zo'n omvang is er niet",
    FaultCode.NOT_A_SHARE: "moet tussen 0 en 1 liggen",
    FaultCode.LESS_THAN_ONE: "moet minstens 1 zijn",
    FaultCode.ENDS_BEFORE_IT_BEGINS: "ligt voor valid_from",
    FaultCode.NO_REGION: "{region} is geen veiligheidsregio",
    FaultCode.IDLE_CLUSTER: "noem impact_at_least, at_least of allebei",
    FaultCode.TWO_OF_THIS_VERSION: "deze versie is er twee keer",
    FaultCode.BOTH_HOLD: "gelden allebei voor {where} van {first} tot en met {last}",
    FaultCode.NONE_BETWEEN: "van {first} tot en met {last} geldt er landelijk niets",
    FaultCode.NONE_AFTER: "vanaf {first} geldt er landelijk niets",
    FaultCode.NONE_AT_ALL: "er zijn geen landelijke regels",
}


def says_when(rules: Ruleset) -> str:
    """The days on which a version holds."""
    if rules.draft:
        return "concept"
    if rules.valid_until is None:
        return f"sinds {full_day(rules.valid_from)}"
    return f"van {full_day(rules.valid_from)} tot en met {full_day(rules.valid_until)}"


def says_where(rules: Ruleset, regions: Mapping[str, str]) -> str:
    """The regions for which a version is meant."""
    return ", ".join(regions.get(code, code) for code in sorted(rules.regions)) or "heel Nederland"


def standing(rules: Ruleset, today: date) -> tuple[str, str]:
    """Whether a version holds now, as words and tone."""
    if rules.draft:
        return "geldt nergens", "neutral"
    if rules.valid_from > today:
        return "gaat nog gelden", "busy"
    return ("geldt nu", "good") if rules.holds_on(today) else ("geldt niet meer", "neutral")
