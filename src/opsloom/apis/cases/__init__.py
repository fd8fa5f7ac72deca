"""Saved cases of APIs: kept, run through the production path, compared with what is expected and with the last good answer."""
