"""A whole platform on one machine, from nothing to ready, watched while it runs, and stopped in order."""

import os
import time
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import httpx

from deploy.kafka.access import PLAIN, client_settings
from deploy.kafka.apply import Broker
from deploy.local.credentials import Credentials, new_password
from deploy.local.description import Description, remove_description
from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from deploy.local.partner_passwords import PartnerPasswords
from deploy.local.ports import Ports
from deploy.local.process import StackError, require_free
from deploy.local.services import (
    issuer,
    public_urls,
    service_environment,
    supervised_service,
    supervised_sign_in,
)
from deploy.local.sign_in import USERS
from deploy.local.supervision import Supervised
from deploy.local.token import member_token
from shared.contracts.catalogue import SERVICES

INTEGRATION = "hotline"
"""The integration that every platform has from the start, so that signals can come in by topic."""
MEMBER = "lotc"
TOKEN_RENEWAL_SECONDS = 1800.0
LOOK_EVERY_SECONDS = 0.1
READY_PATIENCE_SECONDS = 240.0
START_ATTEMPTS = 4


class Progress(Protocol):
    """Where a platform says how far it is."""

    def done(self, what: str) -> None:
        """Something is finished."""

    def busy(self, what: str) -> None:
        """Something goes on; a later word about it replaces this one."""

    def warn(self, what: str) -> None:
        """Something needs attention."""


