"""A receipt code as it is read out over the telephone, by the Dutch and the international spelling alphabet."""

from collections.abc import Mapping

_DIGITS_NL = ("nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen")
_DIGITS_INTERNATIONAL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DUTCH = (
    "Anna Bernard Cornelis Dirk Eduard Ferdinand Gerard Hendrik Izaak Johan Karel Lodewijk Maria Nico Otto Pieter "
    "Quotiënt Rudolf Simon Teunis Utrecht Victor Willem Xantippe Ypsilon Zaandam"
)
_INTERNATIONAL = (
    "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa "
    "Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
)


def _alphabet(words: str, digits: tuple[str, ...]) -> Mapping[str, str]:
    return {word[0]: word for word in words.split()} | {str(digit): word for digit, word in enumerate(digits)}


DUTCH = _alphabet(_DUTCH, _DIGITS_NL)
INTERNATIONAL = _alphabet(_INTERNATIONAL, _DIGITS_INTERNATIONAL)


def spoken(code: str, alphabet: Mapping[str, str] = DUTCH) -> list[tuple[str, str]]:
    """Each group of four signs with the words to say for it: ("K7QF", "Karel zeven Quotiënt Ferdinand")."""
    return [(group, " ".join(alphabet[sign] for sign in group)) for group in code.split("-")]
