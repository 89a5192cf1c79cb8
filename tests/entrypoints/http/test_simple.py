"""The Simple Repository API and what runtimes read, over HTTP."""

import re
from html import unescape

import pytest

from tests.entrypoints.http.conftest import Service

JSON = "application/vnd.pypi.simple.v1+json"
PROJECT = "/simple/pragmatiks-gcp-provider/"


async def test_runtimes_read_what_they_need(service: Service) -> None:
    version = await service.publish(entrypoint=["python", "-m", "gcp"])
    url, digest = version["wheel_url"], version["wheel_sha256"]
    for asked in ("1.0.0", "latest"):
        read = await service.client.get(f"/providers/platform/gcp/versions/{asked}/install")
        assert read.json() == {
            "requirement": f"pragmatiks-gcp-provider @ {url}#sha256={digest}",
            "wheel_url": url,
            "mirror_url": None,
            "wheel_sha256": digest,
            "package_name": "gcp_provider",
            "entrypoint": ["python", "-m", "gcp"],
            "requires_python": ">=3.11",
            "status": "published",
            "index_url": "/simple/",
        }


async def test_the_index_lists_each_distribution_once(service: Service) -> None:
    for version in ("1.0.0", "1.1.0"):
        await service.publish(version)
    index = await service.client.get("/simple/", headers={"Accept": JSON})
    assert index.headers["content-type"] == JSON
    assert index.json() == {"meta": {"api-version": "1.3"}, "projects": [{"name": "pragmatiks-gcp-provider"}]}


async def test_a_project_lists_its_wheels_with_digest_size_and_time(service: Service) -> None:
    published = [await service.publish(version) for version in ("1.0.0", "1.10.0", "1.9.0")]
    project = (await service.client.get(PROJECT, headers={"Accept": JSON})).json()
    assert (project["name"], project["versions"]) == ("pragmatiks-gcp-provider", ["1.0.0", "1.9.0", "1.10.0"])
    assert project["files"] == [
        {
            "filename": version["wheel_filename"],
            "url": version["wheel_url"],
            "hashes": {"sha256": version["wheel_sha256"]},
            "requires-python": ">=3.11",
            "size": version["wheel_size"],
            "upload-time": version["published_at"],
            "yanked": False,
        }
        for version in published
    ]


async def yank(service: Service, reason: str) -> None:
    url = "/console/providers/platform/gcp/versions/1.0.0/yank"
    assert (await service.client.put(url, json={"reason": reason}, headers=service.authorised())).status_code == 200


async def test_a_yanked_wheel_stays_listed_with_its_reason(service: Service) -> None:
    await service.publish()
    await yank(service, 'Deletes "buckets" & <more>')
    project = (await service.client.get(PROJECT, headers={"Accept": JSON})).json()
    assert [file["yanked"] for file in project["files"]] == ['Deletes "buckets" & <more>']
    page = (await service.client.get(PROJECT)).text
    [reason] = re.findall(r'data-yanked="([^"]*)"', page)
    assert unescape(reason) == 'Deletes "buckets" & <more>'


async def test_the_page_links_to_the_wheel_with_its_digest(service: Service) -> None:
    version = await service.publish()
    page = await service.client.get(PROJECT, headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    [(href, python, name)] = re.findall(r'<a href="([^"]*)" data-requires-python="([^"]*)">([^<]*)</a>', page.text)
    assert unescape(href) == f"{version['wheel_url']}#sha256={version['wheel_sha256']}"
    assert (unescape(python), name) == (">=3.11", version["wheel_filename"])
    assert "data-yanked" not in page.text


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("*/*", "text/html; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
        (JSON, JSON),
        ("application/vnd.pypi.simple.latest+json", JSON),
        ("application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.v1+html"),
        ("application/vnd.pypi.simple.latest+html", "application/vnd.pypi.simple.v1+html"),
        (f"{JSON}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01", JSON),
        (f"{JSON}; q=0.1, text/html", "text/html; charset=utf-8"),
        ("application/json, text/html;q=0.5", "text/html; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
        (f"{JSON}, text/html", JSON),
        (f"*/*, {JSON}", JSON),
        ("application/*", JSON),
        (f"text/html;q=0, {JSON};q=0, */*;q=0.1", "application/vnd.pypi.simple.v1+html"),
        (f"TEXT/HTML ; level=1 ; Q = 0.5 ; x=y, {JSON};q=0.4", "text/html; charset=utf-8"),
        (f"text/html;q=1e999, {JSON};q=0.9", "text/html; charset=utf-8"),
        (f"text/html;q=nan, {JSON};q=-1", "text/html; charset=utf-8"),
    ],
)
async def test_clients_get_the_form_they_like_best(service: Service, accept: str, answered: str) -> None:
    await service.publish()
    for path in ("/simple/", PROJECT):
        response = await service.client.get(path, headers={"Accept": accept})
        assert response.headers["content-type"] == answered
        assert response.headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("accept", ["application/json", "text/html;q=0", "*/*;q=0.000", ";", "image/*", '"text/html"'])
async def test_clients_that_take_no_form_read_which_there_are(service: Service, accept: str) -> None:
    response = await service.client.get("/simple/", headers={"Accept": accept})
    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")
    assert JSON in response.json()["detail"]


@pytest.mark.parametrize("written", ["Pragmatiks_GCP.Provider", "pragmatiks--gcp__provider"])
async def test_other_spellings_are_sent_to_the_normalised_one(service: Service, written: str) -> None:
    await service.publish()
    response = await service.client.get(f"/simple/{written}/", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (301, PROJECT)


@pytest.mark.parametrize("name", ["unknown", "-", "a b", "%C3%A4"])
async def test_an_unknown_distribution_is_not_found(service: Service, name: str) -> None:
    response = await service.client.get(f"/simple/{name}/")
    assert (response.status_code, response.json()["code"]) == (404, "distribution_not_found")
