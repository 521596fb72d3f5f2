"""What is told of a model that can be had: on its card, beside its files, below its fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale

from chatapp.hub.catalog import Ability
from chatapp.hub.fit import MEMORY, Verdict
from chatapp.hub.offers import Stage, spare_of
from chatapp.hub.recommendation import Reason
from chatapp.ui.download_words import fraction, state_words
from chatapp.ui.i18n import paragraph, tr
from chatapp.ui.models_page.catalog_card import CardAction, CardFace
from chatapp.ui.words import (
    context,
    file_size,
    joined,
    license_name,
    parameters,
    token_speed,
)

if TYPE_CHECKING:
    from chatapp.domain.header import ModelHeader
    from chatapp.hub.fit import Fit
    from chatapp.hub.offers import FittedVariant, Offer, Outlook
    from chatapp.hub.recommendation import Recommendation
    from chatapp.ui.icons import IconName
    from chatapp.ui.widgets.badge import BadgeKind

BADGES: Final[dict[Verdict, BadgeKind]] = {
    Verdict.FITS: "fits",
    Verdict.TIGHT: "tight",
    Verdict.TOO_LARGE: "too_large",
}
_ICONS: Final[dict[Ability, IconName]] = {
    Ability.CHAT: "chat",
    Ability.REASONING: "bulb",
    Ability.TOOLS: "wrench",
    Ability.CODE: "code",
    Ability.VISION: "eye",
    Ability.EMBEDDING: "search",
}
_MANY_LANGUAGES: Final = 3
_BYTES_EACH: Final = 0.6  # of a model of four bits, where no sizes are known


def face_of(offer: Offer, *, is_offline: bool) -> CardFace:
    """The card. `is_offline`: nothing more will be known for now."""
    translate = QCoreApplication.translate
    choice = offer.choice
    known = offer.stage is not Stage.LISTED or is_offline
    file = size = reason = ""
    action = CardAction.NONE
    share: float | None = None
    if choice is not None:
        file, size = variant_name(choice), file_size(choice.size)
        reason = card_reason(offer, choice)
        action = CardAction.DOWNLOAD
        if offer.verdict is Verdict.TOO_LARGE:
            action = CardAction.DETAILS
    elif known:
        file = offer.entry.quantization if offer.entry is not None else ""
        if offer.parameters and is_offline:
            about_size = file_size(round(offer.parameters * _BYTES_EACH))
            size = translate("offers", "about {size}").format(size=about_size)
        reason = _why_unknown(offer, is_offline=is_offline)
        action = CardAction.NONE if is_offline else CardAction.DETAILS
    download, model = offer.download, offer.model
    if download is not None:
        action = CardAction.RUNNING
        share = fraction(download) if download.size else None
        reason = state_words(download).state
    elif model is not None:
        action = CardAction.IN_LIBRARY
        if model.write_speed > 0:
            pattern = translate("offers", "{speed} measured here")
            reason = pattern.format(speed=token_speed(model.write_speed))
    elif offer.needs_permission:
        action = CardAction.GATED
        reason = translate("offers", "Accept the terms first")
    return CardFace(
        key=offer.repo,
        title=offer.title,
        publisher=joined(offer.info.author, license_name(offer.info.license)),
        about=about(offer),
        abilities=abilities(offer),
        badge=BADGES[offer.verdict] if offer.verdict is not None else None,
        file=file,
        size=size,
        reason=reason,
        action=action,
        fraction=share,
        is_locked=offer.needs_permission,
        is_waiting=not known,
    )


def about(offer: Offer) -> str:
    """A sentence or two on the model."""
    translate = QCoreApplication.translate
    if offer.entry is not None:
        return offer.entry.text(QLocale().name())
    header, info = offer.header, offer.info
    length = info.context_length or (header.context_length if header is not None else 0)
    facts = ""
    if offer.parameters and length:
        facts = translate("offers", "{parameters} parameters, {context}.").format(
            parameters=parameters(offer.parameters), context=context(length)
        )
    elif offer.parameters:
        pattern = translate("offers", "{parameters} parameters.")
        facts = pattern.format(parameters=parameters(offer.parameters))
    loads = ""
    if info.downloads:
        loads = tr("%Ln download(s) last month.", "", info.downloads)
    return paragraph(facts, loads) if facts and loads else facts or loads


def abilities(offer: Offer) -> tuple[tuple[IconName, str], ...]:
    """Signs and words for what it is good for."""
    found = [(_ICONS[ability], ability_word(ability)) for ability in offer.abilities]
    if offer.entry is not None and len(offer.entry.languages) >= _MANY_LANGUAGES:
        found.append(("globe", QCoreApplication.translate("offers", "Multilingual")))
    return tuple(found)


def ability_word(ability: Ability) -> str:
    """What it is called: Chat, Reasoning or Tools, say."""
    return {
        Ability.CHAT: QCoreApplication.translate("offers", "Chat"),
        Ability.REASONING: QCoreApplication.translate("offers", "Reasoning"),
        Ability.TOOLS: QCoreApplication.translate("offers", "Tools"),
        Ability.CODE: QCoreApplication.translate("offers", "Code"),
        Ability.VISION: QCoreApplication.translate("offers", "Vision"),
        Ability.EMBEDDING: QCoreApplication.translate("offers", "Embeddings"),
    }[ability]


def variant_name(one: FittedVariant) -> str:
    """Q4_K_M, or Q4_0 + vision, or the file's name where it tells no precision."""
    name = one.variant.quantization or one.variant.files[0].path.rpartition("/")[2]
    if one.variant.projector is None:
        return name
    pattern = QCoreApplication.translate("offers", "{type} + vision", "files that belong together")
    return pattern.format(type=name)


