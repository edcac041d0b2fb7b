"""Message catalogues: one TOML file per language; adding a language is adding a file."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

REFERENCE = "nl"
_SHARED = Path(__file__).parent / "locales"


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages of one language; calling it with a key gives the text, in Dutch where none is written yet."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        return self.texts[key].format_map(values) if values else self.texts[key]

    def __contains__(self, key: str) -> bool:
        return key in self.texts


class Translations:
    """All languages of a service, the shell's own messages included."""

    def __init__(self, catalogues: Mapping[str, Mapping[str, str]]) -> None:
        self._catalogues = catalogues
        reference = catalogues[REFERENCE]
        self._messages = {
            language: Messages(language, {**reference, **texts}) for language, texts in catalogues.items()
        }

    @classmethod
    def load(cls, *folders: Path) -> "Translations":
        """Read `<language>.toml` of each folder; a later folder adds to and overrides the earlier."""
        catalogues: dict[str, dict[str, str]] = {}
        for folder in (_SHARED, *folders):
            for file in sorted(folder.glob("*.toml")):
                texts = dict(_flatten(tomllib.loads(file.read_text(encoding="utf-8"))))
                catalogues.setdefault(file.stem, {}).update(texts)
        return cls(catalogues)

    @property
    def languages(self) -> Mapping[str, str]:
        """Code and own name of each language, Dutch first: {"nl": "Nederlands", "pl": "Polski"}."""
        ordered = sorted(self._messages, key=lambda code: (code != REFERENCE, code))
        return {code: self._messages[code]("language.name") for code in ordered}

    def of(self, language: str) -> Messages:
        return self._messages.get(language, self._messages[REFERENCE])

    def missing(self, language: str) -> set[str]:
        """The keys that still have to be translated."""
        return set(self._catalogues[REFERENCE]) - set(self._catalogues[language])

    def choose(self, asked: str | None, typed: str | None, accepted: str | None, default: str = REFERENCE) -> str:
        """The language of a page: `?lang=`, else the form's own field, else what the browser prefers."""
        for language in (asked, typed, *preferred(accepted or "")):
            if language in self._messages:
                return language
        return default


def preferred(accept_language: str) -> list[str]:
    """The two-letter languages of an Accept-Language header, the most wanted first."""
    weighted = []
    for place, part in enumerate(accept_language.split(",")[:20]):
        tag, _, parameter = part.strip().partition(";")
        weighted.append((-_weight(parameter), place, tag.strip().lower().partition("-")[0]))
    return [language for weight, _, language in sorted(weighted) if weight < 0]


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0


def _flatten(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
