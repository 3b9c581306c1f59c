"""The control room itself killed in the middle of a refresh: its walls come back, nothing is left behind."""

from tests.browser.serving import Server
from tests.faults.conftest import STATEMENT_SECONDS, Breakable
from tests.waiting import wait_until
from tests.walls import Walls


def test_killed_in_the_middle_of_a_refresh(cluster: Breakable, room: Server):
    before = cluster.counts()
    with Walls(room, 3) as walls:
        walls.wait_until(lambda wall: bool(wall.figure("containment")), 40, "no figures")
        with cluster.held_back("conversations"):
            wait_until(lambda: cluster.waits("control-room"), 20, "no refresh is under way")
            room.kill()
            # The warehouse ends what nobody waits for any more.
            wait_until(
                lambda: not cluster.waits("control-room"),
                STATEMENT_SECONDS + 10,
                "a question outlived who asked it",
            )
        seen = [len(wall.deliveries) for wall in walls.walls]
        room.start()
        walls.wait_until(
            lambda wall: wall.connected == 2 and bool(wall.figure("containment")),
            40,
            "the wall did not come back",
        )
        wait_until(
            lambda: all(
                len(wall.deliveries) > count for wall, count in zip(walls.walls, seen, strict=True)
            ),
            40,
            "the wall does not refresh",
        )
    assert cluster.counts() == before
