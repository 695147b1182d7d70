select
    coalesce(
        greatest(
            (select max(answer_id) from ledger.answers),
            (select max(answer_id) from ledger.requests)
        ),
        0
    )
