"""What others read: WACZ, CDXJ, PROV, Memento TimeMaps, tables of all records.

Each module is a pure function of what the catalog and the archive hold; `flows/commands/exporting`
writes the files.
"""
