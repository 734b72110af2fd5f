"""What every one-way function for passwords must do."""

import asyncio
import os
import secrets
import threading
from collections.abc import Callable, Iterator

import bcrypt
import pytest
from builders import GOOD, a_password

from lavka.adapters.crypto import MOST_WAITING, BcryptHashes
from lavka.application.ports.accounts import PasswordHashes
from lavka.domain.errors import Invalid, Unavailable

COST = 5  # not the lowest, so that something cheaper would be seen


@pytest.fixture(params=[BcryptHashes])
def hashes(request: pytest.FixtureRequest) -> Iterator[BcryptHashes]:
    made = request.param(COST)
    yield made
    made.close()


async def test_the_right_password_fits_its_hash_and_no_other_does(hashes: PasswordHashes) -> None:
    hashed = await hashes.make(a_password())
    assert await hashes.verify(GOOD, hashed) is True
    for other in ("", GOOD[:-1], GOOD + " ", GOOD.lower(), "пароль"):
        assert await hashes.verify(other, hashed) is False


async def test_a_hash_hides_the_password_and_is_never_the_same_twice(hashes: PasswordHashes) -> None:
    one, other = await hashes.make(a_password()), await hashes.make(a_password())
    assert one != other
    assert GOOD not in one
    assert len(one) <= 100


async def test_the_cost_is_the_one_that_was_set() -> None:
    for cost in (4, 5):
        hashes = BcryptHashes(cost)
        assert (await hashes.make(a_password())).startswith(f"$2b$0{cost}$")
        hashes.close()


async def test_all_72_characters_count_and_more_are_refused(hashes: PasswordHashes) -> None:
    longest = "A!".ljust(72, "a")
    hashed = await hashes.make(a_password(longest))
    assert await hashes.verify(longest, hashed)
    assert not await hashes.verify(longest[:-1] + "b", hashed)
    for long in (longest + "a", "ы" * 37, "x" * 100_000):
        for against in (hashed, None):
            with pytest.raises(Invalid):
                await hashes.verify(long, against)
    assert not await hashes.verify("ы" * 36, hashed)


@pytest.mark.parametrize("secret", ["", "\0", "Correct\0horse!", "\x7f", "🐴"])
async def test_any_text_may_be_compared(hashes: PasswordHashes, secret: str) -> None:
    assert await hashes.verify(secret, await hashes.make(a_password())) is False


async def test_without_a_hash_the_answer_is_no(hashes: PasswordHashes) -> None:
    for secret in (GOOD, ""):
        assert await hashes.verify(secret, None) is False


async def test_nobody_gets_in_with_the_password_behind_the_hash_of_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secrets, "token_bytes", lambda _: GOOD.encode())
    hashes = BcryptHashes(COST)
    assert await hashes.verify(GOOD, None) is False
    hashes.close()


async def test_an_unknown_account_costs_the_work_of_a_known_one(
    hashes: PasswordHashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = bcrypt.checkpw

    def watched(secret: bytes, hashed: bytes) -> bool:
        compared.append((secret, hashed))
        return real(secret, hashed)

    hashed = await hashes.make(a_password())
    monkeypatch.setattr(bcrypt, "checkpw", watched)
    await hashes.verify(GOOD, hashed)
    await hashes.verify(GOOD, None)
    assert [secret for secret, _ in compared] == [GOOD.encode()] * 2
    known, unknown = (against.decode().split("$")[1:3] for _, against in compared)
    assert known == unknown == ["2b", f"0{COST}"]


async def test_a_hash_made_more_cheaply_costs_the_work_of_today(
    hashes: PasswordHashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, today = await hashes.make(a_password()), BcryptHashes(COST + 3)
    costs: list[int] = []
    compare, make = bcrypt.checkpw, bcrypt.hashpw

    def compared(secret: bytes, hashed: bytes) -> bool:
        costs.append(int(hashed.split(b"$")[2]))
        return compare(secret, hashed)

    def made(secret: bytes, salt: bytes) -> bytes:
        costs.append(int(salt.split(b"$")[2]))
        return make(secret, salt)

    monkeypatch.setattr(bcrypt, "checkpw", compared)
    monkeypatch.setattr(bcrypt, "hashpw", made)
    assert await today.verify(GOOD, old)
    assert sum(2**cost for cost in costs) == 2 ** (COST + 3)
    costs.clear()
    assert not await today.verify(GOOD, None)
    assert sum(2**cost for cost in costs) == 2 ** (COST + 3)
    today.close()


async def test_a_hash_is_renewed_when_its_cost_is_not_that_of_today(hashes: PasswordHashes) -> None:
    old, today = await hashes.make(a_password()), BcryptHashes(COST + 1)
    assert await hashes.renew(GOOD, old) == old
    renewed = await today.renew(GOOD, old)
    assert renewed.startswith(f"$2b$0{COST + 1}$")
    assert await today.verify(GOOD, renewed)
    today.close()


async def test_closing_lets_the_threads_go() -> None:
    before = set(threading.enumerate())
    hashes = BcryptHashes(4)
    await asyncio.gather(*(hashes.make(a_password()) for _ in range(4)))
    threads = set(threading.enumerate()) - before
    assert threads
    hashes.close()
    for thread in threads:
        await asyncio.to_thread(thread.join, 2)
    assert not any(thread.is_alive() for thread in threads)


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """bcrypt does not come back before the event is set."""
    released = threading.Event()
    real: Callable[[bytes, bytes], bytes] = bcrypt.hashpw

    def slow(secret: bytes, salt: bytes) -> bytes:
        assert released.wait(10)
        return real(secret, salt)

    monkeypatch.setattr(bcrypt, "hashpw", slow)
    yield released
    released.set()


async def test_when_too_many_wait_the_next_is_sent_away_at_once(
    hashes: PasswordHashes, stuck: threading.Event
) -> None:
    most = (os.cpu_count() or 1) + MOST_WAITING
    waiting = [asyncio.create_task(hashes.make(a_password())) for _ in range(most)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refusal:
        await hashes.make(a_password())
    assert refusal.value.retry_after > 0
    with pytest.raises(Unavailable):
        await hashes.verify(GOOD, None)
    stuck.set()
    assert len(await asyncio.gather(*waiting)) == most
    assert await hashes.verify(GOOD, await hashes.make(a_password()))


async def test_other_work_goes_on_while_passwords_are_hashed(
    hashes: PasswordHashes, stuck: threading.Event
) -> None:
    waiting = asyncio.create_task(hashes.make(a_password()))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    stuck.set()
    assert await waiting
