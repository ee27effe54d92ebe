"""Commands of this service beside the chassis's: imports, roles, members, tokens."""
