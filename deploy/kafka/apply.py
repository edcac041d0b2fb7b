"""Topics, users and access rights as the catalogue asks for them, brought about on a broker.

Everything here may be repeated: what is there is left alone, what differs is set right, and a right that the
catalogue no longer gives is taken away. Partition counts are never changed: that would break the order per key.
"""

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
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
    ScramMechanism,
    ScramCredentialInfo,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from deploy.kafka.access import ADMIN
from shared.contracts.catalogue import SEGMENT_TIME, SERVICES, TOPICS, Topic, inbound_topic, partner_topic

TIMEOUT_SECONDS = 20.0
SCRAM_ITERATIONS = 8192

PARTNER_PREFIX = "partners."
INBOUND_PREFIX = "intake.inbound."
PARTY = re.compile(r"[a-z][a-z0-9-]{1,40}")
RESERVED = frozenset({ADMIN, "controller", *SERVICES})


class ApplyError(Exception):
    """The broker holds something that the catalogue contradicts and that nobody should change unseen."""


def check_party(party: str) -> str:
    """The id of a party, if it can be a user of its own; raises ValueError with the rule otherwise."""
    if not PARTY.fullmatch(party):
        raise ValueError(
            f"{party!r} is not a party id: 2 to 41 lower-case letters, digits and hyphens, a letter first"
        )
    if party in RESERVED:
        raise ValueError(f"{party!r} is a user of the platform itself")
    return party


class Broker:
    """The catalogue's wishes on one broker, through its administrator."""

    def __init__(self, admin_settings: Mapping[str, str]) -> None:
        self._admin = AdminClient({**admin_settings, "log_level": 0})

    def apply_catalogue(self, passwords: Mapping[str, str]) -> list[str]:
        """The fixed topics, and a user with its rights for every service; `passwords` are by service.

        Answers what was made, changed or taken away, in words for people.
        """
        changes = self.apply_topics(TOPICS)
        self._set_passwords(passwords)
        for service in SERVICES:
            changes += self._apply_rights(service, service_rights(service))
        return changes

    def apply_topics(self, topics: Iterable[Topic]) -> list[str]:
        wanted = {topic.name: topic for topic in topics}
        there = self._admin.list_topics(timeout=TIMEOUT_SECONDS).topics
        for name in wanted.keys() & there.keys():
            if len(there[name].partitions) != wanted[name].partitions:
                raise ApplyError(
                    f"{name} has {len(there[name].partitions)} partitions and the catalogue says "
                    f"{wanted[name].partitions}; that needs a new topic version"
                )
        missing = [wanted[name] for name in sorted(wanted.keys() - there.keys())]
        self._create(missing)
        changed = self._set_right([wanted[name] for name in sorted(wanted.keys() & there.keys())])
        return [f"topic {topic.name} made" for topic in missing] + changed

    def admit_partner(self, party: str, password: str) -> None:
        """Give a party its topic and the right to read it; a second time gives it a new password."""
        self.apply_topics([partner_topic(check_party(party))])
        self._set_passwords({party: password})
        self._add_rights(partner_rights(party))

    def admit_integration(self, party: str, password: str) -> None:
        """Give a party its inbound topic and the right to write it; a second time gives it a new password."""
        self.apply_topics([inbound_topic(check_party(party))])
        self._set_passwords({party: password})
        self._add_rights(integration_rights(party))

    def dismiss_partner(self, party: str) -> None:
        """End a partner's reading. What was published for it stays until its retention ends."""
        self._dismiss(check_party(party), partner_rights(party))

    def dismiss_integration(self, party: str) -> None:
        self._dismiss(check_party(party), integration_rights(party))

    def partners(self) -> list[str]:
        """Parties that may read a topic of their own."""
        return self._parties_with(PARTNER_PREFIX, AclOperation.READ)

    def integrations(self) -> list[str]:
        """Parties that may write an inbound topic."""
        return self._parties_with(INBOUND_PREFIX, AclOperation.WRITE)

    def users(self) -> set[str]:
        """Everyone who has a password."""
        return set(self._admin.describe_user_scram_credentials().result(TIMEOUT_SECONDS))

    def _create(self, topics: list[Topic]) -> None:
        if topics:
            made = self._admin.create_topics(
                [
                    NewTopic(
                        t.name, num_partitions=t.partitions, replication_factor=1, config=topic_settings(t)
                    )
                    for t in topics
                ]
            )
            _finish(made)

    def _set_right(self, topics: list[Topic]) -> list[str]:
        """Bring the settings of topics that are there in line."""
        if not topics:
            return []
        asked = self._admin.describe_configs([ConfigResource(ResourceType.TOPIC, t.name) for t in topics])
        found = {resource.name: future.result(TIMEOUT_SECONDS) for resource, future in asked.items()}
        differing = {
            topic.name: {
                key: value
                for key, value in topic_settings(topic).items()
                if found[topic.name][key].value != value
            }
            for topic in topics
        }
        resources = [
            ConfigResource(
                ResourceType.TOPIC,
                name,
                incremental_configs=[
                    ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                    for key, value in settings.items()
                ],
            )
            for name, settings in differing.items()
            if settings
        ]
        if resources:
            _finish(self._admin.incremental_alter_configs(resources))
        return [
            f"topic {name}: {key} set to {value}"
            for name, settings in differing.items()
            for key, value in settings.items()
        ]

    def _set_passwords(self, passwords: Mapping[str, str]) -> None:
        how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS)
        _finish(
            self._admin.alter_user_scram_credentials(
                [
                    UserScramCredentialUpsertion(user, how, password.encode())
                    for user, password in passwords.items()
                ]
            )
        )

    def _apply_rights(self, user: str, wanted: set[AclBinding]) -> list[str]:
        there = self._rights_of(user)
        self._add_rights(wanted - there)
        self._take_rights(there - wanted)
        return [f"{user}: {_words(right)} given" for right in wanted - there] + [
            f"{user}: {_words(right)} taken away" for right in there - wanted
        ]

    def _rights_of(self, user: str) -> set[AclBinding]:
        return set(self._admin.describe_acls(_every_right_of(user)).result(TIMEOUT_SECONDS))

    def _add_rights(self, rights: set[AclBinding]) -> None:
        if rights:
            _finish(self._admin.create_acls(list(rights)))

    def _take_rights(self, rights: set[AclBinding]) -> None:
        if rights:
            _finish(self._admin.delete_acls([_exactly(right) for right in rights]))

    def _dismiss(self, party: str, rights: set[AclBinding]) -> None:
        """Take these rights away, and the user as well when none are left."""
        self._take_rights(rights)
        if not self._rights_of(party) and party in self.users():
            gone = UserScramCredentialDeletion(party, ScramMechanism.SCRAM_SHA_512)
            _finish(self._admin.alter_user_scram_credentials([gone]))

    def _parties_with(self, prefix: str, operation: AclOperation) -> list[str]:
        every = self._admin.describe_acls(_every_right_of(None)).result(TIMEOUT_SECONDS)
        return sorted(
            right.principal.removeprefix("User:")
            for right in every
            if right.restype == ResourceType.TOPIC
            and right.resource_pattern_type == ResourcePatternType.LITERAL
            and right.name.startswith(prefix)
            and right.operation == operation
        )


