"""A member who posts on and on through the API, and sends again what was not answered."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self
from uuid import uuid4

import httpx

from embedded.story import Story
from embedded.story_listings import send_request

PACE_SECONDS = 0.5
ANSWER_SECONDS = 5
"""Then it is asked again: whoever was killed answers never."""


class Poster:
    """`ids` are the listings that were answered with yes; `longest_pause` is between two of them.

    What the gateway or a service could not answer is sent again with the same Idempotency-Key, as
    a careful client does.
    """

    def __init__(self, story: Story) -> None:
        self.ids: list[str] = []
        self.longest_pause = 0.0
        self._story = story
        self._told_to_stop = threading.Event()
        self._refusal: str | None = None

    @contextmanager
    def posting(self) -> Iterator[Self]:
        thread = threading.Thread(target=self._post_on)
        thread.start()
        try:
            yield self
        finally:
            self._told_to_stop.set()
            thread.join()
        assert self._refusal is None, self._refusal

    def has_posted(self, more_than: int) -> bool:
        assert self._refusal is None, self._refusal
        return len(self.ids) > more_than

    def _post_on(self) -> None:
        before = time.monotonic()
        while self._refusal is None and not self._told_to_stop.wait(PACE_SECONDS):
            answer = self._answered(str(uuid4()))
            if answer.status_code != httpx.codes.CREATED:
                self._refusal = f"refused with {answer.status_code}: {answer.text}"
                return
            self.ids.append(answer.json()["id"])
            self.longest_pause = max(self.longest_pause, time.monotonic() - before)
            before = time.monotonic()

    def _answered(self, key: str) -> httpx.Response:
        while True:
            try:
                answer = send_request(self._story, key=key, answer_seconds=ANSWER_SECONDS)
            except httpx.TransportError:
                continue
            if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return answer
