"""Topics, users and access rights as the catalogue asks for them, brought about on a broker.

Everything here may be repeated: what is there is left alone, what differs is set right, and a right that the
catalogue no longer gives is taken away. Partition counts never change: that would break the order per key.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from deploy.kafka.rights import (
    INBOUND_PREFIX,
    PARTNER_PREFIX,
    Right,
    check_party,
    integration_rights,
    partner_rights,
    service_rights,
)
from shared.contracts.catalogue import SEGMENT_TIME, SERVICES, TOPICS, Topic, inbound_topic, partner_topic

TIMEOUT_SECONDS = 20.0
SCRAM_ITERATIONS = 8192

_OPERATIONS = {"read": AclOperation.READ, "write": AclOperation.WRITE}
_KINDS = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP}
_PATTERNS = {True: ResourcePatternType.PREFIXED, False: ResourcePatternType.LITERAL}


class ApplyError(Exception):
    """The broker holds something that the catalogue contradicts and that nobody should change unseen."""


class Broker:
    """The catalogue's wishes on one broker, through its administrator."""

    def __init__(self, admin_settings: Mapping[str, str]) -> None:
        self._admin = AdminClient({**admin_settings, "log_level": 0})

    def apply_catalogue(self, passwords: Mapping[str, str]) -> list[str]:
        """The fixed topics, and a user with its rights for every service; `passwords` are by service.

        Answers what was made, changed or taken away, in words for people.
        """
        changes = self.apply_topics(TOPICS)
        changes += self._set_right(self._topics_of_parties())
        self._set_passwords(passwords)
        for service in SERVICES:
            changes += self._apply_rights(service, service_rights(service))
        return changes

    def apply_topics(self, topics: Iterable[Topic]) -> list[str]:
        wanted = {topic.name: topic for topic in topics}
        there = self._admin.list_topics(timeout=TIMEOUT_SECONDS).topics
        known = [topic for topic in wanted.values() if topic.name in there]
        for topic in known:
            found = len(there[topic.name].partitions)
            if found != topic.partitions:
                raise ApplyError(
                    f"{topic.name} has {found} partitions and the catalogue says {topic.partitions}; "
                    "that needs a new version of the topic"
                )
        missing = [topic for topic in wanted.values() if topic.name not in there]
        self._create(missing)
        return [f"topic {topic.name} made" for topic in missing] + self._set_right(known)

    def admit_partner(self, party: str, password: str) -> None:
        """Give a party its topic and the right to read it; a second time gives it a new password."""
        self._admit(party, password, partner_topic(check_party(party)), partner_rights(party))

    def admit_integration(self, party: str, password: str) -> None:
        """Give a party its inbound topic, and its own topic to read what was refused and why.

        A second time gives it a new password.
        """
        self._admit(party, password, inbound_topic(check_party(party)), integration_rights(party))
        self._admit(party, password, partner_topic(party), partner_rights(party))

    def dismiss_partner(self, party: str) -> None:
        """End a partner's reading. What was published for it stays until its retention ends."""
        self._dismiss(check_party(party), partner_rights(party))

    def dismiss_integration(self, party: str) -> None:
        """End an integration's writing; its own topic it reads until `dismiss_partner`.

        What it wrote stays until its retention ends.
        """
        self._dismiss(check_party(party), integration_rights(party))

    def partners(self) -> list[str]:
        """Parties that may read a topic of their own."""
        return self._users_with("read", PARTNER_PREFIX)

    def integrations(self) -> list[str]:
        """Parties that may write an inbound topic."""
        return self._users_with("write", INBOUND_PREFIX)

    def users(self) -> set[str]:
        """Everyone who has a password."""
        return set(_result(self._admin.describe_user_scram_credentials()))

    def rights(self, user: str | None = None) -> set[Right]:
        """What a user, or everyone, may do now."""
        principal = f"User:{user}" if user else None
        every = AclBindingFilter(
            ResourceType.ANY,
            None,  # type: ignore[arg-type]  # None means any here, which the library's types do not say
            ResourcePatternType.ANY,
            principal,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            AclOperation.ANY,
            AclPermissionType.ANY,
        )
        return {_right(binding) for binding in _result(self._admin.describe_acls(every))}

    def give(self, rights: Collection[Right]) -> None:
        if rights:
            _finish(self._admin.create_acls([AclBinding(*_terms(right)) for right in rights]))
            _until(lambda: self.rights().issuperset(rights))

    def take(self, rights: Collection[Right]) -> None:
        if rights:
            _finish(self._admin.delete_acls([AclBindingFilter(*_terms(right)) for right in rights]))
            _until(lambda: self.rights().isdisjoint(rights))

    def _create(self, topics: Sequence[Topic]) -> None:
        new = [
            NewTopic(
                topic.name,
                num_partitions=topic.partitions,
                config=topic_settings(topic),
            )
            for topic in topics
        ]
        if new:
            _finish(self._admin.create_topics(new))

    def _topics_of_parties(self) -> list[Topic]:
        """The topics that were made for those who were admitted, some of them long ago."""
        theirs = [inbound_topic(party) for party in self.integrations()]
        theirs += [partner_topic(party) for party in self.partners()]
        there = self._admin.list_topics(timeout=TIMEOUT_SECONDS).topics
        return [topic for topic in theirs if topic.name in there]

    def _set_right(self, topics: Sequence[Topic]) -> list[str]:
        """Bring the settings of topics that are there in line."""
        if not topics:
            return []
        asked = self._admin.describe_configs([ConfigResource(ResourceType.TOPIC, t.name) for t in topics])
        found = {resource.name: future.result(TIMEOUT_SECONDS) for resource, future in asked.items()}
        differing: dict[str, dict[str, str]] = {}
        for topic in topics:
            for key, value in topic_settings(topic).items():
                if found[topic.name][key].value != value:
                    differing.setdefault(topic.name, {})[key] = value
        if differing:
            _finish(self._admin.incremental_alter_configs([settings_of(*change) for change in differing.items()]))
        return [
            f"topic {name}: {key} set to {value}" for name, keys in differing.items() for key, value in keys.items()
        ]

    def _set_passwords(self, passwords: Mapping[str, str]) -> None:
        how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS)
        changes: list[UserScramCredentialAlteration] = [
            UserScramCredentialUpsertion(user, how, password.encode()) for user, password in passwords.items()
        ]
        _finish(self._admin.alter_user_scram_credentials(changes))

    def _apply_rights(self, user: str, wanted: set[Right]) -> list[str]:
        there = self.rights(user)
        self.give(wanted - there)
        self.take(there - wanted)
        given = sorted(f"{right} given" for right in wanted - there)
        return given + sorted(f"{right} taken away" for right in there - wanted)

    def _admit(self, party: str, password: str, topic: Topic, rights: set[Right]) -> None:
        self.apply_topics([topic])
        self._set_passwords({party: password})
        self.give(rights)

    def _dismiss(self, party: str, rights: set[Right]) -> None:
        """Take these rights away, and the user as well when it has none left."""
        self.take(rights)
        if not self.rights(party) and party in self.users():
            gone = UserScramCredentialDeletion(party, ScramMechanism.SCRAM_SHA_512)
            _finish(self._admin.alter_user_scram_credentials([gone]))
            _until(lambda: party not in self.users())

    def _users_with(self, operation: str, prefix: str) -> list[str]:
        return sorted(
            right.user
            for right in self.rights()
            if right.operation == operation and right.name.startswith(prefix) and not right.prefix
        )


