"""Who is signed in: the person, the party they act for and the roles they hold, all from the token."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What somebody may do, besides what their organisation may do."""

    MEMBER = "member"
    COORDINATOR = "coordinator"
    OPERATOR = "operator"
    OPS = "ops"
    READER = "reader"
    INTEGRATION = "integration"


READ_SIGNALS = frozenset(Role) - {Role.OPS, Role.INTEGRATION}
"""Who reads the facts of signals. Ops runs the machines and reads none; a program is told of its own by its topic."""


class IncompleteClaims(ValueError):
    """The provider's token does not say enough to know what this person may do."""


@dataclass(frozen=True, slots=True)
class Member:
    """A signed-in person; `organisation` is a party id such as `lotc` or `ggd-vr06`, `region` is VRxx or None."""

    subject: str
    name: str
    organisation: str
    roles: frozenset[Role]
    region: str | None = None
    organisation_name: str | None = None

    def has(self, *roles: Role) -> bool:
        """Whether this person holds at least one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def represents(self) -> str:
        """The organisation as people call it."""
        return self.organisation_name or self.organisation

    @classmethod
    def of_claims(cls, claims: Mapping[str, Any]) -> "Member":
        """Read the claims of a token; roles that the platform does not know are skipped."""
        subject, organisation = claims.get("sub"), claims.get("organisation")
        roles = claims.get("roles", [])
        if not isinstance(subject, str) or not isinstance(organisation, str) or not isinstance(roles, list):
            raise IncompleteClaims("sub, organisation and roles are needed")
        known = frozenset(Role(role) for role in roles if role in set(Role))
        name = claims.get("name") or claims.get("preferred_username") or subject
        return cls(subject, str(name), organisation, known, claims.get("region"), claims.get("organisation_name"))

    def claims(self) -> dict[str, Any]:
        """The same as claims again, to keep in a session."""
        return {
            "sub": self.subject,
            "name": self.name,
            "organisation": self.organisation,
            "organisation_name": self.organisation_name,
            "roles": sorted(self.roles),
            "region": self.region,
        }
