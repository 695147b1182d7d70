select coalesce(max(answer_id), 0) from ledger.answers
