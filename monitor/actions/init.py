"""`monitor init`: a folder to begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

from monitor.errors import UsageError

CONFIG = """\
# The media monitor's configuration. Everything not set here has a default.
# After a change: `monitor check`, then `systemctl reload monitor` or SIGHUP.

database = "sqlite:///monitor.db"        # or postgresql://user@host/name; relative to this file
rules    = "rules"                       # folder of rule files

# What is polled. More: `monitor feeds add URL`, `monitor feeds import FILE.opml`.
# [[feeds]]
# url  = "https://news.example/rss"
# tags = ["wire"]

[polling]
min_interval = "5m"                      # no feed is polled more often
max_interval = "24h"                     # none more rarely

# Who can be told. Any Apprise address: mailto, slack, discord, telegram, ntfy, json …
# ${NAME} reads the environment, so that no password stands here.
# [receivers.desk]
# urls = ["mailtos://user:${SMTP_PASSWORD}@smtp.news.example?to=desk@news.example"]
# zone = "Asia/Seoul"                    # for times in messages and for digests

[alerts]
default = []                             # receivers where a rule names none, e.g. ["desk"]
digest_at = "07:00"                      # when digests go out, in the receiver's zone

[network]
allow = []                               # private ranges that may be read, e.g. ["10.1.0.0/16"]
# contact = "monitor@news.example"       # told to the sites that are read

[storage]
keep = "90d"                             # texts that matched nothing are dropped after this
"""


def init(folder: Path, shipped: Path) -> list[Path]:
    """Write monitor.toml and a copy of the `shipped` rules into `folder`; what was written.

    Raises UsageError where either is there already: nothing is ever overwritten.
    """
    config, rules = folder / "monitor.toml", folder / "rules"
    for path in (config, rules):
        if path.exists():
            raise UsageError(f"{path} exists already; choose another folder: monitor init DIR")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(shipped, rules)
    config.write_text(CONFIG, "utf-8")
    return [config, rules]
