"""``hub sandbox``: an invented hospital that sends, and a receiving system that answers, for trying and training."""

from __future__ import annotations

import json
import ssl
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.exits import FAILED, OK
from hub.cli.options import GivenFile, with_json
from hub.cli.tables import put_heading, put_json, put_table, say
from hub.errors import HubError, Refused
from hub.language import _

if TYPE_CHECKING:
    from hub.sandbox.receiver import Heard
    from hub.sandbox.tally import Tally

MESSAGES = 200
MOST_SHOWN = 20


class Address(click.ParamType[tuple[str, int]]):
    name = "HOST:PORT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        host, _colon, port = str(value).rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65_535:
            self.fail(_("write a host and a port, such as 127.0.0.1:2575"), param, ctx)
        return host.strip("[]"), int(port)


class Faults(click.ParamType[frozenset[str]]):
    name = "FAULTS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[str]:
        from hub.sandbox.faults import FAMILIES

        if isinstance(value, frozenset):
            return value
        if value in {"all", "none"}:
            return frozenset(FAMILIES if value == "all" else ())
        named = frozenset(value.split(","))
        if strange := sorted(named - {*FAMILIES}):
            known = ", ".join((*FAMILIES, "all", "none"))
            self.fail(_("there is no fault {name}; there are {known}", name=strange[0], known=known), param, ctx)
        return named


FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
with_own_certificate = (
    click.option("--tls-certificate", type=FILE, help=_("PEM file with our own certificate.")),
    click.option("--tls-key", type=FILE, help=_("PEM file with its private key.")),
)


@click.group(help=_("Try a hub with an invented hospital, and a destination with an invented receiver."))
def command() -> None:
    pass


@command.command("hospital", help=_("Send what an invented hospital sends, and say what should then be in the record."))
@click.option("--to", "address", type=Address(), required=True, help=_("Where the hub listens."))
@click.option("--seed", default=7, show_default=True, help=_("The same seed gives the same messages, byte for byte."))
@click.option("--rate", default=20.0, show_default=True, type=click.FloatRange(0.01), help=_("Messages a second."))
@click.option("--messages", type=click.IntRange(1), help=_("How many; faulty ones come on top (200)."))
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help=_("Instead: for how long."))
@click.option(
    "--residents", default=200, show_default=True, type=click.IntRange(1), help=_("How many people there are.")
)
@click.option("--connections", default=1, show_default=True, type=click.IntRange(1), help=_("How many at once."))
@click.option(
    "--faults",
    type=Faults(),
    default="none",
    show_default=True,
    help=_("What goes wrong: encodings, duplicates, reordering, late, merges, frames; several with commas; all; none."),
)
@click.option(
    "--fault-share", default=0.05, show_default=True, type=click.FloatRange(0, 1), help=_("Of how many messages.")
)
@click.option("--answer-seconds", default=30.0, show_default=True, help=_("How long to wait for the last answers."))
@click.option("--tls", is_flag=True, help=_("Encrypt; the receiver's authority is one that this machine trusts."))
@click.option(
    "--tls-ca", type=FILE, help=_("Encrypt; PEM file with the authority that signed the receiver's certificate.")
)
@click.option("--tls-name", help=_("The name in the receiver's certificate, where it is not the host."))
@with_own_certificate[0]
@with_own_certificate[1]
@with_json
def hospital(address: tuple[str, int], as_json: bool, **asked: Any) -> int:
    from hub.sandbox.line import Target
    from hub.sandbox.plan import Plan
    from hub.sandbox.sending import play
    from hub.sandbox.tally import Tally

    if asked["messages"] and asked["minutes"]:
        raise click.UsageError(_("--messages or --minutes, not both"))
    count = max(1, round(asked["rate"] * 60 * asked["minutes"])) if asked["minutes"] else asked["messages"] or MESSAGES
    some = {name: asked[name] for name in ("seed", "rate", "residents", "connections", "faults")}
    plan = Plan(count, share=asked["fault_share"], **some)
    context = _client(asked)
    target = Target(*address, context, (asked["tls_name"] or address[0]) if context else None, asked["answer_seconds"])
    tally = Tally()
    try:
        play(plan, target, tally, lambda now: say(_under_way(now)))
    except KeyboardInterrupt:
        say(_("interrupted: what was not answered by then is not in the figures"))
    told = tally.told(plan.rate)
    if as_json:
        put_json(told)
    else:
        put(tally, told)
    return FAILED if tally.unexpected else OK


@command.command("receiver", help=_("Listen like a receiving system, and answer as told, until Ctrl-C."))
@click.option("--listen", "address", type=Address(), required=True, help=_("Where; port 0 takes a free one."))
@click.option(
    "--answer",
    type=click.Choice(("AA", "AE", "AR", "silence", "cut", "mixed")),
    default="AA",
    show_default=True,
    help=_("What every message gets; mixed: mostly AA, now and then each of the others."),
)
@click.option("--seed", default=7, show_default=True, help=_("The same seed mixes the same way."))
@click.option("--count", type=click.IntRange(1), help=_("End after so many messages."))
@with_own_certificate[0]
@with_own_certificate[1]
@with_json
def receiver(address: tuple[str, int], answer: str, seed: int, count: int | None, as_json: bool, **tls: Any) -> None:
    import asyncio

    from hub.sandbox.receiver import Receiver

    context = _server(tls)
    ended = asyncio.Event()

    def told(kind: str, key: str, way: str) -> None:
        say(f"{kind:12} {key:24} {way}")
        if count and receiving.heard.messages >= count:
            ended.set()

    receiving = Receiver(answer, seed, told)

    async def run() -> None:
        host, port = await receiving.open(*address, context)
        say(_("listening on {address}", address=f"{host}:{port}"))
        try:
            await ended.wait()
            await asyncio.sleep(0)  # the last answer is written
        finally:
            await receiving.close()

    with suppress(KeyboardInterrupt):
        asyncio.run(run())
    put_heard(receiving.heard, as_json=as_json)


