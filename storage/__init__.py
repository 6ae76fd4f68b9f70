"""Keep: the archive in an object store, and the catalog over it.

Layout of the archive (`layout.py` makes the names):

    runs/<run>/warc/*.warc.gz      WARC/1.1, one gzip member per record
    runs/<run>/records/*.parquet   captures, articles (with claims), matches, notices of the run
    runs/<run>/run.json            what was asked, fetched and not fetched; versions
    runs/<run>/SHA256SUMS          every object of the run, for `sha256sum -c`
    log/0000000007.json            {seq, type, time, run, sha256sums, objects, bytes, prev}

Write order: everything of a run, then SHA256SUMS, then the log entry, then the catalog. The log
entry is the commit: a run without one does not exist. What a failed run leaves: its folder in
`work`, under the home folder, from which the next run seals what was captured; and perhaps objects
of that run in the store, which the same sealing completes.
"""
