"""Cases of rules: facts in, what is expected to fire and when; played by the engine that runs live."""