def topic_settings(topic: Topic) -> dict[str, str]:
    """The broker's settings of a topic. Old data really goes: a segment is closed after the segment time."""
    segment = _milliseconds(SEGMENT_TIME)
    if topic.compacted:
        return {
            "cleanup.policy": "compact",
            "segment.ms": segment,
            "max.compaction.lag.ms": segment,
            "delete.retention.ms": segment,
        }
    retention = "-1" if topic.retention is None else _milliseconds(topic.retention)
    return {
        "cleanup.policy": "delete",
        "retention.ms": retention,
        "retention.bytes": "-1",
        "segment.ms": segment,
    }


def service_rights(service: str) -> set[AclBinding]:
    """A service writes what it owns, reads what it is named for, and keeps its own groups."""
    rights = {_topic(service, t.name, AclOperation.WRITE) for t in TOPICS if t.owner == service}
    rights |= {_topic(service, t.name, AclOperation.READ) for t in TOPICS if service in t.readers}
    rights |= {_group(service, service), _group(service, f"{service}.", ResourcePatternType.PREFIXED)}
    # Partners and integrations come and go; who serves them must not be changed for each.
    everyone = ResourcePatternType.PREFIXED
    if service == partner_topic("any").owner:
        rights.add(_topic(service, PARTNER_PREFIX, AclOperation.WRITE, everyone))
    if service in inbound_topic("any").readers:
        rights.add(_topic(service, INBOUND_PREFIX, AclOperation.READ, everyone))
    return rights


def partner_rights(party: str) -> set[AclBinding]:
    return {
        _topic(party, partner_topic(party).name, AclOperation.READ),
        _group(party, f"{party}.", ResourcePatternType.PREFIXED),
    }


def integration_rights(party: str) -> set[AclBinding]:
    return {_topic(party, inbound_topic(party).name, AclOperation.WRITE)}


def _topic(
    user: str,
    name: str,
    operation: AclOperation,
    pattern: ResourcePatternType = ResourcePatternType.LITERAL,
) -> AclBinding:
    return AclBinding(
        ResourceType.TOPIC, name, pattern, f"User:{user}", "*", operation, AclPermissionType.ALLOW
    )


def _group(user: str, name: str, pattern: ResourcePatternType = ResourcePatternType.LITERAL) -> AclBinding:
    return AclBinding(
        ResourceType.GROUP, name, pattern, f"User:{user}", "*", AclOperation.READ, AclPermissionType.ALLOW
    )


def _every_right_of(user: str | None) -> AclBindingFilter:
    return AclBindingFilter(
        ResourceType.ANY,
        None,
        ResourcePatternType.ANY,
        f"User:{user}" if user else None,
        None,
        AclOperation.ANY,
        AclPermissionType.ANY,
    )


def _exactly(right: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        right.restype,
        right.name,
        right.resource_pattern_type,
        right.principal,
        right.host,
        right.operation,
        right.permission_type,
    )


def _words(right: AclBinding) -> str:
    some = "*" if right.resource_pattern_type == ResourcePatternType.PREFIXED else ""
    return f"{right.operation.name.lower()} on {right.restype.name.lower()} {right.name}{some}"


def _milliseconds(time: Any) -> str:
    return str(int(time.total_seconds() * 1000))


def _finish(futures: Mapping[Any, "Future[Any]"]) -> None:
    """Wait for all of them; the first refusal is raised, save that something was there already."""
    for future in futures.values():
        try:
            future.result(TIMEOUT_SECONDS)
        except KafkaException as refused:
            if refused.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
