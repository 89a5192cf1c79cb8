"""What GitHub's certificates say."""

GITHUB_ISSUER = "https://token.actions.githubusercontent.com"


def github_claims(
    repository: str = "acme/demo", workflow: str = "release.yml", ref: str = "refs/tags/v1.0.0"
) -> dict[int, str]:
    """Return what GitHub's certificates say of a release."""
    uri = f"https://github.com/{repository}/.github/workflows/{workflow}@{ref}"
    return {
        1: GITHUB_ISSUER,
        8: GITHUB_ISSUER,
        9: uri,
        10: "1" * 40,
        11: "github-hosted",
        12: f"https://github.com/{repository}",
        13: "1" * 40,
        14: ref,
        15: "772247423",
        16: f"https://github.com/{repository.partition('/')[0]}",
        17: "2314423",
        18: uri,
        19: "1" * 40,
        20: "release",
        21: f"https://github.com/{repository}/actions/runs/1/attempts/1",
        22: "public",
    }