def topic_settings(topic: Topic) -> dict[str, str]:
    """The broker's settings of a topic. Old data really goes: a segment is closed after the segment time."""
    segment = _milliseconds(SEGMENT_TIME)
    # Unpacked by the broker, whatever a client packs with: the services read gzip only, and the limit of size then is
    # one of what they get, not of what was sent.
    always = {"compression.type": "uncompressed"}
    if topic.owner not in SERVICES:
        # A sender whose clock is wrong would have its records removed unread, or put before all others.
        always["message.timestamp.type"] = "LogAppendTime"
    if topic.compacted:
        return {
            **always,
            "cleanup.policy": "compact",
            "segment.ms": segment,
            "max.compaction.lag.ms": segment,
            "delete.retention.ms": segment,
        }
    return {
        **always,
        "cleanup.policy": "delete",
        "retention.ms": "-1" if topic.retention is None else _milliseconds(topic.retention),
        "segment.ms": segment,
    }


def settings_of(topic: str, values: Mapping[str, str]) -> ConfigResource:
    """New values for settings of a topic, which the broker takes once per topic only."""
    entries = [ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in values.items()]
    return ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)


def _terms(right: Right) -> tuple[Any, ...]:
    return (
        _KINDS[right.kind],
        right.name,
        _PATTERNS[right.prefix],
        f"User:{right.user}",
        "*",
        _OPERATIONS[right.operation],
        AclPermissionType.ALLOW,
    )


def _right(binding: Any) -> Right:
    return Right(
        binding.principal.removeprefix("User:"),
        binding.operation.name.lower(),
        binding.restype.name.lower(),
        binding.name,
        binding.resource_pattern_type == ResourcePatternType.PREFIXED,
    )


def _milliseconds(time: timedelta) -> str:
    return str(int(time.total_seconds() * 1000))


def _result(future: Any) -> Any:
    return future.result(TIMEOUT_SECONDS)


def _until(seen: Callable[[], bool]) -> None:
    """The controller has done it before the broker knows: who asks at once would be told how it was before."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not seen():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def _finish(futures: Mapping[Any, "Future[Any]"]) -> None:
    """Wait for all of them; the first refusal is raised, save that a topic was made by another meanwhile."""
    for future in futures.values():
        try:
            future.result(TIMEOUT_SECONDS)
        except KafkaException as refused:
            if refused.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
