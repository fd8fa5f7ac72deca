"""Pure helpers: clock, ids, paging, the base of all errors, resilience."""
