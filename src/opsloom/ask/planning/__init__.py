"""From a question to a typed plan, or to an honest reason why there is none. Pure and deterministic."""
