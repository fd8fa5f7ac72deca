"""Screens: pages that people draw over APIs, alerts, metrics and answers, versioned like every asset."""
