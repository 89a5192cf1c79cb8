"""Cookies, which a fetch has no use for."""

from http.client import HTTPResponse
from http.cookiejar import CookieJar
from urllib.request import Request


class NoCookies(CookieJar):
    """Stays empty. Reading what a hostile host sets costs time, and warnings where it cannot be read."""

    def extract_cookies(self, response: HTTPResponse, request: Request) -> None:
        """Take none."""
