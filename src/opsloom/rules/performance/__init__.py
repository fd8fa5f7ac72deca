"""What rules and the engine cost: measured by the engine, kept by the hour, shown on a page."""
