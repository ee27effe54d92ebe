"""The erasure list: who was erased, known again by ids and keyed hashes, named by nothing."""
