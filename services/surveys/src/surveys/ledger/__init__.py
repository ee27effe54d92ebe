"""The ledger: every fact that is counted, once, without a name or a free text."""
