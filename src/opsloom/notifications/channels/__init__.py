"""How each type of channel sends. The composition root registers them; `in_app` is delivered by being recorded."""
