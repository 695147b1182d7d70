"""SQL that computes payload, size and MD5 of rendered orders."""

# The last sent payloads whose MD5 is the one that the ledger has for the whole order.
_SENT = (
    "left join (select memory.rank, memory.payload as sent, changes.delivered_md5 as sent_md5 "
    "from work.memory inner join plan.changes as changes using (rank) "
    "where memory.rank between $first and $last "
    "and md5_number(memory.payload) = changes.delivered_md5) using (rank)"
)
_NOTHING = "cross join (select null::varchar as sent, null::uhugeint as sent_md5)"


def measured(payloads: str, retaken: str, as_sent: str) -> str:
    """Return statements that fill `work.rendered`, and `work.oversized` by `$max_order_bytes`.

    `retaken` is SQL of the payload that would take back an order whose view row looks like one
    taken back. `as_sent` is SQL of the content of a payload `sent`, since earlier versions stored
    the MD5 of the whole payload.
    """
    has_known = (
        "select rank from plan.changes where coalesce(delivered_md5, removed_md5) is not null"
    )
    return (
        "create or replace temp table measured as select rank, md5_number(content) as payload_md5, "
        f"md5_number(payload) as full_md5, strlen(payload) as bytes, "
        f"case when rank in ({has_known}) then md5_number({retaken}) end as retaken_md5, "
        f"case when content = {as_sent} then sent_md5 end as sent_md5 "
        f"from ({payloads}) {_SENT if as_sent != 'sent' else _NOTHING}; "
        "insert into work.rendered "
        "select rank, payload_md5, full_md5, retaken_md5, sent_md5 from temp.measured; "
        "insert into work.oversized "
        "select rank from temp.measured where bytes > $max_order_bytes"
    )


_FACTS = "rank, amount, payload, steady, strlen(payload) as bytes, "
_FACTS += "md5_number(content) as payload_md5"


def positioned(payloads: str, table: str) -> str:
    """Return a select of planned payloads: position, rank, amount, payload, bytes, payload_md5."""
    return (
        f"select position, {_FACTS} from ({payloads}) inner join (select position, rank "
        f"from {table} where position between $start and $stop) using (rank)"
    )


def successive(payloads: str) -> str:
    """Return these columns for successive planned orders: rank `$first` has position `$start`."""
    return f"select rank - $first + $start as position, {_FACTS} from ({payloads})"
