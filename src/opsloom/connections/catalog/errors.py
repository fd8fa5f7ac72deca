"""What can go wrong with a catalog and its scans."""

from opsloom.kit.errors import Conflict, ExternalServiceFailed, NotFound


class ScanNotFound(NotFound):
    """The catalog has no such scan."""

    code = "scan_not_found"


class CatalogTableNotFound(NotFound):
    """No scan of the catalog has found such a table."""

    code = "catalog_table_not_found"


class ScanRunning(Conflict):
    """The catalog is being scanned already."""

    code = "scan_running"


class ScanFinished(Conflict):
    """The scan has ended; there is nothing to cancel."""

    code = "scan_finished"


class CatalogTooLarge(ExternalServiceFailed):
    """The database has more tables than one catalog holds."""

    code = "catalog_too_large"
