from .spool import ingest

# What a service has answered may still be on its way.
ingest(path)
