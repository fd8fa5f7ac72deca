"""Rules that come with Opsloom: one of each kind for the made-up company, and those that watch Opsloom itself.

Each is a file of cases, so `opsloom rules test` plays it; what is loaded into a tenant is the rule in it.
"""
