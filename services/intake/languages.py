"""Which language a text is written in: found out here when it is read, kept nowhere and told nobody."""

from functools import cache

from babel import Locale
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from services.intake.personal import without_personal

LEAST_LETTERS = 12
LEAST_SURE = 0.6
"""On short texts of reporters the model was wrong only below this."""

# Those of Europe and of the people who come to work here. Fewer choices make short texts surer.
_SPOKEN = {
    *("ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hi", "hr", "hu", "id", "it", "lt", "lv", "mk"),
    *("ne", "nl", "no", "pa", "pl", "pt", "ro", "ru", "sk", "sl", "so", "sq", "sr", "sv", "tl", "tr", "uk", "vi", "zh"),
}


def language_of(text: str) -> str | None:
    """The two-letter code, or None when the text is too short or too odd to tell.

    The first call reads the model, which takes up to two seconds: call it in a thread.
    """
    bare = without_personal(text)
    if sum(map(str.isalpha, bare)) < LEAST_LETTERS:
        return None
    code, sure = _identifier().classify(bare)
    return str(code) if sure >= LEAST_SURE else None


def in_dutch(code: str) -> str:
    """What a language is called: `pl` is Pools."""
    return str(Locale("nl").languages.get(code, code))


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_SPOKEN)
    return identifier
