from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.route.volume import Rhythm, Volume, calmed_down, overdue_from, spike_from, spikes

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "days", "spike"),
    [
        (0, 0.0, 60),  # nothing is known of it
        (40, 0.9, 60),
        (0, 14.0, 10),  # it is rare: ten in an hour are a spike all the same
        (336, 14.0, 10),  # one an hour
        (1344, 14.0, 16),  # four an hour: four times as many
        (12, 1.0, 10),
        (33_600, 14.0, 400),  # a hundred an hour
    ],
)
def test_from_when_on_it_spikes_and_when_it_is_over(before, days, spike):
    assert spike_from(Volume(0, before, days)) == spike
    assert spikes(Volume(spike, before, days)) and not spikes(Volume(spike - 1, before, days))
    assert calmed_down(Volume(spike // 2, before, days))
    assert not calmed_down(Volume(spike // 2 + 1, before, days))


@pytest.mark.parametrize(
    ("last", "since", "count", "days", "expect", "overdue"),
    [
        # As its rule file says: from the last match on, or from when it began to run.
        (NOW, NOW - 9 * DAY, 0, 0.0, 7 * DAY, NOW + 7 * DAY),
        (None, NOW, 0, 0.0, 7 * DAY, NOW + 7 * DAY),
        (NOW - 30 * DAY, NOW, 0, 0.0, 7 * DAY, NOW + 7 * DAY),
        # By its own rhythm: two a day are missed after three and a half days, ten an hour after a day.
        (NOW, NOW - 90 * DAY, 28, 14.0, timedelta(), NOW + 3.4538776394910684 * DAY),
        (NOW, NOW - 90 * DAY, 3360, 14.0, timedelta(), NOW + DAY),
        (NOW, NOW - 90 * DAY, 4, 14.0, timedelta(), None),  # too few to tell
        (None, NOW, 0, 0.0, timedelta(), None),
    ],
)
def test_from_when_on_it_is_unusually_quiet(last, since, count, days, expect, overdue):
    assert overdue_from(Rhythm(last, since, count, days), expect) == overdue
