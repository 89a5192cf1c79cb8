"""What becomes of a delivery: what an answer means, and when the next attempt is."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.webhooks.receivers import Progress, Stop

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long to wait after each failed attempt, as the specification publishes it; the one after the last is none."""
JITTER = 0.2
"""The largest part of a wait that chance adds to it."""
LONGEST_WAIT = timedelta(hours=24)
"""A receiver that asks for more is asked again by then."""


class Reply(StrEnum):
    """What an answer means, or that there was none."""

    ACCEPTED = "accepted"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """How an attempt ended.

    Attributes:
        result: What the receiver answered, or why it did not, in a word for operators.
        wait: How long the receiver asks to be left alone.
    """

    reply: Reply
    result: str
    wait: timedelta = timedelta()


def next_attempt(progress: Progress, answer: Answer, *, chance: float) -> timedelta | Stop:
    """Return how long to wait after an attempt that was not accepted, or why there is no other.

    Args:
        progress: After the attempt.
        answer: Of the attempt.
        chance: Drawn evenly from 0 to 1.
    """
    if answer.reply is Reply.GONE:
        return Stop.GONE
    if progress.failures > len(SCHEDULE):
        return Stop.EXHAUSTED
    scheduled = SCHEDULE[progress.failures - 1] * (1 + JITTER * chance)
    return max(scheduled, min(answer.wait, LONGEST_WAIT))
