"""SQL that puts the last sent payload of an order beside the one that would be sent now."""

from connector.compile import literal


def last_sent(select: str, key: str) -> str:
    """Return the statement that stores the last sent and the new payload of changed orders.

    It makes `work.beside` (order_id, position, before, now). `before` lacks the order's key where
    the ledger stored it before it was set to keep whole payloads.
    """
    path = literal("$." + key.replace("__", "."))
    return (
        "create table work.beside as select planned.order_id, planned.position, "
        f"memory.payload as before, rendered.payload as now from ({select}) as rendered "
        "inner join plan.planned as planned using (rank) "
        "inner join work.memory using (rank) "
        f"where planned.change = 'changed' and json_extract(memory.payload, {path}) is not null"
    )
