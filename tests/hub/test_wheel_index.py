"""The index of prebuilt wheels: what is chosen from its pages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.tags import sys_tags

from chatapp.domain.hub import Access
from chatapp.errors import EngineNotOffered, HubAnswerInvalid, Offline
from chatapp.hub.wheel_index import WheelIndex, WheelOffer, builds, choose
from chatapp.network import Network, Purpose, Stop
from tests.models.wheels import LocalIndex

HASH = "ab" * 32
HERE = str(next(iter(sys_tags())))  # what suits this computer best


@pytest.fixture
def index() -> Iterator[LocalIndex]:
    with LocalIndex() as found:
        yield found


def offers(index: LocalIndex, build: str = "cpu") -> tuple[WheelOffer, ...]:
    access = Access(index.address)
    with contextlib.closing(WheelIndex(lambda: access, Network())) as client:
        return client.offers(build)


def wheel(version: str, tag: str = "py3-none-any") -> str:
    return f"llama_cpp_python-{version}-{tag}.whl"


def test_the_newest_comes_first_and_the_best_of_each(index: LocalIndex) -> None:
    for version in ("0.3.9", "0.3.36", "0.3.10"):
        index.add("cpu", wheel(version))
    index.add("cpu", wheel("0.3.36", HERE), mark=f"#sha256={HASH.upper()}")
    index.add("cpu", wheel("0.3.37", "py3-none-sunos_5_11_sparc"))
    index.add("cpu", wheel("0.3.38", "cp39-cp39-any"))
    index.add("cpu", wheel("0.3.39"), data_yanked="broken")
    found = offers(index)
    assert [offer.version for offer in found] == ["0.3.36", "0.3.10", "0.3.9"]
    assert found[0].file == wheel("0.3.36", HERE)
    assert (found[0].sha256, found[1].sha256) == (HASH, "")
    assert found[1].url.endswith(f"/go/{wheel('0.3.10')}")


def test_what_stands_on_a_page_leads_nowhere_else(index: LocalIndex) -> None:
    index.add("cpu", wheel("0.3.1"))
    index.add_text(
        "cpu",
        "".join(
            f'<a href="{link}">x</a>'
            for link in (
                f"http://example.com/{wheel('0.3.2')}",
                f"file:///etc/{wheel('0.3.3')}",
                f"javascript:{wheel('0.3.4')}",
                f"http://[::1/{wheel('0.3.5')}",
                f"/go/..%2F..%2F{wheel('0.3.6')}",
                "/go/requests-2.0-py3-none-any.whl",
                "/go/llama_cpp_python-0.3.7.tar.gz",
                "/go/llama_cpp_python-..-py3-none-any.whl",
                "",
                "#",
            )
        )
        + "<a>y</a><a href>z</a></a><!-- <a href='/go/q.whl'>",
    )
    index.add("vulkan", wheel("0.3.8"), mark="#md5=abcdef")
    assert [offer.version for offer in offers(index)] == ["0.3.1"]
    assert offers(index, "vulkan")[0].sha256 == ""


@pytest.mark.parametrize("build", ["cu999", "", "../cpu", "CPU", "a" * 40, "cpu\n"])
def test_a_build_that_it_does_not_have(index: LocalIndex, build: str) -> None:
    index.add("cpu", wheel("0.3.1"))
    index.add("cu124", wheel("0.3.1", "py3-none-sunos_5_11_sparc"))
    for asked in (build, "cu124"):
        with pytest.raises(EngineNotOffered) as found:
            offers(index, asked)
        assert found.value.host == "127.0.0.1"


def test_a_page_that_is_too_long(index: LocalIndex) -> None:
    index.add_text("cpu", "x" * (3 << 20))
    with pytest.raises(HubAnswerInvalid):
        offers(index)


def test_it_is_in_the_log_and_can_be_forbidden(index: LocalIndex, tmp_path: Path) -> None:
    network = Network()
    access = Access(index.address)
    index.add("cpu", wheel("0.3.1"), b"x" * 10)
    with contextlib.closing(WheelIndex(lambda: access, network)) as client:
        (offer,) = client.offers("cpu")
        assert client.fetch(offer, tmp_path / "w.whl", stop=Stop(), on_progress=lambda _: None)
        assert {one.reason for one in network.connections} == {Purpose.ENGINE}
        network.is_offline = True
        with pytest.raises(Offline):
            client.offers("cpu")
    assert (tmp_path / "w.whl").read_bytes() == b"x" * 10


def test_what_is_chosen() -> None:
    found = [WheelOffer("vulkan", version, "", "") for version in ("0.3.40", "0.3.36", "0.3.1")]
    assert choose(found, "0.3.36").version == "0.3.36"
    assert choose(found, "0.3.2").version == "0.3.40"
    plain = [WheelOffer("cpu", version, "", "") for version in ("0.3.40", "0.3.36")]
    assert choose(plain, "0.3.36").version == "0.3.40", "the same would be nothing new"
    assert builds()
