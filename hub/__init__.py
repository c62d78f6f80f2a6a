"""汇通 (Huitong): what a plugin may use of the hub. Each name is imported when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.access import Client
    from hub.adapter import (
        Adapter,
        Counting,
        Delivery,
        Finding,
        IdentityChange,
        Listener,
        Message,
        Payload,
        Piece,
        Receipt,
        Receive,
        Refusal,
        Route,
        Sender,
        Settings,
        Settled,
    )
    from hub.alarm import Alarm, Alert, Change
    from hub.audit import AuditEvent
    from hub.config.located import LocalFile
    from hub.config.secrets import Secret
    from hub.errors import (
        AdapterCrashed,
        BadQuery,
        ConfigError,
        Declined,
        HubError,
        JournalFailed,
        NotFound,
        ParseError,
        PluginError,
        Refused,
        Rejected,
        RetryLater,
        Unavailable,
        Uncertain,
        UnsupportedMessage,
    )
    from hub.hookspecs import hookimpl
    from hub.identity.asking import Alike, Likely
    from hub.language import Bilingual, Text
    from hub.model import (
        CORRECTIONS,
        Claim,
        Code,
        CodeMaps,
        Correct,
        Document,
        FieldFate,
        Grid,
        Guide,
        Identifier,
        Json,
        Link,
        Merge,
        Move,
        PersonName,
        RecordUpdate,
        Replace,
        Resource,
        Sample,
        Section,
        Unlink,
        Unmapped,
    )
    from hub.model.person import ID_NUMBER_SYSTEM, MOTHER_EXTENSION, id_number_fault, normal_id_number
    from hub.records.serving import (
        SEARCH_PARAMETERS,
        ClaimSaid,
        Condition,
        Origin,
        Page,
        Parameter,
        Place,
        Query,
        Records,
        SortKey,
        Span,
        Stored,
        View,
        by_id,
        by_last_updated,
        by_number,
        condition,
        date_interval,
        decode_json,
        encode_json,
        escaped,
        instant,
        references_in,
        resource_id,
        sort_key,
        told_by,
    )
    from hub.web.facade import Hub

__all__ = [
    "CORRECTIONS",
    "ID_NUMBER_SYSTEM",
    "MOTHER_EXTENSION",
    "SEARCH_PARAMETERS",
    "Adapter",
    "AdapterCrashed",
    "Alarm",
    "Alert",
    "Alike",
    "AuditEvent",
    "BadQuery",
    "Bilingual",
    "Change",
    "Claim",
    "ClaimSaid",
    "Client",
    "Code",
    "CodeMaps",
    "Condition",
    "ConfigError",
    "Correct",
    "Counting",
    "Declined",
    "Delivery",
    "Document",
    "FieldFate",
    "Finding",
    "Grid",
    "Guide",
    "Hub",
    "HubError",
    "Identifier",
    "IdentityChange",
    "JournalFailed",
    "Json",
    "Likely",
    "Link",
    "Listener",
    "LocalFile",
    "Merge",
    "Message",
    "Move",
    "NotFound",
    "Origin",
    "Page",
    "Parameter",
    "ParseError",
    "Payload",
    "PersonName",
    "Piece",
    "Place",
    "PluginError",
    "Query",
    "Receipt",
    "Receive",
    "RecordUpdate",
    "Records",
    "Refusal",
    "Refused",
    "Rejected",
    "Replace",
    "Resource",
    "RetryLater",
    "Route",
    "Sample",
    "Secret",
    "Section",
    "Sender",
    "Settings",
    "Settled",
    "SortKey",
    "Span",
    "Stored",
    "Text",
    "Unavailable",
    "Uncertain",
    "Unlink",
    "Unmapped",
    "UnsupportedMessage",
    "View",
    "by_id",
    "by_last_updated",
    "by_number",
    "condition",
    "date_interval",
    "decode_json",
    "encode_json",
    "escaped",
    "hookimpl",
    "id_number_fault",
    "instant",
    "normal_id_number",
    "references_in",
    "resource_id",
    "sort_key",
    "told_by",
]

_HOMES = {
    "hub.access": "Client",
    "hub.adapter": (
        "Adapter Counting Delivery Finding IdentityChange Listener Message Payload Piece Receipt Receive Refusal Route"
        " Sender Settings Settled"
    ),
    "hub.alarm": "Alarm Alert Change",
    "hub.audit": "AuditEvent",
    "hub.config.located": "LocalFile",
    "hub.config.secrets": "Secret",
    "hub.errors": (
        "AdapterCrashed BadQuery ConfigError Declined HubError JournalFailed NotFound ParseError PluginError Refused"
        " Rejected RetryLater Unavailable Uncertain UnsupportedMessage"
    ),
    "hub.hookspecs": "hookimpl",
    "hub.identity.asking": "Alike Likely",
    "hub.language": "Bilingual Text",
    "hub.model": (
        "CORRECTIONS Claim Code CodeMaps Correct Document FieldFate Grid Guide Identifier Json Link Merge Move"
        " PersonName RecordUpdate Replace Resource Sample Section Unlink Unmapped"
    ),
    "hub.model.person": "ID_NUMBER_SYSTEM MOTHER_EXTENSION id_number_fault normal_id_number",
    "hub.records.serving": (
        "SEARCH_PARAMETERS ClaimSaid Condition Origin Page Parameter Place Query Records SortKey Span Stored View by_id"
        " by_last_updated by_number condition date_interval decode_json encode_json escaped instant references_in"
        " resource_id sort_key told_by"
    ),
    "hub.web.facade": "Hub",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """So that ``import hub`` costs nothing, and no plugin pays for what it does not use (PEP 562)."""
    if (module := _HOME.get(name)) is None:
        raise AttributeError(f"module 'hub' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(module), name)
    return value


def __dir__() -> list[str]:
    return __all__
