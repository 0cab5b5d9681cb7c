"""The last arrow of the journey: a leased delivery is sent, and then marked.

Part of the pipeline, in a module of its own; see monitor.pipeline.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from monitor.errors import StoreBusy, StoreError
from monitor.model import Alert, Delivery, DeliveryState, Fault, Outcome, Retry, SendResult
from monitor.policy import Policy
from monitor.ports import Clock, Notifier, Offload, Store
from monitor.send.retry import after
from monitor.writing import Writer

log = structlog.get_logger(__name__)

Ended = tuple[Delivery, SendResult, Retry, datetime]  # an attempt, and what follows from it

# Seconds between the attempts to mark a delivery; together, with the five that each may take, less than its lease.
MARK_WAITS = (0.5, 1.0, *(2.0,) * 8)
# Seconds after which a program that ends begins to mark nothing more: a busy database may take five for each.
LAST_MARKS = 2.5


class Delivering:
    """What a pipeline does with deliveries."""

    store: Store
    notifier: Notifier
    clock: Clock
    offload: Offload
    policy: Policy
    writer: Writer
    install: str

    def __init__(self) -> None:
        self._jitter: Callable[[], float] = random.random
        self._stopping = asyncio.Event()
        self._mark_until: float | None = None  # by the monotonic clock
        self._marking = asyncio.Lock()
        self._ended: list[tuple[Ended, asyncio.Future[bool]]] = []  # what waits to be marked

    def claim_deliveries(
        self, room: int, lease: timedelta, full: Collection[str]
    ) -> list[tuple[Delivery, Alert]]:
        """Lease what may be sent now, but by the channels that are `full`. Blocks."""
        return self.store.claim_deliveries(self.clock.now(), room, lease, full, self.policy.rates)

    async def turn_comes(self) -> bool:
        """Wait for the turn of what only its channel's rate holds back; False where nothing is."""
        now = self.clock.now()
        turn = await self.offload(self.store.next_in_turn, now, self.policy.rates)
        if turn is not None:
            await asyncio.sleep(max((turn - now).total_seconds(), 0.01))
        return turn is not None

    async def deliver(self, delivery: Delivery, alert: Alert) -> DeliveryState:
        """Send a leased delivery, then mark it: never the other way round. The state it has now."""
        delivery = await self._addressed(delivery)
        result = await self._send(delivery, alert)
        now = self.clock.now()
        created = delivery.created or now
        retry = after(delivery.attempts, result, now, self._jitter(), created, delivery.failures)
        marked = await self._mark(delivery, result, retry, now)
        said = log.info if result.outcome is Outcome.SENT else log.warning
        said(
            "delivery",
            alert=alert.id,
            channel=delivery.channel,
            state=retry.state.value,
            attempt=delivery.attempts,
            said=result.detail,
            marked=marked,
        )
        return retry.state

    async def _addressed(self, delivery: Delivery) -> Delivery:
        """The delivery by the address that the receiver has now, where the operator changed it meanwhile.

        Where the receiver is gone, it goes to whoever is told what nobody else is.
        """
        policy = self.policy
        if (delivery.receiver, delivery.channel) in policy.channels:
            return delivery
        keys = policy.channels_of([delivery.receiver]) or policy.channels_of(policy.last_resort)
        moved = await self.offload(self.store.readdress_delivery, delivery, keys) if keys else None
        if moved is not None and moved.receiver != delivery.receiver:
            said = "its receiver is not in monitor.toml, another is told"
            log.warning(said, alert=delivery.alert_id, was=delivery.receiver, now=moved.receiver)
        elif moved is not None:
            log.info("delivery by a new address", was=delivery.channel, now=moved.channel)
        return moved or delivery

    def stop(self) -> None:
        """The program ends in a few seconds: what waits for the database is tried once more, and not for long."""
        self._stopping.set()
        self._mark_until = time.monotonic() + LAST_MARKS

    async def _mark(self, delivery: Delivery, result: SendResult, retry: Retry, now: datetime) -> bool:
        """Mark an attempt, also in a database that is busy or full for a while: unmarked, it is repeated."""
        for wait in MARK_WAITS:
            stopping = self._stopping.is_set()
            try:
                return await self._mark_with_others((delivery, result, retry, now))
            except StoreError as error:
                if stopping:
                    raise
                log.warning("cannot mark a delivery yet", channel=delivery.channel, why=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
        return await self._mark_with_others((delivery, result, retry, now))

    async def _mark_with_others(self, ended: Ended) -> bool:
        """Mark what has ended while the last transaction was under way, in one."""
        marked: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._ended.append((ended, marked))
        async with self._marking:
            if not marked.done():
                batch, self._ended = self._ended, []
                await self._mark_batch(batch)
        return await marked

    async def _mark_batch(self, batch: list[tuple[Ended, asyncio.Future[bool]]]) -> None:
        try:
            found = await self.offload(self._mark_now, [ended for ended, _ in batch])
        except Exception as error:  # noqa: BLE001 - raised again by everybody who waits for it
            for _, marked in batch:
                if not marked.done():
                    marked.set_exception(error)
        except asyncio.CancelledError:
            for _, marked in batch:
                marked.cancel()
            raise
        else:
            for (_, marked), kept in zip(batch, found, strict=True):
                if not marked.done():
                    marked.set_result(kept)

    def _mark_now(self, ended: list[Ended]) -> list[bool]:
        if self._mark_until is not None and time.monotonic() > self._mark_until:
            raise StoreBusy("the program ends, and the database gives no way to say that it was sent")
        return (
            [self.store.finish_attempt(*ended[0])] if len(ended) == 1 else self.store.finish_attempts(ended)
        )

    async def _send(self, delivery: Delivery, alert: Alert) -> SendResult:
        channel = self.policy.channels.get((delivery.receiver, delivery.channel))
        if channel is None:
            return SendResult(Outcome.PERMANENT, self._nobody(delivery), fault=Fault.OURS)
        zone = self.policy.zone_of(delivery.receiver)
        message = await self.writer.write(
            alert, channel.form, zone=zone, key=delivery.key, install=self.install, now=self.clock.now()
        )
        if message.fallback:
            log.error(
                "template failed, the alert goes out by what is shipped", alert=alert.id, why=message.fallback
            )
        return await self.notifier.send(delivery.receiver, delivery.channel, message)

    def _nobody(self, delivery: Delivery) -> str:
        """Why a delivery, whose channel is gone, goes by no other."""
        policy, receiver = self.policy, delivery.receiver
        if policy.channels_of([receiver]):
            return f"receiver {receiver!r} has no channel {delivery.channel} any more"
        if policy.channels_of(policy.last_resort):
            names = ", ".join(policy.last_resort)
            return f"receiver {receiver!r} is not in monitor.toml any more; told anyway: {names}"
        log.critical(
            "nobody is told: name a receiver under [alerts] default", alert=delivery.alert_id, was=receiver
        )
        return (
            f"receiver {receiver!r} is not in monitor.toml any more, and no other is; name one and replay it"
        )
