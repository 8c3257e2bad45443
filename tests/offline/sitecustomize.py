"""Cut a kernel off from the network where the system cannot: refuse every connection but to this machine itself.

Python imports a module of this name at start-up when its folder is on PYTHONPATH.
"""

import socket

LOOPBACK = ("127.", "::1", "localhost")
TRIED = [("127.0.0.1", 80), ("::1", 80, 0, 0), "/tmp/a-socket", ("192.0.2.1", 80), ("example.org", 443)]  # for the test
_connect = socket.socket.connect


def allowed(address):
    """Return whether ``address``, as given to ``socket.connect``, stays on this machine."""
    return not isinstance(address, tuple) or str(address[0]).startswith(LOOPBACK)


def connect(self, address):
    """Connect as before, unless it leads away from this machine."""
    if not allowed(address):
        raise OSError(f"the course runs with no network; refused to connect to {address[0]}")
    return _connect(self, address)


socket.socket.connect = connect
