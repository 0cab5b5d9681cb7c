"""Messages written: by the operator's templates where a worker can be killed over them, else by the shipped ones.

A template costs an alert neither its delivery nor its time. Where one fails, the message is written by what is
shipped, the log says why, and the operator is told once, until the templates are changed. One that had to be
killed rests for a while: each try costs a worker its time limit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from monitor.errors import Problem, WorkerError
from monitor.model import Alert, Message, Severity
from monitor.policy import Policy
from monitor.ports import Store, Workers
from monitor.route.troubles import OpenTrouble, Trouble
from monitor.send.forms import Form
from monitor.send.operator import NONE, Templates
from monitor.send.render import render
from monitor.send.sandbox import candidates

log = structlog.get_logger(__name__)

PATIENCE = (
    30.0  # seconds until a message is written without the operator's templates; a lease has them to spare
)
REST = timedelta(minutes=10)
KIND = "templates"


class Writer:
    """Writes the messages of one daemon."""

    def __init__(self, workers: Workers, patience: float = PATIENCE) -> None:
        self._workers, self._patience = workers, patience
        self.templates: Templates = NONE
        self.broken: dict[str, str] = {}  # template -> what is wrong with it
        self._rests: dict[str, datetime] = {}  # kind and service -> until when
        self._taking: asyncio.Task[None] | None = None
        self._untold = True  # also what was open when the daemon ended

    def follow(self, read: Callable[[], tuple[Templates, list[Problem]]]) -> None:
        """Write with the templates that `read` gives, as soon as it does; it may block. Needs a running loop."""

        async def take() -> None:
            await self.use(*await asyncio.to_thread(read))

        self._cancel()
        self._taking = asyncio.create_task(take(), name="templates")

    async def settled(self) -> None:
        """Wait until the templates that were given last are in use, and tried."""
        if self._taking is not None:
            await asyncio.wait([self._taking])

    async def close(self) -> None:
        self._cancel()
        await self.settled()

    def _cancel(self) -> None:
        if self._taking is not None:
            self._taking.cancel()

    async def use(self, templates: Templates, problems: Sequence[Problem] = ()) -> None:
        """Write with these from now on, and try each on hard cases; `problems` are of reading them."""
        changed = templates != self.templates
        self.templates = templates
        if changed:
            self._rests.clear()
        found = {problem.path: str(problem) for problem in problems}
        for name in sorted(templates.names):
            found |= await self._try(name)
        if self.templates is templates:
            self.broken, self._untold = found, True
        for said in found.values():
            log.error("template", problem=said)

    async def _try(self, name: str) -> dict[str, str]:
        path = self.templates.path(name)
        try:
            problems = await self._workers.try_template(self.templates, name)
        except WorkerError as error:
            return {path: f"{path}: error: {error}"}
        errors = [problem for problem in problems if problem.level == "error"]
        return {path: str(errors[0])} if errors else {}

    async def write(
        self, alert: Alert, form: Form, *, zone: str, key: str, install: str, now: datetime
    ) -> Message:
        """The message for one channel; `fallback` says why it is not as the operator's templates would have it."""
        why = self._resting(alert, form, now) if self.templates else None
        if self.templates and why is None:
            try:
                async with asyncio.timeout(self._patience):
                    message = await self._workers.render(
                        alert, form, self.templates, zone=zone, key=key, install=install
                    )
                if message.fallback is None:
                    return message
                why = message.fallback
                self._note(alert, form, why)
            except TimeoutError:  # no fault of theirs
                why = f"no worker was free within {self._patience:g} s"
            except WorkerError as error:
                why = self._killed(alert, form, error, now)
        message = render(alert, form, zone=zone, key=key, install=install)
        return message if why is None else replace(message, fallback=why)

    def _resting(self, alert: Alert, form: Form, now: datetime) -> str | None:
        until = self._rests.get(_use(alert, form))
        return None if until is None or now >= until else f"they rest until {until:%H:%M} UTC"

    def _killed(self, alert: Alert, form: Form, error: WorkerError, now: datetime) -> str:
        self._rests[_use(alert, form)] = now + REST
        self._note(alert, form, str(error))
        return f"{error}, for {_use(alert, form)}"

    def _note(self, alert: Alert, form: Form, why: str) -> None:
        """Remember which template failed: the one that is named, else the one that the message began with."""
        parts = ("txt", "html") if form.is_mail else ("txt",) if form.long else ("chat",)
        named = [
            why.partition(":")[0],
            *(name for part in parts for name in candidates(alert.kind, form, part)),
        ]
        name = next((name for name in named if name in self.templates.names), None)
        path = self.templates.folder if name is None else self.templates.path(name)
        if path not in self.broken:
            self.broken[path], self._untold = f"{path}: {why} ({_use(alert, form)})", True

    # --- telling the operator ----------------------------------------------------------------------

    def report(self, store: Store, policy: Policy, now: datetime) -> None:
        """Tell the operator what is wrong with the templates, once, and once when it is over. Blocks."""
        if not self._untold:
            return
        self._untold = False
        receivers = policy.operators(KIND, now)
        found = [
            Trouble(
                path,
                f"A template fails: {path.rpartition('/')[2]}",
                f"{said}\n\nUntil it is mended, what is shipped is used in its place: no alert is lost.\n"
                "`monitor check` tries templates; SIGHUP takes them into use.",
                receivers,
            )
            for path, said in dict(self.broken).items()
        ]
        store.report_troubles(
            KIND,
            found,
            _farewell,
            policy.channel_names(),
            now,
            not_before=policy.quiet_until(now, Severity.HIGH),
        )


def _use(alert: Alert, form: Form) -> str:
    return f"{alert.kind.value} messages to {form.service}"


def _farewell(one: OpenTrouble) -> tuple[str, str]:
    name = one.trouble.subject.rpartition("/")[2]
    return f"The template is well again: {name}", "It is used from now on."
