"""The life of a session."""

from datetime import timedelta

from builders import NOON, a_session, a_user

DAY = timedelta(days=1)


def test_it_lives_until_the_moment_at_which_it_expires() -> None:
    session = a_session(a_user().id, lifetime=DAY)
    assert session.is_live(NOON)
    assert session.is_live(NOON + DAY - timedelta(microseconds=1))
    assert not session.is_live(NOON + DAY)


def test_using_it_gives_it_its_whole_lifetime_again() -> None:
    session = a_session(a_user().id, lifetime=DAY)
    session.prolong(NOON + DAY / 2, DAY)
    assert session.last_used_at == NOON + DAY / 2
    assert session.expires_at == NOON + DAY * 1.5
    assert session.created_at == NOON
    assert session.is_live(NOON + DAY)


def test_an_ended_session_is_dead_even_before_it_expires() -> None:
    assert not a_session(a_user().id, lifetime=DAY, ended_at=NOON).is_live(NOON)


def test_prolonging_does_not_revive_what_has_ended() -> None:
    session = a_session(a_user().id, lifetime=DAY, ended_at=NOON)
    session.prolong(NOON, DAY)
    assert not session.is_live(NOON)
