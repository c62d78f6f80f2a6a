"""The local socket of a running hub: commands that write ask here, since a hub is the only writer of its database.

A line of JSON goes in, ``{"operation", "arguments"}``; a line comes back, ``{"result"}`` or ``{"error"}``. Only the
user who runs the hub, and root, are answered: the socket is private, and the kernel says who is at the other end.
"""

from hub.control.answering import ControlServer
from hub.control.asking import ask, connect
from hub.control.peers import me

__all__ = ["ControlServer", "ask", "connect", "me"]
