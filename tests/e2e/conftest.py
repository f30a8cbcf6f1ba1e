"""Accounts with the function installed, one for each pytest process."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.e2e.scenarios.account import Account
from tests.e2e.scenarios.installation import Article, Ecrdrain
from tests.e2e.scenarios.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecrdrain.lab import Lab


@contextmanager
def _account_of(lab: Lab) -> Iterator[Account]:
    account = Account(lab)
    yield account
    account.close()


@pytest.fixture(scope="session")
def open_account(lab: Lab) -> Iterator[Account]:
    """An account where every role may do everything."""
    with _account_of(lab) as account:
        yield account


@pytest.fixture(scope="session")
def strict_account(enforcing_lab: Lab) -> Iterator[Account]:
    """An account where calls are judged by the caller's IAM policies."""
    with _account_of(enforcing_lab) as account:
        yield account


@pytest.fixture(scope="session")
def ecrdrain(open_account: Account) -> Ecrdrain:
    """Our function, installed in the open account."""
    return Ecrdrain(open_account)


@pytest.fixture(scope="session")
def strict_ecrdrain(strict_account: Account) -> Ecrdrain:
    """Our function, installed in the account that judges."""
    return Ecrdrain(strict_account)


@pytest.fixture(scope="session")
def article(open_account: Account) -> Article:
    """The article's function."""
    return Article(open_account)


@pytest.fixture
def world(open_account: Account, ecrdrain: Ecrdrain) -> Iterator[World]:
    """A share of the open account for one test, with our function."""
    with World(open_account, ecrdrain) as made:
        yield made
