"""A server as a person starts it, to be driven, frozen and killed by tests."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from dashboard.settings import PROJECT_ROOT
from tests.present import present
from tests.waiting import wait_until

REFRESH_SECONDS = 2


class Server:
    """`python -m dashboard`, as a person starts it, on a free port."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home, self.settings = home, settings
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process: subprocess.Popen | None = None

    @property
    def process(self) -> subprocess.Popen:
        """What `launch` has started."""
        return present(self._process)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def launch(self) -> None:
        """Start the process without waiting for it to answer."""
        self.home.mkdir(parents=True, exist_ok=True)
        with open(self.home / "server.log", "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dashboard"],
                cwd=PROJECT_ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
            )

    def start(self) -> None:
        self.launch()
        wait_until(self.answers, 60, "the server did not start")

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """As the kernel does it when memory runs out: no goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def run(self, *command: str) -> str:
        """The output of another command on the same warehouse."""
        return subprocess.run(
            [sys.executable, "-m", "dashboard", *command],
            cwd=PROJECT_ROOT,
            env=self._environment(),
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def log(self) -> str:
        return (self.home / "server.log").read_text(errors="replace")

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return kept | {
            "CONTROL_ROOM_HOME": str(self.home),
            "PORT": str(self.port),
            "REFRESH_SECONDS": str(REFRESH_SECONDS),
            **self.settings,
        }
