"""What can go wrong with an asset."""

from opsloom.kit.errors import Conflict, InvalidInput, NotFound, PreconditionRequired


class AssetNotFound(NotFound):
    """No such asset of this kind in this tenant."""

    code = "asset_not_found"


class VersionNotFound(NotFound):
    """The asset has no such version."""

    code = "version_not_found"


class NameTaken(Conflict):
    """Another asset of the kind has this name."""

    code = "name_taken"


class StaleDraft(Conflict):
    """Somebody saved the draft after it was loaded."""

    code = "stale_draft"


class NotPublished(Conflict):
    """It has no published version."""

    code = "not_published"


class Archived(Conflict):
    """It is archived."""

    code = "archived"


class RevisionRequired(PreconditionRequired):
    """Saving needs `If-Match` with the revision that was edited."""

    code = "revision_required"


class KindUnknown(InvalidInput):
    """No domain of this installation has this kind of asset."""

    code = "kind_unknown"
