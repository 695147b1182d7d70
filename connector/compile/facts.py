"""SQL of what is kept of rendered orders: payload, size and MD5."""


def measured(payloads: str, retaken: str) -> str:
    """Return statements that fill `work.rendered`, and `work.oversized` by `$max_order_bytes`.

    `retaken` is SQL of what would take an order back that is in the view as if it were taken back.
    """
    has_left = (
        "select rank from plan.changes where delivered_md5 is null and removed_md5 is not null"
    )
    return (
        "create or replace temp table measured as select rank, md5_number(content) as payload_md5, "
        f"md5_number(payload) as full_md5, strlen(payload) as bytes, "
        f"case when rank in ({has_left}) then md5_number({retaken}) end as retaken_md5 "
        f"from ({payloads}); "
        "insert into work.rendered "
        "select rank, payload_md5, full_md5, retaken_md5 from temp.measured; "
        "insert into work.oversized "
        "select rank from temp.measured where bytes > $max_order_bytes"
    )


_FACTS = "rank, amount, payload, identity, strlen(payload) as bytes, "
_FACTS += "md5_number(content) as payload_md5"


def positioned(payloads: str) -> str:
    """Return a select of planned payloads: position, rank, amount, payload, bytes, payload_md5."""
    return (
        f"select position, {_FACTS} from ({payloads}) inner join (select position, rank "
        "from plan.planned where position between $start and $stop) using (rank)"
    )


def successive(payloads: str) -> str:
    """Return the same of orders that are all planned: `$first` has the position `$start`."""
    return f"select rank - $first + $start as position, {_FACTS} from ({payloads})"
