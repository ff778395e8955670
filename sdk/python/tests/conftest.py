"""A real installation: STOA_URL and STOA_TOKEN."""

import os

import pytest

from stoa import AsyncStoa, Stoa


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def address() -> str:
    if "STOA_URL" not in os.environ or "STOA_TOKEN" not in os.environ:
        pytest.skip("STOA_URL and STOA_TOKEN name no installation")
    return os.environ["STOA_URL"]


@pytest.fixture
def client(address):
    with Stoa(address) as client:
        yield client


@pytest.fixture
async def async_client(address, anyio_backend):
    async with AsyncStoa(address) as client:
        yield client
