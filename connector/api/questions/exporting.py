"""Results as data, for dbt and for reports."""

from pathlib import Path

from connector.reporting import export, export_rows
from connector.reporting.export import Exported
from connector.runs.workspace import Options, configuration, everything, warehouse_of

WAREHOUSE = "warehouse"  # instead of a directory: the schema `connector` of the warehouse


def exported(options: Options, to: Path | str) -> Exported:
    """Write what is new in the ledgers of all accounts.

    Raises ExportError when the target cannot be written, WarehouseBusyError when another process
    holds the warehouse, ConfigError, LedgerError or ProjectError.
    """
    config, _ = configuration(options)
    warehouse = warehouse_of(config, options) if to == WAREHOUSE else None
    with everything(config, export_rows.read) as connection:
        if warehouse:
            return export.to_warehouse(connection, warehouse)
        return export.to_directory(connection, Path(to))
