"""SQL that puts what was sent last of an order beside what would be sent now."""

from connector.compile import literal


def last_sent(select: str, key: str) -> str:
    """Return the statement that keeps changed orders as they were sent last and as they would be.

    It makes `work.beside` (order_id, position, before, now); what the ledger kept before it was to
    keep whole payloads lacks the order's key.
    """
    path = literal("$." + key.replace("__", "."))
    return (
        "create table work.beside as select planned.order_id, planned.position, "
        f"memory.payload as before, rendered.payload as now from ({select}) as rendered "
        "inner join plan.planned as planned using (rank) "
        "inner join work.memory as memory using (rank) "
        f"where planned.change = 'changed' and json_extract(memory.payload, {path}) is not null"
    )
