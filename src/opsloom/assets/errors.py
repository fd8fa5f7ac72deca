"""What can go wrong with an asset."""

from opsloom.kit.errors import Conflict, Forbidden, InvalidInput, NotFound, PreconditionRequired


class AssetNotFound(NotFound):
    """No such asset of this kind in this tenant."""

    code = "asset_not_found"


class AssetUnreadable(Conflict):
    """What is stored does not fit this version of Opsloom."""

    code = "asset_unreadable"


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


class KeyInvalid(InvalidInput):
    """Nothing could have such a key."""

    code = "key_invalid"


class KeyTaken(Conflict):
    """Another live asset of the kind has this key."""

    code = "key_taken"


class ReferenceInvalid(InvalidInput):
    """Content names another asset by something that is not a key."""

    code = "reference_invalid"


class LinksCyclic(Conflict):
    """In force it would use itself, over others."""

    code = "links_cyclic"


class BreaksDependants(Conflict):
    """Something in force relies on what would change or go; the problem lists it."""

    code = "breaks_dependants"


class AssetProtected(Conflict):
    """Opsloom itself needs it as it is."""

    code = "asset_protected"


class NotArchived(Conflict):
    """It is not archived."""

    code = "not_archived"


class ReviewNeeded(Conflict):
    """A policy asks for another person's approval of exactly this draft."""

    code = "review_needed"


class ReviewNotFound(NotFound):
    """The asset has no such review."""

    code = "review_not_found"


class ReviewClosed(Conflict):
    """The review has ended, or the draft was changed since it was asked for."""

    code = "review_closed"


class ReviewOpen(Conflict):
    """A review of this draft is asked for already."""

    code = "review_open"


class OwnWork(Forbidden):
    """Whoever wrote a draft or asked for its review does not decide about it."""

    code = "own_work"


class ViewNotFound(NotFound):
    """There is no such view, or it is somebody else's."""

    code = "view_not_found"


class ViewNameTaken(Conflict):
    """The person has a view of this name."""

    code = "view_name_taken"