def card_reason(offer: Offer, one: FittedVariant) -> str:
    """How the recommended file fits, in a few words with a figure."""
    translate = QCoreApplication.translate
    fit, header = one.fit, offer.header
    if fit is None or header is None:
        return translate("offers", "Estimated from its size")
    if fit.verdict is Verdict.TOO_LARGE:
        pattern = translate("offers", "Needs {need}, {free} are free")
        return pattern.format(need=file_size(fit.need.total), free=file_size(fit.available))
    on_gpu = layers_on_gpu(fit)
    if on_gpu >= header.layers > 0:
        return translate("offers", "Fits the GPU entirely")
    if on_gpu:
        pattern = translate("offers", "{count} of {all} layers on the GPU")
        number = QLocale().toString
        return pattern.format(count=number(on_gpu), all=number(header.layers))
    pattern = translate("offers", "Fits with {size} to spare")
    if fit.verdict is Verdict.TIGHT:
        pattern = translate("offers", "Just fits with {size} to spare")
    return pattern.format(size=file_size(spare_of(fit)))


def layers_on_gpu(fit: Fit) -> int:
    """How many layers would run on a GPU."""
    return sum(place.layers for place in fit.places if place.name != MEMORY)


def fit_note(fit: Fit, header: ModelHeader) -> str:
    """Where it would run, beside its badge in a table."""
    translate = QCoreApplication.translate
    on_gpu, number = layers_on_gpu(fit), QLocale().toString
    if fit.verdict is Verdict.TOO_LARGE:
        return translate("offers", "{size} too much").format(size=file_size(-spare_of(fit)))
    if on_gpu >= header.layers > 0:
        return translate("offers", "Fully on GPU")
    if on_gpu:
        pattern = translate("offers", "{count} of {all} layers on GPU")
        return pattern.format(count=number(on_gpu), all=number(header.layers))
    return translate("offers", "{size} to spare").format(size=file_size(spare_of(fit)))


