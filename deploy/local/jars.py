"""Apache Kafka as jars: the list in kafka.lock, fetched once into the user's Maven repository and checked.

`python -m deploy.local.jars` lets jgo resolve the list anew after KAFKA_VERSION changed.
"""

import hashlib
import os
import ssl
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import certifi
import httpx
from jgo.constants import MAVEN_CENTRAL_URL

from deploy.local.process import StackError

KAFKA_VERSION = "4.3.1"
COORDINATES = (
    f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
    # The Java runtime that comes as a Python package has no compiler.
    "org.eclipse.jdt:ecj:3.41.0",
)
LOCK = Path(__file__).with_name("kafka.lock")
MAVEN_URL_SETTING = "BRANDMEESTER_MAVEN_URL"
PARALLEL_DOWNLOADS = 6
ATTEMPTS = 4

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Jar:
    """One locked jar: where it lies in a Maven repository, and its content."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def path(self) -> str:
        folder = self.group.replace(".", "/")
        return f"{folder}/{self.artifact}/{self.version}/{self.artifact}-{self.version}.jar"


def locked_jars() -> list[Jar]:
    lines = (line for line in LOCK.read_text().splitlines() if line and not line.startswith("#"))
    return [Jar(*line.replace(" ", ":").split(":")) for line in lines]


def fetch_classpath(progress: Progress) -> str:
    """Every locked jar on disk, as a Java class path; `progress` hears how many of how many were fetched."""
    jars, repository = locked_jars(), _repository()
    missing = [jar for jar in jars if not _is_sound(repository / jar.path, jar)]
    if missing:
        _download_all(missing, repository, progress)
    return os.pathsep.join(str(repository / jar.path) for jar in jars)


def _repository() -> Path:
    return Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")


def _is_sound(path: Path, jar: Jar) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256


def _download_all(jars: list[Jar], repository: Path, progress: Progress) -> None:
    trust = ssl.create_default_context()
    trust.load_verify_locations(certifi.where())
    transport = httpx.HTTPTransport(retries=2, verify=trust)
    with (
        httpx.Client(transport=transport, timeout=60, follow_redirects=True, verify=trust) as client,
        ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool,
    ):
        waiting = [pool.submit(_download, client, jar, repository) for jar in jars]
        for done, finished in enumerate(as_completed(waiting), start=1):
            finished.result()
            progress(done, len(jars))


def _download(client: httpx.Client, jar: Jar, repository: Path) -> None:
    url = f"{os.environ.get(MAVEN_URL_SETTING, MAVEN_CENTRAL_URL).rstrip('/')}/{jar.path}"
    for attempt in range(1, ATTEMPTS + 1):
        try:
            content = client.get(url).raise_for_status().content
            break
        except httpx.HTTPError as failure:
            if attempt == ATTEMPTS:
                raise StackError(
                    f"Could not fetch {url}: {failure}. Check the connection, or name a mirror of "
                    f"Maven Central in {MAVEN_URL_SETTING}."
                ) from failure
    if hashlib.sha256(content).hexdigest() != jar.sha256:
        raise StackError(f"{url} is not the file that {LOCK.name} names: its SHA-256 differs.")
    _write_whole(repository / jar.path, content)


def _write_whole(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as half:
        half.write(content)
    Path(half.name).replace(target)


def write_lock() -> None:
    """Resolve COORDINATES with all they need to run, and lock what came of it."""
    from jgo.maven import MavenContext, PythonResolver
    from jgo.parse import Coordinate

    maven = MavenContext(resolver=PythonResolver())
    # Raw: the version lists that one of them brings along must not rule the versions of the others.
    wanted = [maven.create_dependency(Coordinate.parse(f"{name}!")) for name in COORDINATES]
    direct, transitive = maven.resolver.resolve(wanted)
    artifacts = [d.artifact for d in [*direct, *transitive] if d.scope in ("compile", "runtime", None)]
    lines = {
        f"{a.groupId}:{a.artifactId}:{a.version} {hashlib.sha256(a.resolve().read_bytes()).hexdigest()}"
        for a in artifacts
    }
    LOCK.write_text("\n".join(["# Made by `python -m deploy.local.jars`", *sorted(lines)]) + "\n")


if __name__ == "__main__":
    write_lock()
