"""A model to be had, with all that a choice needs: what it is, which file of it, and how that fits.

All values, worked out from what the Hub, the header and this computer tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chatapp.domain.download import DownloadItem, DownloadState, Order
from chatapp.domain.header import ModelHeader
from chatapp.domain.hub import Gate, RepoFile, RepoInfo, Variant
from chatapp.domain.model import ModelFile
from chatapp.errors import ChatappError
from chatapp.hub.catalog import Ability, CatalogEntry
from chatapp.hub.fit import Fit, FitOptions, Verdict, judge
from chatapp.hub.hardware import Machine
from chatapp.hub.recommendation import Recommendation, recommend

# A model of four bits takes about so much for each parameter, and so much besides.
_BYTES_EACH = 0.6
_BESIDES = 800 * 10**6
_ROUGHLY_MORE = 1.15  # for context and buffers, where no header tells
_COMFORTABLE = 0.9

# Contexts at which it is looked whether a verdict changes, in tokens.
CONTEXTS = (
    *(2048, 4096, 8192, 16384, 24576, 32768, 40960, 49152, 65536, 98304),
    *(131072, 196608, 262144, 524288, 1048576),
)
CACHE_TYPES = ("f16", "q8_0", "q4_0")

_MAKERS_MARK = re.compile(r"[-_.](?:i1[-_.])?gguf$", re.IGNORECASE)
_ABILITY_TAGS = {
    "conversational": Ability.CHAT,
    "text-generation": Ability.CHAT,
    "image-text-to-text": Ability.VISION,
    "feature-extraction": Ability.EMBEDDING,
    "sentence-similarity": Ability.EMBEDDING,
    "code": Ability.CODE,
    "reasoning": Ability.REASONING,
    "function-calling": Ability.TOOLS,
    "tool-use": Ability.TOOLS,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out about a repository: its files, and the header of one of them.

    Without a `header` either `error` says why, or the repository has no models.
    """

    info: RepoInfo
    variants: tuple[Variant, ...] = ()
    header: ModelHeader | None = None
    error: ChatappError | None = None


@dataclass(frozen=True, slots=True)
class FittedVariant:
    """One precision, and how it would fit. `fit` is None where the header isn't known.

    `model` is the file in the library, `download` its place in the queue.
    """

    variant: Variant
    verdict: Verdict | None = None
    fit: Fit | None = None
    model: ModelFile | None = None
    download: DownloadItem | None = None

    @property
    def size(self) -> int:
        """What has to be downloaded, in bytes; 0 when unknown."""
        projector = self.variant.projector
        return self.variant.size + (projector.size if projector is not None else 0)

    @property
    def files(self) -> tuple[RepoFile, ...]:
        """All that is downloaded as one."""
        projector = self.variant.projector
        return self.variant.files if projector is None else (*self.variant.files, projector)


class Stage(StrEnum):
    """How much of an offer is known."""

    LISTED = "listed"  # what a list of repositories tells
    KNOWN = "known"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Offer:
    """A repository of models. Where `entry` is set it stands in the catalogue.

    `recommendation` says which of the `variants` suits this computer and why. `needs_permission`:
    the files can't be had yet. `error` is why too little is known.
    """

    info: RepoInfo
    entry: CatalogEntry | None = None
    stage: Stage = Stage.LISTED
    header: ModelHeader | None = None
    variants: tuple[FittedVariant, ...] = ()
    recommendation: Recommendation | None = None
    needs_permission: bool = False
    error: ChatappError | None = None

    @property
    def repo(self) -> str:
        """The repository's name, as org/name."""
        return self.info.id

    @property
    def title(self) -> str:
        """The model's name for people."""
        return self.entry.name if self.entry is not None else readable_name(self.info.name)

    @property
    def choice(self) -> FittedVariant | None:
        """The recommended variant."""
        if self.recommendation is None:
            return None
        wanted = self.recommendation.variant
        return next((one for one in self.variants if one.variant == wanted), None)

    @property
    def verdict(self) -> Verdict | None:
        """How the recommended variant fits; None while nobody knows."""
        return self.recommendation.verdict if self.recommendation is not None else None

    @property
    def parameters(self) -> int:
        """0 when unknown."""
        if self.info.parameters:
            return self.info.parameters
        return self.entry.parameters if self.entry is not None else 0

    @property
    def abilities(self) -> tuple[Ability, ...]:
        """What it is good for, as the catalogue says or else its maker."""
        if self.entry is not None:
            return self.entry.abilities
        tags = (self.info.task, *self.info.tags)
        found = [_ABILITY_TAGS[tag] for tag in tags if tag in _ABILITY_TAGS]
        if self.info.has_chat_template and Ability.EMBEDDING not in found:
            found.append(Ability.CHAT)
        return tuple(ability for ability in Ability if ability in found)

    @property
    def model(self) -> ModelFile | None:
        """The best file of it in the library: the recommended one, or else any."""
        choice = self.choice
        if choice is not None and choice.model is not None:
            return choice.model
        return next((one.model for one in self.variants if one.model is not None), None)

    @property
    def download(self) -> DownloadItem | None:
        """A file of it that is on its way."""
        return next((one.download for one in self.variants if one.download is not None), None)


