"""Header fields that strangers wrote, dates and addresses."""

import pytest

from storage.httpfields import leads_to, moment


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sun, 19 Jul 2020 10:11:12 GMT", "2020-07-19T10:11:12+00:00"),
        ("Sun, 19 Jul 2020 10:11:12 +0500", "2020-07-19T05:11:12+00:00"),
        ("Sun, 19 Jul 2020 10:11:12 -0000", "2020-07-19T10:11:12+00:00"),
        ("", None),
        ("yesterday", None),
        ("Sun, 19 Jul 2020 10:11:12 +9999", None),
        ("Sun, 19 Jul 2020 10:11:12 +99999999999999999", None),
        ("Sun, 19 Jul 99999999999999999999 10:11:12 GMT", None),
        ("Fri, 31 Dec 9999 23:00:00 -2300", None),
    ],
)
def test_a_date_is_one_in_utc_or_none(text: str, found: str | None) -> None:
    read = moment(text)
    assert (read.isoformat() if read else None) == found


def test_a_location_that_is_no_address_leads_nowhere() -> None:
    assert leads_to("http://a.example/b/c", "../d") == "http://a.example/d"
    assert leads_to("http://a.example/", "http://[") is None
    assert leads_to("http://a.example/", "//[::1") is None
