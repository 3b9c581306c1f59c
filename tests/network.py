"""A network between the control room and its warehouse that can be slow, cut or silent."""

import asyncio
import threading
import time
from contextlib import suppress

from dashboard.postgres.embedded import EmbeddedWarehouse

_CHUNK = 65_536


class Network:
    """Carries TCP connections on a port of this machine to the embedded warehouse's socket.

    `delay`: seconds that every piece takes, each way; `is_silent`: nothing comes through and nothing is
    refused, as when a cable is pulled; `is_cut`: connections are refused, those that stand are
    broken. `connections`: how many were asked for.
    """

    def __init__(self, warehouse: EmbeddedWarehouse, delay: float = 0.0) -> None:
        self._url, _, folder = warehouse.url.partition("?host=")
        self._socket = f"{folder}/.s.PGSQL.5432"
        self.delay = delay
        self.is_silent = self.is_cut = False
        self.connections = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """The warehouse's address by way of this network."""
        return self._url.replace("postgres@/", f"postgres@127.0.0.1:{self.port}/")

    def __enter__(self) -> "Network":
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._serving.cancel)
        self._thread.join(timeout=5)

    def cut(self) -> None:
        """Break every connection and refuse new ones until `is_cut` is unset."""
        self.is_cut = True
        self._loop.call_soon_threadsafe(self._break_all)

    def _break_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._serving = asyncio.ensure_future(server.serve_forever())
        self._ready.set()
        await self._serving

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.is_cut:
            back.transport.abort()
            return
        try:
            far, out = await asyncio.open_unix_connection(self._socket)
        except OSError:
            back.transport.abort()
            return
        writers = {back, out}
        self._writers |= writers
        try:
            # A task of asyncio's own servers that is cancelled complains on its own: end quietly.
            with suppress(asyncio.CancelledError):
                await asyncio.gather(self._pass(near, out), self._pass(far, back))
        finally:
            self._writers -= writers
            for writer in writers:
                writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Pieces travel one behind the other: a delay adds to each, not up.
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.ensure_future(self._send(pieces, writer))
        try:
            while piece := await reader.read(_CHUNK):
                pieces.put_nowait((time.monotonic() + self.delay, piece))
            pieces.put_nowait((time.monotonic() + self.delay, b""))
            await sending
        except OSError:
            sending.cancel()

    async def _send(
        self, pieces: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while True:
                due, piece = await pieces.get()
                # The time on the way is what this network is for.
                await asyncio.sleep(due - time.monotonic())
                while self.is_silent:
                    # Said from another thread, which sets no event of this loop.
                    await asyncio.sleep(0.05)
                if not piece:
                    writer.write_eof()
                    return
                writer.write(piece)
                await writer.drain()
