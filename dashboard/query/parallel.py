"""Several questions under way at a time: what one screen asks, without filling the pool all need."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Answer = TypeVar("Answer")

MAX_CONCURRENCY = 2
"""More of one screen would only queue at the warehouse, whose connections others need too."""


@contextmanager
def run_concurrently(questions: Iterable[Callable[[], Answer]]) -> Iterator[list[Future[Answer]]]:
    """Ask the questions in their order, `MAX_CONCURRENCY` at a time, while the block runs.

    Yields a future of each. What has not begun when the block ends is not asked any more, and what
    has is not waited for: where one fails, the others would each wait for their own timeout.
    """
    pool = ThreadPoolExecutor(max_workers=MAX_CONCURRENCY)
    try:
        yield [pool.submit(question) for question in questions]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
