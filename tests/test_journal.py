"""The thread that sends the changes of a ledger to its store."""

import pytest

from connector.blobs.address import blobs
from connector.blobs.patient import Patient
from connector.exceptions import LedgerError
from connector.remote.journal import Journal


def test_no_error_of_the_thread_leaves_its_run_waiting(tmp_path):
    wal = tmp_path / "ledger.duckdb.wal"
    place = Patient(blobs(f"file://{tmp_path}/store"))

    def damaged() -> dict:
        return {}["stamp"]

    for beside, remove, error in [(damaged, False, KeyError), (dict, True, LedgerError)]:
        journal = Journal(place, wal, beside)
        wal.write_bytes(b"one")
        journal.append()
        if remove:
            wal.unlink()
        for call in (journal.flush, journal.append):
            with pytest.raises(error):
                call()
        journal.close()
