"""The document of a screen: components, data, state and actions. Pure."""
