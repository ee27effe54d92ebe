"""Reports: what the ledger says about a period, every figure with its base and its definition."""
