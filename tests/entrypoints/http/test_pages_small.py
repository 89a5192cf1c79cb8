"""Every page is smaller than 100 kB, whatever its texts hold."""

from typing import Any
from urllib.parse import quote

import pytest

from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.pages.fitting import Excerpt, fitted_page
from tests.builders import a_wheel
from tests.entrypoints.http.conftest import Service
from tests.entrypoints.http.test_catalog import a_described_wheel
from tests.entrypoints.http.test_pages import read

PROVIDER = "/catalog/platform/gcp"
TEXTS = {
    "plain": "A sentence of a usual length, as one finds it in texts.\n\n" * 1_700,
    "quotes": "\"'<&>" * 16_000,
    "four bytes": "💥" * 24_000,
    "lists": "* * *\n" * 3_000,
    "links": "[a](https://a.example) " * 3_000,
}


@pytest.mark.hostile
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_long_texts_and_many_versions_fit_on_their_pages(service: Service, text: str) -> None:
    reason = text[:2_000].strip()
    schemas = {f"{'group' * 10}{number % 40}_{number:04}": {"description": '"' * 500} for number in range(700)}
    metadata = {"display_name": "A" * 100, "description": text[:5_000].strip()}
    await service.publish(data=a_described_wheel(text), schemas=schemas, changelog=text, metadata=metadata)
    for number in range(1, 36):
        await service.publish(f"0.{number}.0", changelog=text)
        yank = f"/console/providers/platform/gcp/versions/0.{number}.0/yank"
        await service.client.put(yank, json={"reason": reason}, headers=service.authorised())
    for _ in range(25):
        yank = "/console/providers/platform/gcp/versions/1.0.0/yank"
        await service.client.put(yank, json={"reason": reason}, headers=service.authorised())
        await service.client.delete(yank, headers=service.authorised())
    for path in ("/", "/?q=group", PROVIDER, f"{PROVIDER}/1.0.0", f"{PROVIDER}/0.1.0", "/rules"):
        size = len((await read(service, path)).encode())
        assert size < 100_000, (path, size)


@pytest.mark.hostile
@pytest.mark.parametrize("character", ["\U0001f4a5", '"', "a"])
async def test_long_names_tags_and_queries_fit_on_the_home_page(service: Service, character: str) -> None:
    metadata = {
        "display_name": character * 200,
        "description": f"word {character * 4_990}",
        "tags": [f"{number:02}{character * 48}" for number in range(50)],
    }
    for number in range(21):
        await service.publish(name=f"platform/{'p' * 180}{number:02}", metadata=metadata)
    tag, words = quote(f"00{character * 48}"), quote("word " + "\U0001f4a5" * 490)
    for path in ("/", "/?sort=recent", f"/?q={words}", f"/?tags={tag}&sort=recent", f"/?q={words}&tags={tag}"):
        page = await read(service, path)
        assert len(page.encode()) < 100_000, path
        assert page.count('class="card"') == 20, path


async def test_a_readme_that_fits_is_whole_and_a_longer_one_says_where_the_rest_is(service: Service) -> None:
    await service.publish(data=a_described_wheel("# Short\n\nThat is all."))
    page = await read(service, PROVIDER)
    assert "That is all." in page
    assert "It goes on" not in page
    paragraphs = "\n\n".join(f"Paragraph {number} of many." for number in range(3_500))
    await service.publish("2.0.0", data=_described("2.0.0", paragraphs), changelog=paragraphs)
    page = await read(service, PROVIDER)
    assert "Paragraph 0 of many." in page
    assert "Paragraph 3499 of many." not in page
    assert page.count("It goes on") == 2
    assert '<a href="/providers/platform/gcp">in the API</a>' in page
    assert "<summary>Show the changelog</summary>" in page


async def test_each_version_shows_its_own_readme_and_a_longer_one_says_where_the_rest_is(service: Service) -> None:
    paragraphs = "\n\n".join(f"Paragraph {number} of many." for number in range(3_500))
    await service.publish("1.0.0", data=_described("1.0.0", "# Old\n\n[Old](#old) words."))
    await service.publish("1.1.0", data=_described("1.1.0", paragraphs))
    await service.publish("1.2.0", data=_described("1.2.0", paragraphs))
    old, long, latest = [await read(service, f"{PROVIDER}/1.{number}.0") for number in range(3)]
    assert '<h3 id="readme-old">Old</h3>\n<p><a href="#readme-old">Old</a> words.</p>' in old
    assert '<li><a href="#readme">Readme</a></li>' in old
    assert "<summary>Show the readme of 1.0.0</summary>" in old
    assert "It goes on" not in old
    assert "It goes on: the whole text is in the wheel." in long
    assert '<a href="/providers/platform/gcp">in the API</a>' in latest
    assert "Paragraph 0 of many." in latest
    await service.publish("1.3.0")
    assert "#readme" not in await read(service, f"{PROVIDER}/1.3.0")


def _described(version: str, text: str) -> bytes:
    name = "pragmatiks_gcp_provider"
    header = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nDescription-Content-Type: text/markdown"
    return a_wheel(name, version, metadata=f"{header}\n\n{text}\n")


def test_an_excerpt_ends_with_a_paragraph_and_never_within_a_character() -> None:
    assert Excerpt.of("short", 5) == Excerpt("short", is_cut=False)
    assert Excerpt.of("one\n\ntwo\n\nthree", 11) == Excerpt("one\n\ntwo", is_cut=True)
    assert Excerpt.of("💥💥💥", 9) == Excerpt("💥💥", is_cut=True)
    assert Excerpt.of("text", 0) == Excerpt("", is_cut=True)


def test_a_page_is_made_with_less_room_until_it_is_small() -> None:
    rooms: list[int] = []

    def make(_: str, *, room: int, **context: Any) -> Representation:
        rooms.append(room)
        return Representation(b"x" * room * context["times"], REVALIDATE, "text/html")

    assert len(fitted_page(make, "a.html", times=1).body) == rooms[-1]
    assert len(rooms) == 1
    assert len(fitted_page(make, "a.html", times=20).body) < 100_000
