"""``hub feeds guide``: the interface document for whoever sends to a feed."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.exits import FAILED, OK
from hub.cli.opening import feed_adapter
from hub.cli.options import with_config
from hub.cli.tables import say
from hub.language import CHINESE, ENGLISH, _

LANGUAGES = {"zh": (CHINESE,), "en": (ENGLISH,), "both": (CHINESE, ENGLISH)}


@click.command(
    help=_(
        "Write the interface document of FEED for the vendor of the sending system: connection, encoding, "
        "acknowledgements, messages, every field, and samples. It says what the configuration says now."
    )
)
@click.argument("feed")
@click.option(
    "--format", "form", type=click.Choice(["html", "markdown"]), default="html", show_default=True, help=_("Its form.")
)
@click.option("--lang", type=click.Choice(list(LANGUAGES)), default="both", show_default=True, help=_("Its language."))
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help=_("Into a file, not to the terminal."))
@with_config
def command(feed: str, form: str, lang: str, output: Path | None, directory: Path) -> int:
    from hub.guides import Wording, as_html, as_markdown

    guide = feed_adapter(directory, feed).guide()
    if guide is None:
        say(_("the adapter of feed {feed} has no guide", feed=feed))
        return FAILED
    text = (as_html if form == "html" else as_markdown)(guide, Wording(LANGUAGES[lang]))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        say(_("written to {file}", file=str(output)))
    return OK
