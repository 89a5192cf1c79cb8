"""What callers write stays text wherever it is shown."""

from tests.entrypoints.http.conftest import Service

HOSTILE = "\"'></a><script>alert(1)</script><img src=x onerror=alert(1)>&lt;"
PAGE = {"accept": "text/html"}


async def test_markup_in_a_reason_stays_text_on_a_page(service: Service) -> None:
    await service.publish()
    route = "/console/providers/platform/gcp/versions/1.0.0/yank"
    yanked = await service.client.put(route, json={"reason": HOSTILE}, headers=service.authorised())

    page = await service.client.get("/simple/pragmatiks-gcp-provider/", headers=PAGE)

    assert (yanked.status_code, page.status_code) == (200, 200)
    assert "alert(1)" in page.text
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "\"'>" not in page.text