def reason_sentence(choice: Recommendation, name: str) -> str:
    """Why this file is the recommended one."""
    translate = QCoreApplication.translate
    other = choice.instead_of.quantization if choice.instead_of is not None else ""
    if choice.reason is Reason.SMALLER_FITS and other:
        pattern = translate("offers", "{type}: {better} would be better, but is too large here")
        return pattern.format(type=name, better=other)
    return {
        Reason.ONLY: translate("offers", "{type} is the only file there is"),
        Reason.PREFERRED: translate("offers", "{type}: the best balance of quality and size"),
        Reason.BALANCED: translate("offers", "{type}: the best balance of quality and size"),
        Reason.SMALL_MODEL: translate(
            "offers", "{type}: small models need more bits to keep their quality"
        ),
        Reason.SMALLER_FITS: translate("offers", "{type}: larger files do not fit"),
        Reason.TIGHT: translate("offers", "{type}: no better file fits more easily"),
        Reason.LOW_PRECISION: translate("offers", "{type}: more precise files do not fit"),
        Reason.TOO_LARGE: translate("offers", "{type}: the smallest file, and still too large"),
    }[choice.reason].format(type=name)


def outlook_sentence(
    fit: Fit, header: ModelHeader, view: Outlook, context_length: int, *, smaller: str = ""
) -> str:
    """Where it runs, and what would change the verdict. `smaller` names a file that fits."""
    translate, number = QCoreApplication.translate, QLocale().toString
    on_gpu = layers_on_gpu(fit)
    where = ""
    if fit.verdict is Verdict.TOO_LARGE:
        pattern = translate("offers", "It needs {need}, and {free} are free.")
        where = pattern.format(need=file_size(fit.need.total), free=file_size(fit.available))
    elif on_gpu >= header.layers > 0:
        where = translate("offers", "All {count} layers run on the GPU.").format(
            count=number(header.layers)
        )
    elif on_gpu:
        pattern = translate(
            "offers", "{count} of {all} layers run on the GPU, the others on the processor."
        )
        where = pattern.format(count=number(on_gpu), all=number(header.layers))
    change = _change(fit, header, view, context_length, smaller)
    return paragraph(where, change) if where and change else where or change


def _change(fit: Fit, header: ModelHeader, view: Outlook, context_length: int, smaller: str) -> str:
    translate, number = QCoreApplication.translate, QLocale().toString
    if fit.verdict is not Verdict.FITS:
        if view.fits_at:
            pattern = translate("offers", "With {count} context there is room.")
            return pattern.format(count=number(view.fits_at))
        if view.cache_type:
            pattern = translate("offers", "With {bits} context memory there is room.")
            return pattern.format(bits=cache_word(view.cache_type))
        if smaller:
            return translate("offers", "{type} is smaller and fits.").format(type=smaller)
        if fit.verdict is Verdict.TIGHT:
            return translate("offers", "Closing other programs makes room.")
        return translate("offers", "Choose a smaller model.")
    if view.moves_from and view.moves_from <= (view.tight_from or view.moves_from):
        pattern = translate("offers", "At {count} context {layers} layers move to main memory.")
        return pattern.format(count=number(view.moves_from), layers=number(view.moved))
    if view.tight_from and view.too_large_from:
        pattern = translate("offers", "At {tight} context it is tight, at {large} too large.")
        return pattern.format(tight=number(view.tight_from), large=number(view.too_large_from))
    if view.tight_from:
        pattern = translate("offers", "At {count} context it is tight.")
        return pattern.format(count=number(view.tight_from))
    if view.too_large_from:
        pattern = translate("offers", "At {count} context it is too large.")
        return pattern.format(count=number(view.too_large_from))
    if header.context_length:
        pattern = translate("offers", "It fits with its full context of {count} tokens, too.")
        if header.context_length <= context_length:
            pattern = translate("offers", "This is with its full context of {count} tokens.")
        return pattern.format(count=number(header.context_length))
    return ""


def cache_word(kind: str) -> str:
    """In what precision keys and values are kept."""
    return {
        "f16": QCoreApplication.translate("offers", "16-bit"),
        "q8_0": QCoreApplication.translate("offers", "8-bit"),
        "q4_0": QCoreApplication.translate("offers", "4-bit"),
    }.get(kind, kind)


def _why_unknown(offer: Offer, *, is_offline: bool) -> str:
    translate = QCoreApplication.translate
    if is_offline:
        return translate("offers", "Exact size and fit need a connection")
    if offer.error is not None:
        return translate("offers", "Nothing is known of it")
    return translate("offers", "No file that can be used here")
