"""dbt's own macros that models use, without dbt: as its adapter for DuckDB writes them."""


def datediff(first: str, second: str, part: str) -> str:
    """Return how many boundaries of a part, such as second, lie between two times."""
    return f"date_diff('{part}', cast({first} as timestamp), cast({second} as timestamp))"
