"""The versioned registry: drafts, immutable versions, the published pointer. It knows no kinds of asset."""
