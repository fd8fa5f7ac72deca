"""HTTP services: calls below one URL, with the credential put in and struck out of what comes back."""
