"""What rules do besides telling people: call published APIs and workflows when an alert fires or resolves."""
