"""Sessions of the wall as browsers hold them, without the browsers: real websockets, Streamlit's protocol.

A browser that is told to rerun a fragment every so often asks for it at that pace, whether or not the
last answer has come, and connects again when the server went away. So do these.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.browser.serving import Server
from tests.waiting import wait_until

_RECONNECT_SECONDS = 0.5


@dataclass(frozen=True)
class Delivery:
    """What one refresh brought. `took`: seconds since it was asked for; `age`: of the figures, then."""

    at: float
    took: float
    age: float | None
    notice: str | None
    has_figures: bool


@dataclass
class Wall:
    """One session. `newest`: all that it shows; `asked`: refreshes asked for, the first included."""

    deliveries: list[Delivery] = field(default_factory=list)
    newest: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    connected: int = 0
    # When the refreshes were asked for that have not been answered.
    waiting: list[float] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its sentences: the notice above the figures, or what stands in place of them."""
        return self.newest.get("notice") or (
            "" if self.newest.get("wall") else self.newest.get("empty", "")
        )

    def figure(self, tile: str) -> str | None:
        """What a tile says; None where there are no figures."""
        shown = self.newest.get("wall")
        return shown["tiles"][tile]["value"] if shown else None

    def __str__(self) -> str:
        age = self.newest.get("age")
        return (
            f"{len(self.deliveries)} deliveries of {self.asked}, {self.connected} connections, "
            f"figures {'none' if age is None else f'{age:.1f} s'} old, {self.text or 'no sentence'!r}"
        )

    def take(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.WhichOneof("type") != "bidi_component":
            return
        self.newest = json.loads(element.bidi_component.json)
        now = time.monotonic()
        # Requests that pile up are answered by one run, as the browser's are.
        took = now - self.waiting[0] if self.waiting else 0.0
        self.waiting.clear()
        self.deliveries.append(
            Delivery(
                now, took, self.newest["age"], self.newest["notice"], bool(self.newest["wall"])
            )
        )


class Walls:
    """So many walls of a server, kept open by a thread while the block runs.

    `spread`: seconds over which they are opened, one after another.
    """

    def __init__(
        self, server: Server, count: int = 1, query: str = "wall=1", spread: float = 0.0
    ) -> None:
        self.walls = [Wall() for _ in range(count)]
        self._address = server.url.replace("http:", "ws:") + "/_stcore/stream"
        self._query, self._spread = query, spread
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Walls":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._everything.cancel)
        self._thread.join(timeout=10)

    def wait_until(self, holds: Callable[[Wall], bool], seconds: float, otherwise: str) -> None:
        """Wait until `holds` has held of every wall, not of all at one moment."""
        lacking = self.walls

        def all_have() -> bool:
            nonlocal lacking
            lacking = [wall for wall in lacking if not (wall.newest and holds(wall))]
            return not lacking

        wait_until(all_have, seconds, lambda: f"{otherwise} ({len(lacking)}): {lacking[0]}")

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._keep_all())

    async def _keep_all(self) -> None:
        self._loop = asyncio.get_running_loop()
        pause = self._spread / len(self.walls)
        sessions = [self._keep(wall, number * pause) for number, wall in enumerate(self.walls)]
        self._everything = asyncio.gather(*sessions)
        await self._everything

    async def _keep(self, wall: Wall, wait: float) -> None:
        await asyncio.sleep(wait)
        while True:
            with suppress(OSError, WebSocketException, TimeoutError):
                # Streamlit sends whole pages: no limit. It answers pings itself.
                async with connect(
                    self._address,
                    subprotocols=[Subprotocol("streamlit")],
                    max_size=None,
                    ping_interval=None,
                ) as socket:
                    await self._session(wall, socket)
            # A browser's pause before it connects again.
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _session(self, wall: Wall, socket: ClientConnection) -> None:
        wall.connected += 1
        wall.waiting.clear()
        await self._ask(wall, socket, fragment="")
        ticking: asyncio.Task | None = None
        try:
            async for raw in socket:
                message = ForwardMsg.FromString(raw)
                kind = message.WhichOneof("type")
                if kind == "auto_rerun":
                    if ticking:
                        ticking.cancel()
                    told = message.auto_rerun
                    ticking = asyncio.create_task(
                        self._tick(wall, socket, told.interval, told.fragment_id)
                    )
                elif kind == "delta":
                    wall.take(message)
        finally:
            if ticking:
                ticking.cancel()

    async def _tick(
        self, wall: Wall, socket: ClientConnection, seconds: float, fragment: str
    ) -> None:
        due = self._loop.time()
        with suppress(WebSocketException):
            while True:
                due += seconds
                await asyncio.sleep(due - self._loop.time())
                await self._ask(wall, socket, fragment)

    async def _ask(self, wall: Wall, socket: ClientConnection, fragment: str) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = bool(fragment)
        wall.asked += 1
        wall.waiting.append(time.monotonic())
        await socket.send(message.SerializeToString())
