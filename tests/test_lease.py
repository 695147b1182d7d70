"""The lock of a ledger in a store, when the last write of a dead run arrives late."""

from dataclasses import replace

import pytest

from connector.blobs.address import blobs
from connector.blobs.patient import Patient
from connector.exceptions import LedgerHeldError
from connector.remote.holding import Holding
from connector.remote.lease import LOCK, Lease

DEAD = Holding("dead", "process 1 on here", "here:ledger", 3, 60.0, is_free=False)


@pytest.fixture
def store(tmp_path):
    return Patient(blobs(f"file://{tmp_path}/ledger"), 5.0)


@pytest.mark.parametrize("late", [replace(DEAD, beat=4), replace(DEAD, beat=4, is_free=True)])
def test_what_a_dead_run_still_writes_does_not_keep_its_lock(store, late):
    tag = store.put_new(LOCK, DEAD.encoded())
    store.replace_if(LOCK, late.encoded(), tag)
    lease = Lease(store, 60.0, "process 2 on here", "here:ledger")
    lease.take_from(DEAD, tag)  # as it was seen before the late write
    assert f'"holder": "{lease.holder}"'.encode() in store.get(LOCK)[0]


@pytest.mark.parametrize("late", [replace(DEAD, holder="other"), replace(DEAD, beat=4, place="x")])
def test_a_lock_that_a_live_run_has_taken_meanwhile_is_held(store, late):
    tag = store.put_new(LOCK, DEAD.encoded())
    store.replace_if(LOCK, late.encoded(), tag)
    lease = Lease(store, 60.0, "process 2 on here", "here:ledger")
    with pytest.raises(LedgerHeldError):
        lease.take_from(DEAD, tag)
