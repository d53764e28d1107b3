from .compute import with_cluster
