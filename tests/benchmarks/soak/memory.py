"""What the processes behind a wall hold and use, and whether that grows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from tests.browser.serving import Server


@dataclass(frozen=True)
class Use:
    """KiB and CPU seconds. `server`: resident memory of the control room's process; `backends`: what
    PostgreSQL's processes hold for themselves, the shared buffers left out, and how many they are."""

    server: int
    server_cpu: float
    threads: int
    backends: int
    backend_count: int
    warehouse_cpu: float


def use_of(server: Server) -> Use:
    """What `server` and its warehouse hold and have used by now."""
    process, postmaster = psutil.Process(server.process.pid), _postmaster(server)
    # Those that PostgreSQL keeps for itself belong to it as much as those that serve us.
    postgres = [postmaster, *postmaster.children()]
    ended = postmaster.cpu_times()
    return Use(
        server=process.memory_info().rss // 1024,
        server_cpu=_cpu(process),
        threads=process.num_threads(),
        backends=sum(map(private_kib, postgres)),
        backend_count=len(postgres),
        # Sessions that ended meanwhile are counted with who started them.
        warehouse_cpu=sum(map(_cpu, postgres)) + ended.children_user + ended.children_system,
    )


@dataclass(frozen=True)
class Slope:
    """What is added per 1,000 refreshes, with its 95 % interval."""

    value: float
    half: float

    def __str__(self) -> str:
        low, high = self.value - self.half, self.value + self.half
        return f"{self.value:+.1f} per 1,000 refreshes (95 % {low:+.1f} to {high:+.1f})"


def slope(refreshes: Sequence[float], values: Sequence[float]) -> Slope:
    """The least-squares slope of `values` over `refreshes`, per 1,000 of them.

    Memory moves in steps, so neighbouring samples tell little more than one: the interval is
    widened by the correlation of each residual with the one before.
    """
    x, y = np.asarray(refreshes) / 1000, np.asarray(values, dtype=float)
    apart = x - x.mean()
    rise = float(apart @ y / (apart @ apart))
    left = y - y.mean() - rise * apart
    spread = float(left @ left)
    again = float(left[1:] @ left[:-1]) / spread if spread else 0.0
    expand_to_days = np.sqrt((1 + max(again, 0.0)) / (1 - min(max(again, 0.0), 0.99)))
    error = np.sqrt(spread / max(len(x) - 2, 1) / (apart @ apart))
    return Slope(rise, float(1.96 * error * expand_to_days))


def _postmaster(server: Server) -> psutil.Process:
    lines = (server.home / "postgresql" / "postmaster.pid").read_text().splitlines()
    return psutil.Process(int(lines[0]))


def private_kib(process: psutil.Process) -> int:
    """What `process` holds for itself; 0 where it has ended."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system
