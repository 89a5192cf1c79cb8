"""Contract suites for adapters of one's own, to subclass in one's own tests.

The suites run under pytest with anyio's plugin. A subclass whose name begins with ``Test`` provides the fixtures that
its suite asks for.
"""

import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.{suite}" for suite in ("token_verifier", "transparency_log", "version_store", "wheel_fetcher"))
)