@dataclass
class Platform:
    """Kafka, MongoDB, sign-in and the five services of one data folder."""

    data: Path
    ports: Ports
    progress: Progress

    def __post_init__(self) -> None:
        self.credentials = Credentials(self.data)
        self.kafka = Kafka(self.data, self.ports, self.credentials)
        self.mongo = Mongo(self.data, self.ports, self.credentials)
        self._sign_in = supervised_sign_in(self.data, self.ports)
        self._services = [self._service(name) for name in SERVICES]
        self._stops = ExitStack()

    def start(self) -> Description:
        """Bring everything up; platform.json is written last, when all of it can be used."""
        remove_description(self.data)
        self._start_stack()
        broker = Broker(self.kafka.admin_settings())
        self._apply_catalogue(broker)
        self._start_services()
        self._wait_for_sign_in()
        self._wait_for_services()
        self._stops.callback(remove_description, self.data)
        description = self._describe(self._admit_integration(broker))
        description.write(self.data)
        return description

    def watch(self) -> None:
        """Until interrupted: start again what dies, and keep the token in platform.json fresh."""
        renewal = time.monotonic() + TOKEN_RENEWAL_SECONDS
        while True:
            for part in (self.kafka, self.mongo):
                if not part.running():
                    raise StackError(f"{type(part).__name__} ended unexpectedly.\n{part.last_words()}")
            if self._look_after_children() or time.monotonic() > renewal:
                renewal = time.monotonic() + TOKEN_RENEWAL_SECONDS
                self._renew_token()
            time.sleep(LOOK_EVERY_SECONDS)

    def stop(self) -> None:
        """Services first, so that they can finish what they have in hand; then what they rest on."""
        self._stops.close()

    def _start_stack(self) -> None:
        began = time.monotonic()
        self._clear_the_way()
        self.progress.busy("Starting MongoDB and Kafka")
        self._stops.callback(self.mongo.stop)
        self.mongo.start()
        self._stops.callback(self.kafka.stop)
        self.kafka.start(lambda fetched, of: self.progress.busy(f"Fetching Kafka: {fetched} of {of} files"))
        self.progress.busy("Waiting for MongoDB and Kafka")
        self.mongo.wait()
        self.progress.done(f"MongoDB is up {_since(began)}")
        self.kafka.wait()
        self.progress.done(f"Kafka is up {_since(began)}")

    def _apply_catalogue(self, broker: Broker) -> None:
        self.progress.busy("Making topics, users and access rights")
        changes = broker.apply_catalogue({name: self.credentials.kafka_password(name) for name in SERVICES})
        self.progress.done(f"Topics, users and access rights are in place ({len(changes)} changes)")

    def _admit_integration(self, broker: Broker) -> dict[str, dict[str, str]]:
        password = self.credentials.integration(INTEGRATION)
        if password is None:
            password = new_password()
            self.credentials.keep_integration(INTEGRATION, password)
        broker.admit_integration(INTEGRATION, password)
        PartnerPasswords(self.data).set(INTEGRATION, password)
        return {INTEGRATION: client_settings(self.kafka.partners_bootstrap, INTEGRATION, password, PLAIN)}

    def _service(self, name: str) -> Supervised:
        settings = service_environment(name, self.kafka, self.mongo, self.credentials)
        return supervised_service(name, self.data, settings)

    @property
    def _watched(self) -> list[Supervised]:
        return [self._sign_in, *self._services]

    def _clear_the_way(self) -> None:
        """What a platform left behind that was killed is ended; a port that is taken after that is an error."""
        for part in self._watched:
            part.child.end_leftover()
        for name in SERVICES:
            require_free(self.ports.service(name), name)
        require_free(self.ports.sign_in, "sign-in")

    def _start_services(self) -> None:
        self._stops.callback(self._stop_services)
        for part in self._watched:
            part.start()

    def _stop_services(self) -> None:
        for part in self._watched:
            part.child.ask_to_stop()
        for part in self._watched:
            part.child.stop()

    def _look_after_children(self) -> bool:
        """Whether the sign-in was started again, with new keys."""
        renewed = False
        for part in self._watched:
            news = part.look()
            if news is not None:
                self.progress.warn(news)
                renewed |= part is self._sign_in and part.child.running()
        return renewed

    def _renew_token(self) -> None:
        """Others may have changed the rest of platform.json meanwhile; without a sign-in it stays as it is."""
        try:
            self._wait_for_sign_in()
            replace(Description.read(self.data), token=self._token()).write(self.data)
        except (StackError, httpx.HTTPError, KeyError) as failure:
            self.progress.warn(f"The token in platform.json could not be renewed: {failure}")

    def _wait_for_sign_in(self) -> None:
        address = f"{issuer(self.ports)}/.well-known/openid-configuration"
        with httpx.Client(trust_env=False) as client:
            self._sign_in.child.wait_until(lambda: _answers(client, address), READY_PATIENCE_SECONDS)

    def _wait_for_services(self) -> None:
        """Until each says it is ready; meanwhile tell what each waits for and how much is loaded."""
        began = time.monotonic()
        waiting = dict(public_urls(self.ports))
        with httpx.Client(trust_env=False, timeout=5) as client:
            while waiting:
                self._look_after_children()
                states = {name: _readiness(client, url) for name, url in waiting.items()}
                for name, state in states.items():
                    if state is None:
                        del waiting[name]
                        self.progress.done(f"{name} is ready {_since(began)}")
                if waiting:
                    self.progress.busy("; ".join(f"{name}: {states[name]}" for name in waiting))
                    self._give_up_after(began, waiting)
                    time.sleep(0.3)

    def _give_up_after(self, began: float, waiting: Collection[str]) -> None:
        """When time runs out, or when one of them ends again and again."""
        late = time.monotonic() - began > READY_PATIENCE_SECONDS
        stuck = [part for part in self._services if part.name in waiting and (late or part.failures >= START_ATTEMPTS)]
        if stuck:
            words = [f"{part.name} does not come up.\n{part.child.last_words()}" for part in stuck]
            raise StackError("\n".join(words))

    def _describe(self, integrations: dict[str, dict[str, str]]) -> Description:
        urls = public_urls(self.ports)
        return Description(
            pid=os.getpid(),
            port_base=self.ports.base,
            services=urls,
            issuer=issuer(self.ports),
            users=[
                {
                    "sub": user.sub,
                    "name": user.name,
                    "organisation": user.organisation,
                    "roles": list(user.roles),
                }
                for user in USERS
            ],
            kafka_services=self.kafka.services_bootstrap,
            kafka_partners=self.kafka.partners_bootstrap,
            mongo=self.mongo.url(),
            integrations=integrations,
            token=self._token(),
        )

    def _token(self) -> str:
        callback = f"{public_urls(self.ports)['triage']}/sign-in/callback"
        return member_token(issuer(self.ports), self.credentials.oidc_client_secret, callback, MEMBER)


def _readiness(client: httpx.Client, url: str) -> str | None:
    """What a service still waits for, in words; None when it is ready."""
    try:
        answer = client.get(f"{url}/health/ready")
        body = answer.json()
    except (httpx.HTTPError, ValueError):
        return "starting"
    if answer.status_code == httpx.codes.OK:
        return None
    loaded, expected = (body.get("startData", {}).get(key, 0) for key in ("loaded", "expected"))
    return f"start data {loaded} of {expected}" if expected else f"waiting for {body.get('waitingFor')}"


def _answers(client: httpx.Client, address: str) -> bool:
    try:
        return client.get(address).is_success
    except httpx.HTTPError:
        return False


def _since(began: float) -> str:
    return f"({time.monotonic() - began:.1f} s)"
