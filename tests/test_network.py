from __future__ import annotations

from chatapp.network import Connection, Network


def test_connections_are_logged_and_told() -> None:
    network = Network()
    seen: list[Connection] = []
    network.subscribe(seen.append)
    assert network.connections == ()
    network.record("example.org", "a download")
    assert network.connections == tuple(seen)
    assert (seen[0].host, seen[0].reason) == ("example.org", "a download")