@command.command(
    "compare", help=_("Compare a hub's record with what `hub sandbox hospital --json` said should be in it.")
)
@click.argument("file", type=GivenFile())
@click.option("--fhir", default="http://127.0.0.1:8080/fhir", show_default=True, help=_("The hub's FHIR address."))
@click.option("--token", envvar="TOKEN", required=True, help=_("Of `hub token`, with system/*.rs; also TOKEN."))
@with_json
def compare(file: Any, fhir: str, token: str, as_json: bool) -> int:
    from hub.sandbox.comparing import Record, differences

    try:
        people = json.load(file)["truth"]["people"]
    except (ValueError, KeyError, TypeError):
        raise HubError("this is not what hub sandbox hospital --json writes") from None
    if not fhir.startswith(("http://", "https://")):
        raise click.UsageError(_("--fhir begins with http:// or https://"))
    found = list(differences(Record(fhir, token), people))
    if as_json:
        put_json({"people": len(people), "differences": [each._asdict() for each in found]})
    elif found:
        put_table([_("number"), _("what"), _("expected"), _("found")], found)
    say(_("{people} people compared, {count} differences", people=len(people), count=len(found)))
    return FAILED if found else OK


def put(tally: Tally, told: dict[str, Any]) -> None:
    put_heading(_("What was sent"))
    put_table([_("kind"), _("messages")], told["kinds"].items(), numbers=[_("messages")])
    if told["faults"]:
        put_heading(_("What was wrong with it, on purpose"))
        counted = Counter((each["fault"], each["expected"]) for each in told["faults"])
        rows = [(fault, count, _expected(expected)) for (fault, expected), count in sorted(counted.items())]
        put_table([_("fault"), _("messages"), _("a sound receiver")], rows, numbers=[_("messages")])
    put_heading(_("How it was answered"))
    put_table([_("answer"), _("messages")], told["answers"].items(), numbers=[_("messages")])
    say(_sent(tally, told))
    if tally.unexpected:
        put_heading(_("Answered otherwise than a sound receiver would"))
        put_table([_("key"), _("expected"), _("answer")], tally.unexpected[:MOST_SHOWN])
    put_heading(_("What should now be in the record"))
    put_table([_("resource"), _("how many")], told["truth"]["resources"].items(), numbers=[_("how many")])


def put_heard(heard: Heard, *, as_json: bool) -> None:
    told = {"messages": heard.messages, "again": heard.again, "connections": heard.connections}
    if as_json:
        put_json({**told, "answers": dict(sorted(heard.ways.items()))})
        return
    put_table([_("answer"), _("messages")], sorted(heard.ways.items()), numbers=[_("messages")])
    say(_("{messages} messages over {connections} connections, {again} under a key that was there before", **told))


def _expected(expected: str) -> str:
    words = {"accepted": _("accepts it"), "refused": _("refuses it"), "nothing": _("says nothing")}
    return words[expected]


def _under_way(tally: Tally) -> str:
    return _("{sent} sent, {answered} answered", sent=tally.shots, answered=tally.answers.total())


def _sent(tally: Tally, told: dict[str, Any]) -> str:
    """With how honest the rate is."""
    fine = _(
        "{count} messages in {seconds} s: {rate} a second were asked for, {real} sent; half of the answers came within "
        "{p50} ms, 99 of 100 within {p99} ms",
        count=tally.shots,
        seconds=told["seconds"],
        rate=f"{told['asked_per_s']:g}",
        real=told["sent_per_s"],
        p50=told["answer_p50_ms"],
        p99=told["answer_p99_ms"],
    )
    late = _("at worst, a message left {ms} ms after it was due", ms=told["behind_most_ms"])
    return f"{fine}; {late}"


def _client(asked: dict[str, Any]) -> ssl.SSLContext | None:
    if not (asked["tls"] or asked["tls_ca"] or asked["tls_certificate"]):
        return None
    try:
        context = ssl.create_default_context(cafile=asked["tls_ca"])
    except ssl.SSLError:
        raise Refused("{file} cannot be used: it is no certificate in PEM", file=str(asked["tls_ca"])) from None
    return _with_certificate(context, asked)


def _server(asked: dict[str, Any]) -> ssl.SSLContext | None:
    if not asked["tls_certificate"]:
        return None
    return _with_certificate(ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), asked)


def _with_certificate(context: ssl.SSLContext, asked: dict[str, Any]) -> ssl.SSLContext:
    if certificate := asked["tls_certificate"]:
        try:
            context.load_cert_chain(certificate, asked["tls_key"], lambda: "")
        except ssl.SSLError:
            raise Refused(
                "{file} cannot be used: certificate and key do not fit, or are not PEM", file=str(certificate)
            ) from None
    return context
