"""The facts about the world are complete, consistent and true of the installed packages."""

from flake8_lambda_perf import knowledge


def test_clients_are_known_by_their_canonical_names() -> None:
    for name, client in knowledge.clients().items():
        assert client.name == name
        assert knowledge.canonical(name) == name
        assert client.source