def order_for(offer: Offer, chosen: FittedVariant) -> Order:
    """What to download for a variant."""
    return Order(
        repo=offer.repo,
        files=chosen.files,
        name=offer.title,
        revision=offer.info.commit or "main",
        license=offer.info.license,
    )


def readable_name(name: str) -> str:
    """A repository's name as one would say it: “Qwen3-4B-Instruct-GGUF” is Qwen3 4B Instruct."""
    plain = _MAKERS_MARK.sub("", name)
    return " ".join(re.split(r"[-_\s]+", plain)).strip() or name


def clamped(options: FitOptions, header: ModelHeader) -> FitOptions:
    """The options without more context than the model was trained for."""
    if 0 < header.context_length < options.context_length:
        return replace(options, context_length=header.context_length)
    return options


def fit_all(
    facts: Facts, options: FitOptions, machine: Machine, freed: int
) -> tuple[FittedVariant, ...]:
    """How each variant fits, in the order of the facts."""
    fitted = []
    for variant in facts.variants:
        if facts.header is not None and variant.size:
            fit = judge(facts.header, variant.size, clamped(options, facts.header), machine, freed)
            fitted.append(FittedVariant(variant, fit.verdict, fit))
        elif variant.size:
            fitted.append(FittedVariant(variant, _rough(variant.size, machine, freed)))
        else:
            fitted.append(FittedVariant(variant))
    return tuple(fitted)


def recommended(
    fitted: Sequence[FittedVariant], facts: Facts, entry: CatalogEntry | None
) -> Recommendation | None:
    """Which of them suits this computer; None where nothing is known of them."""
    verdicts = {one.variant: one.verdict for one in fitted if one.verdict is not None}
    parameters = facts.info.parameters or (entry.parameters if entry is not None else 0)
    if facts.header is not None and facts.header.parameters:
        parameters = facts.header.parameters
    preferred = entry.quantization if entry is not None else ""
    return recommend(tuple(verdicts), verdicts.__getitem__, parameters, preferred)


def offer_of(
    facts: Facts,
    entry: CatalogEntry | None,
    options: FitOptions,
    machine: Machine,
    freed: int,
) -> Offer:
    """All of it together, but for what is in the library and in the queue."""
    fitted = fit_all(facts, options, machine, freed)
    failed = facts.error is not None and not facts.variants
    return Offer(
        info=facts.info,
        entry=entry,
        stage=Stage.FAILED if failed else Stage.KNOWN,
        header=facts.header,
        variants=fitted,
        recommendation=recommended(fitted, facts, entry),
        needs_permission=facts.info.gate is not Gate.OPEN and facts.header is None,
        error=facts.error,
    )


def joined_with(
    offer: Offer, models: Sequence[ModelFile], downloads: Sequence[DownloadItem]
) -> Offer:
    """The offer with what is here of it already; `models` and `downloads` are of its repository."""
    is_marked = any(one.model is not None or one.download is not None for one in offer.variants)
    if not (models or downloads or is_marked):
        return offer
    marked = tuple(
        replace(one, model=_model_of(one, models), download=_download_of(one, downloads))
        for one in offer.variants
    )
    return replace(offer, variants=marked)


