"""Finds plugins by their entry point, one at a time: a broken one is shown with its reason, the others run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from hub import hookspecs
from hub.adapter import Adapter, Sender, Settings
from hub.alarm import Alarm
from hub.errors import PluginError

GROUP = "hub.plugins"
NAME = re.compile(r"[a-z][a-z0-9_]*")
AdapterType = type[Adapter[Any]]
SenderType = type[Sender[Any]]
AlarmType = type[Alarm[Any]]


@dataclass(frozen=True, slots=True)
class Plugin:
    """One that runs; ``distribution`` and ``version`` are those of the package it came with."""

    name: str
    module: str
    distribution: str
    version: str
    adapters: tuple[AdapterType, ...] = ()
    senders: tuple[SenderType, ...] = ()
    alarms: tuple[AlarmType, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """One that does not."""

    name: str
    module: str
    reason: PluginError


@dataclass(slots=True)
class Plugins:
    manager: pluggy.PluginManager
    loaded: list[Plugin] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    def adapters(self) -> Mapping[str, AdapterType]:
        """By the name a feed file writes."""
        return {adapter.name: adapter for plugin in self.loaded for adapter in plugin.adapters}

    def senders(self) -> Mapping[str, SenderType]:
        """By the name a destination's file writes."""
        return {sender.name: sender for plugin in self.loaded for sender in plugin.senders}

    def alarms(self) -> Mapping[str, AlarmType]:
        """By the name an alarm's file writes."""
        return {alarm.name: alarm for plugin in self.loaded for alarm in plugin.alarms}

    def routes(self, hub: Any) -> dict[str, list[Any]]:
        """What each plugin serves over HTTP, by the plugin's name; one that raises is broken from now on."""
        found: dict[str, list[Any]] = {}
        for implementation in self.manager.hook.register_routes.get_hookimpls():
            name = implementation.plugin_name
            try:
                found[name] = list(_call(implementation, hub))
            except Exception as error:  # noqa: BLE001 - a stranger's code may raise anything; the others are served
                self.broken.append(Broken(name, name, _fault(name, error)))
        return found


def load_plugins(found: Iterable[EntryPoint] | None = None) -> Plugins:
    """All that are installed, in the order of their names."""
    manager = pluggy.PluginManager("hub")
    manager.add_hookspecs(hookspecs)
    plugins = Plugins(manager)
    for entry in sorted(entry_points(group=GROUP) if found is None else found, key=lambda entry: entry.name):
        try:
            plugins.loaded.append(_load(entry, manager, plugins))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's module may raise anything
            if manager.has_plugin(entry.name):
                manager.unregister(name=entry.name)
            plugins.broken.append(Broken(entry.name, entry.value, _fault(entry.name, error)))
    return plugins


def _load(entry: EntryPoint, manager: pluggy.PluginManager, others: Plugins) -> Plugin:
    if manager.has_plugin(entry.name):
        raise PluginError("another plugin is named {name}", name=entry.name)
    module = entry.load()
    manager.register(module, entry.name)
    _known_hooks_only(manager, module)
    adapters = tuple(_offered(manager.hook.register_adapters, module, Adapter))
    senders = tuple(_offered(manager.hook.register_senders, module, Sender))
    alarms = tuple(_offered(manager.hook.register_alarms, module, Alarm))
    for adapter in adapters:
        if adapter.name in others.adapters():
            raise PluginError("another plugin has an adapter named {adapter}", adapter=adapter.name)
    for sender in senders:
        if sender.name in others.senders():
            raise PluginError("another plugin has a sender named {sender}", sender=sender.name)
    for alarm in alarms:
        if alarm.name in others.alarms():
            raise PluginError("another plugin has an alarm named {alarm}", alarm=alarm.name)
    distribution = entry.dist
    return Plugin(
        entry.name,
        entry.value,
        distribution.name if distribution else "",
        distribution.version if distribution else "",
        adapters,
        senders,
        alarms,
    )


def _known_hooks_only(manager: pluggy.PluginManager, module: object) -> None:
    callers = manager.get_hookcallers(module) or []
    if not callers:
        raise PluginError("it implements no hook; mark its functions with @hookimpl")
    for caller in callers:
        if not caller.has_spec():
            known = ", ".join(name for name in vars(manager.hook) if not name.startswith("_"))
            raise PluginError("there is no hook {hook}; the hooks are {known}", hook=caller.name, known=known)


def _offered(hook: pluggy.HookCaller, module: object, kind: type[Any]) -> Iterator[Any]:
    """The classes a plugin hands over, each of ``kind``."""
    for implementation in hook.get_hookimpls():
        if implementation.plugin is module:
            for offered in _call(implementation):
                _keeps_the_contract(offered, kind, hook.name)
                yield offered


def _call(implementation: pluggy.HookImpl, *arguments: Any) -> Iterable[Any]:
    given: Iterable[Any] = implementation.function(*arguments)  # type: ignore[assignment] # pluggy says object
    return given


def _keeps_the_contract(offered: Any, kind: type[Any], hook: str) -> None:
    if not (isinstance(offered, type) and issubclass(offered, kind)):
        raise PluginError(
            "{hook} gave {what}, which is no {kind} class", hook=hook, what=repr(offered), kind=kind.__name__
        )
    what = offered.__qualname__
    if not NAME.fullmatch(getattr(offered, "name", "")):
        raise PluginError('{what} needs a name of a-z, 0-9 and _, such as name = "county_lab"', what=what)
    if missing := ", ".join(sorted(getattr(offered, "__abstractmethods__", ()))):
        raise PluginError("{what} has no {missing}", what=what, missing=missing)
    settings = offered.Settings  # type: ignore[attr-defined] # both kinds have them
    if not (isinstance(settings, type) and issubclass(settings, Settings)):
        raise PluginError("{what}.Settings must be a subclass of hub.Settings", what=what)


def _fault(name: str, error: BaseException) -> PluginError:
    reason = error.text if isinstance(error, PluginError) else f"{type(error).__name__}: {error}".partition("\n")[0]
    fault = PluginError("plugin {name} is not loaded: {reason}", name=name, reason=reason)
    fault.__cause__ = error
    return fault
