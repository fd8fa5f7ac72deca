"""The Model Context Protocol: `/mcp` offers a tenant's tools; tools of other servers are called through connections."""
