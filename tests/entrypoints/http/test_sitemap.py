"""What search engines read."""

from xml.etree import ElementTree as ET

from entrypoints.bootstrap import MemoryAdapters
from tests.entrypoints.http.conftest import Service, serving

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


async def locations(service: Service, path: str) -> list[str]:
    answer = await service.client.get(path)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "application/xml")
    return [str(each.text) for each in ET.fromstring(answer.text).iter(f"{NAMESPACE}loc")]


async def test_the_sitemap_leads_to_the_page_of_every_provider() -> None:
    async with serving(MemoryAdapters(), public_url="https://registry.example.com") as service:
        await service.publish()
        [part] = await locations(service, "/sitemap.xml")
        assert part == "https://registry.example.com/sitemap.xml?page=0"
        assert await locations(service, part) == ["https://registry.example.com/catalog/platform/gcp"]
        assert await locations(service, "/sitemap.xml?page=7") == []


async def test_a_sitemap_has_a_thousand_parts_at_most(service: Service) -> None:
    assert (await service.client.get("/sitemap.xml?page=-1")).status_code == 400
    assert (await service.client.get("/sitemap.xml?page=1000")).status_code == 400


async def test_robots_are_told_of_it(service: Service) -> None:
    answer = await service.client.get("/robots.txt")
    assert "Sitemap: http" in answer.text
    assert "/sitemap.xml" in answer.text
