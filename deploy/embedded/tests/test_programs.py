"""Programs answer with what they print, complain in their own words, and can be ended at once."""

import os
from threading import Thread

import pytest

from embedded.programs import CommandRefused, Programs
from embedded.testing import eventually


class TestPrograms:
    def test_what_a_program_prints_is_the_answer(self) -> None:
        answer = Programs().run_module(["calendar", "2027", "1"], environment=os.environ)

        assert "January 2027" in answer

    def test_a_program_that_fails_is_quoted(self) -> None:
        with pytest.raises(CommandRefused, match=r"(?s)calendar soon ended with 2:.*invalid int"):
            Programs().run_module(["calendar", "soon"], environment=os.environ)

    async def test_killed_programs_end_at_once_and_none_begins(self) -> None:
        programs = Programs()
        refused: list[CommandRefused] = []

        def serve() -> None:
            try:
                programs.run_module(["http.server", "0"], environment=os.environ)
            except CommandRefused as refusal:
                refused.append(refusal)

        serving = Thread(target=serve)
        serving.start()
        await eventually(lambda: programs._running)
        programs.kill()
        serving.join(timeout=60)

        assert "ended with -9" in str(refused)
        with pytest.raises(CommandRefused, match="not begun"):
            programs.run_module(["calendar"], environment=os.environ)