def may_fit(parameters: int, machine: Machine, freed: int) -> bool:
    """Whether a model with four bits each might fit; one of unknown size might, too."""
    needed = parameters * _BYTES_EACH + _BESIDES
    return not parameters or needed <= _available(machine, freed) * _COMFORTABLE


def most_parameters(machine: Machine, freed: int) -> int:
    """The largest model that might fit."""
    room = _available(machine, freed) * _COMFORTABLE - _BESIDES
    return max(10**8, round(room / _BYTES_EACH))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would change a verdict. Contexts in tokens; 0 and empty where nothing would.

    `tight_from` and `too_large_from` are the first longer contexts that fit worse than the present
    one, `moves_from` the first at which layers leave the GPU, of which `moved` then do. `fits_at`
    is the longest shorter context that fits better, `cache_type` the best one with which it does.
    """

    tight_from: int = 0
    too_large_from: int = 0
    moves_from: int = 0
    moved: int = 0
    fits_at: int = 0
    cache_type: str = ""


_ORDER = tuple(Verdict)


def outlook(
    header: ModelHeader, size: int, options: FitOptions, machine: Machine, freed: int
) -> Outlook:
    """Look at other contexts, and at smaller keys and values."""
    options = clamped(options, header)
    now = judge(header, size, options, machine, freed)
    rank = _ORDER.index(now.verdict)
    most = header.context_length or CONTEXTS[-1]

    def at(context: int) -> Fit:
        return judge(header, size, replace(options, context_length=context), machine, freed)

    tight_from = too_large_from = moves_from = moved = 0
    for context in (c for c in (*CONTEXTS, most) if options.context_length < c <= most):
        fit = at(context)
        if fit.gpu_layers < now.gpu_layers and not moves_from:
            moves_from, moved = context, now.gpu_layers - fit.gpu_layers
        if fit.verdict is Verdict.TIGHT and rank < 1 and not tight_from:
            tight_from = context
        if fit.verdict is Verdict.TOO_LARGE and rank < 2:
            too_large_from = context
            break
    fits_at, cache_type = 0, ""
    if rank:
        for context in (c for c in reversed(CONTEXTS) if c < options.context_length):
            if _ORDER.index(at(context).verdict) < rank:
                fits_at = context
                break
        place = CACHE_TYPES.index(options.cache_type) if options.cache_type in CACHE_TYPES else 0
        for kind in CACHE_TYPES[place + 1 :]:
            other = judge(header, size, replace(options, cache_type=kind), machine, freed)
            if _ORDER.index(other.verdict) < rank:
                cache_type = kind
                break
    return Outlook(tight_from, too_large_from, moves_from, moved, fits_at, cache_type)


def spare_of(fit: Fit) -> int:
    """How many bytes are left over where it is tightest; below 0, how many are wanting."""
    tightest = next(place for place in fit.places if place.name == fit.limiting)
    spare = tightest.available - tightest.need
    if fit.verdict is not Verdict.TOO_LARGE:
        return max(0, spare)
    return min(-1, spare, fit.available - fit.need.total)


def _rough(size: int, machine: Machine, freed: int) -> Verdict:
    """Without a header: the repository does not let anybody look into its files yet."""
    need, room = size * _ROUGHLY_MORE + _BESIDES / 2, _available(machine, freed)
    if need <= room * _COMFORTABLE:
        return Verdict.FITS
    return Verdict.TIGHT if need <= room else Verdict.TOO_LARGE


def _available(machine: Machine, freed: int) -> int:
    room = min(machine.memory_total, machine.memory_free + freed)
    if not machine.is_unified:
        room += sum(d.memory_free for d in machine.devices if d.kind == "gpu")
    return room


def _model_of(one: FittedVariant, models: Sequence[ModelFile]) -> ModelFile | None:
    paths = {file.path for file in one.variant.files}
    hashes = {file.sha256 for file in one.variant.files if file.sha256}
    for model in models:
        if not model.missing_shards and (model.repo_file in paths or model.sha256 in hashes):
            return model
    return None


def _download_of(one: FittedVariant, downloads: Sequence[DownloadItem]) -> DownloadItem | None:
    paths = {file.path for file in one.variant.files}
    for item in downloads:
        if item.state is not DownloadState.DONE and any(f.path in paths for f in item.order.files):
            return item
    return None
