"""Kafka's files are exactly the locked ones, wherever they come from."""

import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.local import jars
from deploy.local.process import StackError

CONTENT = b"a jar"


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A Maven repository with the same content for every file; what was asked of it."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("BRANDMEESTER_MAVEN_URL", f"http://127.0.0.1:{server.server_port}/maven2")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("M2_REPO", str(tmp_path / "repository"))
    monkeypatch.setattr(jars, "LOCK", tmp_path / "kafka.lock")
    return asked


def lock(digest: str) -> None:
    jars.LOCK.write_text(f"# a comment\norg.example:thing:1.0 {digest}\n")


def test_a_file_is_fetched_once_and_then_used_from_disk(mirror: list[str], tmp_path: Path) -> None:
    lock(hashlib.sha256(CONTENT).hexdigest())
    told: list[tuple[int, int]] = []
    for _ in range(2):
        classpath = jars.fetch_classpath(lambda done, of: told.append((done, of)))
    assert classpath == str(tmp_path / "repository/org/example/thing/1.0/thing-1.0.jar")
    assert mirror == ["/maven2/org/example/thing/1.0/thing-1.0.jar"]
    assert told == [(1, 1)]


def test_a_file_with_other_content_than_the_locked_one_is_refused(mirror: list[str], tmp_path: Path) -> None:
    lock("0" * 64)
    with pytest.raises(StackError, match="SHA-256 differs"):
        jars.fetch_classpath(lambda done, of: None)
    assert not (tmp_path / "repository").exists()


def test_the_lock_names_kafka_itself() -> None:
    names = {(jar.artifact, jar.version) for jar in jars.locked_jars()}
    assert {("kafka_2.13", jars.KAFKA_VERSION), ("kafka-clients", jars.KAFKA_VERSION)} <= names
