"""How a command ends: one exit code for each kind of outcome, one line for each error, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence

import click

from hub.errors import ConfigError, HubError, NotFound, PluginError, Refused, RetryLater
from hub.language import CHINESE, LOCALES, _, preferred

OK, FAILED, USAGE, NOT_FOUND, CONFIGURATION, UNREACHABLE, PARTLY, REFUSED = range(8)
INTERRUPTED = 130

BY_ERROR: tuple[tuple[type[HubError], int], ...] = (
    (ConfigError, CONFIGURATION),
    (PluginError, CONFIGURATION),
    (NotFound, NOT_FOUND),
    (Refused, REFUSED),
    (RetryLater, UNREACHABLE),
    (HubError, FAILED),
)


def explained() -> str:
    return _(
        "Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 configuration, 5 unreachable, 6 partly failed, 7 refused. "
        "Programs use --json: data on standard output, all else on standard error."
    )


def code_of(error: HubError) -> int:
    return next(code for kind, code in BY_ERROR if isinstance(error, kind))


def code_of_many(codes: Iterable[int]) -> int:
    """One code for several tries: their own when they agree, else ``PARTLY`` if any went well, else ``FAILED``."""
    seen = set(codes)
    return seen.pop() if len(seen) == 1 else PARTLY if OK in seen else FAILED


def ended(build: Callable[[], click.Command], arguments: Sequence[str] | None = None) -> int:
    """Runs a command to its end; the code the process should end with. Errors are one line on standard error."""
    speak_the_language_of_the_terminal()
    try:
        result = build().main(arguments, prog_name="hub", standalone_mode=False)
    except HubError as error:
        return _failed(error.text.render(preferred()), code_of(error), error)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is still buffered must not fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        return _failed(unusable(error) if error.filename else unexpected(error), FAILED, error)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, a user gets a sentence
        return _failed(unexpected(error), FAILED, error)
    return result if isinstance(result, int) else OK


def unusable(error: OSError) -> str:
    return _(
        "{file} cannot be used: {reason}; see that it is there, and who may read and write it",
        file=error.filename,
        reason=_(error.strerror or str(error)),
    )


def unexpected(error: Exception) -> str:
    what = _("{kind}: {reason}", kind=type(error).__name__, reason=str(error).partition("\n")[0])
    hint = "" if os.environ.get("HUB_DEBUG") else " " + _("(HUB_DEBUG=1 shows where)")
    return what + hint


def _failed(sentence: str, code: int, error: Exception) -> int:
    click.echo(_("error: {text}", text=sentence), err=True)
    if os.environ.get("HUB_DEBUG"):
        import traceback

        traceback.print_exception(error)
    return code


def speak_the_language_of_the_terminal() -> None:
    """Has click's own phrases come from our catalogue, and no output fail for a character the terminal lacks."""
    import gettext

    if preferred() == CHINESE:
        os.environ["LANGUAGE"] = CHINESE
        gettext.bindtextdomain("hub", str(LOCALES))
    gettext.textdomain("hub" if preferred() == CHINESE else "messages")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
