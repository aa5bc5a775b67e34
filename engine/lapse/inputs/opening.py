"""Which profile reads each file, and the files as sources; apart for the imports it costs."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from lapse.inputs.also import Also
from lapse.inputs.files import Format, InputError, collected, refusal
from lapse.inputs.passing import reading
from lapse.inputs.plain_copy import PlainCopy
from lapse.inputs.profiles.recognise import Look, Recogniser, look
from lapse.inputs.sources import Opener, Source
from lapse.model.facts import Vocabulary
from lapse.model.profile import Gives


def sources_of(
    opener: Opener,
    plains: Sequence[tuple[PlainCopy, tuple[Gives, ...]]],
    words: Vocabulary,
    also: Also,
) -> list[Source]:
    recogniser = Recogniser(also.profiles, words, also.named)
    recogniser.check_names([source.input.name for source, _ in plains])

    def seen(source: PlainCopy) -> Look | InputError:
        try:
            with reading(source):
                return look(opener.connection, source, recogniser.page_keys())
        except InputError as refused:
            return refused

    looks = [seen(source) for source, _ in plains]

    def opened(look: Look | InputError, kinds: tuple[Gives, ...]) -> Source:
        if isinstance(look, InputError):
            raise look
        with reading(look.plain):
            return opener.source(look, recogniser.shape(_like_others(look, looks), kinds))

    kinds = [each for _, each in plains]
    sources = collected(partial(opened, *pair) for pair in zip(looks, kinds, strict=True))
    if not any(source.shape.table.gives is Gives.SUBSCRIPTIONS for source in sources):
        first = sources[0]
        what = f"is a list of {first.shape.table.gives}; no input lists subscriptions"
        raise refusal("no-subscriptions", what, first.name, help_="name an export of them, too")
    unused = also.named.get("")
    if unused is not None and all(source.shape.name != unused for source in sources):
        what = f"the profile `{unused}` fits none of the inputs"
        raise refusal("unfit-profile", what, sources[0].name, help_=f"`lapse profiles {unused}`")
    return sources


def _like_others(look: Look, looks: Sequence[Look | InputError]) -> Look:
    """The look of an input; an empty page of JSON gets the columns of the first page with rows."""
    if look.names or look.plain.input.format is not Format.JSON:
        return look
    pages = (other for other in looks if not isinstance(other, InputError))
    full = (page for page in pages if page.names and page.plain.input.format is Format.JSON)
    first = next(full, None)
    return look if first is None else replace(look, names=first.names)
