"""Imported by the server from which the sending processes are forked, and by nothing else.

It has all of Apprise before the first of them is wanted. As they do, it ignores SIGTERM: it ends with the daemon.
"""

from __future__ import annotations

import signal

from monitor.adapters import send_worker

signal.signal(signal.SIGTERM, signal.SIG_IGN)
send_worker.schemes()  # loads every plugin
