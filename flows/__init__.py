"""Decide and act: what is done with what the spiders bring and storage keeps.

    cli, commands/       the command line; output, consoles, redaction: what it prints, and how
    archive, audit, backfill, heartbeat, recheck
                         the Prefect flows, as forms and schedules start them; beneath each, without
                         Prefect: pipeline, auditing, backfilling (sparse), beating, rechecking
    serving              the schedule: prefectserver, tidying; of each flow run: attempting, forms,
                         journal, showing; status_of, duties: how sources fare, what is due
    pipeline             a run from end to end, in its workplace: crawling (knowing) or importing
                         (packages), then finishing: recovery, reading (noticing, gaps), comparing
                         (newcomers, apart), sealing, publication; spreading: over a Dask cluster
    rereading, changes   archived runs read anew; sealedrun, deriving: out of what is sealed
    gathering, tracing   from the catalog to trails; judging: what people say of a match
    crossposts/, text/   how copies are found, compared and told: pure functions
    auditing, checks/    the classes of an audit; trusting, cataloguing, remembering: what they rest
                         on; auditpage, templates/: the report
    replication          a second copy; vouching: which of two signatures holds
    exports/, web/       what others read; the reading room; drawing: networks as pictures and files
    context, health      settings, sources, store and catalog for all; what `doctor` looks at

`flows/x.py:flow` puts this folder first on sys.path, so no module here may have the name of one
from elsewhere (tests/test_house.py).
"""
