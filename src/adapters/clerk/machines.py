"""Reading a subject as a machine."""

import re

from adapters.clerk.refusals import Refusal
from domain.errors import NotAuthenticatedError
from domain.machines import ConsoleMachine

# Clerk's ids are alphanumeric; whatever could break a log line or an allow-list has no place in one.
_MACHINE_ID = re.compile(r"mch_[A-Za-z0-9_-]{1,200}", re.ASCII)


def machine_of(subject: object) -> ConsoleMachine:
    """Return the machine that a verified subject names.

    Raises:
        NotAuthenticatedError: It names something else, such as a user.
    """
    if isinstance(subject, str) and _MACHINE_ID.fullmatch(subject):
        return ConsoleMachine(subject)
    raise NotAuthenticatedError(Refusal.WRONG_SUBJECT.value)
