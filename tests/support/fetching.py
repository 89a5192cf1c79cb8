"""A fetcher and the host that it fetches from."""

from dataclasses import dataclass

from adapters.https.wheel_fetcher import HttpsWheelFetcher
from domain.wheel.url import WheelUrl
from tests.support.contents import bytes_of
from tests.support.https_host import HttpsHost

PATH = "/files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"


@dataclass
class World:
    host: HttpsHost
    fetcher: HttpsWheelFetcher

    async def fetch(self) -> bytes:
        with await self.fetcher.fetch(WheelUrl.parse(self.host.url(PATH))) as fetched:
            return bytes_of(fetched.content)
