"""Transfers between wallets and the house."""

from dataclasses import replace

import pytest
from builders import a_transfer
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.errors import Invalid
from lavka.domain.money import ZERO, Money
from lavka.domain.wallet import AGAINST, DEAREST, FULLEST, LONGEST_REASON, House, Kind

amounts = st.integers(-DEAREST.minor, DEAREST.minor).filter(bool)


@given(kind=st.sampled_from(Kind), amount=amounts)
def test_what_the_accounts_of_a_transfer_get_is_nothing_in_sum(kind: Kind, amount: int) -> None:
    transfer = a_transfer(amount=amount, kind=kind)
    assert len(transfer.entries) == 2
    assert sum(transfer.entries.values(), ZERO) == ZERO
    assert transfer.entries[transfer.wallet] == Money(amount)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_an_account_on_the_other_side(kind: Kind) -> None:
    assert set(a_transfer(kind=kind).entries) & set(House) == {AGAINST[kind]}


@pytest.mark.parametrize("kind", [Kind.PAYMENT, Kind.REFUND])
def test_an_order_may_be_dearer_than_what_is_brought_in_at_a_time(kind: Kind) -> None:
    assert a_transfer(amount=FULLEST.minor, kind=kind).amount == FULLEST


@pytest.mark.parametrize("amount", [0, DEAREST.minor + 1, -DEAREST.minor - 1])
def test_nothing_and_more_than_there_is_are_not_transferred(amount: int) -> None:
    with pytest.raises(Invalid) as error:
        a_transfer(amount=amount)
    assert [each.field for each in error.value.details] == ["amount"]


@pytest.mark.parametrize("reason", ["", "x" * (LONGEST_REASON + 1)])
def test_an_adjustment_says_why(reason: str) -> None:
    with pytest.raises(Invalid) as error:
        a_transfer(reason=reason)
    assert [each.field for each in error.value.details] == ["reason"]
    with pytest.raises(Invalid):
        replace(a_transfer(), reason=None)


def test_a_payment_needs_no_reason() -> None:
    assert a_transfer(kind=Kind.PAYMENT, amount=-1).reason is None


def test_a_full_wallet_is_read_exactly_by_every_reader_of_json() -> None:
    assert DEAREST < FULLEST
    assert FULLEST.minor < 2**53
