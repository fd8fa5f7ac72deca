"""Reading what people write: times, names, metrics, intents. Pure; no model, no network."""
