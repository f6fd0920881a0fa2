"""mteb's tasks as suites: found by name, their data made our tables once, and kept in the cache.

mteb:SciFact ─ names ─▶ Asked ─ places, registry ─▶ MtebPlace ─ sources ─▶ mteb's own task object, its data loaded
                                                        │                        │ kinds: rows in our columns
                                                        └─▶ load ◀── folder: suite.yaml and tables, or foreign.json
mteb itself is imported to read its registry once per version, to make a folder that is not there yet, and where it
judges.
"""
