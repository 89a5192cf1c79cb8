"""Two of h11's patterns, in a form that takes time in proportion to a line's length.

Its own try every way to share out blanks between what stands before a value and what stands after it: a header line of
thirty thousand blanks that ends wrongly holds the event loop for ten seconds, and a chunk's line nearly does.
"""

import re

from h11 import _readers
from h11._abnf import OWS, chunk_size, header_field

_HEADER_FIELD = re.compile(header_field.replace(OWS, f"{OWS}+", 1).encode())
_CHUNK_HEADER = re.compile(rf"(?P<chunk_size>{chunk_size})(?:;[^\r\n]*+|{OWS}+)\r\n".encode())


def use() -> None:
    """Let h11 read with them; it offers no other way."""
    _readers.header_field_re = _HEADER_FIELD
    _readers.chunk_header_re = _CHUNK_HEADER
