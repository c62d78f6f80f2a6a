"""One database behind two back ends: SQLite files for a small site, PostgreSQL for a large one."""

from hub.database.connection import Connection, Database
from hub.database.opening import open_database
from hub.database.statement import Statement, any_of

__all__ = ["Connection", "Database", "Statement", "any_of", "open_database"]
