"""What a cron line, a time zone and blackout hours may be, and what is said of those that are wrong."""

from __future__ import annotations

import pytest

from crawler.cronline import Cron, parse_cron, schedule_complaints
from tests.loading import loaded_by

EVERY_MONTH, EVERY_DAY = tuple(range(1, 13)), tuple(range(1, 32))

MEANINGS = {
    "0 3 * * 0": Cron((0,), (3,), EVERY_DAY, EVERY_MONTH, (0,), False),
    "0 3 * * 7": Cron((0,), (3,), EVERY_DAY, EVERY_MONTH, (0,), False),
    "0 3 * * 5-7": Cron((0,), (3,), EVERY_DAY, EVERY_MONTH, (0, 5, 6), False),
    "0 3 * * Mon-FRI": Cron((0,), (3,), EVERY_DAY, EVERY_MONTH, (1, 2, 3, 4, 5), False),
    "5/20,7 1-5/2 1,15 jan,Dec *": Cron((5, 7, 25, 45), (1, 3, 5), (1, 15), (1, 12), tuple(range(7)), False),
    " 0  */12 13 * fri ": Cron((0,), (0, 12), (13,), EVERY_MONTH, (5,), True),
    "0 0 29 2 *": Cron((0,), (0,), (29,), (2,), tuple(range(7)), False),
    "0 0 31 2 1": Cron((0,), (0,), (31,), (2,), (1,), True),
}


@pytest.mark.parametrize(("line", "cron"), MEANINGS.items(), ids=MEANINGS)
def test_cron_line_means_what_cron_means(line: str, cron: Cron) -> None:
    assert parse_cron(line) == cron


WRONG = {
    "": "five fields",
    "@daily": "five fields",
    "0 3 * *": "not 4",
    "0 0 3 * * *": "not 6",
    "60 3 * * *": "minute '60' is no number 0-59",
    "0 24 * * *": "hour '24' is no number 0-23",
    "0 3 0 * *": "day of the month '0' is no number 1-31",
    "0 3 * 13 *": "month '13' is no number 1-12 or jan",
    "0 3 * * 8": "day of the week '8' is no number 0-7 or sun",
    "0 3 * * monday": "day of the week 'monday'",
    "0 22-2 * * *": "rising range",
    "*/0 3 * * *": "minute '*/0'",
    "0 3 L * *": "day of the month 'l'",
    "0 3 ? * *": "day of the month '?'",
    "1, 3 * * *": "minute ''",
    "0 3 31 2,4,11 *": "day 31 never comes",
    "٠ 3 * * *": "minute '٠'",
    "99999999999999 3 * * *": "minute '99999999999999'",
}


@pytest.mark.parametrize(("line", "says"), WRONG.items(), ids=WRONG)
def test_wrong_cron_line_says_what_would_work(line: str, says: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        parse_cron(line)
    assert says in str(raised.value)


GOOD = ("15 3 * * *", "Europe/Oslo", 600, ("22:00-06:00",))
COMPLAINTS = {
    "good": (GOOD, []),
    "no schedule": (("", "UTC", 0, ()), []),
    "schedule": (("15 25 * * *", *GOOD[1:]), ["schedule is '15 25 * * *': hour '25'"]),
    "timezone misspelt": ((GOOD[0], "Europe/Osla", 0, ()), ["timezone is 'Europe/Osla'", '"Europe/Oslo"']),
    "timezone empty": ((GOOD[0], "", 0, ()), ["timezone is ''", '"UTC"']),
    "timezone is a folder": ((GOOD[0], "Europe", 0, ()), ["timezone is 'Europe'"]),
    "timezone is a path": ((GOOD[0], "../../etc/passwd", 0, ()), ["timezone is '../../etc/passwd'"]),
    "jitter": ((GOOD[0], "UTC", -1, ()), ["jitter is -1; it takes 0 to 21600 seconds"]),
    "blackout no span": ((GOOD[0], "UTC", 0, ("22-06",)), ["blackout: '22-06'", '"22:00-06:00"']),
    "blackout no hour": ((GOOD[0], "UTC", 0, ("22:00-24:00",)), ["blackout: '22:00-24:00' is no span"]),
    "blackout empty": ((GOOD[0], "UTC", 0, ("06:00-06:00",)), ["blackout: '06:00-06:00' is empty"]),
    "blackout all day": ((GOOD[0], "UTC", 0, ("06:00-18:00", "17:00-06:00")), ["blackout covers the whole day"]),
}


@pytest.mark.parametrize(("keys", "says"), COMPLAINTS.values(), ids=COMPLAINTS)
def test_complaint_names_the_key_and_what_works(keys: tuple[str, str, int, tuple[str, ...]], says: list[str]) -> None:
    complaints = list(schedule_complaints(*keys))
    assert len(complaints) == bool(says)
    assert all(words in complaints[0] for words in says)


def test_every_wrong_key_is_told_of() -> None:
    complaints = list(schedule_complaints("* *", "Mars/Base", 10**6, ("nights",)))
    assert [complaint.split()[0].rstrip(":") for complaint in complaints] == [
        "schedule", "timezone", "jitter", "blackout",
    ]  # fmt: skip


def test_looking_at_site_files_loads_no_scheduler() -> None:
    assert "apscheduler" not in loaded_by("crawler.cronline")
