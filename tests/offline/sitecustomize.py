"""Cut a kernel off from the network where the system cannot: refuse to look up or connect to any other machine.

Python imports a module of this name at start-up when its folder is on PYTHONPATH.
"""

import ipaddress
import sys

TRIED = ["127.0.0.1", "::1", "localhost", None, "", "192.0.2.1", "example.org", "localhost.example.org"]  # for the test


def allowed(host):
    """Return whether ``host``, a name or an address, is this machine itself."""
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


def refuse(event, arguments):
    """Raise OSError when Python is about to leave this machine (an audit hook)."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not allowed(host):
        raise OSError(f"the course runs with no network; refused to reach {host}")


sys.addaudithook(refuse)
