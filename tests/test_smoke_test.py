"""The parts that the smoke test brings along; that it runs is a test of the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from gguf import GGUFReader

from chatapp.domain.header import ModelHeader
from chatapp.domain.hub import Access, RepoFile
from chatapp.errors import RepoFileMissing, RepoMissing
from chatapp.hub.client import HubClient
from chatapp.hub.gguf_header import parse_header
from chatapp.network import Network
from chatapp.smoke_test.hub import SmallHub
from chatapp.smoke_test.tiny_model import tiny_model

REPO, FILE = "org/tiny-GGUF", "tiny-F32.gguf"


def test_the_tiny_model_is_a_model(tmp_path: Path) -> None:
    content = tiny_model()
    assert content == tiny_model()
    header = parse_header(content, full=True)
    assert isinstance(header, ModelHeader)
    assert header.is_sound
    assert (header.architecture, header.name, header.file_type) == ("llama", "Tiny", "F32")
    assert header.has_chat_template
    path = tmp_path / FILE
    path.write_bytes(content)
    tensors = {tensor.name: tensor.data for tensor in GGUFReader(path).tensors}
    assert len(tensors) == 12
    output = tensors["output.weight"]
    assert output.shape == (260, 32)
    assert output.any(axis=1).nonzero()[0].tolist() == list(range(68, 94)), "capital letters"


@pytest.mark.parametrize("span", [(0, 10), (7, 8), (0, 1000), (990, 1000)])
def test_the_small_hub_gives_its_file(span: tuple[int, int]) -> None:
    content = bytes(number % 251 for number in range(1000))
    with SmallHub(REPO, FILE, content) as hub:
        assert hub.is_reachable
        access = Access(hub.endpoint)
        client = HubClient(lambda: access, Network())
        info = client.repo(REPO)
        (file,) = info.files
        assert file == RepoFile(FILE, 1000, file.sha256)
        resolved = client.resolve(REPO, "main", FILE)
        assert (resolved.size, resolved.sha256) == (1000, file.sha256)
        pinned = client.resolve(REPO, resolved.commit, FILE)
        assert pinned == replace(resolved, url=resolved.url.replace("main", resolved.commit))
        assert client.read_range(resolved, *span) == content[slice(*span)]
        with pytest.raises(RepoMissing):
            client.repo("org/another")
        with pytest.raises(RepoFileMissing):
            client.resolve(REPO, "main", "another.gguf")
        client.close()
    assert not hub.is_reachable
