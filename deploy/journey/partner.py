"""The partner of the journey: reads its own topic with its own credentials, and is refused any other."""

from __future__ import annotations

import json
from contextlib import suppress

from confluent_kafka import KafkaException

from deploy.journey.doors import Missed
from deploy.kafka.access import client_settings
from deploy.kafka.apply import Broker
from deploy.kafka.reading import messages
from deploy.local.credentials import new_password
from shared.contracts.catalogue import partner_topic

STRANGER = "journey-stranger"


class Partner:
    """A party that subscribes. One that is a partner already is read for by the administrator.

    A partner's password is known to the partner alone, and the journey does not take it away from it.
    """

    def __init__(self, party: str, broker: Broker, partners_bootstrap: str, admin: dict[str, str]) -> None:
        self.party = party
        self._broker = broker
        self._bootstrap = partners_bootstrap
        self._settings = admin
        if party not in broker.partners():
            password = new_password()
            broker.admit_partner(party, password)
            self._settings = client_settings(partners_bootstrap, party, password)

    def notice_of(self, report: str) -> str | None:
        """What the partner reads about a report, or None as long as there is nothing."""
        # A new partner's user may take a moment to be known to the broker.
        with suppress(KafkaException):
            for message in messages(
                self._settings, partner_topic(self.party).name, group=f"{self.party}.journey", follow=False
            ):
                body = json.loads(message.value() or b"{}")
                if body.get("report") == report:
                    return f"{body['number']}, {body['site']['place']}, shared {body['sharedAt']}"
        return None

    def refusal_of_another(self) -> str:
        """A stranger with credentials of its own tries this partner's topic; answers how it was refused."""
        password = new_password()
        self._broker.admit_partner(STRANGER, password)
        settings = client_settings(self._bootstrap, STRANGER, password)
        try:
            own = list(messages(settings, partner_topic(STRANGER).name, group=f"{STRANGER}.a", follow=False))
            if own:
                raise Missed("another partner was sent something")
            list(messages(settings, partner_topic(self.party).name, group=f"{STRANGER}.b", follow=False))
        except KafkaException as refusal:
            return str(refusal.args[0].name())
        finally:
            self._broker.dismiss_partner(STRANGER)
        raise Missed("another partner could read this one's topic")
