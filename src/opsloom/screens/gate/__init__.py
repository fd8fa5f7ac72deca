"""What must hold before a screen goes into force, each part a function from a screen to findings. Pure."""
